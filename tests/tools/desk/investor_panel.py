"""The Investor Grade laid against what followed, on the simulated market, where fundamentals lead prices."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.instant import DAY, Instant
from core.market import Floats
from core.spec import parse_spec
from strategies.grades.grading import Grades, grade_frame
from strategies.grades.investor import INVESTOR
from strategies.indicators.universe.frame import Frame, frame_of
from strategies.measure.inference.information import Information, information
from tools.desk.grading.facts import fact_columns
from tools.simulation.market import SimulatedMarket
from tools.simulation.settings import HISTORY_DAYS


@dataclass(frozen=True)
class Panel:
    """One simulated market from its first candle on: its candles, and the asset ids of its columns."""

    market: SimulatedMarket
    frame: Frame
    ids: tuple[str, ...]


def panel_of(seed: int, assets: int, days: int) -> Panel:
    """The market of *seed*, *days* days beyond its start."""
    market = SimulatedMarket(parse_spec(f"sim?seed={seed}&assets={assets}&grain=1d"))
    series = market.series(Instant(market.start + days * DAY))
    frame = frame_of([series[symbol] for symbol in market.symbols])
    return Panel(market, frame, frame.assets)


def shuffled(panel: Panel, seed: int) -> tuple[str, ...]:
    """The ids of *panel* so that each asset is told the facts of another one, all of them of the same other one."""
    order = np.random.default_rng(seed).permutation(len(panel.ids))
    whose = dict(zip(order.tolist(), np.roll(order, 1).tolist(), strict=True))
    return tuple(panel.ids[whose[place]] for place in range(len(panel.ids)))


def investor_grades(panel: Panel, ids: tuple[str, ...]) -> Grades:
    """The grades by day and asset, where the facts are those of *ids*; as known at each close."""
    closes = panel.frame.opened_at + DAY
    columns = fact_columns(panel.market.facts, ids, sorted(INVESTOR.metrics), closes)
    return grade_frame(panel.frame.with_facts(columns), INVESTOR)


def knows(panel: Panel, grades: Floats, horizon: int) -> Information:
    """What the grades of the days since the market's start say of the returns of the *horizon* days after each."""
    close = panel.frame.columns["close"]
    after = np.full_like(close, np.nan)
    after[:-horizon] = close[horizon:] / close[:-horizon] - 1.0
    found = information(grades[HISTORY_DAYS:-horizon], after[HISTORY_DAYS:-horizon], horizon)
    assert found is not None
    return found


def across(means: list[float]) -> tuple[float, float]:
    """The mean over independent markets, and its t-value: nothing overlaps between them."""
    column = np.array(means)
    return float(column.mean()), float(column.mean() / (column.std(ddof=1) / sqrt(len(column))))
