"""Grades that are worked over whole series at once hold nothing of later days; whoever peeks is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.decision import Situation
from core.instant import DAY, Instant
from core.market import Floats
from evals.lookahead.proof import Depth
from evals.lookahead.scene import Sight
from evals.lookahead.sources import CANDLES
from strategies.grades.grading import grade_frame
from strategies.grades.own_view import Past
from strategies.grades.trader import TRADER
from strategies.indicators.universe.evaluate import Graph
from strategies.indicators.universe.frame import Frame, frame_of
from strategies.levels import levels
from tests.agent.runtime.small_world import START
from tests.evals.lookahead.grade_scenes import AAA, DAYS, days_of, leaking, looked, sources
from tools.store.gate import judge


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
