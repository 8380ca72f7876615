"""The journal in a database: append-only, hash-chained, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from agent.journal.anchor import read_anchor, write_anchor
from agent.journal.chain import Sealed, checkpoint_digest, checkpoint_text, seal
from agent.journal.database import Database, connect, is_there
from agent.journal.head import GENESIS, Head, bare
from agent.journal.reading import record_of
from agent.journal.schema import known, refuse_newer, upgrade, version
from agent.journal.statements import Statements
from core.errors import JournalError, NoAnswerError
from core.instant import Instant
from core.ports import Entry, Record

_PAGE = 1_000
_MEND = "Nothing was written and nothing trades; make room or give permission, then run the same again."


class SqlJournal:
    """`core.ports.Journal` and `JournalReader` on SQLite or PostgreSQL."""

    def __init__(self, database: Database, anchor: Path, *, durable: bool, readonly: bool) -> None:
        self._database = database
        self._anchor = anchor
        self._durable = durable
        self._readonly = readonly
        self._sql = Statements(database)
        self._heads: dict[str, Head | None] = {}

    @classmethod
    def open(
        cls, url_or_path: str | Path, anchor: Path, *, durable: bool = True, readonly: bool = False
    ) -> Self:
        """Opens the journal at its newest schema; one that is not there yet is made, but not to be read.

        Args:
            url_or_path: A SQLite file, or ``postgresql://…``.
            anchor: The ``heads.json`` that goes with it.
            durable: Each append is on disk when it returns; else only `anchor` makes sure of that.
            readonly: For readers beside a trading process; nothing is made or written.

        Raises:
            UsageError: written by a newer version.
            NoAnswerError: there is none to read.
            JournalError: cannot be opened, or (unless *readonly*) is shorter than its anchor says.
        """
        if readonly and _version(url_or_path) < len(known()):
            cls.open(url_or_path, anchor, durable=durable).close()
        if not readonly and not is_there(url_or_path):
            # before it is made anew: an empty journal beside an anchor that names events hides a loss
            _refuse_loss(url_or_path, anchor)
        database = connect(url_or_path, durable=durable, readonly=readonly)
        try:
            if readonly:
                refuse_newer(database, known())
            else:
                if version(database) == 0:
                    _refuse_loss(database.where, anchor)
                _upgrade(database)
            journal = cls(database, anchor, durable=durable, readonly=readonly)
            if not readonly:
                journal._check_anchor()
        except BaseException:
            database.close()
            raise
        return journal

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; nothing is lost, since every append was committed."""
        self._database.close()

    def append(
        self, stream: str, entries: Sequence[Entry], checkpoint: Mapping[str, Any] | None = None
    ) -> tuple[Record, ...]:
        """See `core.ports.Journal.append`; fails as well where another process wrote to *stream*."""
        if self._readonly:
            raise JournalError("this journal was opened for reading", _MEND)
        old = self._head(stream)
        head = old or Head()
        sealed = seal(stream, head, entries)
        seq, last = (sealed[-1].record.seq, sealed[-1].record.hash) if sealed else (head.seq, head.hash)
        state = None if checkpoint is None else checkpoint_text(checkpoint)
        kept = head.checkpoint if state is None else checkpoint_digest(stream, seq, state)
        new = Head(seq, last, kept)
        try:
            with self._database.transaction() as cursor:
                self._move_head(cursor, stream, old, new)
                self._write(cursor, sealed)
                if state is not None:
                    cursor.execute(self._sql.put_checkpoint, (stream, seq, state))
        except self._database.error as error:
            raise JournalError(f"the journal cannot be written: {error}", _MEND) from error
        self._heads[stream] = new
        return tuple(item.record for item in sealed)

    def anchor(self) -> None:
        """See `core.ports.Journal.anchor`; what is anchored is on disk in the database first."""
        if not self._durable and self._database.is_sqlite:
            self._database.rows("PRAGMA wal_checkpoint(PASSIVE)")
        write_anchor(self._anchor, self.heads())

    def records(self, stream: str, after: int = 0, kinds: Iterable[str] = ()) -> Iterator[Record]:
        """See `core.ports.JournalReader.records`."""
        chosen = tuple(kinds)
        text = self._sql.page_of(chosen) if chosen else self._sql.page
        while rows := self._database.rows(text, (stream, after, *chosen, _PAGE)):
            yield from map(record_of, rows)
            after = rows[-1][1]

    def blob(self, digest: str) -> bytes:
        """See `core.ports.JournalReader.blob`."""
        rows = self._database.rows(self._sql.blob, (bare(digest),))
        if not rows or sha256(rows[0][0]).hexdigest() != bare(digest):
            raise JournalError(
                f"blob {bare(digest)} is {'not what its name says' if rows else 'not in the journal'}",
                "Run 'tokenwise journal verify'.",
                code="blob",
            )
        return bytes(rows[0][0])

    def checkpoint(self, stream: str) -> Mapping[str, Any] | None:
        """See `core.ports.JournalReader.checkpoint`.

        Raises:
            JournalError: it is not the one that was written with the stream's events.
        """
        rows = self._database.rows(self._sql.checkpoint, (stream,))
        if not rows:
            return None
        _, seq, state = rows[0]
        head = self.heads().get(stream)
        if head is None or head.checkpoint != checkpoint_digest(stream, seq, state):
            raise JournalError(
                f"the checkpoint of {stream} was changed", "Run 'tokenwise journal verify'.", code="database"
            )
        found: dict[str, Any] = json.loads(state)
        return found

    def heads(self) -> dict[str, Head]:
        """Every stream's newest event, as the database says."""
        return {stream: Head(*rest) for stream, *rest in self._database.rows(self._sql.heads)}

    def record(self, stream: str, seq: int) -> Record | None:
        """One event; `None` where there is none."""
        rows = self._database.rows(self._sql.event, (stream, seq))
        return record_of(rows[0]) if rows else None

    def mentioning(self, stream: str, text: str, after: int = 0) -> Iterator[Record]:
        """See `agent.journal.reading.Archive.mentioning`."""
        pattern = f'%"{text}%'
        while rows := self._database.rows(self._sql.mentioning, (stream, after, pattern, _PAGE)):
            yield from map(record_of, rows)
            after = rows[-1][1]

    def newest(self, stream: str, before: int | None, since: Instant, count: int) -> Sequence[Record]:
        """See `agent.journal.reading.Archive.newest`."""
        bound = 2**62 if before is None else before
        return [*map(record_of, self._database.rows(self._sql.page_back, (stream, bound, since, count)))]

    def _head(self, stream: str) -> Head | None:
        if stream not in self._heads:
            rows = self._database.rows(self._sql.head, (stream,))
            self._heads[stream] = Head(*rows[0][1:]) if rows else None
        return self._heads[stream]

    def _move_head(self, cursor: Any, stream: str, old: Head | None, new: Head) -> None:
        """Puts the new head in the place of the one that we know; PostgreSQL locks the row by it."""
        if old is None:
            cursor.execute(self._sql.add_head, (stream, *new))
            return
        cursor.execute(self._sql.move_head, (*new, stream, *old))
        if cursor.rowcount != 1:
            raise JournalError(
                f"another process wrote to {stream} after its event {old.seq}",
                "One process trades an account; stop the other one, then start this one again.",
            )

    def _write(self, cursor: Any, sealed: Sequence[Sealed]) -> None:
        rows = []
        for item in sealed:
            r = item.record
            rows.append((r.stream, r.seq, r.at, r.kind, item.body, item.blobs, r.prev, r.hash))
            if item.raw:
                cursor.executemany(self._sql.add_blob, list(item.raw.items()))
        if rows:
            cursor.executemany(self._sql.add_event, rows)
        postings = [row for item in sealed for row in item.postings]
        if postings:
            cursor.executemany(self._sql.add_posting, postings)

    def _check_anchor(self) -> None:
        """A journal that lost its end must not be written on: the next anchor would hide the loss."""
        for stream, head in read_anchor(self._anchor).items():
            found = self.record(stream, head.seq)
            stands = GENESIS if head.seq == 0 else found and found.hash
            if stands != head.hash:
                has = "another one" if found else "none"
                raise _lost(self._anchor, stream, head.seq, self._database.where, has)


def _refuse_loss(where: str | Path, anchor: Path) -> None:
    """There is no journal yet: then nothing may have been anchored."""
    for stream, head in read_anchor(anchor).items():
        if head.seq:
            raise _lost(anchor, stream, head.seq, where, "none")


def _lost(anchor: Path, stream: str, seq: int, where: str | Path, has: str) -> JournalError:
    return JournalError(
        f"{anchor} says that {stream} has event {seq}; {where} has {has} there",
        "Run 'tokenwise journal verify' and restore a copy of both; "
        "to begin anew, remove both files or use another --home.",
        code="truncated",
    )


def _upgrade(database: Database) -> None:
    try:
        upgrade(database, known())
    except database.error as error:
        raise JournalError(f"the journal {database.where} cannot be written: {error}", _MEND) from error


def _version(url_or_path: str | Path) -> int:
    database = connect(url_or_path, durable=True, readonly=True)
    try:
        found = refuse_newer(database, known())
    finally:
        database.close()
    if found == 0:
        raise NoAnswerError(
            f"there is no journal at {database.where}",
            "Trade first: 'tokenwise demo' or 'tokenwise paper'; or name another database.",
            code="no_journal",
        )
    return found
