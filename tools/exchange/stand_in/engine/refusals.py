"""Why a venue says no, before any dialect has put it into its own words."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """The reasons; each dialect has its own code and sentence for every one of them."""

    UNKNOWN_SYMBOL = "unknown_symbol"
    MARKET_CLOSED = "market_closed"
    TICK = "tick"
    LOT = "lot"
    NOTIONAL = "notional"
    FUNDS = "funds"
    DUPLICATE = "duplicate"
    BAD_CLIENT_ID = "bad_client_id"
    WOULD_TAKE = "would_take"
    WOULD_TRIGGER = "would_trigger"
    UNKNOWN_ORDER = "unknown_order"
    NOT_CANCELLABLE = "not_cancellable"
    BAD_PARAMETER = "bad_parameter"
    BAD_SIGNATURE = "bad_signature"
    BAD_KEY = "bad_key"
    NO_PERMISSION = "no_permission"
    CLOCK = "clock"
    EXPIRED = "expired"
    BAD_NONCE = "bad_nonce"
    RATE_LIMIT = "rate_limit"
    TOO_MANY_ORDERS = "too_many_orders"
    TOO_MANY_REQUESTS = "too_many_requests"
    BANNED = "banned"
    SAYS_UNEXPECTED = "says_unexpected"
    SAYS_TIMEOUT = "says_timeout"
    SAYS_DISCONNECTED = "says_disconnected"


class Refused(Exception):
    """The venue said no. *detail* goes into the sentence (a parameter's name); *retry_after* is in seconds."""

    def __init__(self, refusal: Refusal, detail: str = "", retry_after: int | None = None) -> None:
        super().__init__(f"{refusal.value} {detail}".strip())
        self.refusal = refusal
        self.detail = detail
        self.retry_after = retry_after
