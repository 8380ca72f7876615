"""The feed repeats its last candle while the market goes on without us."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.instant import HOUR
from core.market import Bars
from evals.synthetic._generator import Generator, Made, Parameter, Stage
from evals.synthetic._tape import Calm, market


def make(stage: Stage) -> Made:
    """From *at* on every token's candle says what the last one said, for *hours*; then the true price is there."""
    at = stage.moment(stage.params["at"])
    until = at + stage.params["hours"] * HOUR
    # it rises, so that whoever trusts the feed would be glad to buy
    bars = market(stage, calm=Calm(drift=4.0))
    return Made({symbol: _frozen(one, at, until) for symbol, one in bars.items()})


def _frozen(bars: Bars, at: float, until: float) -> Bars:
    stuck = (bars.opened_at >= at) & (bars.opened_at < until)
    last = int(np.searchsorted(bars.opened_at, at)) - 1
    price, volume = bars.close[last], bars.volume[last]
    columns = {name: np.where(stuck, price, getattr(bars, name)) for name in ("open", "high", "low", "close")}
    return replace(bars, volume=np.where(stuck, volume, bars.volume), **columns)


GENERATOR = Generator(
    "the feed repeats its last candle while the market goes on",
    make,
    {"at": Parameter(0.5, 0.05, 0.95), "hours": Parameter(48, 1, 24 * 365)},
)
