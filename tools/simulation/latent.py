"""The truth behind a token: what its fundamentals are worth, and the price that follows them.

By construction, per token and day:

    growth g   = its own mean-reverting walk (half-life 20 days) + the turn of its sector
    value V    = V of yesterday + g                        (log; fundamentals and on-chain use are read off V)
    followed F = V of `DELAY_DAYS` ago, smoothed by two exponential means with a lag of `SMOOTH_DAYS` each

The log-price moves by the change of F, plus the market and noise. So a change of the fundamentals reaches
the price after two weeks and is in it half-way after five: observed growth leads returns, and no return
leads growth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.instant import DAY, Instant
from core.market import Floats
from tools.simulation.climate import Climate
from tools.simulation.noise import CHUNK_DAYS, autoregress, stream, wander
from tools.simulation.roster import Token

DELAY_DAYS = 14
SMOOTH_DAYS = 11.0
GROWTH_SD = 0.9 / 365
"""Standard deviation of a token's own growth, log per day."""
_GROWTH_HALF_LIFE = 20.0
_PULL = 1.0 / (4 * 365)
"""Per day; keeps the value of an endless market within bounds."""
_COLLAPSE = 3.2
_COLLAPSE_FROM, _COLLAPSE_UNTIL = 110, 40
"""A token to be delisted loses so much log-value, evenly between so many days before the end."""


@dataclass(frozen=True, slots=True)
class Latent:
    """The truth, one value a day: growth, value and followed as in the construction above (log units)."""

    growth: Floats
    value: Floats
    followed: Floats


class Fundamentals:
    """Makes the chunks of one token's truth in order."""

    def __init__(self, seed: int, token: Token, begin: Instant) -> None:
        self._seed = seed
        self._token = token
        self._begin = begin
        first = stream(seed, f"{token.asset}:latent:first")
        self._growth = GROWTH_SD * float(first.standard_normal())
        self._value = self._half = self._whole = 0.0
        self._coming = np.zeros(DELAY_DAYS)
        self._number = 0

    def next(self, climate: Climate) -> Latent:
        """The next chunk."""
        noise = stream(self._seed, f"{self._token.asset}:latent", self._number)
        own = wander(noise, CHUNK_DAYS, _GROWTH_HALF_LIFE, GROWTH_SD, self._growth)
        self._growth = float(own[-1])
        growth = own + climate.turns[self._token.sector] - _PULL * self._value - self._collapse()
        value = self._value + np.cumsum(growth)
        half = _smooth(value, self._half)
        whole = _smooth(half, self._whole)
        smoothed = np.concatenate((self._coming, whole))
        followed, self._coming = smoothed[:CHUNK_DAYS], smoothed[CHUNK_DAYS:]
        self._value, self._half, self._whole = float(value[-1]), float(half[-1]), float(whole[-1])
        self._number += 1
        return Latent(growth, value, followed)

    def _collapse(self) -> Floats:
        if self._token.delisted_at is None:
            return np.zeros(CHUNK_DAYS)
        end = (self._token.delisted_at - self._begin) // DAY
        left = end - (self._number * CHUNK_DAYS + np.arange(CHUNK_DAYS))
        falling = (left <= _COLLAPSE_FROM) & (left > _COLLAPSE_UNTIL)
        return np.where(falling, _COLLAPSE / (_COLLAPSE_FROM - _COLLAPSE_UNTIL), 0.0)


def _smooth(values: Floats, before: float) -> Floats:
    weight = 1.0 / (1.0 + SMOOTH_DAYS)
    return autoregress(weight * values, 1.0 - weight, before)
