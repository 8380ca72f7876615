"""One step of a plan: what is asked of whom, and what that will cost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tools.fetching.world import World


@dataclass(frozen=True, slots=True)
class Step:
    """*calls*: requests, at most; *gap_ms*: between two of them. Steps of one *lane* follow each other.

    *about*: the asset, or ``market``. *key*: ``""``, ``optional`` or ``needed``. *skipped*: why nothing
    will be asked, with its code. *comes_last*: after all that do not.
    """

    what: str
    about: str
    source: str
    calls: int
    gap_ms: int
    run: Callable[[World], Awaitable[None]]
    key: str = ""
    skipped: tuple[str, str] | None = None
    detail: str = ""
    comes_last: bool = False

    @property
    def name(self) -> str:
        """What a person calls it."""
        return " ".join(part for part in (self.what, self.about, self.detail) if part)

    def without(self, why: str, code: str) -> Step:
        """The same, not asked for."""
        return replace(self, calls=0, skipped=(why, code))

    @property
    def lane(self) -> str:
        """Who is asked; one lane never asks twice at a time."""
        return self.source.partition(" ")[0]


class Listener(Protocol):
    """Hears how far a fetch is."""

    def began(self, step: Step) -> None:
        """*step* begins."""
        ...

    def heard(self) -> None:
        """A request was answered, or failed."""
        ...

    def ended(self, step: Step) -> None:
        """*step* is over."""
        ...


class Nobody:
    """A listener that does nothing."""

    def began(self, step: Step) -> None:
        """Nothing."""

    def heard(self) -> None:
        """Nothing."""

    def ended(self, step: Step) -> None:
        """Nothing."""
