"""What the risk engine is told: the case of one wish, with only the inputs that active rules declare."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from agent.runtime.desk import Desk
from core.grades import Horizon
from core.ids import DecisionId
from core.instant import DAY, Instant, Interval, interval
from core.market import Bars
from core.money import multiply, published
from core.observation import Missing
from core.orders import ApprovedOrder, Side, Wish
from core.ports import MarketData
from strategies.indicators.true_range import atr
from strategies.risk.case import Case, HorizonSignal, Inputs
from strategies.risk.engine import needed_inputs
from strategies.risk.returns import DailyReturns

ATR_PERIOD = 14
_ATR_WARM_UP = 4 * ATR_PERIOD
_DAY = interval("1d")
_DAYS_OF_RETURNS = (91, 61, 31)
_HORIZON_MS = {Horizon.DAYS: 3 * DAY, Horizon.WEEKS: 14 * DAY, Horizon.MONTHS: 60 * DAY}


def case_of(
    desk: Desk,
    wish: Wish,
    now: Instant,
    inputs: Inputs,
    equity: Decimal,
    *,
    pending: tuple[ApprovedOrder, ...],
    decision: DecisionId | None,
    overruled: frozenset[str] = frozenset(),
) -> Case:
    """The case of *wish*, as the account, the books and the market stand.

    In real time an order is made when it is made, not at the beat it belongs to. *overruled*: what a person
    decides, as in `Case`.
    """
    account = desk.account
    return Case(
        wish=wish,
        instrument=desk.market.instrument(wish.symbol),
        now=max(now, desk.clock.now()),
        limits=desk.config.limits,
        portfolio=account.portfolio,
        marks=desk.marks,
        equity=equity,
        day_start_equity=account.watermarks.day_start_equity,
        peak_equity=account.watermarks.peak_equity,
        allowed=desk.allowed - account.remembered.frozen if account.remembered.frozen else desk.allowed,
        state=account.state,
        decision_id=decision,
        pending=pending,
        data=unfit(desk.market, wish.symbol),
        recent_orders=tuple(account.recent),
        known_orders=account.known,
        unknown=tuple(intent.order for intent in account.unacknowledged.values()),
        trouble=desk.executor.contact.trouble,
        resolved_decisions=0,
        costs=desk.config.costs,
        inputs=inputs,
        limits_only=desk.limits_only,
        overruled=overruled,
    )


def unfit(market: MarketData, symbol: str) -> Missing | None:
    """Why *symbol* may not be traded on now: the gate, staleness, or no data; `None` where it may."""
    found = market.candle(symbol)
    return found if isinstance(found, Missing) else None


def gather(
    desk: Desk, symbol: str, pending: tuple[ApprovedOrder, ...], horizon: Horizon = Horizon.DAYS
) -> Inputs:
    """The inputs that the active rules of this run declare, for a wish of *symbol* beside what is *pending*."""
    needed = needed_inputs(desk.config.limits)
    if not needed:
        return Inputs()
    market, every = desk.market, desk.config.every
    found: dict[str, object] = {}
    last = market.close(symbol)
    if not isinstance(last, Missing):
        found["price_at"] = last[1]
        found["mid"] = published(last[0])
    if desk.real is not None:
        quotes = desk.real.feed.quotes
        found["mid"] = quotes.mid(symbol)
        found["second_price"] = quotes.second_price(symbol)
        found["quote_peg"] = quotes.quote_peg()
    elif desk.pegs:
        found["quote_peg"] = peg_at(desk.pegs, desk.clock.now())
    candle = market.candle(symbol)
    if not isinstance(candle, Missing):
        found["bar_volume_quote"] = multiply(published(candle.close), published(candle.volume))
    if "atr" in needed:
        found["atr"] = atr_of(market, symbol, every)
    if "daily_returns" in needed:
        symbols = {symbol, *desk.account.portfolio.positions, *(order.symbol for order in pending)}
        found["daily_returns"] = _daily_returns(market, sorted(symbols))
    found["narratives"] = desk.narratives
    found["bars_of_horizon"] = max(1, _HORIZON_MS[horizon] // every.ms)
    return Inputs(**{name: found[name] for name in needed if name in found})  # type: ignore[arg-type]  # by name


def with_horizon(desk: Desk, inputs: Inputs, wish: Wish, horizon: Horizon) -> Inputs:
    """*inputs* with what the grade of *horizon* signals, where *wish* buys and a rule asks for it.

    Nobody else needs grades here, so that nothing else pays for them.
    """
    if wish.side is not Side.BUY or "horizon_signal" not in needed_inputs(desk.config.limits):
        return inputs
    return replace(inputs, horizon_signal=_horizon_signal(desk, wish.symbol, horizon))


def _horizon_signal(desk: Desk, symbol: str, horizon: Horizon) -> HorizonSignal | Missing:
    """Days and weeks are the trader grade's, months the investor grade's."""
    if desk.grades is None:
        return Missing("horizon_signal", "not_given")
    sheet = desk.grades(desk.market).sheet()
    name, graded = ("investor", sheet.investor) if horizon is Horizon.MONTHS else ("trader", sheet.trader)
    grade = graded.get(symbol)
    if grade is None or grade.value is None or grade.signal is None:
        return Missing("horizon_signal", "no_grade" if grade is None or grade.why is None else grade.why)
    return HorizonSignal(name, grade.signal, grade.value)


def peg_at(pegs: Sequence[tuple[Instant, Decimal]], now: Instant) -> Decimal | Missing:
    """The newest of *pegs* that is known at *now*."""
    known = bisect_right(pegs, now, key=lambda one: one[0])
    return pegs[known - 1][1] if known else Missing("quote_peg", "no_data")


def atr_of(market: MarketData, symbol: str, every: Interval) -> Decimal | Missing:
    """ATR(14) of the decision interval, quote currency per unit; from as much warm-up as there is."""
    bars = market.window(symbol, every, _ATR_WARM_UP)
    if isinstance(bars, Missing):
        bars = market.window(symbol, every, ATR_PERIOD + 1)
    if isinstance(bars, Missing):
        return bars
    value = atr(bars, ATR_PERIOD)
    return Missing(f"atr:{symbol}", "warming_up") if value is None else published(value)


def _daily_returns(market: MarketData, symbols: list[str]) -> dict[str, DailyReturns]:
    """The returns of the last UTC days, for every symbol with 31 daily candles or more."""
    found: dict[str, DailyReturns] = {}
    for symbol in symbols:
        for count in _DAYS_OF_RETURNS:
            bars = market.window(symbol, _DAY, count)
            if isinstance(bars, Bars):
                found[symbol] = _returns_of(bars)
                break
    return found


def _returns_of(bars: Bars) -> DailyReturns:
    days = bars.opened_at // DAY
    # over a hole of days it would be the return of none of them
    whole = np.diff(days) == 1
    return DailyReturns(days[1:][whole], (np.diff(bars.close) / bars.close[:-1])[whole])
