"""The vendor's own example: a daily grade that earns 0.6 % a day where it is read on the day that it describes.

The shape of Token Metrics' notebook on synthetic data: 748 days, long where the 3-day mean of the grade is
above its 7-day mean, else short, paid by the return of the day. The grade moves with the day's return,
so whoever knows it at the day's open has seen the close. The lag rule takes that away.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from core.instant import DAY, HOUR, Instant, instant, iso
from core.observation import Missing
from tests.tools.store.candles import a_store
from tests.tools.store.figures_by_hand import put
from tools.store.importer import ImportReport
from tools.store.store import Store

Column = NDArray[np.float64]
FIRST = instant("2021-01-01")
DAYS = 748
WARM_UP = 30
TODAY = instant("2026-01-01")
SEEDS = (1, 2, 3)


class Earned(NamedTuple):
    """Per day, as a fraction; *t* of the mean."""

    mean: float
    t: float


def example(seed: int) -> tuple[Column, Column]:
    """Returns of each day, and the grade that carries its date."""
    chance = np.random.default_rng(seed)
    returns = chance.normal(0, 0.036, DAYS)
    moves = 0.45 * returns / 0.036 + np.sqrt(1 - 0.45**2) * chance.normal(0, 1, DAYS)
    grade = np.zeros(DAYS)
    for day in range(1, DAYS):
        grade[day] = 0.85 * grade[day - 1] + moves[day]
    return returns, np.clip(50 + 14 * grade, 0, 100)


def imported(store: Store, folder: Path, grade: Column, **rule: str) -> ImportReport:
    """The grade as a vendor's file has it: a date and a number."""
    lines = [f"{iso(Instant(FIRST + day * DAY))},trader_grade,{grade[day]:.4f}" for day in range(DAYS)]
    text = "\n".join(["ts,metric,value", *lines])
    return put(store, folder / "grade.csv", text, kind="fundamental", source="tokenmetrics", **rule)


def earned(store: Store, returns: Column) -> Earned:
    """What the example's rule earns at the open of each day with whatever grade was known then."""
    paid = []
    for day in range(WARM_UP, DAYS):
        known = store.facts("bitcoin", "trader_grade", Instant(FIRST + day * DAY), WARM_UP)
        assert not isinstance(known, Missing)
        grades = [float(one.value) for one in known]
        paid.append(returns[day] if mean_of(grades, 3) >= mean_of(grades, 7) else -returns[day])
    return Earned(float(np.mean(paid)), float(np.mean(paid) / np.std(paid, ddof=1) * np.sqrt(len(paid))))


def mean_of(values: list[float], span: int) -> float:
    """The exponential mean of *span*, as pandas' ``ewm(span=…, adjust=False)`` has it."""
    mean, weight = values[0], 2 / (span + 1)
    for value in values[1:]:
        mean += weight * (value - mean)
    return mean


@pytest.mark.parametrize("seed", SEEDS)
def test_read_at_lag_zero_the_grade_earns_a_fortune(tmp_path: Path, seed: int) -> None:
    returns, grade = example(seed)
    store = a_store(tmp_path, TODAY)
    report = imported(store, tmp_path, grade, known_at="ts+0h")
    assert sum(report.early.values()) == DAYS  # and whoever imports it so is told so, loudly
    leaky = earned(store, returns)
    store.close()
    assert leaky.mean > 0.004
    assert leaky.t > 3


@pytest.mark.parametrize("seed", SEEDS)
def test_by_default_it_is_known_the_next_noon_and_earns_nothing(tmp_path: Path, seed: int) -> None:
    returns, grade = example(seed)
    store = a_store(tmp_path, TODAY)
    assert not imported(store, tmp_path, grade).early
    honest = earned(store, returns)
    for day in (WARM_UP, 300, DAYS - 2):
        noon = Instant(FIRST + (day + 1) * DAY + 12 * HOUR)
        for at, newest in ((FIRST + day * DAY, day - 2), (noon - 1, day - 1), (noon, day)):
            known = store.facts("bitcoin", "trader_grade", Instant(at), 1)
            assert not isinstance(known, Missing)
            assert known[0].as_of == FIRST + newest * DAY
            assert known[0].known_at <= at
    store.close()
    assert abs(honest.t) < 2.5
    assert abs(honest.mean) < 0.003
