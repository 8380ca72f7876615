"""ccxt's order and trade dictionaries as our own types, exact; whatever is missing is an error, never a zero."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from core.ids import OrderId
from core.instant import Instant
from core.market import Instrument
from core.money import ZERO, exact, multiply
from core.orders import Fill, Liquidity, OrderState, OrderStatus, Side
from tools.exchange.live.dialect import PartialAnswerError, Raw

_STATUS = {
    "open": OrderStatus.OPEN,
    "closed": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELLED,
    "canceling": OrderStatus.OPEN,
    "expired": OrderStatus.CANCELLED,
    "rejected": OrderStatus.REJECTED,
}
ENDED = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED})


def amount(value: Any, what: str) -> Decimal:
    """*value* as ccxt gave it (text or Decimal; its floats are what was lost already).

    Raises:
        PartialAnswerError: not there, a float, or no finite number.
    """
    if value is None:
        raise PartialAnswerError(f"the answer has no {what}")
    try:
        return exact(value)
    except (TypeError, ValueError, InvalidOperation):
        raise PartialAnswerError(f"{what} is {value!r}") from None


def order_state(raw: Raw, order_id: OrderId) -> OrderState:
    """Where an order stands.

    Raises:
        PartialAnswerError: something of it is missing.
    """
    status = _STATUS.get(str(raw.get("status")))
    if status is None or raw.get("side") not in {"buy", "sell"} or not raw.get("symbol"):
        raise PartialAnswerError(f"an order's status is {raw.get('status')!r}, its side {raw.get('side')!r}")
    filled = amount(raw.get("filled"), "the filled quantity")
    spent = ZERO if filled == 0 else amount(raw.get("cost"), "the cost")
    if status is OrderStatus.OPEN and filled > 0:
        status = OrderStatus.PARTIAL
    reason = str(raw["status"]) if status in {OrderStatus.CANCELLED, OrderStatus.REJECTED} else ""
    return OrderState(order_id, str(raw["symbol"]), Side(raw["side"]), status, filled, spent, reason)


def placed_at(raw: Raw) -> Instant | None:
    """When the venue took the order."""
    return None if raw.get("timestamp") is None else Instant(int(raw["timestamp"]))


def fee_of(raw: Raw) -> tuple[Decimal, str]:
    """What a trade's fee took, and of what.

    Raises:
        PartialAnswerError: the trade does not say.
    """
    fee = raw.get("fee") or {}
    if not fee.get("currency"):
        raise PartialAnswerError("a trade does not say what its fee was taken in")
    return amount(fee.get("cost"), "a trade's fee"), str(fee["currency"])


def fill(raw: Raw, order_id: OrderId, instrument: Instrument, market_id: str, worth: Decimal) -> Fill:
    """A trade of an order of ours. *worth*: its fee in quote, where it was taken in a third coin.

    Raises:
        PartialAnswerError: something of it is missing.
    """
    number, at = raw.get("id"), raw.get("timestamp")
    if not number or at is None or raw.get("side") not in {"buy", "sell"}:
        raise PartialAnswerError("a trade has no id, no time or no side")
    price, quantity = (
        amount(raw.get("price"), "a trade's price"),
        amount(raw.get("amount"), "a trade's quantity"),
    )
    if price <= 0 or quantity <= 0:
        raise PartialAnswerError(f"a trade of {quantity} at {price}")
    paid, asset = fee_of(raw)
    if asset == instrument.quote:
        return _fill(raw, order_id, instrument, market_id, quantity, price, paid)
    value = multiply(paid, price) if asset == instrument.base else worth
    return _fill(raw, order_id, instrument, market_id, quantity, price, value, asset, paid)


def _fill(
    raw: Raw,
    order_id: OrderId,
    instrument: Instrument,
    market_id: str,
    quantity: Decimal,
    price: Decimal,
    fee: Decimal,
    fee_asset: str = "",
    fee_paid: Decimal = ZERO,
) -> Fill:
    return Fill(
        trade_id=f"{market_id}:{raw['id']}",
        order_id=order_id,
        symbol=instrument.symbol,
        side=Side(raw["side"]),
        quantity=quantity,
        price=price,
        fee=fee,
        liquidity=Liquidity.MAKER if raw.get("takerOrMaker") == "maker" else Liquidity.TAKER,
        at=Instant(int(raw["timestamp"])),
        fee_asset=fee_asset,
        fee_paid=fee_paid,
    )
