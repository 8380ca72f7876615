"""Grades rest on nothing that came later; every way in which they could is found and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from agent.cli.session import Session, begin
from agent.runtime.graded import RunGrades
from agent.runtime.minds import Thinking
from agent.runtime.worlds import World, open_world
from core.decision import Situation
from core.instant import DAY, HOUR, Instant, instant, interval
from core.market import Floats
from core.ports import MarketData
from evals.lookahead.command import lookahead
from evals.lookahead.findings import Findings
from evals.lookahead.moments import KEPT
from evals.lookahead.proof import Depth, check
from evals.lookahead.scene import Scene, Sight, candidate
from evals.lookahead.sources import CANDLES, DELISTING, FIGURES, FLAGS
from evals.scenario import load
from strategies.grades.grading import grade_frame
from strategies.grades.own_view import Past
from strategies.grades.trader import TRADER
from strategies.indicators.universe.evaluate import Graph
from strategies.indicators.universe.frame import Frame, frame_of
from strategies.levels import levels
from tests.agent.runtime.small_world import START, walk, world_of
from tests.evals.lookahead.scenes import a_subject, looking, proven
from tests.evals.lookahead.test_planted_leaks import hasty
from tools.clocks import SimulatedClock
from tools.desk import grades as desk_module
from tools.desk.grades import GradeDesk
from tools.store.gate import judge

TODAY = SimulatedClock(instant("2026-01-01"))
D1 = interval("1d")
DAYS, WARM = 74, 70
AAA = "AAA/USDT"
TRADERS, INVESTORS, BOTH = (
    "grade:trader?buy=51&sell=49",
    "grade:investor?buy=51&sell=49",
    "grade:both?buy=51&sell=49",
)
ONCE = Depth(2, 0, 0)


def days_of(count: int, *, gate: Any = judge) -> World:
    """A world of *count* walks by the day; accounts begin when grades are there."""
    names = [f"{letter * 3}/USDT" for letter in "ABCDEFGHIJKLMNOPQRSTUVW"[:count]]
    paths = {name: walk(DAYS, seed=k + 1, step=0.03) for k, name in enumerate(names)}
    world = world_of(paths, warm=WARM, grain=D1)
    series = {symbol: gate(one.asset, one.bars, one.source) for symbol, one in world.series.items()}
    return replace(world, series=series)


def sim(tmp_path: Path) -> World:
    """Two invented tokens with all that is known of them."""
    start = instant("2024-01-01")
    until = Instant(start + 3 * DAY)
    return open_world(
        "sim?assets=2&grain=1d", tmp_path, TODAY, symbols=(), start=start, until=until, grain=None
    )


def sources(found: Findings) -> list[tuple[str, str]]:
    return [(leak.source, leak.path) for leak in found.leaks]


def leaking(found: Findings) -> set[str]:
    return {leak.source for leak in found.leaks}


def deciding(decider: str, world: World, depth: Depth = ONCE, **more: Any) -> Findings:
    """What the proof finds of a decider of the product in *world*, day by day."""
    one = candidate(decider, None, TODAY, Thinking())
    return proven(a_subject(Scene(world), every="1d", **more), one, depth=depth)


def looked(world: World, look: Callable[[Sight, Situation], Any], depth: Depth = ONCE) -> Findings:
    """What the proof finds of whoever *looks* so."""
    return proven(a_subject(Scene(world), every="1d"), looking(look), depth=depth)


# nothing leaks


@pytest.mark.parametrize("decider", [INVESTORS, BOTH])
def test_nothing_leaks_from_grades_on_the_simulated_market(decider: str, tmp_path: Path) -> None:
    found = deciding(decider, sim(tmp_path), Depth(1, 1, 0))
    assert sources(found) == []
    assert found.compared.runs == 1


def test_nothing_leaks_from_grades_on_real_data(shared_home: Path) -> None:
    """The fall of LUNA: garbage goes into the store's own files for the run that is lived again."""
    luna = load("luna")
    window = replace(luna, start=instant("2022-05-11"), end=instant("2022-05-14"), warmup_ms=90 * DAY)
    traders = "grade:trader?buy=15&sell=10"
    found = check([window], [traders, INVESTORS], shared_home, TODAY, depth=Depth(2, 1, 0))
    assert sources(found) == []
    assert found.compared.moments == 4
    assert found.compared.runs == 2
    assert found.compared.events >= 5  # the Trader Grade had something to say


