"""The paper venue's refusals as the exceptions that ccxt raises for the same thing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from core.errors import RejectedError

ccxt: Any = import_module("ccxt.base.errors")


class FilterFailure(ccxt.InvalidOrder, ccxt.BadRequest):  # type: ignore[misc]
    """An order that the venue's filters refuse: some venues' ccxt calls that an invalid order, some a bad request."""


_KINDS: dict[str, Any] = {
    "cash": ccxt.InsufficientFunds,
    "short": ccxt.InsufficientFunds,
    "unknown_symbol": ccxt.BadSymbol,
    "quote": ccxt.BadSymbol,
    "delisted": ccxt.MarketClosed,
    "unknown_order": ccxt.OrderNotFound,
}


def as_ccxt(refusal: RejectedError, venue: str) -> Exception:
    """The exception that code written for ccxt expects."""
    kind = _KINDS.get(refusal.code, FilterFailure)
    made: Exception = kind(f"{venue} {refusal.message}")
    return made
