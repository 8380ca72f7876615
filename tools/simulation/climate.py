"""What all tokens share: the regime, the market's shocks and volatility, and the sectors' turns.

Regime: a Markov chain over bull, bear, range and stress, one step a day. It sets the market's drift
and shifts log-volatility. Volatility: the sum of three mean-reverting walks of log-volatility with
half-lives of hours to days and a tide of about a quarter with a wandering phase (so absolute returns
stay correlated for weeks, and every year has its calm and its storm), plus the hours of the day and the
weekend. Sector turns: the growth of each sector's fundamentals, a walk with a
half-life of weeks, taken relative to the mean of all sectors: what one gains, the others lose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, HOUR, Instant
from core.market import Floats
from tools.simulation.noise import CHUNK_DAYS, HOURS, stream, wander
from tools.simulation.roster import SECTORS

REGIMES = ("bull", "bear", "range", "stress")
_HOURS_A_YEAR = 8760.0
_STAY = np.array([1 - 1 / 55, 1 - 1 / 45, 1 - 1 / 50, 1 - 1 / 7])
_NEXT = np.array(  # where a regime goes when it ends; rows and columns as REGIMES
    [[0.0, 0.30, 0.55, 0.15], [0.25, 0.0, 0.55, 0.20], [0.50, 0.35, 0.0, 0.15], [0.15, 0.55, 0.30, 0.0]]
)
_AT_FIRST = np.array([0.35, 0.26, 0.36, 0.03])
_DRIFT = np.array([1.2, -0.9, 0.0, -4.0]) / _HOURS_A_YEAR
_LOG_VOLATILITY = np.array([0.0, 0.05, -0.12, 0.40])
_WALKS = ((2.5, 0.44), (12.0, 0.41), (60.0, 0.33))
"""(half-life in hours, standard deviation) of the walks of log-volatility."""
_TIDE_HOURS, _TIDE_SD, _TIDE_HEIGHT = 91 * 24.0, 0.6, 1.15
"""Mean period of the tide of log-volatility, its phase noise over one period (radians), its amplitude."""
_LOUDEST = 1.7
"""Log-volatility bends towards this bound, so that a lucky draw does not make an absurd year."""
_TURN_HALF_LIFE, _TURN_SD = 20.0, 0.6 / 365

_of_day = np.cos(2 * np.pi * (np.arange(24) - 15) / 24)
_DIURNAL = 0.20 * _of_day + 0.05 * _of_day**2
_WEEKEND = -0.3
_CAP = 4.5
"""No standardised shock of the market is larger than this."""
_BREAK_SIZE, _BREAK_DOWN = (18.0, 25.0), 0.6
"""Once a chunk, in some hour, the market breaks: by so many σ of a calm hour, with this probability downwards."""


@dataclass(frozen=True, slots=True)
class Climate:
    """One chunk of what is shared: arrays over its hours, or over its days where it says so."""

    regime: NDArray[np.int8]
    """Index into REGIMES, by day."""
    drift: Floats
    log_volatility: Floats
    """Around 0, without what is a token's own."""
    market: Floats
    """The market's standardised shocks."""
    sectors: Mapping[str, Floats]
    """The sectors' standardised shocks."""
    turns: Mapping[str, Floats]
    """Growth of each sector's fundamentals against all others', per day, by day."""


class Weather:
    """Makes the chunks of a market's climate in order, and keeps them."""

    def __init__(self, seed: int, begin: Instant) -> None:
        self._seed = seed
        self._begin = begin
        self._chunks: list[Climate] = []
        first = stream(seed, "climate:first")
        self._regime = int(first.choice(len(REGIMES), p=_AT_FIRST))
        self._walks = [sd * float(first.standard_normal()) for _, sd in _WALKS]
        self._phase = 2 * float(np.pi) * float(first.random())
        self._turns = {sector: _TURN_SD * float(first.standard_normal()) for sector in SECTORS}

    def chunk(self, number: int) -> Climate:
        """Chunk *number*, counted from 0."""
        while len(self._chunks) <= number:
            self._chunks.append(self._next(len(self._chunks)))
        return self._chunks[number]

    def _next(self, number: int) -> Climate:
        noise = stream(self._seed, "climate", number)
        regime = self._regimes(noise.random((CHUNK_DAYS, 2)))
        log_volatility = self._volatility(noise, number) + np.repeat(_LOG_VOLATILITY[regime], 24)
        market = np.clip(noise.standard_normal(HOURS), -_CAP, _CAP)
        hour, size = int(noise.integers(HOURS)), float(noise.uniform(*_BREAK_SIZE))
        market[hour] = size * (-1.0 if noise.random() < _BREAK_DOWN else 1.0) / np.exp(log_volatility[hour])
        shocks = {s: stream(self._seed, f"sector:{s}", number).standard_normal(HOURS) for s in SECTORS}
        return Climate(
            regime, np.repeat(_DRIFT[regime], 24), log_volatility, market, shocks, self._turned(number)
        )

    def _regimes(self, draws: Floats) -> NDArray[np.int8]:
        days = np.empty(len(draws), dtype=np.int8)
        now = self._regime
        for day, (leave, where) in enumerate(draws):
            if leave > _STAY[now]:
                now = min(int(np.searchsorted(np.cumsum(_NEXT[now]), where)), len(REGIMES) - 1)
            days[day] = now
        self._regime = now
        return days

    def _volatility(self, noise: np.random.Generator, number: int) -> Floats:
        total = np.zeros(HOURS)
        for index, (half_life, sd) in enumerate(_WALKS):
            walk = wander(noise, HOURS, half_life, sd, self._walks[index])
            self._walks[index] = float(walk[-1])
            total += walk
        speed = 2 * np.pi / _TIDE_HOURS + _TIDE_SD / np.sqrt(_TIDE_HOURS) * noise.standard_normal(HOURS)
        phase = self._phase + np.cumsum(speed)
        self._phase = float(phase[-1])
        total += _TIDE_HEIGHT * np.sin(phase)
        opened = self._begin + (number * HOURS + np.arange(HOURS)) * HOUR
        weekday = (opened // DAY + 3) % 7
        season = _DIURNAL[opened % DAY // HOUR] + np.where(weekday >= 5, _WEEKEND, 0.0)
        return _LOUDEST * np.tanh(total / _LOUDEST) + season

    def _turned(self, number: int) -> dict[str, Floats]:
        raw = {
            sector: wander(
                stream(self._seed, f"turn:{sector}", number),
                CHUNK_DAYS,
                _TURN_HALF_LIFE,
                _TURN_SD,
                self._turns[sector],
            )
            for sector in SECTORS
        }
        self._turns = {sector: float(walk[-1]) for sector, walk in raw.items()}
        mean = sum(raw.values(), np.zeros(CHUNK_DAYS)) / len(SECTORS)
        return {sector: walk - mean for sector, walk in raw.items()}


def jumps(noise: np.random.Generator, a_year: float, least: float, most: float) -> Floats:
    """Rare shocks of either sign, *least* to *most* standard deviations large; 0 in most hours."""
    draws = noise.random((3, HOURS))
    size = (least + (most - least) * draws[1]) * np.where(draws[2] < 0.5, -1.0, 1.0)
    return np.where(draws[0] < a_year / _HOURS_A_YEAR, size, 0.0)