def test_nothing_leaks_from_grades_on_a_synthetic_scenario(tmp_path: Path) -> None:
    crash = load("flash_crash")
    window = replace(crash, end=Instant(crash.start + 3 * DAY), warmup_ms=90 * DAY)
    found = check([window], [TRADERS], tmp_path, TODAY, depth=Depth(2, 1, 1))
    assert sources(found) == []
    assert found.compared.answers > 10


# the formula over whole series, as research works it


def whole(sight: Sight) -> Frame:
    """Everything that the world has, later days and all."""
    return frame_of(list(sight.scene.world.series.values()))


def row_at(frame: Frame, now: Instant) -> int:
    return int(np.searchsorted(frame.opened_at + DAY, now, side="right")) - 1


def plain(row: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in row]


def researched(sight: Sight, situation: Situation) -> list[float | None]:
    """The Trader Grades of now, worked in one go with all later days."""
    frame = whole(sight)
    return plain(grade_frame(frame, TRADER).value[row_at(frame, situation.now)])


def test_grades_that_were_worked_together_with_all_later_days_hold_nothing_of_them() -> None:
    found = looked(days_of(4), researched, Depth(3, 0, 0))
    assert sources(found) == []


def test_the_row_after_is_a_leak() -> None:
    def tomorrow(sight: Sight, situation: Situation) -> list[float | None]:
        frame = whole(sight)
        row = min(row_at(frame, situation.now) + 1, len(frame) - 1)
        return plain(grade_frame(frame, TRADER).value[row])

    assert leaking(looked(days_of(4), tomorrow)) == {CANDLES}


def test_an_indicator_that_peeks_one_row_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    advance = Graph.advance

    def ahead(self: Graph, columns: Any, age: Any) -> Any:
        made = advance(self, columns, age)
        return {node: np.concatenate((rows[1:], rows[-1:])) for node, rows in made.items()}

    monkeypatch.setattr(Graph, "advance", ahead)
    assert leaking(looked(days_of(4), researched)) == {CANDLES}


