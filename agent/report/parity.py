"""How the same decisions went with paper money and with real money: the parity report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from core.events import Approved, Filled, event
from core.instant import Instant, iso
from core.money import ZERO, add, divide, multiply, plain
from core.orders import ApprovedOrder, Side
from core.ports import Record

_BPS = 10_000


@dataclass(slots=True)
class Traded:
    """One order and what came of it. *worth* is the notional of its fills, *fee* in quote currency."""

    order: ApprovedOrder
    quantity: Decimal = ZERO
    worth: Decimal = ZERO
    fee: Decimal = ZERO
    last_at: Instant | None = None

    @property
    def price(self) -> Decimal | None:
        """The average price; `None` where nothing filled."""
        return divide(self.worth, self.quantity) if self.quantity else None

    @property
    def fee_bps(self) -> float | None:
        """The fee in basis points of what was traded."""
        return float(self.fee / self.worth) * _BPS if self.worth else None


def traded(records: Iterable[Record]) -> list[Traded]:
    """Every order of an account's stream, in order, with its fills."""
    found: dict[str, Traded] = {}
    for record in records:
        if record.kind not in {"approved", "filled"}:
            continue
        told = event(record.kind, record.body)
        if isinstance(told, Approved):
            found[told.order.id] = Traded(told.order)
        elif isinstance(told, Filled) and told.fill.order_id in found:
            one, fill = found[told.fill.order_id], told.fill
            one.quantity = add(one.quantity, fill.quantity)
            one.worth = add(one.worth, multiply(fill.quantity, fill.price))
            one.fee = add(one.fee, fill.fee)
            one.last_at = fill.at
    return list(found.values())


def parity(live: Iterable[Record], paper: Iterable[Record], within_ms: int) -> dict[str, Any]:
    """Orders of the same symbol and side, made within *within_ms* of each other, side by side.

    Prices are compared per unit, so that accounts of different sizes can be held beside each other;
    *cost_bps* is how much worse the real price was, in basis points of the paper one (below 0: better).
    """
    left, pairs = traded(paper), []
    alone = []
    for one in traded(live):
        other = _nearest(one, left, within_ms)
        if other is None:
            alone.append(one)
            continue
        left.remove(other)
        pairs.append(_pair(one, other))
    costs = [pair["cost_bps"] for pair in pairs if pair["cost_bps"] is not None]
    return {
        "pairs": pairs,
        "only_live": [_told(one) for one in alone],
        "only_paper": [_told(one) for one in left],
        "median_cost_bps": median(costs) if costs else None,
        "worst_cost_bps": max(costs) if costs else None,
        "filled_live": sum(1 for pair in pairs if pair["live_price"] is not None),
        "filled_paper": sum(1 for pair in pairs if pair["paper_price"] is not None),
    }


def _nearest(one: Traded, others: list[Traded], within_ms: int) -> Traded | None:
    def apart(other: Traded) -> int:
        return abs(other.order.created_at - one.order.created_at)

    same = [
        other
        for other in others
        if (other.order.symbol, other.order.side, other.order.purpose)
        == (one.order.symbol, one.order.side, one.order.purpose)
        and apart(other) <= within_ms
    ]
    return min(same, key=apart) if same else None


def _pair(live: Traded, paper: Traded) -> dict[str, Any]:
    real, model = live.price, paper.price
    cost = None
    if real is not None and model is not None:
        against = 1 if live.order.side is Side.BUY else -1
        cost = float(real / model - 1) * _BPS * against
    return {
        "symbol": live.order.symbol,
        "side": live.order.side.value,
        "purpose": live.order.purpose.value,
        "live_at": iso(live.order.created_at),
        "paper_at": iso(paper.order.created_at),
        "live_price": None if real is None else _plain(real),
        "paper_price": None if model is None else _plain(model),
        "cost_bps": cost,
        "live_fee_bps": live.fee_bps,
        "paper_fee_bps": paper.fee_bps,
        "live_filled": _share(live),
        "paper_filled": _share(paper),
    }


def _share(one: Traded) -> float | None:
    """How much of what was wanted was filled."""
    wanted = one.order.quantity
    if wanted is None:
        return float(one.worth / one.order.spend) if one.order.spend else None
    return float(one.quantity / wanted) if wanted else None


def _told(one: Traded) -> dict[str, Any]:
    order = one.order
    return {
        "symbol": order.symbol,
        "side": order.side.value,
        "at": iso(order.created_at),
        "reason": order.reason,
    }


def _plain(price: Decimal) -> str:
    return plain(price.quantize(Decimal("1e-8")))
