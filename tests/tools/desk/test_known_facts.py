"""Facts of many days are what asking on each of those days would have told."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.instant import DAY, Instant, instant, interval
from core.market import Floats, Instants
from core.money import published
from core.observation import Missing, Observation
from tools.desk.grading.facts import CARRIED, fact_columns
from tools.facts.stored import StoredFacts
from tools.store.catalog import SeriesInfo, SeriesKey
from tools.store.gate import CODES
from tools.store.rows import Rows

START = instant("2024-01-01")
CLOSES = START + DAY * np.arange(1, 41, dtype=np.int64)


class Vintages:
    """A source of ``(as_of, known_at, value)`` of one metric of one asset, asked one instant at a time."""

    def __init__(self, *told: tuple[int, int, float]) -> None:
        self._told = sorted(told)

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        known = {as_of: (value, at) for as_of, at, value in self._told if at <= now}
        if (asset, metric) != ("a", "tvl") or not known:
            return Missing(metric, "no_data")
        return tuple(
            Observation(asset, metric, published(value), "USD", Instant(as_of), Instant(at), "test")
            for as_of, (value, at) in sorted(known.items())[-count:]
        )


def column(source: Any, closes: Instants = CLOSES) -> Floats:
    return fact_columns(source, ["b", "a", "a"], ["fees", "tvl"], closes)["tvl"]


def test_a_fact_is_there_from_when_it_was_known_and_for_fourteen_days() -> None:
    told = column(Vintages((START, START + 2 * DAY, 7.0)))
    assert np.isnan(told[:, 0]).all()
    np.testing.assert_array_equal(told[:, 1], told[:, 2])
    there = (CLOSES >= START + 2 * DAY) & (CLOSES <= START + CARRIED)
    np.testing.assert_array_equal(told[:, 1], np.where(there, 7.0, np.nan))


def test_a_correction_changes_no_day_before_it_was_known() -> None:
    first, mended = (START, START + DAY, 7.0), (START, START + 5 * DAY, 9.0)
    told = column(Vintages(first, mended))[:, 1]
    assert told[:4].tolist() == [7.0] * 4
    assert told[4:14].tolist() == [9.0] * 10


def test_a_metric_that_nobody_has_is_no_column() -> None:
    assert fact_columns(Vintages(), ["a"], ["tvl"], CLOSES) == {}


def stored(sources: list[list[tuple[int, int, int, bool]]]) -> StoredFacts:
    """*sources* of one metric: rows of (day, days until it was known, value, whether the gate refuses it)."""
    held: dict[str, Rows] = {}
    series = []
    for number, told in enumerate(sources):
        rows = sorted({(day, day + wait): (value, bad) for day, wait, value, bad in told}.items())
        if not rows:
            continue
        as_of = np.array([START + DAY * day for (day, _), _ in rows], dtype=np.int64)
        known_at = np.array([START + DAY * known for (_, known), _ in rows], dtype=np.int64)
        values = np.array([[float(value)] for _, (value, _) in rows])
        flags = np.array([CODES["wrong_unit"].bit if bad else 0 for _, (_, bad) in rows], dtype=np.uint32)
        name, first, last = f"s{number}", Instant(int(as_of[0])), Instant(int(as_of[-1]))
        key = SeriesKey("a", "fundamental", "tvl", "", "", interval("1d"), name)
        series.append(SeriesInfo(number, key, False, None, name, "", len(rows), first, last))
        held[name] = Rows(as_of, known_at, known_at, values, flags)
    return StoredFacts(series, lambda one: held[one.file], lambda _: NOTHING)


NOTHING: Any = None
VINTAGE = st.tuples(st.integers(0, 30), st.integers(0, 9), st.integers(1, 10**6), st.booleans())


@given(st.lists(st.lists(VINTAGE, max_size=25), min_size=1, max_size=3))
def test_stored_figures_of_many_instants_are_those_of_each(
    sources: list[list[tuple[int, int, int, bool]]],
) -> None:
    facts = stored(sources)
    moments = START + DAY * np.arange(0, 45, dtype=np.int64)
    told = facts.newest_at("a", "tvl", moments)
    assert told is not None
    for moment, value, as_of in zip(moments.tolist(), told[0].tolist(), told[1].tolist(), strict=True):
        one = facts.facts("a", "tvl", Instant(moment), 1)
        if isinstance(one, Missing):
            assert np.isnan(value)
            assert (as_of == 0) == (one.why == "no_data")
        else:
            assert (value, as_of) == (float(one[0].value), one[0].as_of)