def test_a_place_in_ones_own_history_that_counts_later_days(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Past.counted

    def hindsight(self: Past, lot: int, values: Any, runs: Any) -> Any:
        for run in runs:
            if run.slot is not None:
                self._samples[lot][run.slot] = values[:, run.stop - 1]
        return counted(self, lot, values, runs)

    monkeypatch.setattr(Past, "counted", hindsight)
    assert leaking(looked(days_of(4), researched)) == {CANDLES}


def test_a_level_that_waits_for_no_confirmation_but_knows_it() -> None:
    def known(sight: Sight, situation: Situation, later: int) -> list[list[float]]:
        bars = sight.scene.world.series[AAA].bars
        stop = int(np.searchsorted(bars.opened_at + DAY, situation.now, side="right")) + later
        return [[one.low, one.high, one.strength] for one in levels(bars.slice(0, min(stop, len(bars))))]

    world = days_of(2)
    assert leaking(looked(world, lambda sight, situation: known(sight, situation, 3))) == {CANDLES}
    assert sources(looked(world, lambda sight, situation: known(sight, situation, 0))) == []


# the universe


def desk_grades(situation: Situation, refused: Sequence[str]) -> dict[str, float | None]:
    market: Any = situation.market
    assets = {symbol: f"test:{symbol}" for symbol in market.symbols}
    sheet = GradeDesk(market, assets, refused=dict.fromkeys(refused, "not there at the end")).sheet()
    return {symbol: sheet.grade(symbol, "trader").value for symbol in market.symbols[:3]}


def test_a_rank_among_those_that_survive() -> None:
    """One of 21 will be delisted: who leaves it out today knows that."""
    world = days_of(21)
    last = world.symbols[-1]
    series = dict(world.series)
    series[last] = replace(series[last], delisted_at=Instant(START + (DAYS - 1) * DAY))
    world = replace(world, series=series)

    def survivors(sight: Sight, situation: Situation) -> Any:
        ended = [symbol for symbol, one in sight.scene.world.series.items() if one.delisted_at is not None]
        return desk_grades(situation, ended)

    assert leaking(looked(world, survivors, Depth(1, 0, 0))) == {DELISTING}
    honest = looked(world, lambda _, situation: desk_grades(situation, ()), Depth(1, 0, 0))
    assert sources(honest) == []


def test_a_rank_among_those_that_are_listed_later() -> None:
    """A newcomer's first price is put before its listing: the others are ranked against what was not there."""
    world = days_of(21)
    last = world.symbols[-1]
    series = dict(world.series)
    bars = series[last].bars
    series[last] = judge("test:late", bars.slice(DAYS - 2, DAYS), "test")
    world = replace(world, series=series)

    def filled(sight: Sight, situation: Situation) -> list[float | None]:
        frame = whole(sight)
        columns = {name: matrix.copy() for name, matrix in frame.columns.items()}
        for matrix in columns.values():
            there = np.flatnonzero(~np.isnan(matrix[:, -1]))
            matrix[: there[0], -1] = matrix[there[0], -1] * np.linspace(0.5, 1.0, there[0])
        age = frame.age.copy()
        age[:, -1] = np.arange(1, len(frame) + 1)
        full = Frame(frame.assets, frame.interval, frame.opened_at, columns, age)
        return plain(grade_frame(full, TRADER).value[row_at(frame, situation.now)])

    depth = Depth(1, 0, 0)
    one = Instant(START + (DAYS - 3) * DAY)
    early = replace(world, until=one)  # decided before the newcomer is listed
    assert leaking(looked(early, filled, depth)) == {CANDLES}
    assert sources(looked(early, researched, depth)) == []


# what the desk reads


def test_a_fact_before_it_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = desk_module.fact_columns

    def early(source: Any, assets: Any, metrics: Any, closes: Any) -> Any:
        return columns(source, assets, metrics, closes + 2 * DAY)

    monkeypatch.setattr(desk_module, "fact_columns", early)
    assert leaking(deciding(INVESTORS, sim(tmp_path), Depth(1, 0, 0))) == {FIGURES}


def test_a_flag_of_the_gate_a_day_too_early() -> None:
    found = deciding(TRADERS, days_of(3, gate=hasty), Depth(3, 0, 0), gate=hasty)
    assert leaking(found) == {FLAGS}


def test_a_candle_that_has_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    from bisect import bisect_right

    from tools.market.track import Track

    def advance(self: Any, now: Instant) -> None:
        self.newest = bisect_right(self._closes_at, now + DAY) - 1

    monkeypatch.setattr(Track, "advance", advance)
    assert leaking(deciding(TRADERS, days_of(3))) == {CANDLES}


def test_a_sheet_that_is_kept_from_one_time_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Garbage cannot show it, for the sheet is there with it as without: that the run said otherwise does."""
    kept: dict[tuple[str, ...], GradeDesk] = {}
    fresh = RunGrades.__call__

    def cached(self: RunGrades, market: MarketData) -> GradeDesk:
        return kept.setdefault(market.symbols, fresh(self, market))

    monkeypatch.setattr(RunGrades, "__call__", cached)
    found = deciding(TRADERS, days_of(3), Depth(4, 0, 0))
    assert leaking(found) == {KEPT}
    assert {leak.path for leak in found.leaks} == {"/answer"}


def test_a_kept_sheet_in_an_answer_shows_by_its_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest sheet that was ever worked answers for every time."""
    newest: list[Any] = []
    sheet = GradeDesk.sheet

    def latest(self: GradeDesk) -> Any:
        made = sheet(self)
        if not newest or made.at > newest[0].at:
            newest[:] = [made]
        return newest[0]

    monkeypatch.setattr(GradeDesk, "sheet", latest)
    found = deciding(TRADERS, days_of(2), Depth(0, 0, 2))
    assert "its evidence" in leaking(found)
    assert any(leak.path.startswith("/get_grades/") for leak in found.leaks)


# the command


def test_a_leak_in_a_grade_is_exit_6(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bisect import bisect_right

    from tools.market.track import Track

    words = (
        *("--scenario", "gap", "--decider", "grade:trader?buy=51&sell=49"),
        *("--moments", "1", "--runs", "0", "--answers", "0"),
    )
    begin(Session(tmp_path))
    assert CliRunner().invoke(lookahead, words).exit_code == 0

    def advance(self: Any, now: Instant) -> None:
        self.newest = bisect_right(self._closes_at, now + 24 * HOUR) - 1

    monkeypatch.setattr(Track, "advance", advance)
    result = CliRunner().invoke(lookahead, words)
    assert result.exit_code == 6
    assert all(line.startswith("LEAK gap grade:trader") for line in result.stdout.splitlines())
