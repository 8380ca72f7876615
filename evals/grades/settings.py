"""What a validation is asked for, read from the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from core.errors import UsageError
from core.instant import DAY, Instant, duration, instant
from core.market import Costs
from core.money import add, divide

HORIZONS = "1d,7d,14d,30d"
LAGS = "1,2"
LONGEST = 365
FURTHEST = 30


@dataclass(frozen=True, slots=True)
class Settings:
    """*horizons*: days held. *lags*: days from a grade's day to the open it is traded at; 0 needs the future.

    *since*, *until*: which days' grades are judged, the end not among them. *draws*: random scores. *seed*: of
    these and of every resample.
    """

    horizons: tuple[int, ...] = (1, 7, 14, 30)
    lags: tuple[int, ...] = (1, 2)
    since: Instant | None = None
    until: Instant | None = None
    costs: Costs = field(default_factory=Costs)
    draws: int = 100
    seed: int = 0

    @property
    def rate(self) -> float:
        """The cost of one side, a fraction of what is traded: the taker's fee and slippage, nothing for size."""
        return float(add(self.costs.taker, divide(self.costs.slippage_bps, Decimal(10_000))))

    @property
    def is_leaky(self) -> bool:
        """Whether a lag is among them that nobody can trade at."""
        return 0 in self.lags

    @property
    def lag(self) -> int:
        """The shortest lag that can be traded at; 0 where none was asked for."""
        return min((lag for lag in self.lags if lag), default=0)

    @property
    def reach(self) -> int:
        """How many days after a grade's day are looked at."""
        return max(self.horizons) + max(self.lags)

    @property
    def shown(self) -> int:
        """The horizon that is drawn: a week, else the one in the middle."""
        return 7 if 7 in self.horizons else self.horizons[len(self.horizons) // 2]


def horizons_of(text: str) -> tuple[int, ...]:
    """``1d,7d`` as days, ascending.

    Raises:
        UsageError: not a list of whole days from 1 to 365.
    """
    found = set()
    for word in _words(text):
        try:
            milliseconds = duration(word)
        except UsageError:
            milliseconds = -1
        days, rest = divmod(milliseconds, DAY)
        if rest or not 1 <= days <= LONGEST:
            raise UsageError(
                f"--horizons: {word!r} is no horizon of whole days",
                f"Write them as {HORIZONS}, up to {LONGEST}d.",
            )
        found.add(days)
    if not found:
        raise UsageError("--horizons names none", f"Write them as {HORIZONS}.")
    return tuple(sorted(found))


def lags_of(text: str, *, leaky: bool) -> tuple[int, ...]:
    """``1,2`` as days, ascending. 0 is the day whose close the grade needed: nobody can trade it.

    Raises:
        UsageError: not a list of whole numbers up to 30, or 0 without *leaky*.
    """
    found = set()
    for word in _words(text):
        if not word.isascii() or not word.isdigit() or int(word) > FURTHEST:
            raise UsageError(
                f"--lags: {word!r} is no lag in days", f"Write them as {LAGS}, up to {FURTHEST}."
            )
        found.add(int(word))
    if not found:
        raise UsageError("--lags names none", f"Write them as {LAGS}.")
    if 0 in found and not leaky:
        raise UsageError(
            "lag 0 earns the return of the very day whose close the grade needed: nobody can trade that",
            "Leave it out, or add --leaky to see what such a mistake looks like.",
            code="lag_zero",
        )
    return tuple(sorted(found))


def days_of(since: str | None, until: str | None) -> tuple[Instant | None, Instant | None]:
    """The first day that is judged, and the first that is not.

    Raises:
        UsageError: no times, or nothing between them.
    """
    first = None if since is None else instant(since)
    end = None if until is None else instant(until)
    if first is not None and end is not None and first >= end:
        raise UsageError("--from is not before --until", "Give a first day before the end.")
    return first, end


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
