"""HMAC-SHA512 over path, nonce and body; a nonce that must grow; a deadline where the client sets one."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256, sha512

from core.errors import UsageError
from core.instant import MINUTE, Instant, instant
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.wire.call import Call, Signed
from tools.exchange.stand_in.wrongs import Wrong


def authenticate(desk: Desk, call: Call, now: Instant) -> Signed:
    """What the signature grants, and until when; the deadline itself is checked where the request is executed.

    Kraken also asks for deadlines of two seconds at least; this stand-in takes shorter ones, so that tests are fast.

    Raises:
        Refused: unknown or revoked key, wrong signature, a nonce that did not grow, or a deadline too far off.
    """
    name = call.headers.get("API-Key", "")
    key = desk.keys.get(name)
    if key is None or key.revoked:
        raise Refused(Refusal.BAD_KEY)
    nonce = call.need("nonce")
    digest = sha256((nonce + call.raw).encode()).digest()
    good = b64encode(hmac.new(b64decode(key.secret), call.path.encode() + digest, sha512).digest()).decode()
    if Wrong.ANY_SIGNATURE not in desk.wrong and not hmac.compare_digest(
        good, call.headers.get("API-Sign", "")
    ):
        raise Refused(Refusal.BAD_SIGNATURE)
    value = call.whole("nonce", 0)
    if value <= desk.nonces.get(name, 0):
        raise Refused(Refusal.BAD_NONCE)
    desk.nonces[name] = value
    return Signed(_deadline(call, now), trade=key.trade, withdraw=key.withdraw, too_late=Refusal.EXPIRED)


def _deadline(call: Call, now: Instant) -> Instant | None:
    text = call.params.get("deadline")
    if text is None:
        return None
    try:
        until = instant(text)
    except UsageError:
        raise Refused(Refusal.BAD_PARAMETER, "deadline") from None
    if until > now + MINUTE:
        raise Refused(Refusal.BAD_PARAMETER, "deadline")
    return until
