"""What an answer from the journal must say beside itself: as of when, and of which accounts all is invented."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.journal.reading import Archive
from core.instant import Instant

_EVER = Instant(-(2**62))


@dataclass(frozen=True, slots=True)
class Standing:
    """*at*: the newest event's instant, `None` where there is no event. *simulated*: streams on an invented market."""

    at: Instant | None = None
    simulated: frozenset[str] = frozenset()


def standing(archive: Archive, streams: Iterable[str] | None = None) -> Standing:
    """Where *streams* stand, all of them where none are named; an account's newest start says what its market is.

    Raises:
        JournalError: the journal cannot be read.
    """
    chosen = sorted(archive.heads()) if streams is None else sorted(set(streams))
    newest = [record.at for stream in chosen for record in archive.newest(stream, None, _EVER, 1)]
    return Standing(
        max(newest, default=None), frozenset(stream for stream in chosen if is_simulated(archive, stream))
    )


def is_simulated(archive: Archive, stream: str) -> bool:
    """Whether the newest start in *stream* was on a simulated market."""
    told = False
    for record in archive.records(stream, kinds=("started",)):
        told = bool(record.body["simulated"])
    return told
