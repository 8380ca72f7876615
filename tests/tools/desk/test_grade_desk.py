"""However a day is reached, its grades are the same to the last bit; and nothing is worked that nobody asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.assets import AssetKind, AssetRef
from core.instant import DAY, HOUR, Instant, instant, interval, iso
from core.market import BarSeries, Revision
from core.observation import Missing, Observation
from core.spec import parse_spec
from strategies.grades.alignment import STRIDE
from strategies.grades.signals import SIGNALS
from strategies.grades.trader import TRADER as TRADER_FORMULA
from strategies.indicators.universe.definition import Family
from strategies.indicators.universe.registry import measure_universe, of_family
from tests.tools.desk.edges import START, candles, judged, odd, of_panel, walk
from tools.clocks import SimulatedClock
from tools.desk.grading.grades import GradeDesk
from tools.desk.grading.reading import laid_out, read_daily
from tools.desk.grading.sheet import INVESTOR, KINDS, TRADER, Sheet
from tools.desk.grading.stream import GradeStream
from tools.desk.grading.universe import Universe
from tools.facts.simulated import SimulatedFacts
from tools.market.bar_market import BarMarket
from tools.simulation.market import SimulatedMarket
from tools.store.gate import judge

ALIGNED = Instant((instant("2024-06-01") // DAY // STRIDE + 1) * STRIDE * DAY)
"""A day on which frames begin anew."""
LIVED = 10
COLUMNS = ("open", "high", "low", "close", "volume")


@cache
def world() -> SimulatedMarket:
    return SimulatedMarket(parse_spec(f"sim?seed=3&assets=4&grain=1d&start={iso(first_day())[:10]}"))


def desk_over(
    series: Mapping[str, BarSeries], now: int, until: int | None = None
) -> tuple[BarMarket, GradeDesk]:
    market = BarMarket(
        SimulatedClock(Instant(until or now)), interval("1d"), series, world().instruments, simulated=True
    )
    asyncio.run(market.advance(Instant(now)))
    assets = {symbol: one.asset for symbol, one in series.items()}
    return market, GradeDesk(market, assets, SimulatedFacts(world().facts))


def first_day() -> Instant:
    return Instant(ALIGNED - 6 * DAY)


@cache
def lived() -> dict[int, Sheet]:
    """A desk that was asked every day, over a day on which frames begin anew."""
    last = first_day() + LIVED * DAY
    market, desk = desk_over(world().series(Instant(last)), first_day(), last)
    sheets = {}
    for day in range(LIVED + 1):
        asyncio.run(market.advance(Instant(first_day() + day * DAY)))
        sheets[day] = desk.sheet()
        for kind in KINDS:
            sheets[day].seen(kind)
    return sheets


def same(one: Sheet, other: Sheet) -> None:
    """Every number of the two is the same to the last bit."""
    assert (one.at, one.columns, one.missing) == (other.at, other.columns, other.missing)
    for kind in KINDS:
        a, b = one.seen(kind), other.seen(kind)
        np.testing.assert_array_equal(a.grades.value, b.grades.value)
        np.testing.assert_array_equal(a.grades.coverage, b.grades.coverage)
        np.testing.assert_array_equal(a.detail.points, b.detail.points)
        np.testing.assert_array_equal(a.detail.raw, b.detail.raw)
        np.testing.assert_array_equal(a.codes, b.codes)
        np.testing.assert_array_equal(a.age, b.age)
        for name, part in a.grades.parts.items():
            np.testing.assert_array_equal(part, b.grades.parts[name])


@given(day=st.integers(0, LIVED))
@example(day=6)
@example(day=LIVED)
@settings(max_examples=2)
def test_a_day_that_was_lived_up_to_is_the_day_asked_at_once(day: int) -> None:
    now = first_day() + day * DAY
    same(lived()[day], desk_over(world().series(Instant(now)), now)[1].sheet())


@given(day=st.integers(0, LIVED - 1), seed=st.integers(0, 99))
@settings(max_examples=2)
def test_garbage_after_now_changes_no_grade(day: int, seed: int) -> None:
    now = first_day() + day * DAY
    chance = np.random.default_rng(seed)
    spoiled = {}
    for symbol, one in world().series(Instant(now + 9 * DAY)).items():
        later = one.bars.opened_at >= now
        columns = {name: getattr(one.bars, name).copy() for name in COLUMNS}
        for column in columns.values():
            column[later] = chance.uniform(1e-6, 1e9, int(later.sum()))
        spoiled[symbol] = judge(one.asset, replace(one.bars, **columns), one.source)
    same(lived()[day], desk_over(spoiled, now)[1].sheet())


def test_real_days_are_the_same_however_they_are_reached(shared_data: Path) -> None:
    """Through the days in May 2022 on which one of them came to nothing."""
    bars = of_panel(shared_data, "BTC", "ETH", "LUNA", "ADA", since="2022-01-20", until="2022-05-20")
    market = odd(*(judged(one, "bitcoin" if one.symbol == "BTC/USDT" else None) for one in bars))
    first, last = instant("2022-05-08"), instant("2022-05-15")
    live = market.market(first, last)
    desk = market.desk_on(live)
    for now in range(first, last + 1, DAY):
        asyncio.run(live.advance(Instant(now)))
        sheet = desk.sheet()
        values = {symbol: sheet.grade(symbol, TRADER) for symbol in sheet.symbols}
        if now // DAY % 4 == 0:
            fresh = market.sheet(Instant(now))
            assert values == {symbol: fresh.grade(symbol, TRADER) for symbol in fresh.symbols}
            same(sheet, fresh)


def test_a_correction_counts_from_when_it_was_known() -> None:
    plain = judged(candles("AAA/USDT", walk(1, 96)))
    bars, row = plain.bars, 60
    known_at = Instant(START + 90 * DAY + 9 * HOUR)
    wider = Revision(row, known_at, *(float(getattr(bars, name)[row]) * 1.5 for name in COLUMNS))
    revised, market = odd(replace(plain, revisions=(wider,))), odd(plain)
    live = revised.market(Instant(START + 89 * DAY), Instant(START + 92 * DAY))
    desk = revised.desk_on(live)
    seen = {}
    for hours in (0, 24, 30, 33, 48):
        asyncio.run(live.advance(Instant(START + 89 * DAY + hours * HOUR)))
        seen[hours] = desk.sheet()
        if hours > 30:
            same(seen[hours], revised.sheet(live.now))
    same(seen[24], market.at(90))
    assert seen[24] is seen[30]
    assert seen[33].at == seen[24].at
    assert seen[33].trader["AAA/USDT"] != seen[24].trader["AAA/USDT"]


def test_a_correction_that_came_with_a_new_day_is_no_day_more() -> None:
    plain = judged(candles("AAA/USDT", walk(1, 96)))
    wider = (float(getattr(plain.bars, name)[60]) * 1.5 for name in COLUMNS)
    revised = odd(replace(plain, revisions=(Revision(60, Instant(START + 90 * DAY + HOUR), *wider),)))
    live = revised.market(Instant(START + 90 * DAY), Instant(START + 91 * DAY))
    desk = revised.desk_on(live)
    assert desk.sheet().trader["AAA/USDT"].value is not None
    asyncio.run(live.advance(Instant(START + 91 * DAY)))
    same(desk.sheet(), revised.sheet(live.now))


def test_frames_of_long_series_begin_anew_on_the_same_days_for_all() -> None:
    aligned = Instant((START // DAY + 768 + 2 * STRIDE) // STRIDE * STRIDE * DAY)
    # a day that is missing makes as many candles reach back a day further
    market = odd(judged(candles("AAA/USDT", walk(1, 1040), without=(600,))))
    live = market.market(Instant(aligned - DAY), Instant(aligned + 2 * DAY))
    desk = market.desk_on(live)
    lengths = []
    for days in range(-1, 3):
        asyncio.run(live.advance(Instant(aligned + days * DAY)))
        sheet = desk.sheet()
        lengths.append(len(sheet.seen(TRADER).age))
        if days in (0, 1):
            fresh = market.sheet(live.now).seen(TRADER)
            np.testing.assert_array_equal(sheet.seen(TRADER).grades.value, fresh.grades.value)
            np.testing.assert_array_equal(sheet.seen(TRADER).age, fresh.age)
    # the close of a day is known on the next one
    assert lengths == [STRIDE + 767, STRIDE + 768, 769, 770]


def test_another_benchmark_begins_anew() -> None:
    series = [
        judged(candles(f"{name}/USDT", walk(seed, 92))) for seed, name in enumerate(("AAA", "BBB", "CCC"))
    ]
    market = odd(*series)
    first, second = (read_daily(market.market(Instant(START + day * DAY)), market.series) for day in (90, 91))
    one, other = (Universe({}, frozenset(market.series), f"{name}/USDT") for name in ("AAA", "BBB"))
    moved, fresh = (GradeStream(TRADER_FORMULA, lambda *_: {}) for _ in range(2))
    moved.at(first, one)
    np.testing.assert_array_equal(moved.at(second, other).grades.value, fresh.at(second, other).grades.value)
    assert not np.array_equal(fresh.at(second, one).grades.value, fresh.at(second, other).grades.value)


def test_an_hour_later_on_the_same_day_nothing_is_worked_again() -> None:
    market = odd(judged(candles("AAA/USDT", walk(1, 96))))
    live = market.market(Instant(START + 90 * DAY), Instant(START + 91 * DAY))
    desk = market.desk_on(live)
    before = desk.sheet()
    asyncio.run(live.advance(Instant(START + 90 * DAY + 23 * HOUR)))
    assert desk.sheet() is before
    asyncio.run(live.advance(Instant(START + 91 * DAY)))
    assert desk.sheet().at == before.at + DAY


class Counting:
    """A source of facts that has one, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        del asset, now, count
        self.asked += 1
        return Missing(metric, "no_data")


