"""Rule strategies, one file each; the registry takes their STRATEGY.

A strategy says which columns it needs and gets plain lists, oldest first, of closed bars of the
decision interval. It holds no state: what it answers follows from its columns and the moment, so a
recorded decision can be made again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, runtime_checkable

from core.instant import Instant, Interval

Columns = tuple[list[float], ...]
COLUMN_NAMES = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True)
class Need:
    """The newest *count* values of one column: open, high, low, close or volume."""

    column: str
    count: int


class Moment(NamedTuple):
    """Which symbol is asked for, and when. *wished*: this strategy's own last stance for it, if any.

    A tuple because one is made per symbol and bar, at half the cost of a dataclass.
    """

    symbol: str
    now: Instant
    every: Interval
    wished: float | None = None


@runtime_checkable
class Strategy(Protocol):
    """A rule: numbers in, a stance out."""

    @property
    def needs(self) -> tuple[Need, ...]:
        """What `stance` is given, in this order; each column once."""
        ...

    def stance(self, columns: Columns, moment: Moment) -> float | None:
        """The exposure wished for, 1 full and 0 or less flat; `None` keeps what was wished last.

        *columns* are to be read only. A symbol whose columns are missing is not asked for.
        """
        ...


@runtime_checkable
class Repeating(Protocol):
    """A strategy that sometimes wishes the same again, so that positions are brought back to size."""

    def repeats(self, now: Instant, every: Interval) -> bool:
        """Whether an unchanged stance is proposed anew at *now*."""
        ...


@runtime_checkable
class Explaining(Protocol):
    """A strategy that can say in words why it changed its mind."""

    def thesis(self, columns: Columns, stance: float) -> str:
        """One sentence with the numbers behind *stance*."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule's file defines as STRATEGY.

    *make*: the strategy of complete parameters; raises `UsageError` naming a key that is wrong.
    *defaults*: every key of its spec with its value where none is given. *aliases*: its other names.
    """

    make: Callable[[Mapping[str, str]], Strategy]
    defaults: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
