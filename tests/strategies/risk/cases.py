"""Quiet cases that every rule lets pass under the balanced limits, and for each reason code one that fires it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from core.grades import Signal
from core.ids import DecisionId, OrderId
from core.instant import DAY, HOUR, MINUTE, SECOND, Instant, instant
from core.market import Costs, Floats, Instrument
from core.observation import Missing
from core.orders import Purpose, Side, Verdict, Wish
from core.portfolio import Portfolio, Position
from strategies.risk import engine
from strategies.risk.case import Case, HorizonSignal, Inputs, State
from strategies.risk.limits import profile
from strategies.risk.returns import DailyReturns
from strategies.risk.rule import Rule

NOW = instant("2024-03-01T12:00:00Z")
LONG_AGO = instant("2024-01-01T00:00:00Z")
ORDER = OrderId("o" * 22)
BTC, ETH = "BTC/USDT", "ETH/USDT"
D = Decimal


def calm(seed: int, days: int = 90) -> Floats:
    return np.random.default_rng(seed).normal(0.0, 0.001, days)


def daily(returns: Mapping[str, Floats]) -> dict[str, DailyReturns]:
    """Each of *returns* as those of the days up to yesterday."""
    today = NOW // DAY
    return {
        symbol: DailyReturns(np.arange(today - len(values), today), values)
        for symbol, values in returns.items()
    }


def held(symbol: str, quantity: str, opened_at: int = LONG_AGO) -> Position:
    return Position(symbol, D(quantity), D(quantity) * 100, Instant(opened_at))


def books(cash: str, *positions: Position, last_loss_at: int | None = None) -> Portfolio:
    lost = None if last_loss_at is None else Instant(last_loss_at)
    return Portfolio(D(cash), "USDT", {p.symbol: p for p in positions}, last_loss_at=lost)


INSTRUMENT = Instrument(BTC, D("0.01"), D("0.00000001"), D("0.00000001"), D(10), D(1_000_000), D(100_000_000))

QUIET_INPUTS = Inputs(
    daily_returns=daily({BTC: calm(1), ETH: calm(2)}),
    price_at=NOW,
    mid=D(100),
    second_price=D(100),
    quote_peg=D(1),
    bar_volume_quote=D(1_000_000),
    atr=D(5),
    bars_of_horizon=9,
    narratives={BTC: ("L1", "payments"), ETH: ("L1",)},
    horizon_signal=HorizonSignal("trader", Signal.NEUTRAL, 50.0),
)

_QUIET = Case(
    wish=Wish(BTC, Side.BUY, Purpose.ENTRY, D(500), "test", 1.0, 1.0),
    instrument=INSTRUMENT,
    now=NOW,
    limits=profile("balanced"),
    portfolio=books("10000"),
    marks={BTC: D(100), ETH: D(100)},
    equity=D(10_000),
    day_start_equity=D(10_000),
    peak_equity=D(10_000),
    allowed=frozenset({BTC, ETH}),
    decision_id=DecisionId("d" * 22),
    costs=Costs(taker=D(0), slippage_bps=D(5)),
    inputs=QUIET_INPUTS,
)


def entry(notional: str = "500", **changes: Any) -> Case:
    """A wish to buy BTC for *notional* at 100, from 10,000 USDT of cash."""
    return replace(_QUIET, **{"wish": replace(_QUIET.wish, notional=D(notional)), **changes})


def reduction(notional: str = "500", **changes: Any) -> Case:
    """A wish to sell *notional* of the 10 BTC that are held."""
    wish = Wish(BTC, Side.SELL, Purpose.REDUCTION, D(notional), "test", 1.0, 0.5)
    return replace(_QUIET, **{"wish": wish, "portfolio": books("9000", held(BTC, "10")), **changes})


def protective(**changes: Any) -> Case:
    """A protective exit of the 10 BTC that are held."""
    wish = Wish(BTC, Side.SELL, Purpose.EXIT, D(1000), "stop")
    return replace(reduction(), **{"wish": wish, **changes})


QUIET: dict[Purpose, Callable[..., Case]] = {
    Purpose.ENTRY: entry,
    Purpose.REDUCTION: reduction,
    Purpose.EXIT: protective,
}


def judged(case: Case, rules: tuple[Rule, ...] | None = None) -> Verdict:
    """The engine's verdict, under all rules or only under *rules*."""
    if rules is None:
        exits = case.wish.purpose is Purpose.EXIT
        return engine.review_exit(case, ORDER) if exits else engine.review(case, ORDER)
    plans = engine._plans_of(rules, case.limits)
    if case.wish.purpose is Purpose.EXIT:
        return engine._review_exit(case, ORDER, None, None, plans)
    return engine._review(case, ORDER, plans)