def test_a_traders_grade_asks_for_no_facts() -> None:
    facts = Counting()
    sheet = odd(judged(candles("AAA/USDT", walk(1, 96))), facts=facts).at(90)
    assert sheet.trader["AAA/USDT"].value is not None
    assert facts.asked == 0
    assert sheet.investor["AAA/USDT"].value is None
    # a metric that is not known now was never known, and is not asked for at each close
    assert 0 < facts.asked < 90


def test_a_sheet_that_was_kept_still_tells_of_its_own_day() -> None:
    market = odd(judged(candles("AAA/USDT", walk(1, 96))))
    live = market.market(Instant(START + 90 * DAY), Instant(START + 92 * DAY))
    desk = market.desk_on(live)
    kept = desk.sheet()
    asyncio.run(live.advance(Instant(START + 92 * DAY)))
    assert desk.sheet().trader["AAA/USDT"].as_of == START + 92 * DAY
    same(kept, market.at(90))


def test_changes_and_history_are_grades_of_days_before() -> None:
    sheet = lived()[9]
    symbol = sheet.symbols[0]
    past = sheet.history(symbol, TRADER, 8)
    assert [grade.as_of for grade in past] == [sheet.at - days * DAY for days in range(7, -1, -1)]
    assert past[-1] == sheet.trader[symbol]
    values = [grade.value or 0.0 for grade in past]
    assert all(values)
    assert sheet.change(symbol, TRADER, 1) == values[-1] - values[-2]
    assert sheet.change(symbol, TRADER, 7) == values[-1] - values[0]
    assert sheet.change(symbol, TRADER, 100_000) is None
    assert past[-2].value == lived()[8].trader[symbol].value
    seen = sheet.seen(TRADER)
    code = int(seen.codes[-1, sheet.columns[symbol]])
    assert sheet.trader[symbol].signal is SIGNALS[code]


