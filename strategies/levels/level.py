"""Zones at which price turned before: support below it, resistance above."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from core.instant import Instant
from core.market import Bars
from strategies.indicators.true_range import atr
from strategies.levels.pivots import Pivot, pivots
from strategies.levels.round_numbers import holds_round_number
from strategies.levels.zones import bounds, clusters

REACH = 3
WIDTH = 0.75
MARGIN = 0.4
HALF_LIFE = 90
ROUND_BONUS = 0.5


class LevelKind(StrEnum):
    """On which side of price a level lies."""

    SUPPORT = "support"
    RESISTANCE = "resistance"


@dataclass(frozen=True, slots=True)
class Level:
    """One zone of prices *low* .. *high*, seen from the newest close.

    *strength*: above 0, below 1; more turns, newer turns and a round number make it greater.
    *touches*: turns inside it. *last_touch*: close of the newest bar that turned there; *touched_at*: closes of
    all that did, oldest first.
    *basis*: what speaks for it: ``swing``, ``extreme`` (the whole window's), ``round``.
    *distance*: from the close to the zone's nearer edge over the close; below 0 for a support, 0 inside.
    """

    kind: LevelKind
    low: float
    high: float
    strength: float
    touches: int
    last_touch: Instant
    basis: tuple[str, ...]
    distance: float
    touched_at: tuple[Instant, ...]


class Nearest(NamedTuple):
    """The next level on either side."""

    support: Level | None
    resistance: Level | None


def levels(bars: Bars, most: int = 4) -> tuple[Level, ...]:
    """Support and resistance as they are known at the newest bar's close, highest first.

    Turns (`pivots`, 3 bars on either side) no further apart than 0.75 average true ranges (Wilder's, of 14
    bars) form a zone, which reaches 0.4 ranges beyond them on either side. A zone whose middle is at or below the close is
    support, for a broken resistance becomes one. A turn's weight halves with every 90 bars; with the sum w
    of a zone's weights, and 0.5 more if a round number lies in it, its strength is w / (w + 1).

    Args:
        bars: One unbroken segment of closed candles, oldest first; the method is ours.
        most: Levels on each side: the nearest, then those of the greatest strength x (1 − distance).

    Returns:
        None below 15 bars (no average true range), and where price has never turned or moved.

    Raises:
        ValueError: *most* is below 1.
    """
    if most < 1:
        raise ValueError(f"at least 1 level on each side must be asked for, was {most}")
    reach = atr(bars)
    turns = pivots(bars, REACH)
    if not reach or not turns:
        return ()
    prices = np.array([turn.price for turn in turns])
    ages = np.array([len(bars) - 1 - turn.index for turn in turns])
    weights = 0.5 ** (ages / HALF_LIFE)
    groups = clusters(prices, weights, WIDTH * reach)
    spans = [(float(prices[group].min()), float(prices[group].max())) for group in groups]
    edges = bounds(spans, MARGIN * reach)
    found = [
        _level(bars, [turns[index] for index in group], float(weights[group].sum()), edge)
        for group, edge in zip(groups, edges, strict=True)
    ]
    chosen: list[Level] = []
    for kind in LevelKind:
        side = sorted((level for level in found if level.kind is kind), key=_remoteness)
        telling = sorted(side[1:], key=lambda level: level.strength * (abs(level.distance) - 1.0))
        chosen += [*side[:1], *telling[: most - 1]]
    return tuple(sorted(chosen, key=lambda level: -level.low))


def nearest(found: tuple[Level, ...]) -> Nearest:
    """The support and the resistance next to the close that *found* was seen from; `None` where there is none."""
    sides = [sorted((level for level in found if level.kind is kind), key=_remoteness) for kind in LevelKind]
    return Nearest(*(side[0] if side else None for side in sides))


def _level(bars: Bars, turns: list[Pivot], weight: float, edges: tuple[float, float]) -> Level:
    close, low, high = float(bars.close[-1]), max(edges[0], 0.0), edges[1]
    support = low + high <= 2 * close
    bonus = ROUND_BONUS if holds_round_number(low, high, close) else 0.0
    touched_at = tuple(bars.candle(index).closed_at for index in sorted({turn.index for turn in turns}))
    return Level(
        kind=LevelKind.SUPPORT if support else LevelKind.RESISTANCE,
        low=low,
        high=high,
        strength=(weight + bonus) / (weight + bonus + 1.0),
        touches=len(turns),
        last_touch=touched_at[-1],
        basis=(*sorted({turn.basis for turn in turns}, reverse=True), *(("round",) if bonus else ())),
        distance=min(high / close - 1.0, 0.0) if support else max(low / close - 1.0, 0.0),
        touched_at=touched_at,
    )


def _remoteness(level: Level) -> tuple[float, float]:
    return abs(level.distance), -level.strength
