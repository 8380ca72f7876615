"""``journal list``: events newest first, page by page, over one account or all streams."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from agent.journal.dossier import decision_of, order_of
from agent.journal.reading import Archive, reference
from agent.journal.sentences import sentence
from agent.journal.standing import is_simulated
from core.errors import NoAnswerError, UsageError
from core.instant import Instant, iso
from core.ports import Record

_BATCH = 200


def listing(
    archive: Archive,
    *,
    account: str | None = None,
    since: Instant | None = None,
    limit: int = 50,
    after: str | None = None,
    kinds: Iterable[str] = (),
) -> dict[str, Any]:
    """``{"items": [...], "next"}``; each item ``{"id", "event", "account", "at", "kind", "simulated", "text"}``.

    An item has *decision_id* and *order_id* too. *id* is what ``show`` and ``why`` take: the decision's,
    else the order's, else the event's reference.
    *next* is the cursor (*after*) of the page that follows, or `None` at the end.

    Raises:
        NoAnswerError: no such account.
        UsageError: not a cursor that an earlier page gave.
    """
    streams = _streams(archive, account)
    cursor: dict[str, int | None] = dict.fromkeys(streams) if after is None else {**_cursor(after, streams)}
    chosen = frozenset(kinds)
    start = Instant(-(2**62)) if since is None else since
    feeds = [_backwards(archive, stream, before, start) for stream, before in cursor.items()]
    items: list[Record] = []
    for record in heapq.merge(*feeds, key=lambda record: -record.at):
        if chosen and record.kind not in chosen:
            cursor[record.stream] = record.seq
            continue
        if len(items) == limit:
            return {"items": _items(archive, items), "next": _text(cursor, archive)}
        items.append(record)
        cursor[record.stream] = record.seq
    return {"items": _items(archive, items), "next": None}


def _streams(archive: Archive, account: str | None) -> list[str]:
    heads = archive.heads()
    if account is None:
        return sorted(heads)
    stream = f"trading/{account}"
    if stream not in heads:
        known = sorted(name.partition("/")[2] for name in heads if name.startswith("trading/"))
        raise NoAnswerError(
            f"the journal knows no account {account!r}",
            f"Its accounts are: {', '.join(known) or 'none'}.",
            code="unknown_account",
            candidates=known,
        )
    return [stream]


def _backwards(archive: Archive, stream: str, before: int | None, since: Instant) -> Iterator[Record]:
    while page := archive.newest(stream, before, since, _BATCH):
        yield from page
        before = page[-1].seq


def _text(cursor: Mapping[str, int | None], archive: Archive) -> str:
    heads = archive.heads()
    places = {s: heads[s].seq + 1 if seq is None else seq for s, seq in cursor.items()}
    return ",".join(f"{stream}#{seq}" for stream, seq in sorted(places.items()))


def _cursor(text: str, streams: Iterable[str]) -> dict[str, int]:
    known = set(streams)
    places: dict[str, int] = {}
    for place in text.split(","):
        stream, _, seq = place.rpartition("#")
        if stream not in known or not seq.isdigit():
            raise UsageError(f"{text!r} is not a cursor of this list", "Use 'next' of the page before.")
        places[stream] = int(seq)
    return places


def _items(archive: Archive, records: Sequence[Record]) -> list[dict[str, Any]]:
    invented = {s for s in {record.stream for record in records} if is_simulated(archive, s)}
    return [_item(record, simulated=record.stream in invented) for record in records]


def _item(record: Record, *, simulated: bool) -> dict[str, Any]:
    decision, order = decision_of(record), order_of(record)
    return {
        "id": decision or order or reference(record),
        "event": reference(record),
        "account": record.stream.partition("/")[2] or record.stream,
        "at": iso(record.at),
        "kind": record.kind,
        "simulated": simulated,
        "decision_id": decision,
        "order_id": order,
        "text": sentence(record),
    }