@pytest.mark.parametrize("kind", KINDS)
def test_a_grade_is_fifty_and_what_each_input_adds(kind: str) -> None:
    sheet = lived()[9]
    for symbol in sheet.symbols:
        told, grade = sheet.explain(symbol, kind), sheet.grade(symbol, kind)
        assert (told is None) == (grade.value is None)
        if told is not None:
            assert told.base + sum(one.points for one in told.contributions) == pytest.approx(
                grade.value, abs=1e-9
            )


def test_any_indicator_can_be_read_whether_a_grade_rests_on_it_or_not() -> None:
    sheet = lived()[9]
    symbol = sheet.symbols[0]
    (told,) = [one for one in sheet.explain(symbol, TRADER).contributions if one.indicator == "rsi_14"]  # type: ignore[union-attr]  # it has a grade
    assert sheet.value(symbol, "rsi_14") == told.input
    resting = {*sheet.seen(TRADER).formula.names, *sheet.seen(INVESTOR).formula.names}
    other = next(one for one in of_family(Family.TREND) if one.name not in resting and not one.in_universe)
    measured = measure_universe(laid_out(sheet.reading, sheet.universe.benchmark), [other.name])
    assert sheet.value(symbol, other.name) == measured[other.name][-1, sheet.columns[symbol]]
    assert sheet.value(symbol, "no_such_thing") == Missing("no_such_thing", "unknown_indicator")
    assert sheet.value("NONE/USDT", "rsi_14") == Missing("rsi_14", "no_data")


