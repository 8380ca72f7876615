"""One value of one asset, or why there is none."""

from __future__ import annotations

import math

import numpy as np

from core.observation import Missing
from strategies.indicators.universe.definition import Definition
from strategies.indicators.universe.elementary import LEAST_UNIVERSE
from strategies.indicators.universe.frame import Row


def read(definition: Definition, value: float, row: Row, asset: int) -> float | Missing:
    """*value*, or in words why the asset at place *asset* of *row* has none.

    ``no_data`` (and of what), ``warming_up`` (and how far), ``universe`` (fewer than 20 assets to compare with),
    ``undefined`` (the formula has no answer: prices or volume that did not move).
    """
    if math.isfinite(value):
        return float(value)
    absent = sorted(name for name in definition.needs if not _known(row, name)[asset])
    if absent:
        return Missing(definition.name, f"no_data: {', '.join(absent)}")
    age, warm_up = int(row.age[asset]), definition.warm_up
    if definition.node.of_candles:
        if age == 0:
            return Missing(definition.name, "no_data: candle")
        if age < warm_up:
            return Missing(definition.name, f"warming_up: {age} of {warm_up} bars")
    if definition.in_universe:
        there = row.age >= warm_up if definition.node.of_candles else np.ones(len(row.age), dtype=bool)
        for name in definition.needs:
            there = there & _known(row, name)
        if there.sum() < LEAST_UNIVERSE:
            return Missing(definition.name, f"universe: {there.sum()} of {LEAST_UNIVERSE} assets")
    if not definition.node.of_candles and warm_up > 1:
        return Missing(definition.name, f"warming_up: {warm_up} rows in a row are needed")
    return Missing(definition.name, "undefined")


def _known(row: Row, name: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    values = row.columns.get(name)
    return np.zeros(len(row.age), dtype=bool) if values is None else ~np.isnan(values)
