"""What the risk engine is told of one wish: the account, its books, the market and the limits."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from core.grades import Signal
from core.ids import DecisionId, OrderId
from core.instant import Instant
from core.market import NO_COSTS, Costs, Instrument
from core.observation import Missing
from core.orders import ApprovedOrder, OrderType, Purpose, Side, Wish
from core.portfolio import Portfolio
from strategies.risk.limits import Limits
from strategies.risk.returns import DailyReturns


class State(StrEnum):
    """What an account may do: everything, only reduce, or nothing."""

    ACTIVE = "active"
    REDUCING = "reducing"
    HALTED = "halted"


_ABSENT = {
    name: Missing(name, "not_given")
    for name in (
        "daily_returns",
        "price_at",
        "mid",
        "second_price",
        "quote_peg",
        "bar_volume_quote",
        "atr",
        "bars_of_horizon",
        "narratives",
        "horizon_signal",
    )
}


@dataclass(frozen=True, slots=True)
class HorizonSignal:
    """What the grade of a view's own horizon says: *grade* is ``trader`` or ``investor``, *value* its 0-100."""

    grade: str
    signal: Signal
    value: float


@dataclass(frozen=True, slots=True)
class Inputs:
    """What single rules ask for beyond the books; the caller gathers what `engine.needed_inputs` names.

    *daily_returns*: simple returns of the last UTC days per symbol, about 90 of them. *price_at*: when the symbol's mark was known. *mid*: the venue's mid price.
    *second_price*: the same asset elsewhere. *quote_peg*: USD per unit of the quote currency.
    *bar_volume_quote*: quote volume of the newest closed bar of the grain. *atr*: ATR(14) of the
    decision interval, quote per unit. *bars_of_horizon*: decision intervals that the view speaks to.
    *narratives*: those of each symbol's asset; a symbol that is not there has none. *horizon_signal*: of the
    wished asset, by the grade that its wish's horizon belongs to.
    """

    daily_returns: Mapping[str, DailyReturns] | Missing = _ABSENT["daily_returns"]
    price_at: Instant | Missing = _ABSENT["price_at"]
    mid: Decimal | Missing = _ABSENT["mid"]
    second_price: Decimal | Missing = _ABSENT["second_price"]
    quote_peg: Decimal | Missing = _ABSENT["quote_peg"]
    bar_volume_quote: Decimal | Missing = _ABSENT["bar_volume_quote"]
    atr: Decimal | Missing = _ABSENT["atr"]
    bars_of_horizon: int | Missing = _ABSENT["bars_of_horizon"]
    narratives: Mapping[str, tuple[str, ...]] | Missing = _ABSENT["narratives"]
    horizon_signal: HorizonSignal | Missing = _ABSENT["horizon_signal"]


NO_INPUTS = Inputs()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One wish before the risk engine.

    *allowed*: the symbols of the command. *marks*: last good price of every held symbol and of the
    wished one, where there is any. *pending*: orders approved in this cycle or open at the venue, not
    yet in the books. *data*: why the gate or freshness makes the asset missing (``stale``,
    ``gate:jump``, ``no_data``), or `None`. *recent_orders*: when orders went out in the last 24 hours.
    *known_orders*: every order id ever used. *unknown*: orders of which nobody knows whether they exist.
    *trouble*: why the venue takes no entries now, in words. *resolved_decisions*: how many forecasts were checked
    against what happened. *limits_only*: the venue is sent no market orders. *overruled*: reason codes that a
    person is asked about, or has said yes to: where their rule lets a person decide, they are told and refuse
    nothing.
    """

    wish: Wish
    instrument: Instrument
    now: Instant
    limits: Limits
    portfolio: Portfolio
    marks: Mapping[str, Decimal]
    equity: Decimal
    day_start_equity: Decimal
    peak_equity: Decimal
    allowed: frozenset[str]
    state: State = State.ACTIVE
    armed: bool = True
    decision_id: DecisionId | None = None
    pending: tuple[ApprovedOrder, ...] = ()
    data: Missing | None = None
    recent_orders: tuple[Instant, ...] = ()
    known_orders: Container[OrderId] = frozenset()
    unknown: tuple[ApprovedOrder, ...] = ()
    trouble: str | None = None
    resolved_decisions: int = 0
    costs: Costs = NO_COSTS
    inputs: Inputs = field(default=NO_INPUTS)
    limits_only: bool = False
    overruled: frozenset[str] = frozenset()


_STOPS = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


def is_resting_stop(order: ApprovedOrder) -> bool:
    """Whether *order* is protection that waits at the venue: it sells nothing yet and gives way to a sale."""
    return order.side is Side.SELL and order.type in _STOPS and order.purpose is Purpose.EXIT
