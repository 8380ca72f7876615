"""The Investor Grade works where fundamentals lead prices by construction, and with another's facts it does not."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from core.market import Floats
from tests.tools.desk.investor_panel import Panel, across, investor_grades, knows, panel_of, shuffled
from tools.simulation.settings import HISTORY_DAYS

SEEDS = (1, 2, 3)
ASSETS, DAYS = 24, 365


@cache
def a_panel(seed: int) -> Panel:
    return panel_of(seed, ASSETS, DAYS)


@pytest.mark.parametrize("horizon", [30, 60])
def test_the_grade_ranks_what_follows_and_with_anothers_facts_it_does_not(horizon: int) -> None:
    true, false = [], []
    for seed in SEEDS:
        panel = a_panel(seed)
        told = knows(panel, values(seed, right=True), horizon)
        assert told.mean > 0.15
        assert told.t is not None
        assert (
            told.t > 2.5
        )  # Newey-West over the whole horizon: neighbouring days share most of their outcome
        true.append(told.mean)
        false.append(knows(panel, values(seed, right=False), horizon).mean)
    mean, t = across(true)
    assert mean > 0.25
    assert t > 4
    assert abs(np.mean(false)) < 0.15
    assert mean > abs(np.mean(false)) + 0.15


@cache
def values(seed: int, *, right: bool) -> Floats:
    panel = a_panel(seed)
    return investor_grades(panel, panel.ids if right else shuffled(panel, seed)).value


def test_there_every_part_of_the_grade_is_known() -> None:
    panel = a_panel(SEEDS[0])
    found = investor_grades(panel, panel.ids)
    grades, coverage = found.value, found.coverage
    here = panel.frame.age[HISTORY_DAYS:] > 120
    assert (coverage[HISTORY_DAYS:][here] > 0.8).all()
    assert np.isfinite(grades[HISTORY_DAYS:][here]).all()
    assert 10 < grades[HISTORY_DAYS:][here].std() * 2 < 60
