"""The simulated market's fundamentals and on-chain series, point in time.

Each is read off the token's true value (`latent`) with noise of its own; price has no part in it but in what
the coins are worth and trade (`economy`), which takes the price at the day's close. A day's figures carry its midnight as *as_of* and are known two midnights later, as such figures are in the world.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.instant import DAY, Instant
from core.market import Floats, Instants
from core.money import published
from core.observation import Missing, Observation
from tools.simulation import economy
from tools.simulation.economy import Economy, economy_of, valued
from tools.simulation.latent import GROWTH_SD, Latent
from tools.simulation.noise import CHUNK_DAYS, stream
from tools.simulation.tape import Tape

PUBLICATION = 2 * DAY
"""From the midnight that begins a day to the moment when its figures are known."""
SOURCE = "sim"
UNITS = {
    "tvl": "USD",
    "fees": "USD",
    "revenue": "USD",
    "active_addresses": "count",
    "tx_count": "count",
    "exchange_netflow": "USD",
    **economy.UNITS,
}
"""Metrics and their units. Flows are per day; *exchange_netflow* is above 0 where tokens move to exchanges."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """What sort of project a token is: levels and ratios that do not change."""

    tvl: float
    fee_rate: float
    revenue_share: float
    addresses: float
    per_address: float


class SimulatedFacts:
    """A `core.ports.FactSource` over the tapes of a market that begins at *begin*."""

    def __init__(self, seed: int, begin: Instant, tapes: Mapping[str, Tape]) -> None:
        self._seed = seed
        self._begin = begin
        self._tapes = tapes
        self._made: dict[tuple[str, int], dict[str, Floats]] = {}
        self._economies: dict[str, Economy] = {}

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        """The newest *count* observations of *metric* with ``known_at <= now``, oldest first."""
        tape = self._tapes.get(asset)
        if tape is None or metric not in UNITS or count <= 0:
            return Missing(metric, "no_data")
        first, end = self._told(tape)
        stop = (now - PUBLICATION - self._begin) // DAY + 1
        if end is not None:
            stop = min(stop, end)
        if stop <= first:
            return Missing(metric, "no_data")
        return tuple(self._observation(tape, metric, day) for day in range(max(first, stop - count), stop))

    def newest_at(self, asset: str, metric: str, moments: Instants) -> tuple[Floats, Instants]:
        """The newest value of *metric* known at each of *moments* and the day it is of; NaN where there is none."""
        values, as_of = np.full(len(moments), np.nan), np.zeros(len(moments), dtype=np.int64)
        tape = self._tapes.get(asset)
        if tape is None or metric not in UNITS or not len(moments):
            return values, as_of
        first, end = self._told(tape)
        days = (moments - PUBLICATION - self._begin) // DAY
        days = days if end is None else np.minimum(days, end - 1)
        known = days >= first
        if known.any():
            chunks = range(int(days.max()) // CHUNK_DAYS + 1)
            told = np.concatenate([self._chunk(tape, number)[metric] for number in chunks])
            values[known] = told[days[known]]
            as_of[known] = self._begin + days[known] * DAY
        return values, as_of

    def _told(self, tape: Tape) -> tuple[int, int | None]:
        """The first day that there are figures of, and the day that there are none of any more."""
        listed, delisted = tape.token.listed_at, tape.token.delisted_at
        first = 0 if listed is None else (listed - self._begin) // DAY
        return first, None if delisted is None else (delisted - self._begin) // DAY

    def _observation(self, tape: Tape, metric: str, day: int) -> Observation:
        chunk, row = divmod(day, CHUNK_DAYS)
        value = published(float(self._chunk(tape, chunk)[metric][row]))
        as_of = Instant(self._begin + day * DAY)
        known_at = Instant(as_of + PUBLICATION)
        return Observation(tape.token.asset, metric, value, UNITS[metric], as_of, known_at, SOURCE)

    def _chunk(self, tape: Tape, number: int) -> dict[str, Floats]:
        asset = tape.token.asset
        key = (asset, number)
        if key not in self._made:
            begin = number * CHUNK_DAYS
            until = Instant(self._begin + (begin + CHUNK_DAYS) * DAY)
            latent, close = tape.truth(until), tape.closes(until)
            part = Latent(latent.growth[begin:], latent.value[begin:], latent.followed[begin:])
            scale = _scale(self._seed, asset)
            made = _figures(part, scale, stream(self._seed, f"{asset}:facts", number))
            if asset not in self._economies:
                self._economies[asset] = economy_of(self._seed, asset, scale.tvl, tape.first_price)
            locked, netflow = scale.tvl * np.exp(part.value), made["exchange_netflow"]
            further = valued(self._economies[asset], part, close, locked, netflow, self._seed, asset, number)
            self._made[key] = {**made, **further}
        return self._made[key]


def _scale(seed: int, asset: str) -> _Scale:
    first = stream(seed, f"{asset}:facts:first")
    tvl, addresses = 10.0 ** first.uniform((7.0, 3.5), (9.7, 5.7))
    fee_rate, revenue_share, per_address = first.uniform((0.0003, 0.1, 2.0), (0.001, 0.4, 12.0))
    return _Scale(float(tvl), float(fee_rate), float(revenue_share), float(addresses), float(per_address))


def _figures(latent: Latent, scale: _Scale, noise: np.random.Generator) -> dict[str, Floats]:
    """One chunk of every metric, rounded as such figures are published."""

    def scattered(sd: float) -> Floats:
        return np.exp(sd * noise.standard_normal(len(latent.value)))

    whole: Callable[[Floats], Floats] = lambda values: np.maximum(np.round(values), 1.0)  # noqa: E731
    tvl = scale.tvl * np.exp(latent.value) * scattered(0.02)
    fees = tvl * scale.fee_rate * scattered(0.12)
    addresses = scale.addresses * np.exp(0.8 * latent.value) * scattered(0.05)
    transactions = addresses * scale.per_address * scattered(0.08)
    inflow = noise.standard_normal(len(tvl)) - 0.7 * latent.growth / GROWTH_SD
    return {
        "tvl": whole(tvl),
        "fees": whole(fees),
        "revenue": whole(fees * scale.revenue_share * scattered(0.05)),
        "active_addresses": whole(addresses),
        "tx_count": whole(transactions),
        "exchange_netflow": np.round(0.002 * tvl * inflow) + 0.0,
    }