def test_the_grades_of_a_market_that_fell_silent_are_not_its_last_ones() -> None:
    sheet = odd(judged(candles("AAA/USDT", walk(1, 96)))).at(99)
    assert (sheet.at, sheet.columns) == (START + 99 * DAY, {})
    assert sheet.missing == {"AAA/USDT": "stale"}
    for kind in KINDS:
        grade = sheet.grade("AAA/USDT", kind)
        assert (grade.value, grade.why, grade.version) == (None, "stale", f"{kind}.1")
        assert sheet.history("AAA/USDT", kind, 9) == ()
        assert sheet.change("AAA/USDT", kind, 1) is None
        assert sheet.explain("AAA/USDT", kind) is None


def test_candles_wider_than_a_day_have_no_daily_grade() -> None:
    weekly = judge("test:a", replace(candles("AAA/USDT", walk(1, 40)), interval=interval("7d")), "test")
    weeks = replace(weekly.bars, opened_at=START + 7 * DAY * np.arange(40, dtype=np.int64))
    series = {"AAA/USDT": replace(weekly, bars=weeks)}
    market = BarMarket(
        SimulatedClock(Instant(START + 280 * DAY)), interval("7d"), series, {}, simulated=False
    )
    asyncio.run(market.advance(Instant(START + 280 * DAY)))
    sheet = GradeDesk(market, {"AAA/USDT": "test:a"}).sheet()
    assert sheet.trader["AAA/USDT"].why == "no_data"


def test_hourly_candles_are_graded_by_their_days() -> None:
    days, hours = 60, np.arange(60 * 24, dtype=np.int64)
    closes = walk(7, len(hours), step=0.006)
    bars = replace(candles("AAA/USDT", closes), interval=interval("1h"), opened_at=START + HOUR * hours)
    series = judge("test:a", bars, "test")
    market = BarMarket(
        SimulatedClock(Instant(START + days * DAY)), interval("1h"), {"AAA/USDT": series}, {}, simulated=False
    )
    asyncio.run(market.advance(Instant(START + days * DAY)))
    sheet = GradeDesk(market, {"AAA/USDT": "test:a"}).sheet()
    shown = sheet.reading.series["AAA/USDT"].bars
    assert (len(shown), shown.interval) == (days, interval("1d"))
    assert sheet.trader["AAA/USDT"].value is not None


def test_whom_the_caller_refuses_has_no_grade_and_no_say() -> None:
    market = odd(judged(candles("AAA/USDT", walk(1, 90))), judged(candles("BBB/USDT", walk(2, 90))))
    live = market.market(Instant(START + 90 * DAY))
    desk = GradeDesk(live, {"AAA/USDT": "test:a"}, refused={"BBB/USDT": "not wanted"}, benchmark="AAA/USDT")
    sheet = desk.sheet()
    assert sheet.trader["BBB/USDT"].why == "not wanted"
    assert list(sheet.columns) == ["AAA/USDT"]
    assert sheet.universe.benchmark == "AAA/USDT"


def test_a_claim_on_another_asset_is_graded_beside_the_universe() -> None:
    market = odd(judged(candles("AAA/USDT", walk(1, 90))), judged(candles("WAAA/USDT", walk(1, 90))))
    refs = {
        "AAA/USDT": AssetRef("test:a", "AAA", "A"),
        "WAAA/USDT": AssetRef("test:wa", "WAAA", "Wrapped A", AssetKind.WRAPPED, "test:a"),
    }
    live = market.market(Instant(START + 90 * DAY))
    sheet = GradeDesk(live, {symbol: one.id for symbol, one in refs.items()}, refs=refs).sheet()
    assert sheet.universe.compared == {"AAA/USDT"}
    assert sheet.trader["WAAA/USDT"].value is not None
