"""The Investor Grade of real BTC and ETH: which inputs are there, why there is no grade, and nothing of later days."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from core.instant import DAY, Instant, instant, interval
from core.market import BarSeries, Instrument
from core.money import money
from core.observation import Missing
from strategies.grades.investor import INVESTOR
from tests.evals.conftest import TODAY, shared_home
from tools.clocks import SimulatedClock
from tools.desk.grading.grades import GradeDesk
from tools.desk.grading.sheet import Sheet
from tools.facts.stored import StoredFacts
from tools.market.bar_market import BarMarket
from tools.store.catalog import SeriesInfo
from tools.store.gate import judge
from tools.store.rows import Rows
from tools.store.store import Store

__all__ = ["shared_home"]  # a fixture; the store is imported once for all tests

NOW = instant("2023-06-01")
BTC, ETH = "BTC/USDT", "ETH/USDT"
IDS = {BTC: "bitcoin", ETH: "ethereum"}
SINCE = instant("2021-02-01")
THERE = {
    BTC: {
        *("market_cap", "dilution_90", "turnover_30", "issuance_year", "drawdown_365"),
        *("mvrv", "mvrv_z_365", "value_to_addresses"),
        *("active_addresses_growth_30", "tx_count_growth_30", "exchange_netflow_7"),
        "exchange_supply_change_30",
    },
    ETH: {
        *("market_cap", "turnover_30", "drawdown_365", "active_addresses_growth_30", "tx_count_growth_30"),
    },
}
_STEP = money("0.01 USDT").amount


@dataclass
class Real:
    """What the store knows of the two."""

    series: Mapping[str, BarSeries]
    figures: tuple[SeriesInfo, ...]
    rows: Callable[[SeriesInfo], Rows]

    def sheet(self, now: Instant, rows: Callable[[SeriesInfo], Rows] | None = None) -> Sheet:
        """The sheet as of *now*; *rows*: what the figures are read by."""
        return sheet_of(self.series, now, StoredFacts(self.figures, rows or self.rows, _no_news))


def _no_news(info: SeriesInfo) -> object:
    raise AssertionError(info)


def sheet_of(series: Mapping[str, BarSeries], now: Instant, facts: StoredFacts | None) -> Sheet:
    instruments = {symbol: Instrument(symbol, _STEP, _STEP, _STEP, _STEP) for symbol in series}
    market = BarMarket(SimulatedClock(now), interval("1h"), series, instruments, simulated=False)
    asyncio.run(market.advance(now))
    return GradeDesk(market, IDS, facts).sheet()


@pytest.fixture(scope="module")
def real(shared_home: Path) -> Iterator[Real]:
    with closing(Store.open(shared_home, SimulatedClock(TODAY), readonly=True)) as store:
        series = {}
        for symbol in IDS:
            found = store.bars(symbol, interval("1h"), NOW)
            assert isinstance(found, BarSeries)
            first = int(np.searchsorted(found.bars.opened_at, SINCE))
            series[symbol] = judge(found.asset, found.bars.slice(first, len(found.bars)), found.source)
        figures = tuple(info for info in store.series() if info.key.kind in {"onchain", "fundamental"})
        yield Real(series, figures, store.rows)


def inputs(sheet: Sheet, symbol: str) -> dict[str, float]:
    """The inputs that are there, with their values."""
    found = {one.indicator: sheet.value(symbol, one.indicator) for one in INVESTOR.inputs}
    return {name: value for name, value in found.items() if not isinstance(value, Missing)}


def test_what_is_there_is_told_and_what_lacks_is_why_there_is_no_grade(real: Real) -> None:
    sheet = real.sheet(NOW)
    for symbol, coverage in ((BTC, 0.386), (ETH, 0.158)):
        grade = sheet.grade(symbol, "investor")
        assert set(inputs(sheet, symbol)) == THERE[symbol]
        assert grade.value is None
        assert grade.signal is None
        assert grade.coverage == pytest.approx(coverage, abs=0.001)
        assert grade.why is not None
        assert f"coverage {grade.coverage:.2f} of the 0.50" in grade.why
        assert "technology 0.00" in grade.why
        assert sheet.explain(symbol, "investor") is None
        assert sheet.grade(symbol, "trader").value is not None
    told = inputs(sheet, BTC)
    assert 26 < told["market_cap"] < 28  # e^27 is 530 billion dollars
    assert 1.2 < told["mvrv"] < 1.6
    assert 0.01 < told["issuance_year"] < 0.025
    assert sheet.grade(BTC, "investor").parts.keys() == {"fundamental", "valuation", "usage"}


def test_later_data_changes_nothing_of_a_grade(real: Real) -> None:
    """The same store, cut off at the instant: its candles, and every figure that was known later."""

    def until_now(info: SeriesInfo) -> Rows:
        rows = real.rows(info)
        return rows.pick(rows.known_at <= NOW)

    cut = {}
    for symbol, one in real.series.items():
        stop = int(np.searchsorted(one.bars.opened_at + one.bars.interval.ms, NOW, side="right"))
        cut[symbol] = judge(one.asset, one.bars.slice(0, stop), one.source)
    whole = real.sheet(NOW)
    known = tuple(info for info in real.figures if (until_now(info).known_at <= NOW).any())
    alone = sheet_of(cut, NOW, StoredFacts(known, until_now, _no_news))
    for symbol in IDS:
        for kind in ("trader", "investor"):
            assert whole.grade(symbol, kind) == alone.grade(symbol, kind)
            assert whole.explain(symbol, kind) == alone.explain(symbol, kind)
            assert whole.history(symbol, kind, 90) == alone.history(symbol, kind, 90)
        assert inputs(whole, symbol) == inputs(alone, symbol)


def test_an_input_is_worked_from_what_was_known_then_by_hand(real: Real) -> None:
    """Figures of the chain are known two midnights later: the newest one is that of the day before yesterday."""
    told = inputs(real.sheet(NOW), BTC)
    facts = StoredFacts(real.figures, real.rows, _no_news)
    days = facts.facts("bitcoin", "active_addresses", NOW, 37)
    mvrv = facts.facts("bitcoin", "mvrv", NOW, 1)
    assert not isinstance(days, Missing)
    assert not isinstance(mvrv, Missing)
    assert days[-1].as_of == mvrv[-1].as_of == NOW - 2 * DAY
    assert days[-1].known_at <= NOW
    active = np.array([float(one.value) for one in days])
    growth = active[-7:].mean() / active[:7].mean() - 1.0
    assert told["active_addresses_growth_30"] == pytest.approx(growth, rel=1e-9)
    assert told["mvrv"] == float(mvrv[-1].value)
