"""Zones of support and resistance with all that speaks for them: turns, volume, round numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from core.instant import Instant
from core.market import Bars
from strategies.indicators.true_range import atr
from strategies.levels.level import MARGIN, Level, LevelKind, levels
from strategies.levels.profile import VolumeProfile, volume_profile
from strategies.levels.round_numbers import round_step

BUSY = 1.5
VOLUME_BONUS = 0.5
_EVERY = 1 << 20


@dataclass(frozen=True, slots=True)
class Zone:
    """Prices *low* .. *high* at which the market may turn, seen from the newest close.

    *strength*: 0 to below 1; more and newer turns, a round number and dense trading make it greater.
    *touched_at*: closes of the bars that turned in it, oldest first; empty where only volume or a round number
    speaks for it. *basis*: ``swing``, ``extreme``, ``volume``, ``round``. *traded*: volume inside over an even
    share of all, 1 is even; `None` without volume. *distance*: from the close to the nearer edge over the
    close; below 0 for a support, 0 inside.
    """

    kind: LevelKind
    low: float
    high: float
    strength: float
    touched_at: tuple[Instant, ...]
    basis: tuple[str, ...]
    traded: float | None
    distance: float

    @property
    def touches(self) -> int:
        """Bars that turned in it."""
        return len(self.touched_at)


def zones(bars: Bars, most: int = 6) -> tuple[Zone, ...]:
    """Zones as they are known at the newest bar's close, highest first.

    Every level of `levels` is a zone; where its prices are traded 1.5 times as densely as all are, volume
    speaks for it too. Stretches of the volume profile that are as dense, and the next round number on either
    side of the close, are zones of their own where no level lies. With the weight w that its turns and a round
    number give a level, and 0.5 more for volume, the strength is w / (w + 1).

    Args:
        bars: One unbroken segment of closed candles, oldest first; the method is ours.
        most: Zones on each side, the nearest and then those of the greatest strength x (1 - distance).

    Returns:
        None below 15 bars (no average true range), and where price has not moved.

    Raises:
        ValueError: *most* is below 1.
    """
    if most < 1:
        raise ValueError(f"at least 1 zone on each side must be asked for, was {most}")
    found = levels(bars, _EVERY)
    reach = atr(bars)
    if not reach:
        return ()
    close, profile = float(bars.close[-1]), volume_profile(bars)
    told = [_of_level(level, profile) for level in found]
    taken = [(zone.low, zone.high) for zone in told]
    for low, high in _dense(profile):
        if _free(low, high, taken):
            taken.append((low, high))
            told.append(_seen_from(close, low, high, VOLUME_BONUS, ("volume",), profile))
    step, margin = round_step(close), MARGIN * reach
    for price in sorted({floor(close / step) * step, ceil(close / step) * step}):
        low, high = max(price - margin, 0.0), price + margin
        if price > 0 and _free(low, high, taken):
            taken.append((low, high))
            told.append(_seen_from(close, low, high, VOLUME_BONUS, ("round",), profile))
    chosen: list[Zone] = []
    for kind in LevelKind:
        side = sorted((zone for zone in told if zone.kind is kind), key=lambda zone: abs(zone.distance))
        telling = sorted(side[1:], key=lambda zone: zone.strength * (abs(zone.distance) - 1.0))
        chosen += [*side[:1], *telling[: most - 1]]
    return tuple(sorted(chosen, key=lambda zone: -zone.low))


def _of_level(level: Level, profile: VolumeProfile | None) -> Zone:
    traded = None if profile is None else profile.traded(level.low, level.high)
    busy = traded is not None and traded >= BUSY
    weight = level.strength / (1.0 - level.strength) + (VOLUME_BONUS if busy else 0.0)
    return Zone(
        level.kind,
        level.low,
        level.high,
        weight / (weight + 1.0),
        level.touched_at,
        (*level.basis, *(("volume",) if busy else ())),
        traded,
        level.distance,
    )


def _seen_from(
    close: float,
    low: float,
    high: float,
    weight: float,
    basis: tuple[str, ...],
    profile: VolumeProfile | None,
) -> Zone:
    support = low + high <= 2 * close
    return Zone(
        LevelKind.SUPPORT if support else LevelKind.RESISTANCE,
        low,
        high,
        weight / (weight + 1.0),
        (),
        basis,
        None if profile is None else profile.traded(low, high),
        min(high / close - 1.0, 0.0) if support else max(low / close - 1.0, 0.0),
    )


def _dense(profile: VolumeProfile | None) -> list[tuple[float, float]]:
    """Unbroken stretches of bins that each hold at least 1.5 times the even share, lowest first."""
    if profile is None:
        return []
    busy = profile.volume >= BUSY * profile.volume.mean()
    border = np.diff(np.concatenate(([False], busy, [False])).astype(np.int8))
    starts, stops = np.flatnonzero(border == 1).tolist(), np.flatnonzero(border == -1).tolist()
    return [
        (float(profile.edges[start]), float(profile.edges[stop]))
        for start, stop in zip(starts, stops, strict=True)
    ]


def _free(low: float, high: float, taken: list[tuple[float, float]]) -> bool:
    return all(high <= other_low or other_high <= low for other_low, other_high in taken)
