"""Grades rest on nothing that came later; every way in which they could is found and named."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from agent.cli.session import Session, begin
from agent.runtime.graded import RunGrades
from core.decision import Situation
from core.instant import DAY, HOUR, Instant, Interval, instant
from core.ports import MarketData
from evals.lookahead.command import lookahead
from evals.lookahead.moments import KEPT
from evals.lookahead.proof import Depth, check
from evals.lookahead.scene import Scene, Sight
from evals.lookahead.sources import CANDLES, DELISTING, FIGURES, FLAGS
from evals.scenario import load
from tests.agent.runtime.small_world import START
from tests.evals.lookahead.grade_scenes import (
    BOTH,
    DAYS,
    INVESTORS,
    TODAY,
    TRADERS,
    WARM,
    days_of,
    deciding,
    leaking,
    looked,
    sim,
    sources,
)
from tests.evals.lookahead.scenes import a_subject, looking, proven
from tests.evals.lookahead.test_planted_leaks import hasty
from tests.tools.ask.facts_by_hand import Held, rows_of
from tools.ask import _vendor
from tools.desk.grading import grades as desk_module
from tools.desk.grading.grades import GradeDesk
from tools.market.track import Track
from tools.store.catalog import SeriesKey


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


def test_a_vendors_grade_before_its_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is only shown, and not before it is known either."""
    days = START + DAY * np.arange(WARM - 3, DAYS, dtype=np.int64)
    stored = Held()
    key = SeriesKey("test:AAA/USDT", "fundamental", "tm_grade", "", "", Interval(0), "tokenmetrics")
    stored.put(key, rows_of(days, days + DAY + 12 * HOUR, np.arange(len(days)) + 50.0), "grade")
    scene, depth = Scene(days_of(2), stored.facts()), Depth(0, 0, 2)
    nothing = looking(lambda *_: 0)
    assert sources(proven(a_subject(scene, every="1d"), nothing, depth=depth)) == []
    known = _vendor.vendor_of

    def early(facts: Any, asset: str, now: Instant) -> Any:
        return known(facts, asset, Instant(now + DAY))

    monkeypatch.setattr(_vendor, "vendor_of", early)
    found = proven(a_subject(scene, every="1d"), nothing, depth=depth)
    assert leaking(found) == {"its evidence"}
    assert all(leak.path.startswith("/get_grades/AAA~1USDT/evidence/") for leak in found.leaks)


# the command


def test_a_leak_in_a_grade_is_exit_6(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
