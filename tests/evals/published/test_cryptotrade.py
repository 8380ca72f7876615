"""The rule rows of CryptoTrade's tables 2 to 4: 43 of 45 to the printed digit, and the two that are faults."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.market import Floats
from evals.published.cryptotrade import STRATEGIES, Row, run
from evals.published.tables import FAULTY, PRINTED, REGIMES, WINDOWS, cells, printed

ROWS = [(coin, name, regime) for coin in PRINTED for name in PRINTED[coin] for regime in REGIMES]


def series(path: Path) -> tuple[list[date], Floats]:
    frame = pl.read_parquet(path)
    return [moment.date() for moment in frame["ts"]], frame["open"].to_numpy()


def released(shared_data: Path, coin: str) -> tuple[list[date], Floats]:
    """The very series that the paper was computed from."""
    folder = "daily_price/cryptotrade" if coin == "ETH" else "ohlcv/cmc_cryptotrade"
    return series(shared_data / folder / f"{coin}USD_1d.parquet")


def row(days: list[date], opens: Floats, coin: str, name: str, regime: str) -> Row:
    """One row: the indicator sees all history of the file, the window's last day only values."""
    start, end = (days.index(date.fromisoformat(day)) for day in WINDOWS[coin][regime])
    if name == "buy_and_hold":
        window = opens[start : end + 1]
        return run(window, list(STRATEGIES[name](window)[:-1]))
    return run(opens[start : end + 1], list(STRATEGIES[name](opens)[start:end]))


@pytest.mark.parametrize(("coin", "name", "regime"), [one for one in ROWS if one not in FAULTY])
def test_a_printed_row_is_met_to_its_last_digit(shared_data: Path, coin: str, name: str, regime: str) -> None:
    found = cells(row(*released(shared_data, coin), coin, name, regime))
    assert found == pytest.approx(printed(coin, name, regime), abs=0.005 + 1e-9)


@pytest.mark.parametrize(("coin", "name", "regime"), FAULTY)
def test_the_two_rows_that_are_faults_of_the_paper_are_just_those(
    shared_data: Path, coin: str, name: str, regime: str
) -> None:
    found = cells(row(*released(shared_data, coin), coin, name, regime))
    assert found == pytest.approx(FAULTY[coin, name, regime], abs=0.005 + 1e-9)
    assert found != pytest.approx(printed(coin, name, regime), abs=0.005)


@pytest.mark.parametrize("name", ["buy_and_hold", "slma", "macd"])
@pytest.mark.parametrize("coin", PRINTED)
def test_on_another_venues_opens_the_robust_rules_come_within_six_tenths_of_a_point(
    shared_data: Path, coin: str, name: str
) -> None:
    days, opens = series(shared_data / "canonical" / f"{coin}USDT_1d.parquet")
    since = days.index(date(2023, 1, 1))
    for regime in REGIMES:
        found = row(days[since:], opens[since:], coin, name, regime)
        assert 100 * found.total_return == pytest.approx(printed(coin, name, regime)[0], abs=0.6)


def test_the_fee_is_taken_after_the_trade_so_that_cash_goes_below_zero() -> None:
    found = run(np.array([100.0, 100.0]), [1.0])
    assert found.total_return == pytest.approx(-(0.004 * 500_000 + 0.00147 * 100) / 1_000_000)


def test_an_action_for_every_step_is_needed() -> None:
    with pytest.raises(ValueError, match="2 steps"):
        run(np.array([1.0, 1.0, 1.0]), [0.0])
