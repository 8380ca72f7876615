"""Every figure that a run is judged by, under one set of conventions.

Statistics rest on daily UTC closes, simple returns, ddof 1, 365 days a year and a risk-free rate of 0;
drawdowns on the equity of every bar, and are 0 or below. What is undefined is ``None``, never NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite, sqrt

import numpy as np

from core.codec import encode
from core.instant import DAY
from core.market import Floats
from core.money import ZERO, add, multiply
from core.observation import Missing
from core.orders import Fill
from strategies.measure.curve import Curve, daily
from strategies.measure.drawdown import drawdown, longest_drawdown_days
from strategies.measure.round_trips import RoundTrip, round_trips

YEAR_DAYS = 365
# Below this a spread of returns or a fall is rounding noise of a division, and a ratio to it means nothing.
_NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class Performance:
    """One run in figures. Fractions: 0.12 is 12 %. *fees* is in quote currency.

    *turnover*: notional of all trades, both sides, over mean equity, per year. *exposure*: mean fraction
    of equity that was not cash. *hit_rate*: round trips that earned, of all. *profit_factor*: what the
    earning ones earned over what the losing ones lost. *missing*: why a figure is ``None``.
    """

    total_return: float | None
    cagr: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown: float
    max_drawdown_days: float
    exposure: float
    turnover: float | None
    fees: Decimal
    round_trips: int
    hit_rate: float | None
    profit_factor: float | None
    missing: tuple[Missing, ...] = field(default=())

    def metrics(self) -> dict[str, float | int | str | None]:
        """The figures by their public names; *fees* as plain text."""
        named = encode(self)
        del named["missing"]
        return named


def performance(curve: Curve, fills: Sequence[Fill]) -> Performance:
    """The figures of one run.

    Args:
        curve: Equity at the start and at every bar close.
        fills: The trades behind it, in any order.
    """
    trips = round_trips(fills)
    returns = daily_returns(curve)
    growth = _ratio(float(curve.equity[-1]), float(curve.equity[0]))
    years = float(curve.at[-1] - curve.at[0]) / (YEAR_DAYS * DAY)
    cagr = _cagr(growth, years)
    deepest = float(drawdown(curve).min())
    fees = ZERO
    for fill in fills:
        fees = add(fees, fill.fee)
    figures: dict[str, float | None] = {
        "total_return": None if growth is None else growth - 1.0,
        "cagr": cagr,
        "volatility": _volatility(returns),
        "sharpe": _sharpe(returns),
        "sortino": _sortino(returns),
        "calmar": None if cagr is None or -deepest <= _NOISE else cagr / -deepest,
        "turnover": _turnover(curve, fills, years),
        "hit_rate": sum(trip.pnl > 0 for trip in trips) / len(trips) if trips else None,
        "profit_factor": _profit_factor(trips),
    }
    return Performance(
        total_return=figures["total_return"],
        cagr=cagr,
        volatility=figures["volatility"],
        sharpe=figures["sharpe"],
        sortino=figures["sortino"],
        calmar=figures["calmar"],
        max_drawdown=deepest,
        max_drawdown_days=longest_drawdown_days(curve),
        exposure=float(curve.exposure[1:].mean()) if len(curve) > 1 else 0.0,
        turnover=figures["turnover"],
        fees=fees,
        round_trips=len(trips),
        hit_rate=figures["hit_rate"],
        profit_factor=figures["profit_factor"],
        missing=tuple(
            Missing(name, _why(name, len(returns), len(trips)))
            for name, value in figures.items()
            if value is None
        ),
    )


def daily_returns(curve: Curve) -> Floats:
    """Simple returns between daily UTC closes; days that began with nothing are left out."""
    closes = daily(curve).equity
    before = closes[:-1]
    return closes[1:][before > 0] / before[before > 0] - 1.0


def _ratio(after: float, before: float) -> float | None:
    return after / before if before > 0 and isfinite(after / before) else None


def _cagr(growth: float | None, years: float) -> float | None:
    if growth is None or years <= 0:
        return None
    try:
        yearly = growth ** (1.0 / years) - 1.0
    except OverflowError:
        return None
    return yearly if isfinite(yearly) else None


def _volatility(returns: Floats) -> float | None:
    return float(returns.std(ddof=1)) * sqrt(YEAR_DAYS) if len(returns) > 1 else None


def _sharpe(returns: Floats) -> float | None:
    if len(returns) < 2:
        return None
    spread = float(returns.std(ddof=1))
    return float(returns.mean()) / spread * sqrt(YEAR_DAYS) if spread > _NOISE else None


def _sortino(returns: Floats) -> float | None:
    """Mean over the root of the mean squared loss, over all days, with a target of 0."""
    if len(returns) < 2:
        return None
    downside = sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2)))
    return float(returns.mean()) / downside * sqrt(YEAR_DAYS) if downside > _NOISE else None


def _turnover(curve: Curve, fills: Sequence[Fill], years: float) -> float | None:
    mean = float(curve.equity.mean())
    if years <= 0 or mean <= 0:
        return None
    traded = sum(float(multiply(fill.quantity, fill.price)) for fill in fills)
    return traded / mean / years


def _profit_factor(trips: Sequence[RoundTrip]) -> float | None:
    earned = sum(float(trip.pnl) for trip in trips if trip.pnl > 0)
    lost = -sum(float(trip.pnl) for trip in trips if trip.pnl < 0)
    return earned / lost if lost > 0 else None


def _why(name: str, days: int, trips: int) -> str:
    if name in ("hit_rate", "profit_factor"):
        return "no_losing_round_trip" if trips else "no_round_trips"
    if days < 2:
        return "too_short"
    return {"sharpe": "no_variation", "sortino": "no_losing_day", "calmar": "no_drawdown"}.get(
        name, "out_of_range"
    )
