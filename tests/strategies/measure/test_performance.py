"""The figures: against closed forms, against examples worked by hand, and by property."""

from __future__ import annotations

from decimal import Decimal
from math import exp, inf, isfinite, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import OrderId
from core.instant import DAY, HOUR, Instant, instant
from core.orders import Fill, Liquidity, Side
from strategies.measure.curve import Curve
from strategies.measure.performance import daily_returns, performance

START = instant("2024-01-01")


def daily_curve(equity: list[float], step: int = DAY) -> Curve:
    at = START + np.arange(len(equity), dtype=np.int64) * step
    return Curve(at, np.array(equity, dtype=np.float64), np.zeros(len(equity)))


def trade(at: int, side: Side, quantity: str, price: str, fee: str = "0") -> Fill:
    return Fill(f"t{at}", OrderId("o"), "A/USDT", side, Decimal(quantity), Decimal(price), Decimal(fee), Liquidity.TAKER, Instant(START + at))  # fmt: skip


def test_four_days_worked_by_hand() -> None:
    # Returns: +10 %, -10 %, +20 %, 0. Mean 0.05; deviations 0.05, -0.15, 0.15, -0.05; sum of squares 0.05.
    told = performance(daily_curve([100, 110, 99, 118.8, 118.8]), ())
    spread = sqrt(0.05 / 3)
    assert told.total_return == pytest.approx(0.188)
    assert told.cagr == pytest.approx(1.188 ** (365 / 4) - 1)
    assert told.volatility == pytest.approx(spread * sqrt(365))
    assert told.sharpe == pytest.approx(0.05 / spread * sqrt(365))
    assert told.sortino == pytest.approx(0.05 / sqrt(0.01 / 4) * sqrt(365))
    assert told.max_drawdown == pytest.approx(-0.1)
    assert told.max_drawdown_days == 2.0
    assert told.calmar == pytest.approx(told.cagr / 0.1)


def test_growth_of_a_percent_a_day_for_a_year_is_the_closed_form() -> None:
    told = performance(daily_curve([1.01**n for n in range(366)]), ())
    assert told.cagr == pytest.approx(1.01**365 - 1)
    assert told.volatility == pytest.approx(0, abs=1e-9)
    assert told.max_drawdown == 0
    assert told.max_drawdown_days == 0


def test_a_ratio_to_nothing_is_none_and_says_why() -> None:
    told = performance(daily_curve([1.01**n for n in range(30)]), ())
    assert (told.sharpe, told.sortino, told.calmar) == (None, None, None)
    whys = {gap.what: gap.why for gap in told.missing}
    assert whys["sharpe"] == "no_variation"
    assert whys["sortino"] == "no_losing_day"
    assert whys["calmar"] == "no_drawdown"
    assert whys["hit_rate"] == whys["profit_factor"] == "no_round_trips"


def test_one_day_is_too_short_for_a_spread() -> None:
    told = performance(daily_curve([100, 101]), ())
    assert told.volatility is None
    assert {gap.what: gap.why for gap in told.missing}["sharpe"] == "too_short"


def test_growth_beyond_all_numbers_is_none() -> None:
    told = performance(daily_curve([1.0, 1e12], step=HOUR), ())
    assert told.cagr is None


def test_drawdowns_are_measured_at_every_bar_not_at_daily_closes() -> None:
    equity = [100.0] * 49
    equity[12] = 60.0
    told = performance(daily_curve(equity, step=HOUR), ())
    assert told.max_drawdown == pytest.approx(-0.4)
    assert told.max_drawdown_days == pytest.approx(2 / 24)
    assert daily_returns(daily_curve(equity, step=HOUR)).tolist() == [0.0, 0.0]


def test_a_drawdown_that_never_recovers_lasts_until_the_end() -> None:
    assert performance(daily_curve([100, 90, 95, 99, 98]), ()).max_drawdown_days == 4.0


def test_the_longest_drawdown_need_not_be_the_deepest() -> None:
    told = performance(daily_curve([100, 50, 100, 99, 99, 99, 101]), ())
    assert told.max_drawdown == -0.5
    assert told.max_drawdown_days == 4.0


