"""What a network can do to an order: named faults, and scripts that deal them out, seeded or listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from core.ids import OrderId
from core.instant import HOUR, SECOND


class Fault(StrEnum):
    """What happens to one request.

    ``lost_before``: it never arrives. ``lost_after``: it arrives, its answer does not. ``slow``: it
    arrives later. ``wrong_answer``: the answer is about something else. ``duplicate``: it is delivered
    twice, and the answer is that of the second. ``invisible``: it arrives, its answer does not, and no
    question shows it for a while. ``late_fill``: all is well, but its fills are told late; a cancel that
    comes before them is answered "cancelled".
    """

    NONE = "none"
    LOST_BEFORE = "lost_before"
    LOST_AFTER = "lost_after"
    SLOW = "slow"
    WRONG_ANSWER = "wrong_answer"
    DUPLICATE = "duplicate"
    INVISIBLE = "invisible"
    LATE_FILL = "late_fill"


OF_SUBMITS = tuple(fault for fault in Fault if fault is not Fault.NONE)
_OF_CANCELS = (Fault.LOST_BEFORE, Fault.LOST_AFTER)


@dataclass(frozen=True, slots=True)
class Times:
    """How long things take, in milliseconds.

    *validity*: from its sending on, until when the venue takes a request (its signed timestamp): one that
    arrives later is refused. *slow*: at most so long is a slow request under way. *lag*: so long an
    invisible order is. *late*: so long after a late fill it is told.
    """

    validity: int = 5 * SECOND
    slow: int = 3 * SECOND
    lag: int = 2 * SECOND
    late: int = 2 * HOUR

    @property
    def grace(self) -> int:
        """After so long what is not shown never will be."""
        return self.validity + self.lag


class Script(Protocol):
    """Says what happens to whom. *number* counts requests of its kind from 0, across restarts."""

    times: Times
    silent: bool
    """Whether any question may stay without an answer."""

    def submit(self, order_id: OrderId, number: int) -> Fault:
        """What happens to the placing of an order."""
        ...

    def cancel(self, order_id: OrderId, number: int) -> Fault:
        """What happens to a cancel: nothing, ``lost_before`` or ``lost_after``."""
        ...

    def is_unanswered(self, number: int) -> bool:
        """Whether a question stays without an answer."""
        ...

    def delay(self, order_id: OrderId) -> int:
        """How long a slow request is under way, in milliseconds."""
        ...


@dataclass(frozen=True, slots=True)
class Seeded:
    """Faults that follow from the seed and the order's id (of questions: their number) alone."""

    seed: int
    share: float
    unanswered: float = 0.0
    kinds: tuple[Fault, ...] = OF_SUBMITS
    times: Times = Times()

    @property
    def silent(self) -> bool:
        """Whether any question may stay without an answer."""
        return self.unanswered > 0

    def submit(self, order_id: OrderId, number: int) -> Fault:  # noqa: ARG002 - the protocol's
        """A fault of *kinds*, each as often, for *share* of all orders."""
        if self._part("submit", order_id) >= self.share:
            return Fault.NONE
        return self.kinds[int(self._part("kind", order_id) * len(self.kinds))]

    def cancel(self, order_id: OrderId, number: int) -> Fault:
        """A fault for *unanswered* of all cancels."""
        if self._part("cancel", order_id, number) >= self.unanswered:
            return Fault.NONE
        return _OF_CANCELS[int(self._part("way", order_id, number) * 2)]

    def is_unanswered(self, number: int) -> bool:
        """So it is for *unanswered* of all questions."""
        return self._part("question", number) < self.unanswered

    def delay(self, order_id: OrderId) -> int:
        """Anything up to the longest."""
        return 1 + int(self._part("delay", order_id) * self.times.slow)

    def _part(self, *about: object) -> float:
        """A number from 0 up to 1, exclusive, that is the same for ever."""
        text = "\x1f".join(map(str, (self.seed, *about)))
        return int.from_bytes(sha256(text.encode()).digest()[:6], "big") / 2**48


@dataclass(frozen=True, slots=True)
class Listed:
    """Faults in the order in which they happen; when a list is through, all is well."""

    submits: Sequence[Fault] = ()
    cancels: Sequence[Fault] = ()
    unanswered: frozenset[int] = field(default_factory=frozenset)
    times: Times = Times()

    @property
    def silent(self) -> bool:
        """Whether any question may stay without an answer."""
        return bool(self.unanswered)

    def submit(self, order_id: OrderId, number: int) -> Fault:  # noqa: ARG002 - the protocol's
        """The fault at *number*."""
        return self.submits[number] if number < len(self.submits) else Fault.NONE

    def cancel(self, order_id: OrderId, number: int) -> Fault:  # noqa: ARG002 - the protocol's
        """The fault at *number*."""
        return self.cancels[number] if number < len(self.cancels) else Fault.NONE

    def is_unanswered(self, number: int) -> bool:
        """Whether *number* is one of them."""
        return number in self.unanswered

    def delay(self, order_id: OrderId) -> int:  # noqa: ARG002 - the protocol's
        """The longest."""
        return self.times.slow


def faults(
    seed: int,
    share: float,
    *,
    unanswered: float = 0.0,
    kinds: Sequence[Fault] = OF_SUBMITS,
    times: Times | None = None,
) -> Seeded:
    """A script that deals *kinds* out to *share* of all submits, and leaves *unanswered* of all questions so."""
    return Seeded(seed, share, unanswered, tuple(kinds), times or Times())


NO_FAULTS = Listed()
