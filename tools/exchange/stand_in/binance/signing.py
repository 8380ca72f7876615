"""HMAC-SHA256 over the query, a timestamp, and a window in which it counts."""

from __future__ import annotations

import hmac
from hashlib import sha256

from core.instant import SECOND, Instant
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.wire.call import Call, Signed
from tools.exchange.stand_in.wrongs import Wrong

DEFAULT_WINDOW = 5 * SECOND
WIDEST_WINDOW = 60 * SECOND


def authenticate(desk: Desk, call: Call, now: Instant) -> Signed:
    """What the signature grants, and until when; the window itself is checked where the request is executed.

    Raises:
        Refused: unknown or revoked key, wrong signature, or a timestamp that is ahead.
    """
    key = desk.keys.get(call.headers.get("X-MBX-APIKEY", ""))
    if key is None or key.revoked:
        raise Refused(Refusal.BAD_KEY)
    query, mark, signature = call.raw.rpartition("&signature=")
    good = hmac.new(key.secret.encode(), query.encode(), sha256).hexdigest()
    if Wrong.ANY_SIGNATURE not in desk.wrong and not (mark and hmac.compare_digest(good, signature)):
        raise Refused(Refusal.BAD_SIGNATURE)
    call.need("timestamp")
    timestamp = call.whole("timestamp", 0)
    window = call.whole("recvWindow", DEFAULT_WINDOW)
    if window > WIDEST_WINDOW:
        raise Refused(Refusal.BAD_PARAMETER, "recvWindow")
    if timestamp >= now + SECOND:
        raise Refused(Refusal.BAD_NONCE)
    return Signed(until=Instant(timestamp + window), trade=key.trade, withdraw=key.withdraw)
