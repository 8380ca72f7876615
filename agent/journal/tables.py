"""The journal's tables. Rows never leave this package: outside there are `Record`s.

`events` is the truth: append-only and hash-chained. `postings` is the ledger that the events' bodies
carry, row by row; `heads` and `checkpoints` say where each stream stands. Money is canonical text,
time is whole milliseconds: neither SQLite nor PostgreSQL rounds either.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, LargeBinary, Text
from sqlmodel import Field, SQLModel

_WHOLE = BigInteger().with_variant(Integer, "sqlite")


class EventRow(SQLModel, table=True):
    """One event of a stream. *body* and *blobs* are canonical JSON."""

    __tablename__ = "events"

    stream: str = Field(sa_column=Column(Text, primary_key=True))
    seq: int = Field(sa_column=Column(_WHOLE, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=Column(_WHOLE, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    body: str = Field(sa_column=Column(Text, nullable=False))
    blobs: str = Field(sa_column=Column(Text, nullable=False))
    prev: str = Field(sa_column=Column(Text, nullable=False))
    hash: str = Field(sa_column=Column(Text, nullable=False))


class BlobRow(SQLModel, table=True):
    """An input by its own SHA-256, stored once however often it is cited."""

    __tablename__ = "blobs"

    sha256: str = Field(sa_column=Column(Text, primary_key=True))
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class HeadRow(SQLModel, table=True):
    """The newest event of a stream, and the digest of the checkpoint that goes with it."""

    __tablename__ = "heads"

    stream: str = Field(sa_column=Column(Text, primary_key=True))
    seq: int = Field(sa_column=Column(_WHOLE, nullable=False))
    hash: str = Field(sa_column=Column(Text, nullable=False))
    checkpoint: str = Field(sa_column=Column(Text, nullable=False))


class CheckpointRow(SQLModel, table=True):
    """An account's state after event *seq*: a cache of the fold, rewritten in place."""

    __tablename__ = "checkpoints"

    stream: str = Field(sa_column=Column(Text, primary_key=True))
    seq: int = Field(sa_column=Column(_WHOLE, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))


class PostingRow(SQLModel, table=True):
    """One leg of a ledger transaction, number *number* of those that event *seq* booked."""

    __tablename__ = "postings"
    __table_args__ = (ForeignKeyConstraint(["stream", "seq"], ["events.stream", "events.seq"]),)

    stream: str = Field(sa_column=Column(Text, primary_key=True))
    seq: int = Field(sa_column=Column(_WHOLE, primary_key=True, autoincrement=False))
    number: int = Field(sa_column=Column(_WHOLE, primary_key=True, autoincrement=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    ref: str = Field(sa_column=Column(Text, nullable=False))
    at: int = Field(sa_column=Column(_WHOLE, nullable=False))
    account: str = Field(sa_column=Column(Text, nullable=False))
    asset: str = Field(sa_column=Column(Text, nullable=False))
    amount: str = Field(sa_column=Column(Text, nullable=False))