def codes(verdict: Verdict) -> set[str]:
    return {finding.code for finding in verdict.findings}


def with_inputs(case: Case, **inputs: Any) -> Case:
    return replace(case, inputs=replace(case.inputs, **inputs))


def with_instrument(case: Case, **filters: Any) -> Case:
    return replace(case, instrument=replace(case.instrument, **filters))


def swings(size: float) -> Floats:
    return np.tile([size, -size], 45)


def crashes(size: float) -> Floats:
    returns = np.zeros(90)
    returns[::18] = -size
    return returns


def _second_holding(case: Case, quantity: str, returns: Floats) -> Case:
    positions = (*case.portfolio.positions.values(), held(ETH, quantity))
    bigger = replace(case.portfolio, positions={p.symbol: p for p in positions})
    both = {BTC: calm(1), ETH: returns}
    return with_inputs(replace(case, portfolio=bigger), daily_returns=daily(both))


def _apart(case: Case) -> Case:
    """No two holdings of one narrative."""
    return with_inputs(case, narratives={BTC: ("L1",), ETH: ("L2",)})


@dataclass(frozen=True)
class Fire:
    """*breach* turns a quiet case into one on which *code* speaks; *by*: the purpose it is shown with."""

    code: str
    breach: Callable[[Case], Case]
    by: Purpose = Purpose.ENTRY


def _wishing(case: Case, notional: Decimal) -> Case:
    return replace(case, wish=replace(case.wish, notional=notional))


FIRES = (
    Fire("state.halted", lambda c: replace(c, state=State.HALTED)),
    Fire("state.reducing", lambda c: replace(c, state=State.REDUCING)),
    Fire("not_armed", lambda c: replace(c, armed=False)),
    Fire("not_allowed", lambda c: replace(c, allowed=frozenset({ETH}))),
    Fire("data.stale", lambda c: replace(c, data=Missing(BTC, "stale"))),
    Fire("data.gate", lambda c: replace(c, data=Missing(BTC, "gate:jump"))),
    Fire("duplicate", lambda c: replace(c, known_orders={ORDER})),
    Fire("precision", lambda c: _wishing(c, D("500." + "0" * 60 + "1"))),
    Fire("quantity.min", lambda c: with_instrument(c, min_quantity=D(11))),
    Fire("quantity.max", lambda c: with_instrument(c, max_quantity=D(1))),
    Fire("notional.min", lambda c: with_instrument(c, min_notional=D(1001))),
    Fire("notional.max", lambda c: with_instrument(c, max_notional=D(100))),
    Fire("cash", lambda c: replace(c, portfolio=replace(c.portfolio, cash=D(600)))),
    Fire("exposure.order", lambda c: _wishing(c, D(1500))),
    Fire("exposure.asset", lambda c: replace(c, portfolio=books("7800", held(BTC, "22")))),
    Fire("exposure.narrative", lambda c: _second_holding(c, "38", calm(2))),
    Fire("exposure.gross", lambda c: _apart(_second_holding(c, "78", calm(2)))),
    Fire("correlation", lambda c: _second_holding(c, "1", calm(1))),
    Fire("volatility", lambda c: with_inputs(c, daily_returns=daily({BTC: swings(0.5)}))),
    Fire("cvar", lambda c: with_inputs(_wishing(c, D(1000)), daily_returns=daily({BTC: crashes(0.6)}))),
    Fire("pace.hour", lambda c: replace(c, recent_orders=_sent(6, MINUTE))),
    Fire("pace.day", lambda c: replace(c, recent_orders=_sent(20, HOUR))),
    Fire(
        "pace.hold",
        lambda c: replace(c, portfolio=books("9000", held(BTC, "10", NOW - HOUR))),
        Purpose.REDUCTION,
    ),
    Fire("pace.cooldown", lambda c: replace(c, portfolio=replace(c.portfolio, last_loss_at=NOW - HOUR))),
    Fire("collar.mid", lambda c: with_inputs(c, mid=D(110))),
    Fire("collar.second", lambda c: with_inputs(c, second_price=D(110))),
    Fire("liquidity", lambda c: with_inputs(c, bar_volume_quote=D(1000))),
    Fire("depeg", lambda c: with_inputs(c, quote_peg=D("0.98"))),
    Fire("loss.day", lambda c: replace(c, day_start_equity=D(10_400))),
    Fire("loss.drawdown", lambda c: replace(c, peak_equity=D(11_200))),
    Fire("edge", lambda c: with_inputs(c, atr=D("0.01"))),
    Fire("horizon", lambda c: with_inputs(c, horizon_signal=HorizonSignal("trader", Signal.SELL, 28.4))),
)


def _sent(count: int, apart: int) -> tuple[Instant, ...]:
    return tuple(Instant(NOW - SECOND - apart * i) for i in range(count))
