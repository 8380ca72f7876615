"""Everything the journal holds of one decision or one order, found by its id."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agent.journal.reading import Archive, reference
from core.errors import NoAnswerError
from core.instant import Instant
from core.ports import Record

_SHORTEST = 6
_ID = re.compile(r"[0-9a-z]+")
_REFERENCE = re.compile(r"(.+)#([0-9]+)")
_RECENT = 500


@dataclass(frozen=True, slots=True)
class Dossier:
    """The records of one subject in the order of the stream. *id*: a decision's, an order's, or a reference.

    *decided*: the decision, where there was one; a protective exit has none.
    """

    id: str
    stream: str
    decided: Record | None
    records: tuple[Record, ...]

    @property
    def account(self) -> str:
        """The account that the stream belongs to."""
        return self.stream.partition("/")[2] or self.stream

    @property
    def at(self) -> Instant:
        """When it began."""
        return self.records[0].at

    def of_kind(self, *kinds: str) -> tuple[Record, ...]:
        """The records of these kinds."""
        return tuple(record for record in self.records if record.kind in kinds)


def decision_of(record: Record) -> str | None:
    """The decision that an event names."""
    body: Any = record.body
    found = body.get("decision_id")
    if found is None and record.kind == "approved":
        found = body["order"].get("decision_id")
    return None if found is None else str(found)


def order_of(record: Record) -> str | None:
    """The order that an event names."""
    body: Any = record.body
    if record.kind == "approved":
        return str(body["order"]["id"])
    if record.kind == "filled":
        return str(body["fill"]["order_id"])
    return str(body["order_id"]) if "order_id" in body else None


def find(archive: Archive, wanted: str) -> Dossier:
    """The dossier of a decision id, an order id, a unique beginning of either, or ``stream#seq``.

    Raises:
        NoAnswerError: nothing, or more than one thing, goes by that name; with candidates.
    """
    if match := _REFERENCE.fullmatch(wanted):
        return _by_reference(archive, match[1], int(match[2]))
    if not _ID.fullmatch(wanted) or len(wanted) < _SHORTEST:
        raise NoAnswerError(
            f"{wanted!r} is not an id of the journal",
            f"Give a decision's or an order's id (or its first {_SHORTEST} characters), or stream#seq.",
            code="unknown_id",
            candidates=_recent_ids(archive)[:3],
        )
    found: dict[str, tuple[str, bool]] = {}
    mentions: list[Record] = []
    for stream in archive.heads():
        for record in archive.mentioning(stream, wanted):
            mentions.append(record)
            for name, is_decision in ((decision_of(record), True), (order_of(record), False)):
                if name is not None and name.startswith(wanted):
                    found[name] = (stream, is_decision)
    if len(found) != 1:
        raise _unknown(archive, wanted, sorted(found))
    ((name, (stream, is_decision)),) = found.items()
    return (_of_decision if is_decision else _of_order)(archive, stream, name, mentions)


def _by_reference(archive: Archive, stream: str, seq: int) -> Dossier:
    record = archive.record(stream, seq)
    if record is None:
        heads = archive.heads()
        ends = [f"{name}#{head.seq}" for name, head in sorted(heads.items())]
        raise NoAnswerError(
            f"the journal has no event {stream}#{seq}",
            "The newest event of each stream is among the candidates.",
            code="unknown_id",
            candidates=difflib.get_close_matches(f"{stream}#{seq}", ends, cutoff=0.0) or ends,
        )
    if decision := decision_of(record):
        return _of_decision(archive, stream, decision, archive.mentioning(stream, decision))
    if order := order_of(record):
        return _of_order(archive, stream, order, archive.mentioning(stream, order))
    return Dossier(reference(record), stream, None, (record,))


def _of_decision(archive: Archive, stream: str, decision: str, mentions: Iterable[Record]) -> Dossier:
    records = {r.seq: r for r in mentions if r.stream == stream and decision_of(r) == decision}
    for order in {name for name in map(order_of, records.values()) if name}:
        later = archive.mentioning(stream, order, min(records) - 1)
        records |= {r.seq: r for r in later if order_of(r) == order}
    ordered = tuple(records[seq] for seq in sorted(records))
    decided = next((record for record in ordered if record.kind == "decided"), None)
    return Dossier(decision, stream, decided, ordered)


def _of_order(archive: Archive, stream: str, order: str, mentions: Iterable[Record]) -> Dossier:
    records = tuple(r for r in mentions if r.stream == stream and order_of(r) == order)
    for decision in filter(None, map(decision_of, records)):
        return _of_decision(archive, stream, decision, archive.mentioning(stream, decision))
    return Dossier(order, stream, None, records)


def _unknown(archive: Archive, wanted: str, several: list[str]) -> NoAnswerError:
    if several:
        return NoAnswerError(
            f"{len(several)} ids begin with {wanted!r}",
            "Give more of its characters.",
            code="ambiguous_id",
            candidates=several[:10],
        )
    recent = _recent_ids(archive)
    return NoAnswerError(
        f"the journal holds no decision or order {wanted!r}",
        "See 'tokenwise journal list'.",
        code="unknown_id",
        candidates=difflib.get_close_matches(wanted, recent, n=3, cutoff=0.5) or recent[:3],
    )


def _recent_ids(archive: Archive) -> list[str]:
    """Ids of the newest events, newest first."""
    return list(dict.fromkeys(_ids(_recent(archive))))


def _recent(archive: Archive) -> Iterator[Record]:
    for stream in archive.heads():
        yield from archive.newest(stream, None, Instant(0), _RECENT)


def _ids(records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        if record.kind == "decided":
            yield str(record.body["decision_id"])
        elif name := order_of(record):
            yield name
