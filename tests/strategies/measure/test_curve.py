"""The equity curve: what an account was worth at each close."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from core.ids import OrderId
from core.instant import DAY, HOUR, Instant, Interval, instant
from core.market import Bars
from core.orders import Fill, Liquidity, Side
from strategies.measure.curve import Curve, daily, equity_curve

START = instant("2024-01-01")
HOURLY = Interval(HOUR)


def bars(closes: list[float], *, hours: list[int] | None = None) -> Bars:
    at = np.array([START + hour * HOUR for hour in hours or range(len(closes))], dtype=np.int64)
    close = np.array(closes)
    return Bars("A/USDT", HOURLY, at, close, close, close, close, close)


def fill(hour: float, side: Side, quantity: str, price: str, fee: str = "0", symbol: str = "A/USDT") -> Fill:
    at = Instant(START + round(hour * HOUR))
    return Fill(f"{hour}{side}", OrderId("o"), symbol, side, Decimal(quantity), Decimal(price), Decimal(fee), Liquidity.TAKER, at)  # fmt: skip


def curve(fills: list[Fill], series: Bars, hours: int, cash: str = "1000") -> Curve:
    return equity_curve(
        fills, {"A/USDT": series}, Decimal(cash), START, Instant(START + hours * HOUR), HOURLY
    )


def test_the_curve_starts_with_the_cash_and_has_a_row_per_close() -> None:
    told = curve([], bars([1.0, 2.0, 3.0]), 3)
    assert told.at.tolist() == [START + n * HOUR for n in range(4)]
    assert told.equity.tolist() == [1000.0] * 4
    assert told.exposure.tolist() == [0.0] * 4


def test_a_fill_at_a_bars_open_counts_from_that_bars_close_on() -> None:
    told = curve([fill(1, Side.BUY, "10", "20", "2")], bars([19.0, 21.0, 22.0]), 3)
    # 1000 - 10*20 - 2 = 798 in cash; 10 units at 21, then 22.
    assert told.equity.tolist() == [1000.0, 1000.0, 1008.0, 1018.0]
    assert told.exposure.tolist() == pytest.approx([0, 0, 210 / 1008, 220 / 1018])


def test_a_fill_inside_a_bar_counts_at_its_close_as_well() -> None:
    told = curve([fill(1.5, Side.BUY, "10", "20")], bars([19.0, 21.0]), 2)
    assert told.equity.tolist() == [1000.0, 1000.0, 1010.0]


def test_selling_everything_leaves_exactly_no_exposure() -> None:
    trades = [fill(0, Side.BUY, "0.1", "10"), fill(0, Side.BUY, "0.2", "10"), fill(1, Side.SELL, "0.3", "10")]
    assert curve(trades, bars([10.0, 10.0]), 2).exposure.tolist()[-1] == 0.0


def test_a_symbol_without_a_bar_keeps_its_last_close() -> None:
    told = curve([fill(0, Side.BUY, "1", "10")], bars([10.0, 40.0], hours=[0, 3]), 4)
    assert told.equity.tolist() == [1000.0, 1000.0, 1000.0, 1000.0, 1030.0]


def test_before_its_first_close_a_holding_is_worth_what_was_paid() -> None:
    told = curve([fill(0, Side.BUY, "1", "10")], bars([99.0], hours=[5]), 2)
    assert told.equity.tolist() == [1000.0, 1000.0, 1000.0]


def test_the_order_of_the_fills_given_does_not_matter() -> None:
    trades = [fill(0, Side.BUY, "2", "10"), fill(2, Side.SELL, "1", "12"), fill(3, Side.SELL, "1", "9")]
    series = bars([10.0, 11.0, 12.0, 9.0])
    assert curve(trades, series, 4).equity.tolist() == curve(trades[::-1], series, 4).equity.tolist()


def test_a_curve_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before its start"):
        curve([], bars([1.0]), -1)


def test_a_close_at_midnight_belongs_to_the_day_that_it_ends() -> None:
    at = START + np.arange(0, 49) * HOUR
    told = daily(Curve(at, np.arange(49.0), np.zeros(49)))
    assert told.at.tolist() == [START, START + DAY, START + 2 * DAY]
    assert told.equity.tolist() == [0.0, 24.0, 48.0]


def test_a_part_of_a_day_at_either_end_counts_as_a_day() -> None:
    at = START + np.arange(22, 52) * HOUR
    told = daily(Curve(at, np.arange(22.0, 52.0), np.zeros(30)))
    assert told.equity.tolist() == [22.0, 24.0, 48.0, 51.0]


def test_long_histories_are_measured_in_no_time() -> None:
    """A guard against a loop over bars, not a timing: five years of hours in one piece."""
    trades = [fill(n, Side.BUY if n % 2 == 0 else Side.SELL, "1", "10") for n in range(900)]
    assert len(curve(trades, bars([10.0] * 43_824), 43_824)) == 43_825