def test_turnover_counts_both_sides_over_mean_equity_per_year() -> None:
    trades = [trade(0, Side.BUY, "1", "50", "0.05"), trade(DAY, Side.SELL, "1", "50", "0.05")]
    told = performance(daily_curve([100.0] * 366), trades)
    assert told.turnover == pytest.approx(1.0)
    assert told.fees == Decimal("0.10")


def test_hit_rate_and_profit_factor_come_from_closed_positions_after_fees() -> None:
    trades = []
    for n, sold in enumerate(("12", "11", "9", "10")):
        trades += [trade(2 * n, Side.BUY, "1", "10"), trade(2 * n + 1, Side.SELL, "1", sold, "0.5")]
    told = performance(daily_curve([100, 100, 100]), trades)
    # After fees: +1.5, +0.5, -1.5, -0.5.
    assert (told.round_trips, told.hit_rate, told.profit_factor) == (4, 0.5, 1.0)


def test_exposure_is_the_mean_over_the_closes_without_the_start() -> None:
    flat = daily_curve([100, 100, 100])
    told = performance(Curve(flat.at, flat.equity, np.array([0.0, 0.5, 1.0])), ())
    assert told.exposure == 0.75


def test_the_metrics_bear_the_public_names_and_money_is_text() -> None:
    told = performance(daily_curve([100, 90, 95]), [trade(0, Side.BUY, "1", "10", "0.010")]).metrics()
    assert list(told) == [
        "total_return", "cagr", "volatility", "sharpe", "sortino", "calmar", "max_drawdown", "max_drawdown_days",
        "exposure", "turnover", "fees", "round_trips", "hit_rate", "profit_factor",
    ]  # fmt: skip
    assert told["fees"] == "0.01"


def test_an_account_that_lost_everything_is_measured_all_the_same() -> None:
    told = performance(daily_curve([100, 0, 0, 0]), ())
    assert (told.total_return, told.cagr, told.max_drawdown) == (-1.0, -1.0, -1.0)


def test_a_fall_that_is_only_rounding_is_no_fall_to_divide_by() -> None:
    assert performance(daily_curve([100.0, 128.40254166877415, 128.4025416687486]), ()).calmar is None


paths = st.lists(st.integers(-3000, 3000).map(lambda step: step / 10_000), min_size=2, max_size=60).map(
    lambda steps: [100.0, *(100.0 * exp(float(total)) for total in np.cumsum(steps))]
)


@given(paths, st.sampled_from([0.001, 3.0, 1e6]))
def test_no_ratio_depends_on_the_size_of_the_account(equity: list[float], scale: float) -> None:
    small = performance(daily_curve(equity), ()).metrics()
    large = performance(daily_curve([value * scale for value in equity]), ()).metrics()
    for name, value in small.items():
        if isinstance(value, float):
            assert large[name] == pytest.approx(value, rel=1e-6, abs=1e-9), name


@given(paths)
def test_every_figure_is_finite_or_none_and_drawdowns_are_never_positive(equity: list[float]) -> None:
    told = performance(daily_curve(equity), ())
    assert all(
        value is None or isinstance(value, str) or isfinite(value) for value in told.metrics().values()
    )
    assert -1.0 <= told.max_drawdown <= 0.0
    assert {gap.what for gap in told.missing} == {
        name for name, value in told.metrics().items() if value is None
    }


@given(paths)
def test_a_curve_that_never_falls_has_no_drawdown(equity: list[float]) -> None:
    told = performance(daily_curve(sorted(equity)), ())
    assert (told.max_drawdown, told.max_drawdown_days, told.calmar) == (0.0, 0.0, None)


@given(paths)
def test_the_drawdown_is_the_worst_pair_of_an_earlier_and_a_later_value(equity: list[float]) -> None:
    worst, peak = 0.0, -inf
    for value in equity:
        peak = max(peak, value)
        worst = min(worst, value / peak - 1)
    assert performance(daily_curve(equity), ()).max_drawdown == pytest.approx(worst)
