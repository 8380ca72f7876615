"""What a grade has to beat: the last month's return, the distance from a mean, and nothing at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.market import Floats
from strategies.indicators.universe.frame import Frame

MONTH = 30
MEAN_DAYS = 50


def momentum(frame: Frame) -> Floats:
    """The return of the last 30 days of an unbroken stretch, T x N."""
    close = frame.columns["close"]
    found = np.full(close.shape, np.nan)
    found[MONTH:] = close[MONTH:] / close[:-MONTH] - 1.0
    return np.where(frame.age > MONTH, found, np.nan)


def trend(frame: Frame) -> Floats:
    """The distance of the close from the mean of its last 50 closes, T x N."""
    close = frame.columns["close"]
    sums = np.cumsum(np.where(np.isfinite(close), close, 0.0), axis=0)
    means = np.full(close.shape, np.nan)
    means[MEAN_DAYS - 1 :] = sums[MEAN_DAYS - 1 :] / MEAN_DAYS
    means[MEAN_DAYS:] -= sums[:-MEAN_DAYS] / MEAN_DAYS
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(frame.age >= MEAN_DAYS, close / means - 1.0, np.nan)


def sluggish_noise(like: Floats, steadiness: float, draws: int, seed: int) -> Iterator[Floats]:
    """Random scores that know nothing, there where *like* has a value, and as steady from day to day.

    Each asset's score is an autoregression of its own with the coefficient *steadiness*.
    """
    rng = np.random.default_rng(seed)
    known = np.isfinite(like)
    kick = np.sqrt(max(1.0 - steadiness**2, 0.0))
    for _ in range(draws):
        noise = rng.standard_normal(like.shape)
        for row in range(1, len(noise)):
            noise[row] = steadiness * noise[row - 1] + kick * noise[row]
        yield np.where(known, noise, np.nan)
