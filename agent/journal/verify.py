"""Proof that the journal is what was written: names the first bad row.

Everything stored is held against something else: each event against its hash, its neighbours and its
blobs; ledger rows against the events that carry them; heads and checkpoints against the events and each
other; all of it against ``heads.json``; and the file against the database's own check. PostgreSQL has
none that a plain user may run: there, every row being readable stands for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from agent.journal.anchor import read_anchor
from agent.journal.chain import StoredEvent, checkpoint_digest, posting_rows
from agent.journal.database import Database, connect
from agent.journal.head import GENESIS, PREFIX, Head, bare
from agent.journal.links import Bad, Chain
from agent.journal.schema import known, refuse_newer
from agent.journal.statements import Statements
from core.errors import JournalError, UsageError

_PAGE = 2_000
_BLOB_PAGE = 200
_DIGEST = re.compile(rf"(?:{PREFIX})?[0-9a-f]{{64}}")


def verify(url_or_path: str | Path, anchor: Path, head: str | None = None) -> dict[str, Any]:
    """Checks a whole journal as of one moment; a trading process may go on beside it.

    Args:
        url_or_path: The journal's database.
        anchor: Its ``heads.json``.
        head: A head noted earlier; the journal must still hold that event.

    Returns:
        The data of CONTRACT §6 ``verify``.

    Raises:
        UsageError: the journal was written by a newer version, or *head* is no hash.
        JournalError: the database cannot be reached at all.
    """
    wanted = None if head is None else parse_head(head)
    try:
        # Read before the database: what is anchored was committed earlier.
        anchored = read_anchor(anchor)
    except JournalError:
        return _result(0, 0, {}, Bad("", 0, "database"))
    if anchored and isinstance(url_or_path, Path) and not url_or_path.exists():
        return _result(0, 0, {}, Bad(min(anchored), 1, "truncated"))
    database = connect(url_or_path, durable=True, readonly=True)
    try:
        refuse_newer(database, known())
        with database.snapshot():
            return _Check(database, anchored, wanted).run()
    except (JournalError, database.error):
        return _result(0, 0, {}, Bad("", 0, "database"))
    finally:
        database.close()


def parse_head(text: str) -> str:
    """The 64 hex digits of a head.

    Raises:
        UsageError: it is none.
    """
    if not _DIGEST.fullmatch(text):
        raise UsageError(f"{text!r} is not a journal head", "Write it as sha256: and 64 hex digits.")
    return bare(text)


def not_there(heads: dict[str, Head]) -> Bad:
    """A head that no event of the journal has: the event behind it was cut off or rewritten."""
    stream = max(heads, key=lambda name: heads[name].seq, default="")
    return Bad(stream, heads[stream].seq + 1 if stream else 1, "truncated")


def _result(events: int, blobs: int, heads: dict[str, Head], bad: Bad | None) -> dict[str, Any]:
    return {
        "events": events,
        "blobs": blobs,
        "heads": {stream: PREFIX + head.hash for stream, head in sorted(heads.items())},
        "first_bad": None if bad is None else bad._asdict(),
    }


class _Check:
    """One pass over one snapshot."""

    def __init__(self, database: Database, anchored: dict[str, Head], wanted: str | None) -> None:
        self._database = database
        self._sql = Statements(database)
        self._anchored = anchored
        self._wanted = wanted
        self._found_wanted = wanted is None
        self._heads: dict[str, Head] = {}
        self._ends: dict[str, Head] = {}
        self._good_blobs: set[str] = set()
        self._cited: set[str] = set()
        self._postings = 0

    def run(self) -> dict[str, Any]:
        rows, sql = self._database.rows, self._sql
        self._read_blobs()
        events, blobs = rows(sql.count_events)[0][0], rows(sql.count_blobs)[0][0]
        self._heads = {stream: Head(*rest) for stream, *rest in rows(sql.heads)}
        bad = next(self._faults(), None)
        return _result(events, blobs, self._heads, bad)

    def _faults(self) -> Iterator[Bad]:
        written = {row[0] for row in self._database.rows(self._sql.streams)}
        for stream in sorted(written | set(self._heads) | set(self._anchored)):
            yield from self._check_events(stream)
            yield from self._check_ends(stream)
        yield from self._check_rest()

    def _read_blobs(self) -> None:
        """Notes which blobs are what their name says; a bad one is named by the event that cites it."""
        after = ""
        while page := self._database.rows(self._sql.blob_page, (after, _BLOB_PAGE)):
            self._good_blobs.update(name for name, raw in page if sha256(raw).hexdigest() == name)
            after = page[-1][0]

    def _check_events(self, stream: str) -> Iterator[Bad]:
        chain, anchored, after = Chain(stream), self._anchored.get(stream), -(2**62)
        while page := self._database.rows(self._sql.page, (stream, after, _PAGE)):
            booked: list[Sequence[Any]] = []
            for row in page:
                _, seq, _, _, body, blobs, _, digest = row
                if why := chain.take(row):
                    moved = why == "hash" and self._moved(chain, row)
                    yield Bad(stream, chain.bad_seq, "order" if moved else why)
                if anchored and anchored.seq == seq and anchored.hash != digest:
                    yield Bad(stream, seq, "hash")
                self._found_wanted |= digest == self._wanted
                if blobs != "[]":
                    cited = {bare(name) for name in json.loads(blobs)}
                    if not cited <= self._good_blobs:
                        yield Bad(stream, seq, "blob")
                    self._cited |= cited
                if '"postings":' in body:
                    booked += posting_rows(stream, seq, json.loads(body).get("postings", ()))
            yield from self._check_postings(stream, after, page[-1][1], booked)
            after = page[-1][1]
        self._ends[stream] = Head(chain.seq, chain.prev)

    def _moved(self, chain: Chain, row: StoredEvent) -> bool:
        """Whether a row that does not fit here is whole at another place of its stream."""
        if row[6] == chain.prev:
            return False
        last = self._heads.get(chain.stream, Head()).seq + 1
        return any(chain.fits(seq, row) for seq in range(1, last + 1))

    def _check_postings(
        self, stream: str, after: int, to: int, booked: Sequence[Sequence[Any]]
    ) -> Iterator[Bad]:
        stored = self._database.rows(self._sql.postings, (stream, after, to))
        self._postings += len(stored)
        for there, meant in zip(stored, booked, strict=False):
            if tuple(there) != tuple(meant):
                yield Bad(stream, min(there[1], meant[1]), "database")
        if len(stored) != len(booked):
            longer = max(stored, booked, key=len)
            yield Bad(stream, longer[min(len(stored), len(booked))][1], "database")

    def _check_ends(self, stream: str) -> Iterator[Bad]:
        end, head, anchored = self._ends[stream], self._heads.get(stream), self._anchored.get(stream)
        if max(head.seq if head else 0, anchored.seq if anchored else 0) > end.seq:
            yield Bad(stream, end.seq + 1, "truncated")
        if anchored and anchored.seq < 1 and anchored.hash != GENESIS:
            yield Bad(stream, 1, "hash")
        if head is None:
            yield Bad(stream, end.seq, "missing")
        elif head.seq < end.seq:
            yield Bad(stream, head.seq + 1, "order")
        elif head.hash != end.hash:
            yield Bad(stream, end.seq, "hash")

    def _check_rest(self) -> Iterator[Bad]:
        rows, sql = self._database.rows, self._sql
        states = {
            stream: checkpoint_digest(stream, seq, state) for stream, seq, state in rows(sql.checkpoints)
        }
        for stream in sorted(states.keys() | self._heads.keys()):
            head = self._heads.get(stream, Head())
            if states.get(stream, "") != head.checkpoint:
                yield Bad(stream, head.seq, "database")
        if rows(sql.count_postings)[0][0] != self._postings:
            yield Bad("", 0, "database")
        if len(self._cited) != rows(sql.count_blobs)[0][0]:
            yield Bad("", 0, "blob")
        if not self._found_wanted:
            yield not_there(self._heads)
        if self._database.is_sqlite and rows("PRAGMA integrity_check(1)") != [("ok",)]:
            yield Bad("", 0, "database")
