"""The hash chain: how one event becomes the line that is hashed, stored and exported (CONTRACT §6).

The line is assembled from texts that are canonical already, so that an append encodes each body once
and `verify` hashes the very bytes that are stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from json import JSONEncoder
from typing import Any, NamedTuple

from agent.journal.head import PREFIX, Head
from core.errors import JournalError
from core.events import body as body_of
from core.instant import Instant, instant, iso
from core.ledger import Transaction
from core.money import plain
from core.ports import Entry, Record

_encode = JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_text = lru_cache(maxsize=256)(_encode)
_iso = lru_cache(maxsize=256)(iso)

StoredEvent = tuple[str, int, int, str, str, str, str, str]
PostingRow = tuple[str, int, int, str, str, int, str, str, str]


class Sealed(NamedTuple):
    """An event in the form that is stored: its record, its canonical texts, its blobs, its ledger rows."""

    record: Record
    body: str
    blobs: str
    raw: Mapping[str, bytes]
    postings: Sequence[PostingRow]


def line(stream: str, seq: int, at: Instant, kind: str, *, body: str, blobs: str, prev: str) -> str:
    """The canonical JSON that an event's hash is over; *body* and *blobs* are canonical JSON already."""
    return (
        f'{{"at":"{_iso(at)}","blobs":{blobs},"body":{body},"kind":"{kind}","prev":"{prev}",'
        f'"seq":{seq},"stream":{_text(stream)}}}'
    )


def hash_of(text: str) -> str:
    """64 hex digits: SHA-256 of a `line`."""
    return sha256(text.encode()).hexdigest()


def seal(stream: str, head: Head, entries: Sequence[Entry]) -> list[Sealed]:
    """*entries* chained on to *head*, in order.

    Raises:
        JournalError: an event or a blob that has no canonical form.
    """
    seq, prev = head.seq, head.hash
    made = []
    for entry in entries:
        seq += 1
        try:
            sealed = _seal(stream, seq, prev, entry)
        except (TypeError, ValueError) as error:
            raise JournalError(
                f"event {stream}#{seq} ({entry.event.kind}) cannot be written: {error}",
                "Nothing was journalled; report this with the run's settings.",
            ) from error
        prev = sealed.record.hash
        made.append(sealed)
    return made


def _seal(stream: str, seq: int, prev: str, entry: Entry) -> Sealed:
    body = body_of(entry.event)
    rows: Sequence[PostingRow] = ()
    if entry.postings:
        body["postings"] = [_booked(transaction) for transaction in entry.postings]
        rows = [*posting_rows(stream, seq, body["postings"])]
    raw = {sha256(content).hexdigest(): content for content in entry.blobs.values()}
    cited = tuple(PREFIX + name for name in raw)
    kind = entry.event.kind
    body_text, blobs_text = _encode(body), _encode(cited) if cited else "[]"
    digest = hash_of(line(stream, seq, entry.at, kind, body=body_text, blobs=blobs_text, prev=prev))
    record = Record(stream, seq, entry.at, kind, body, cited, prev, digest)
    return Sealed(record, body_text, blobs_text, raw, rows)


def _booked(transaction: Transaction) -> dict[str, Any]:
    """A transaction as its event's body carries it: the ledger's rows are a copy of this."""
    return {
        "kind": transaction.kind,
        "ref": transaction.ref,
        "at": _iso(transaction.at),
        "postings": [[p.account, p.asset, plain(p.amount)] for p in transaction.postings],
    }


def posting_rows(stream: str, seq: int, booked: Iterable[Mapping[str, Any]]) -> Iterable[PostingRow]:
    """The ledger rows that the ``postings`` of one event's body stand for, numbered from 0."""
    number = 0
    for transaction in booked:
        kind, ref, at = transaction["kind"], transaction["ref"], _instant(transaction["at"])
        for account, asset, amount in transaction["postings"]:
            yield (stream, seq, number, kind, ref, at, account, asset, amount)
            number += 1


_instant = lru_cache(maxsize=256)(instant)


def checkpoint_text(state: Mapping[str, Any]) -> str:
    """The canonical JSON of a checkpoint.

    Raises:
        JournalError: it has no such form.
    """
    try:
        return _encode(state)
    except (TypeError, ValueError) as error:
        raise JournalError(f"the checkpoint cannot be written: {error}", "Nothing was journalled.") from error


def checkpoint_digest(stream: str, seq: int, state: str) -> str:
    """What binds a checkpoint to its stream and to the event that it was written with."""
    return hash_of(f"{stream}\n{seq}\n{state}")
