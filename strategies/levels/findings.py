"""What price has lately done at a zone: broken out, pulled back to it, turned away, or failed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.instant import Instant
from core.market import Bars, Floats
from strategies.indicators.true_range import atr
from strategies.levels.level import LevelKind
from strategies.levels.zone_map import Zone, zones

LOOK_BACK = 10
MARGIN = 0.5
BUSY_VOLUME = 1.5
TURN = 1.0
MEAN_BARS = 20


class FindingKind(StrEnum):
    """What happened at a zone."""

    BREAKOUT = "breakout"
    FAILED_BREAKOUT = "failed_breakout"
    PULLBACK = "pullback"
    REVERSAL = "reversal"


class Direction(StrEnum):
    """Which way it points."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Finding:
    """One event at one *zone*, which was known before it.

    *at*: close of the bar on which it was complete. *confirmed_by* and *awaits* together name every test of its
    kind: ``margin``, the close beyond the zone by half an average range; ``volume``, half as much again as the
    20 bars before; ``held``, a later close still beyond; ``retest``, a later bar that came back to the zone and
    closed beyond it.
    """

    kind: FindingKind
    direction: Direction
    zone: Zone
    at: Instant
    confirmed_by: tuple[str, ...]
    awaits: tuple[str, ...]


def findings(bars: Bars, look_back: int = LOOK_BACK) -> tuple[Finding, ...]:
    """What the newest *look_back* bars did at the zones that were known before them, newest first.

    - breakout: a close beyond a resistance's upper edge (a support's lower edge) after one that was not, and
      price has not closed back on the zone's near side since;
    - failed breakout: as before, but it has;
    - pullback: after a breakout a later bar came back to the zone, and the newest close is still beyond it;
    - reversal: price entered the zone, never closed beyond it, and closed an average range away from what it
      had reached, before the zone.

    Args:
        bars: One unbroken segment of closed candles, oldest first; the rules are ours.
        look_back: Bars in which events are looked for; at least 2.

    Returns:
        None where the bars before the newest *look_back* tell no zone.

    Raises:
        ValueError: *look_back* is below 2.
    """
    if look_back < 2:
        raise ValueError(f"events need at least 2 bars, was {look_back}")
    past = bars.slice(0, max(len(bars) - look_back, 0))
    reach = atr(past)
    if not reach:
        return ()
    told: list[Finding] = []
    for zone in zones(past):
        told += _at_zone(bars, len(past), zone, reach)
    return tuple(sorted(told, key=lambda one: (-one.at, one.kind.value, -one.zone.low)))


def _at_zone(bars: Bars, start: int, zone: Zone, reach: float) -> list[Finding]:
    upward = zone.kind is LevelKind.RESISTANCE
    # a support is a resistance seen upside down
    sign = 1.0 if upward else -1.0
    close = sign * bars.close
    front, back = (bars.high, bars.low) if upward else (-bars.low, -bars.high)
    near, far = (zone.low, zone.high) if upward else (-zone.high, -zone.low)
    away = Direction.UP if upward else Direction.DOWN
    back_again = Direction.DOWN if upward else Direction.UP
    crossings = [i for i in range(start, len(bars)) if close[i] > far >= close[i - 1]]
    if not crossings:
        turned = _turned(close, front, start, near, far, reach)
        if turned is None:
            return []
        busy = _busy(bars, turned)
        return [
            Finding(
                FindingKind.REVERSAL,
                back_again,
                zone,
                bars.candle(turned).closed_at,
                ("volume",) if busy else (),
                () if busy else ("volume",),
            )
        ]
    broke, newest = crossings[0], len(bars) - 1
    failed = [i for i in range(broke + 1, len(bars)) if close[i] < near]
    if failed:
        return [
            Finding(FindingKind.FAILED_BREAKOUT, back_again, zone, bars.candle(failed[0]).closed_at, (), ())
        ]
    returned = [i for i in range(broke + 1, len(bars)) if back[i] <= far < close[i]]
    tests = {
        "margin": close[broke] >= far + MARGIN * reach,
        "volume": _busy(bars, broke),
        "held": bool(broke < newest and close[newest] > far),
        "retest": bool(returned),
    }
    confirmed = tuple(name for name, passed in tests.items() if passed)
    awaits = tuple(name for name, passed in tests.items() if not passed)
    told = [Finding(FindingKind.BREAKOUT, away, zone, bars.candle(broke).closed_at, confirmed, awaits)]
    if returned and close[newest] > far:
        at = bars.candle(returned[0]).closed_at
        told.append(Finding(FindingKind.PULLBACK, away, zone, at, confirmed, awaits))
    return told


def _turned(close: Floats, front: Floats, start: int, near: float, far: float, reach: float) -> int | None:
    """The first bar that closed before the zone and an average range from the furthest price reached in it."""
    furthest = -float("inf")
    for index in range(start, len(close)):
        if close[index] > far:
            return None
        if front[index] >= near:
            furthest = max(furthest, float(front[index]))
        if close[index] < near and close[index] <= furthest - TURN * reach:
            return index
    return None


def _busy(bars: Bars, index: int) -> bool:
    before = bars.volume[max(index - MEAN_BARS, 0) : index]
    return bool(len(before) and bars.volume[index] >= BUSY_VOLUME * before.mean() > 0)
