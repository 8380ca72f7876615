"""The journal in memory, for evaluation and benchmarks: same chain, same hashes, nothing kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from agent.journal.chain import Sealed, checkpoint_digest, checkpoint_text, seal
from agent.journal.head import Head, bare
from core.errors import JournalError
from core.instant import Instant
from core.ports import Entry, Record


class MemoryJournal:
    """`core.ports.Journal` and `JournalReader` without a database; `anchor` has nothing to do."""

    def __init__(self) -> None:
        self._streams: dict[str, list[Sealed]] = {}
        self._heads: dict[str, Head] = {}
        self._blobs: dict[str, bytes] = {}
        self._checkpoints: dict[str, str] = {}

    def append(
        self, stream: str, entries: Sequence[Entry], checkpoint: Mapping[str, Any] | None = None
    ) -> tuple[Record, ...]:
        """See `core.ports.Journal.append`."""
        head = self._heads.get(stream, Head())
        sealed = seal(stream, head, entries)
        state = None if checkpoint is None else checkpoint_text(checkpoint)
        seq, last = (sealed[-1].record.seq, sealed[-1].record.hash) if sealed else (head.seq, head.hash)
        kept = head.checkpoint if state is None else checkpoint_digest(stream, seq, state)
        self._streams.setdefault(stream, []).extend(sealed)
        for item in sealed:
            self._blobs.update(item.raw)
        if state is not None:
            self._checkpoints[stream] = state
        self._heads[stream] = Head(seq, last, kept)
        return tuple(item.record for item in sealed)

    def anchor(self) -> None:
        """There is nothing to make durable."""

    def records(self, stream: str, after: int = 0, kinds: Iterable[str] = ()) -> Iterator[Record]:
        """See `core.ports.JournalReader.records`."""
        chosen = frozenset(kinds)
        for item in self._streams.get(stream, ())[max(after, 0) :]:
            if not chosen or item.record.kind in chosen:
                yield item.record

    def blob(self, digest: str) -> bytes:
        """See `core.ports.JournalReader.blob`."""
        found = self._blobs.get(bare(digest))
        if found is None:
            raise JournalError(f"blob {bare(digest)} is not in the journal", code="blob")
        return found

    def checkpoint(self, stream: str) -> Mapping[str, Any] | None:
        """See `core.ports.JournalReader.checkpoint`."""
        state = self._checkpoints.get(stream)
        if state is None:
            return None
        found: dict[str, Any] = json.loads(state)
        return found

    def heads(self) -> dict[str, Head]:
        """Every stream's newest event."""
        return dict(self._heads)

    def record(self, stream: str, seq: int) -> Record | None:
        """One event; `None` where there is none."""
        items = self._streams.get(stream, [])
        return items[seq - 1].record if 0 < seq <= len(items) else None

    def mentioning(self, stream: str, text: str, after: int = 0) -> Iterator[Record]:
        """See `agent.journal.reading.Archive.mentioning`."""
        start = f'"{text}'
        for item in self._streams.get(stream, ())[max(after, 0) :]:
            if start in item.body:
                yield item.record

    def newest(self, stream: str, before: int | None, since: Instant, count: int) -> Sequence[Record]:
        """See `agent.journal.reading.Archive.newest`."""
        items = self._streams.get(stream, [])
        below = len(items) if before is None else min(before - 1, len(items))
        chosen = [items[n].record for n in range(below - 1, -1, -1) if items[n].record.at >= since]
        return chosen[:count]
