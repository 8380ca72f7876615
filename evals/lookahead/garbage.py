"""A market whose future is garbage: what was known at an instant is untouched, what comes after it is anything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.runtime.worlds import World
from core.instant import Instant
from core.market import Bars, BarSeries, Floats, Revision
from evals.lookahead.sources import CANDLES, DELISTING, EVERY, FLAGS, PEG, REVISIONS
from tools.store.gate import judge

_COLUMNS = ("open", "high", "low", "close", "volume")
_LOST = 0.02
"""Share of the later candles that are missing."""


class Judge(Protocol):
    """The quality gate, as `tools.store.gate.judge`."""

    def __call__(self, asset: str, bars: Bars, source: str) -> BarSeries:
        """*bars* with what the gate says of each row."""
        ...


def noise(seed: int, *about: object) -> np.random.Generator:
    """A stream of garbage of its own for what it is *about*."""
    key = sha256(repr((seed, *about)).encode()).digest()
    return np.random.default_rng(np.frombuffer(key, np.uint32))


def anything(chance: np.random.Generator, *shape: int) -> Floats:
    """Numbers about some level that has nothing to do with any before, each far from the next.

    Were the level another at each, every row would look like a redenomination, and take long to judge.
    """
    level = 10.0 ** chance.uniform(-4, 4)
    found: Floats = level * np.exp(chance.normal(0, 0.4, shape))
    return found


def spoiled_world(
    world: World, after: Instant, seed: int, sources: Collection[str] = EVERY, gate: Judge = judge
) -> World:
    """*world* with garbage in everything of it that is known only after *after*.

    *gate* judges the garbage anew: where its word on an earlier row rests on a later one, the earlier row's
    flag changes.
    """
    return replace(
        world,
        series={
            symbol: spoiled_series(one, after, noise(seed, symbol), sources, gate)
            for symbol, one in world.series.items()
        },
        pegs=spoiled_pegs(world.pegs, after, noise(seed, "peg")) if PEG in sources else world.pegs,
    )


def spoiled_pegs(
    pegs: tuple[tuple[Instant, Decimal], ...], after: Instant, chance: np.random.Generator
) -> tuple[tuple[Instant, Decimal], ...]:
    """*pegs* with another worth from right after *after* on."""
    known = tuple(one for one in pegs if one[0] <= after)
    return (*known, (Instant(after + 1), Decimal(int(chance.integers(1, 500))) / 1000))


def spoiled_series(
    series: BarSeries,
    after: Instant,
    chance: np.random.Generator,
    sources: Collection[str] = EVERY,
    gate: Judge = judge,
) -> BarSeries:
    """*series* with garbage after *after*: candles, holes, flags, revisions, and whether trading ever ends."""
    first = int(np.searchsorted(series.bars.opened_at + series.bars.interval.ms, after, side="right"))
    garbage = garbage_bars(series.bars, first, chance)
    kept = np.arange(len(series.bars)) < first
    kept |= chance.random(len(kept)) >= _LOST
    kept[-1:] = True  # how far a series reaches is told by `delisting`
    whole = CANDLES in sources and FLAGS in sources
    bars = rows_of(garbage, kept) if whole else garbage if CANDLES in sources else series.bars
    judged = series
    if FLAGS in sources:
        judged = gate(series.asset, bars if whole else garbage, series.source)
    return replace(
        series,
        bars=bars,
        segment=judged.segment,
        last_bad=judged.last_bad,
        bad_code=judged.bad_code,
        fingerprint=sha256(chance.bytes(8)).hexdigest() if CANDLES in sources else series.fingerprint,
        revisions=_revised(series, first, after, chance)
        if REVISIONS in sources
        else tuple(one for one in series.revisions if one.index < first or not whole),
        delisted_at=_ended(series.delisted_at, after) if DELISTING in sources else series.delisted_at,
    )


def garbage_bars(bars: Bars, first: int, chance: np.random.Generator) -> Bars:
    """*bars* with any candle at all in each row from *first* on; only open, close and volume may be equal."""
    count = len(bars) - first
    opened, closed = anything(chance, 2, count)
    wide = chance.uniform(1.0, 3.0, count)
    fresh = {
        "open": opened,
        "high": np.maximum(opened, closed) * wide,
        "low": np.minimum(opened, closed) / wide,
        "close": closed,
        "volume": np.where(chance.random(count) < 0.1, 0.0, anything(chance, count)),
    }
    columns = [np.concatenate((getattr(bars, name)[:first], fresh[name])) for name in _COLUMNS]
    return Bars(bars.symbol, bars.interval, bars.opened_at, *columns)


def rows_of(bars: Bars, kept: NDArray[np.bool_]) -> Bars:
    """The candles under *kept*."""
    columns = [getattr(bars, name)[kept] for name in ("opened_at", *_COLUMNS)]
    return Bars(bars.symbol, bars.interval, *columns)


def _revised(
    series: BarSeries, first: int, after: Instant, chance: np.random.Generator
) -> tuple[Revision, ...]:
    """The revisions known at *after*, and garbage for every candle that is known then, from right after it on."""
    known = tuple(one for one in series.revisions if one.known_at <= after)
    rows = range(max(0, first - 400), first)
    late = []
    for row, one, other in zip(rows, *anything(chance, 2, len(rows)), strict=True):
        high, low = max(one, other), min(one, other)
        late.append(
            Revision(row, Instant(after + 1), float(one), float(high), float(low), float(other), float(high))
        )
    return (*known, *late)


def _ended(delisted_at: Instant | None, after: Instant) -> Instant | None:
    """What ends later never ends, and what never ends does so at once."""
    if delisted_at is not None and delisted_at <= after:
        return delisted_at
    return Instant(after + 1) if delisted_at is None else None
