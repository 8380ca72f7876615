"""What is known, when it was known, and why something is not.

Missing is not zero, empty is not an error, unknown is not failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from core.instant import Instant

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of one metric.

    *as_of* is the moment it describes, *known_at* when it could first be known: never earlier.
    """

    asset: str
    metric: str
    value: Decimal
    unit: str
    as_of: Instant
    known_at: Instant
    source: str
    flags: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a value is not there, as a reader is told: ``no_data``, ``warming_up``, ``stale``, ``gate:jump``."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Ok(Generic[T]):
    """A source answered."""

    value: T


@dataclass(frozen=True, slots=True)
class NoData:
    """A source answered that there is nothing."""

    detail: str


@dataclass(frozen=True, slots=True)
class NotEntitled:
    """A source wants a key or a plan that we do not have."""

    detail: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """A source asked us to wait."""

    detail: str
    retry_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A source did not answer, or not in a form that can be read."""

    detail: str


@dataclass(frozen=True, slots=True)
class BadRequest:
    """A source refused the question itself."""

    detail: str


Outcome = Ok[T] | NoData | NotEntitled | Throttled | Unreachable | BadRequest
