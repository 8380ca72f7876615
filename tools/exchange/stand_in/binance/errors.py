"""Binance's codes and sentences."""

from __future__ import annotations

from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.wire.call import Answer

SENTENCES: dict[Refusal, tuple[int, int, str]] = {
    Refusal.UNKNOWN_SYMBOL: (400, -1121, "Invalid symbol."),
    Refusal.MARKET_CLOSED: (400, -1013, "Market is closed."),
    Refusal.TICK: (400, -1013, "Filter failure: PRICE_FILTER"),
    Refusal.LOT: (400, -1013, "Filter failure: LOT_SIZE"),
    Refusal.NOTIONAL: (400, -1013, "Filter failure: NOTIONAL"),
    Refusal.FUNDS: (400, -2010, "Account has insufficient balance for requested action."),
    Refusal.DUPLICATE: (400, -2010, "Duplicate order sent."),
    Refusal.BAD_CLIENT_ID: (
        400,
        -1100,
        "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'.",
    ),
    Refusal.WOULD_TAKE: (400, -2010, "Order would immediately match and take."),
    Refusal.WOULD_TRIGGER: (400, -2010, "Stop price would trigger immediately."),
    Refusal.UNKNOWN_ORDER: (400, -2013, "Order does not exist."),
    Refusal.NOT_CANCELLABLE: (400, -2011, "Unknown order sent."),
    Refusal.BAD_PARAMETER: (
        400,
        -1102,
        "Mandatory parameter '{detail}' was not sent, was empty/null, or malformed.",
    ),
    Refusal.BAD_SIGNATURE: (400, -1022, "Signature for this request is not valid."),
    Refusal.BAD_KEY: (401, -2015, "Invalid API-key, IP, or permissions for action."),
    Refusal.NO_PERMISSION: (401, -2015, "Invalid API-key, IP, or permissions for action."),
    Refusal.CLOCK: (400, -1021, "Timestamp for this request is outside of the recvWindow."),
    Refusal.EXPIRED: (400, -1021, "Timestamp for this request is outside of the recvWindow."),
    Refusal.BAD_NONCE: (400, -1021, "Timestamp for this request was 1000ms ahead of the server's time."),
    Refusal.RATE_LIMIT: (
        429,
        -1003,
        "Too much request weight used; please use WebSocket Streams for live updates.",
    ),
    Refusal.TOO_MANY_ORDERS: (
        400,
        -1015,
        "Too many new orders; current limit is 100 orders per TEN_SECONDS.",
    ),
    Refusal.TOO_MANY_REQUESTS: (400, -1003, "Too many requests queued."),
    Refusal.BANNED: (418, -1003, "Way too much request weight used; IP banned."),
    Refusal.SAYS_UNEXPECTED: (
        400,
        -1006,
        "An unexpected response was received from the message bus. Execution status unknown.",
    ),
    Refusal.SAYS_TIMEOUT: (
        400,
        -1007,
        "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    ),
    Refusal.SAYS_DISCONNECTED: (
        400,
        -1001,
        "Internal error; unable to process your request. Please try again.",
    ),
}


def refuse(refused: Refused) -> Answer:
    """``{"code": …, "msg": …}`` with the status that Binance gives it."""
    status, code, sentence = SENTENCES[refused.refusal]
    headers = {} if refused.retry_after is None else {"Retry-After": str(refused.retry_after)}
    return Answer(status, {"code": code, "msg": sentence.format(detail=refused.detail)}, headers)
