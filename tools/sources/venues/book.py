"""Tickers and order books as a venue tells them, judged before anybody believes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.instant import Instant
from core.market import Quote
from core.money import published
from core.observation import NoData, Ok, Outcome, Unreachable
from tools.store.gate.quotes import quote_fault

Level = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Book:
    """Prices with the quantity at each, best first. *at*: when the venue made it, else when it was read."""

    symbol: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    at: Instant
    source: str


def quote_of(raw: object, symbol: str, venue: str, now: Instant) -> Outcome[Quote]:
    """The best prices of a ticker; a failure where they contradict each other or are old."""
    try:
        cells = _mapping(raw)
        bid, ask, at = _number(cells.get("bid")), _number(cells.get("ask")), cells.get("timestamp")
        moment = None if at is None else Instant(int(at))
    except (TypeError, ValueError, ArithmeticError):
        return Unreachable(f"{venue}: the ticker of {symbol} cannot be read")
    fault = quote_fault(bid, ask, moment, now)
    if fault is not None or bid is None or ask is None:
        return _refused(fault or "empty_book", symbol, venue)
    return Ok(Quote(symbol, bid, ask, now if moment is None else moment, venue))


def book_of(raw: object, symbol: str, venue: str, now: Instant) -> Outcome[Book]:
    """An order book; a failure where a side is empty, the sides cross or a side is out of order."""
    try:
        cells = _mapping(raw)
        bids, asks = _levels(cells.get("bids")), _levels(cells.get("asks"))
        at = cells.get("timestamp")
        moment = None if at is None else Instant(int(at))
    except (TypeError, ValueError, ArithmeticError, IndexError, KeyError):
        return Unreachable(f"{venue}: the order book of {symbol} cannot be read")
    fault = quote_fault(bids[0][0] if bids else None, asks[0][0] if asks else None, moment, now)
    if fault is not None:
        return _refused(fault, symbol, venue)
    falling, rising = [price for price, _ in bids], [price for price, _ in asks]
    if falling != sorted(falling, reverse=True) or rising != sorted(rising):
        return Unreachable(f"{venue}: the order book of {symbol} is out of order")
    return Ok(Book(symbol, bids, asks, now if moment is None else moment, venue))


def _refused(code: str, symbol: str, venue: str) -> NoData | Unreachable:
    told = f"{venue}: {symbol}: {code}"
    return NoData(told) if code == "empty_book" else Unreachable(told)


def _mapping(raw: object) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise TypeError("no object")
    return raw


def _number(raw: object) -> Decimal | None:
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise TypeError("no number")
    found = published(float(raw))
    if not found.is_finite():
        raise ValueError("no finite number")
    return found


def _levels(raw: object) -> tuple[Level, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes):
        raise TypeError("no levels")
    found = []
    for row in raw:
        price, quantity = _number(row[0]), _number(row[1])
        if price is None or quantity is None or price <= 0 or quantity < 0:
            raise ValueError("a level that cannot be")
        if quantity:
            found.append((price, quantity))
    return tuple(found)
