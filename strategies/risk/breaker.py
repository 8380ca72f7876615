"""The breaker: ACTIVE, then REDUCING, then HALTED, by the fall from the peak. It never steps back by itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.instant import DAY, Instant
from core.money import floor_to, multiply, plain, subtract
from strategies.risk.case import State
from strategies.risk.limits import Limits

_CENT, _SATOSHI = Decimal("0.01"), Decimal("1e-8")
_LARGE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Watermarks:
    """*peak_equity* since the start or the last resume; *day* counts UTC days since 1970."""

    peak_equity: Decimal
    day: int
    day_start_equity: Decimal


def first_marks(equity: Decimal, now: Instant) -> Watermarks:
    """The watermarks of an account that begins with *equity*."""
    return Watermarks(equity, now // DAY, equity)


def mark(watermarks: Watermarks, equity: Decimal, now: Instant) -> Watermarks:
    """The watermarks after *equity* at *now*; the first mark of a UTC day is that day's start."""
    day = now // DAY
    if day > watermarks.day:
        return Watermarks(max(watermarks.peak_equity, equity), day, equity)
    if equity > watermarks.peak_equity:
        return Watermarks(equity, watermarks.day, watermarks.day_start_equity)
    return watermarks


def next_state(state: State, watermarks: Watermarks, equity: Decimal, limits: Limits) -> tuple[State, str]:
    """The state after *equity*, and why it changed ("" where it did not)."""
    peak = watermarks.peak_equity
    if state is State.HALTED or equity >= peak:
        return state, ""
    lost, loss = subtract(peak, equity), limits.loss
    if loss.drawdown_halt is not None and lost >= multiply(loss.drawdown_halt, peak):
        return State.HALTED, _reason(lost, peak, loss.drawdown_halt, "halts")
    if state is State.REDUCING or loss.drawdown_reduce is None:
        return state, ""
    if lost >= multiply(loss.drawdown_reduce, peak):
        return State.REDUCING, _reason(lost, peak, loss.drawdown_reduce, "only reduces")
    return state, ""


def resumed(watermarks: Watermarks, equity: Decimal) -> Watermarks:
    """The watermarks once a person resumes: the peak restarts at *equity*, the day's start stays."""
    return Watermarks(equity, watermarks.day, watermarks.day_start_equity)


def _reason(lost: Decimal, peak: Decimal, limit: Decimal, what: str) -> str:
    # For reading; cut, so that a fall never reads as more than it was. A bitcoin's cents are money.
    step = _CENT if peak >= _LARGE else _SATOSHI
    told = {
        name: plain(floor_to(amount, step))
        for name, amount in (("lost", lost), ("peak", peak), ("at", multiply(limit, peak)))
    }
    return f"equity is {told['lost']} below its peak of {told['peak']}; the account {what} at {told['at']}"
