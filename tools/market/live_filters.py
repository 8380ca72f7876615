"""A venue's filters as ccxt tells them, as an `Instrument`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.errors import NoAnswerError
from core.market import Instrument
from core.money import ZERO, published

_DECIMAL_PLACES = 2  # ccxt's constants
_FINEST = Decimal("1e-8")


def instrument_of(symbol: str, market: Mapping[str, Any], mode: int) -> Instrument:
    """The filters of *symbol*; *mode* is how ccxt counts the venue's precisions.

    Raises:
        NoAnswerError: the venue lists it, but does not trade it now.
    """
    if market.get("active") is False:
        raise NoAnswerError(
            f"{symbol} is listed, but not traded now", "Choose another symbol.", code="not_traded"
        )
    precision, limits = market.get("precision") or {}, market.get("limits") or {}
    amount, cost = limits.get("amount") or {}, limits.get("cost") or {}
    lot = _step(precision.get("amount"), mode)
    return Instrument(
        symbol,
        _step(precision.get("price"), mode),
        lot,
        _bound(amount.get("min")) or lot,
        _bound(cost.get("min")) or ZERO,
        _bound(amount.get("max")),
        _bound(cost.get("max")),
    )


def _step(told: object, mode: int) -> Decimal:
    if not isinstance(told, int | float | str):
        return _FINEST
    value = published(float(told))
    if mode == _DECIMAL_PLACES:
        return Decimal(1).scaleb(-int(value))
    return value if value > 0 else _FINEST


def _bound(told: object) -> Decimal | None:
    """A bound that is set and above zero."""
    if not isinstance(told, int | float | str):
        return None
    value = published(float(told))
    return value if value > 0 else None
