"""What the journal's views need beyond the port: every stream's head, and search by id."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from agent.journal.head import Head
from core.errors import JournalError
from core.instant import Instant
from core.ports import JournalReader, Record


class Archive(JournalReader, Protocol):
    """A journal that can be searched."""

    def heads(self) -> Mapping[str, Head]:
        """Every stream's newest event."""
        ...

    def record(self, stream: str, seq: int) -> Record | None:
        """One event; `None` where there is none."""
        ...

    def mentioning(self, stream: str, text: str, after: int = 0) -> Iterator[Record]:
        """The events whose body holds a string starting with *text* (letters and digits), in order."""
        ...

    def newest(self, stream: str, before: int | None, since: Instant, count: int) -> Sequence[Record]:
        """At most *count* events at or after *since* with a seq below *before*, newest first."""
        ...


def record_of(row: Sequence[Any]) -> Record:
    """The record of one row of `events`.

    Raises:
        JournalError: the row does not hold what was written.
    """
    stream, seq, at, kind, body, blobs, prev, digest = row
    try:
        return Record(
            stream, seq, Instant(at), kind, json.loads(body), tuple(json.loads(blobs)), prev, digest
        )
    except ValueError as error:
        raise JournalError(
            f"event {stream}#{seq} is damaged: {error}", "Run 'tokenwise journal verify'.", code="database"
        ) from error


def reference(record: Record) -> str:
    """How an event is cited: ``trading/paper#12``."""
    return f"{record.stream}#{record.seq}"
