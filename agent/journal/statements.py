"""Every statement that the journal runs, compiled once per connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ClauseElement, ColumnElement, Table, bindparam, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from agent.journal.database import Database
from agent.journal.tables import BlobRow, CheckpointRow, EventRow, HeadRow, PostingRow


def _table(row: Any) -> Table:
    table: Table = row.__table__
    return table


class Statements:
    """Texts for one driver. Values go in as tuples, in the order of the table's columns or as said."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = sqlite.insert if database.is_sqlite else postgresql.insert
        events, blobs, heads = _table(EventRow), _table(BlobRow), _table(HeadRow)
        postings, checkpoints = _table(PostingRow), _table(CheckpointRow)
        # SQLite would send an offset of its own as one more value; written out, both send the same.
        most = bindparam("most", type_=events.c.seq.type)
        start: ColumnElement[int] = literal_column("0")
        self.add_event = self._adding(events)
        self.add_posting = self._adding(postings)
        self.add_head = self._adding(heads)
        self.add_blob = self._text(self._insert(blobs).on_conflict_do_nothing())
        put = self._insert(checkpoints)
        self.put_checkpoint = self._text(
            put.on_conflict_do_update(
                index_elements=["stream"], set_={"seq": put.excluded.seq, "state": put.excluded.state}
            )
        )
        # values: the new seq, hash, checkpoint; then stream and the old seq, hash, checkpoint
        self.move_head = self._text(
            update(heads)
            .values(seq=bindparam("to"), hash=bindparam("to_hash"), checkpoint=bindparam("to_checkpoint"))
            .where(
                heads.c.stream == bindparam("of"),
                heads.c.seq == bindparam("was"),
                heads.c.hash == bindparam("was_hash"),
                heads.c.checkpoint == bindparam("was_checkpoint"),
            ),
            ["to", "to_hash", "to_checkpoint", "of", "was", "was_hash", "was_checkpoint"],
        )
        self.heads = self._text(select(heads).order_by(heads.c.stream))
        self.head = self._text(select(heads).where(heads.c.stream == bindparam("of")))
        self.blob = self._text(select(blobs.c.raw).where(blobs.c.sha256 == bindparam("of")))
        self.checkpoint = self._text(select(checkpoints).where(checkpoints.c.stream == bindparam("of")))
        self.event = self._text(
            select(events).where(events.c.stream == bindparam("of"), events.c.seq == bindparam("at_seq")),
            ["of", "at_seq"],
        )
        # values: stream, after, limit
        page = (
            select(events)
            .where(events.c.stream == bindparam("of"), events.c.seq > bindparam("after"))
            .order_by(events.c.seq)
            .limit(most)
            .offset(start)
        )
        self.page = self._text(page, ["of", "after", "most"])
        self._page, self._events = page, events
        # values: stream, before, since, limit
        self.page_back = self._text(
            select(events)
            .where(
                events.c.stream == bindparam("of"),
                events.c.seq < bindparam("before"),
                events.c.at >= bindparam("since"),
            )
            .order_by(events.c.seq.desc())
            .limit(most)
            .offset(start),
            ["of", "before", "since", "most"],
        )
        # values: stream, after, pattern, limit
        self.mentioning = self._text(
            select(events)
            .where(
                events.c.stream == bindparam("of"),
                events.c.seq > bindparam("after"),
                events.c.body.like(bindparam("pattern")),
            )
            .order_by(events.c.seq)
            .limit(most)
            .offset(start),
            ["of", "after", "pattern", "most"],
        )
        self.streams = self._text(select(events.c.stream).distinct())
        # values: stream, after, up to
        self.postings = self._text(
            select(postings)
            .where(
                postings.c.stream == bindparam("of"),
                postings.c.seq > bindparam("after"),
                postings.c.seq <= bindparam("to"),
            )
            .order_by(postings.c.seq, postings.c.number),
            ["of", "after", "to"],
        )
        # values: after, limit
        self.blob_page = self._text(
            select(blobs)
            .where(blobs.c.sha256 > bindparam("after"))
            .order_by(blobs.c.sha256)
            .limit(most)
            .offset(start),
            ["after", "most"],
        )
        self.checkpoints = self._text(select(checkpoints))
        self.count_events = self._text(select(func.count()).select_from(events))
        self.count_blobs = self._text(select(func.count()).select_from(blobs))
        self.count_postings = self._text(select(func.count()).select_from(postings))

    def page_of(self, kinds: Sequence[str]) -> str:
        """Like `page`, only *kinds*; values: stream, after, the kinds, limit."""
        names = [f"kind{n}" for n in range(len(kinds))]
        chosen = self._page.where(self._events.c.kind.in_([bindparam(name) for name in names]))
        return self._text(chosen, ["of", "after", *names, "most"])

    def _adding(self, table: Table) -> str:
        return self._text(self._insert(table), [column.name for column in table.columns])

    def _text(self, clause: ClauseElement, order: Sequence[str] | None = None) -> str:
        text, names = self._database.compiled(clause)
        if order is not None and names != list(order):
            raise AssertionError(f"the driver wants {names}, the journal sends {order}")
        return text
