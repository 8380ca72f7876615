"""Protective exits: where a position's stop, target, trailing stop and deadline lie, and whether one was reached."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.instant import Instant
from core.market import Candle
from core.money import ZERO, add, multiply, published, subtract
from strategies.risk.limits import Limits


class Trigger(StrEnum):
    """What ended a position."""

    STOP = "stop"
    TARGET = "target"
    TRAILING = "trailing"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class ExitPlan:
    """Prices in quote per unit; *trailing_distance* below the highest price. `None`: no such exit."""

    stop: Decimal | None
    target: Decimal | None
    trailing_distance: Decimal | None
    deadline: Instant | None


def plan(entry_price: Decimal, atr: Decimal | None, opened_at: Instant, limits: Limits) -> ExitPlan:
    """The exits of a position entered at *entry_price*; without an *atr* (ATR(14)) only time can end it.

    A stop that would lie at or below zero protects nothing and is left out.
    """
    exits = limits.exits
    stop = target = trailing = None
    if atr is not None and atr > 0:
        if exits.stop_atr:
            below = subtract(entry_price, multiply(exits.stop_atr, atr))
            stop = below if below > 0 else None
        if exits.target_atr:
            target = add(entry_price, multiply(exits.target_atr, atr))
        if exits.trailing_atr:
            trailing = multiply(exits.trailing_atr, atr)
    return ExitPlan(stop, target, trailing, Instant(opened_at + exits.time) if exits.time else None)


def fired(
    exit_plan: ExitPlan, high_since_entry: Decimal, candle: Candle, now: Instant
) -> tuple[Trigger, Decimal | None] | None:
    """The exit that *candle* reached and its level, or `None`.

    *high_since_entry* is the highest price before this candle: inside it nobody knows whether the high
    or the low came first. Stop before target before trailing before time; time has no level.
    """
    low = published(candle.low)
    if exit_plan.stop is not None and low <= exit_plan.stop:
        return Trigger.STOP, exit_plan.stop
    if exit_plan.target is not None and published(candle.high) >= exit_plan.target:
        return Trigger.TARGET, exit_plan.target
    if exit_plan.trailing_distance is not None:
        level = subtract(high_since_entry, exit_plan.trailing_distance)
        if level > ZERO and low <= level:
            return Trigger.TRAILING, level
    if exit_plan.deadline is not None and now >= exit_plan.deadline:
        return Trigger.TIME, None
    return None
