"""What a source answers with, and the two shapes its data come in: observations, and listed rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from core.instant import Instant
from core.observation import Observation

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Answer(Generic[R]):
    """The rows, who said so and when, and what must stand beside them wherever they are shown.

    *left_out*: what the source sent that is no value (and why); never silently dropped.
    *received*: how many rows came, those included.
    """

    rows: tuple[R, ...]
    source: str
    fetched_at: Instant
    attribution: str = ""
    licence: str = ""
    left_out: tuple[str, ...] = ()
    received: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a table: an entity by the source's own *id*, with what the source says of it.

    A number that the source did not give is absent from *numbers*. *as_of* is the source's own stamp, or
    the moment of asking; *known_at* is never before the row could be read.
    """

    id: str
    as_of: Instant
    known_at: Instant
    source: str
    texts: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def observations(self, asset: str) -> tuple[Observation, ...]:
        """The numbers as observations of *asset*, which is who this row is about."""
        return tuple(
            Observation(asset, name, value, self.units[name], self.as_of, self.known_at, self.source)
            for name, value in self.numbers.items()
        )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is no value. *broken*: it is not in the form that was expected; otherwise it is just empty."""

    why: str
    broken: bool = False
