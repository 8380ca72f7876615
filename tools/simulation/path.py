"""One token's hourly path of log-price and volatility, chunk after chunk.

return = the market's drift + the change of what is followed (`latent`) + a slow pull + σ · shock, where
shock mixes the market's, the sector's and the token's own, and σ carries the shared log-volatility and
a little of the token's own. Each chunk is whitened at lag 1, because with volatility this clustered the
sampling error alone would fake autocorrelation that real hourly returns do not show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.instant import Instant
from core.market import Floats
from tools.simulation.climate import Climate, jumps
from tools.simulation.latent import Fundamentals, Latent
from tools.simulation.noise import HOURS, stream, wander
from tools.simulation.roster import Token

_HOURS_A_YEAR = 8760.0
_MARKET_VOLATILITY = 0.7
_SECTOR_SHARE = 0.09
_OWN_HALF_LIFE, _OWN_SD = 18.0, 0.20
_SCALE = -0.55
"""Brings the mean square of exp(log-volatility) to about 1."""
_CAP = 4.5
_JUMPS_A_YEAR, _LEAST, _MOST = 8.0, 3.0, 7.0
_LARGEST = 18.0
_PULL = 1.0 / (2.5 * _HOURS_A_YEAR)


@dataclass(frozen=True, slots=True)
class Path:
    """One chunk: by hour the log-price at the end, the σ of the hour, and the truth by day."""

    log_price: Floats
    sigma: Floats
    latent: Latent


class Walk:
    """Makes the chunks of one token's path in order; *first_price* is where it opens."""

    def __init__(self, seed: int, token: Token, begin: Instant) -> None:
        self._seed = seed
        self._token = token
        self._fundamentals = Fundamentals(seed, token, begin)
        first = stream(seed, f"{token.asset}:path:first")
        self.first_price = float(10.0 ** first.uniform(-1.2, 3.3))
        self._sigma = float(first.uniform(0.72, 0.98)) / float(np.sqrt(_HOURS_A_YEAR))
        self._market_share = float(first.uniform(0.66, 0.76))
        self._own = _OWN_SD * float(first.standard_normal())
        self._last_return = 0.0
        self._level = float(np.log(self.first_price))
        self._anchor = self._level
        self._followed = 0.0
        self._number = 0

    def next(self, climate: Climate) -> Path:
        """The next chunk."""
        noise = stream(self._seed, f"{self._token.asset}:path", self._number)
        latent = self._fundamentals.next(climate)
        own = wander(noise, HOURS, _OWN_HALF_LIFE, _OWN_SD, self._own)
        self._own = float(own[-1])
        sigma = self._sigma * np.exp(climate.log_volatility + own + _SCALE)
        market, sector = np.sqrt(self._market_share), np.sqrt(_SECTOR_SHARE)
        alone = np.sqrt(1.0 - self._market_share - _SECTOR_SHARE)
        single = np.clip(noise.standard_normal(HOURS), -_CAP, _CAP) + jumps(
            noise, _JUMPS_A_YEAR, _LEAST, _MOST
        )
        shock = market * climate.market + sector * climate.sectors[self._token.sector] + alone * single
        moved = self._whitened(self._tempered(sigma * shock))
        beta = self._sigma * market * np.sqrt(_HOURS_A_YEAR) / _MARKET_VOLATILITY
        drift = beta * climate.drift + self._following(latent)
        log_price = self._level + np.cumsum(moved + drift)
        self._level = float(log_price[-1])
        self._number += 1
        return Path(log_price, sigma, latent)

    def _following(self, latent: Latent) -> Floats:
        """Drift by hour: the day's change of what is followed, and the pull back to it."""
        away = self._level - self._anchor - self._followed
        steps = np.diff(latent.followed, prepend=self._followed) / 24
        self._followed = float(latent.followed[-1])
        return np.repeat(steps, 24) - _PULL * away

    def _tempered(self, moves: Floats) -> Floats:
        """Bends the largest moves towards `_LARGEST` times the typical σ: one bar does not make the year."""
        bound = _LARGEST * self._sigma
        return moves / (1.0 + (moves / bound) ** 4) ** 0.25

    def _whitened(self, moves: Floats) -> Floats:
        before = np.concatenate(([self._last_return], moves[:-1]))
        self._last_return = float(moves[-1])
        slope = float(np.sum(moves * before) / np.sum(before * before))
        return moves - slope * before
