"""Kraken's error strings. They come with status 200, and say whose fault it is before the colon.

Kraken documents no string for a client id that is taken; the one here is as other clients quote it.
"""

from __future__ import annotations

from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.wire.call import Answer

STRINGS: dict[Refusal, str] = {
    Refusal.UNKNOWN_SYMBOL: "EQuery:Unknown asset pair",
    Refusal.MARKET_CLOSED: "EService:Market in cancel_only mode",
    Refusal.TICK: "EOrder:Invalid price:{detail} has too many decimals",
    Refusal.LOT: "EGeneral:Invalid arguments:volume",
    Refusal.NOTIONAL: "EOrder:Cost minimum not met",
    Refusal.FUNDS: "EOrder:Insufficient funds",
    Refusal.DUPLICATE: "EOrder:cl_ord_id already in use",
    Refusal.BAD_CLIENT_ID: "EGeneral:Invalid arguments:cl_ord_id",
    Refusal.WOULD_TAKE: "EOrder:Post only order",
    Refusal.WOULD_TRIGGER: "EOrder:Invalid price",
    Refusal.UNKNOWN_ORDER: "EOrder:Unknown order",
    Refusal.NOT_CANCELLABLE: "EOrder:Unknown order",
    Refusal.BAD_PARAMETER: "EGeneral:Invalid arguments:{detail}",
    Refusal.BAD_SIGNATURE: "EAPI:Invalid signature",
    Refusal.BAD_KEY: "EAPI:Invalid key",
    Refusal.NO_PERMISSION: "EGeneral:Permission denied",
    Refusal.CLOCK: "EAPI:Invalid nonce",
    Refusal.EXPIRED: "EService:Deadline elapsed",
    Refusal.BAD_NONCE: "EAPI:Invalid nonce",
    Refusal.RATE_LIMIT: "EAPI:Rate limit exceeded",
    Refusal.TOO_MANY_ORDERS: "EOrder:Rate limit exceeded",
    Refusal.TOO_MANY_REQUESTS: "EGeneral:Too many requests",
    Refusal.BANNED: "EGeneral:Temporary lockout",
    Refusal.SAYS_UNEXPECTED: "EGeneral:Internal error",
    Refusal.SAYS_TIMEOUT: "EService:Busy",
    Refusal.SAYS_DISCONNECTED: "EService:Unavailable",
}


def refuse(refused: Refused) -> Answer:
    """``{"error": ["…"]}``."""
    text = STRINGS[refused.refusal].format(detail=refused.detail)
    if refused.refusal is Refusal.LOT and refused.detail == "minimum":
        text = "EOrder:Order minimum not met"
    return Answer(200, {"error": [text]}, {})
