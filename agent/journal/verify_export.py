"""Checks an exported journal by itself: hashes, order, chain."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from agent.journal.head import GENESIS, PREFIX, Head
from agent.journal.links import Bad
from agent.journal.standing import Standing
from agent.journal.verify import not_there, parse_head
from core.canonical import digest
from core.errors import UsageError
from core.instant import Instant, instant

_KEYS = {"stream", "seq", "at", "kind", "body", "blobs", "prev", "hash"}


def verify_export(path: Path, head: str | None = None) -> dict[str, Any]:
    """The data of CONTRACT §6 ``verify`` for an export; blobs are not part of one.

    A cut tail shows only against *head*: an export carries no anchor.

    Raises:
        UsageError: no such file, or *head* is no hash.
    """
    return walk_export(path, head)[0]


def walk_export(path: Path, head: str | None = None) -> tuple[dict[str, Any], Standing]:
    """`verify_export`, and where the export stands.

    Raises:
        UsageError: as `verify_export`.
    """
    wanted = None if head is None else parse_head(head)
    if not path.is_file():
        raise UsageError(f"{path} is not a file", "Name a file that 'tokenwise journal export' wrote.")
    walk = _Walk()
    bad: Bad | None = None
    for event in _events(path):
        if bad is None:
            bad = walk.take(event)
            continue
        walk.take(event)
        if event and bad == Bad(event["stream"], event["seq"], "missing"):
            # The hole is filled further down: two lines in the wrong order.
            bad = Bad(event["stream"], event["seq"], "order")
    heads = walk.heads
    if bad is None and wanted is not None and wanted not in walk.hashes:
        bad = not_there(heads)
    data = {
        "events": walk.count,
        "blobs": 0,
        "heads": {stream: PREFIX + last.hash for stream, last in sorted(heads.items())},
        "first_bad": None if bad is None else bad._asdict(),
    }
    return data, walk.standing()


class _Walk:
    """Takes events in the order of the file; streams may be interleaved."""

    def __init__(self) -> None:
        self.count = 0
        self.heads: dict[str, Head] = {}
        self.hashes: set[str] = set()
        self._latest = ""
        self._at: Instant | None = None
        self._simulated: dict[str, bool] = {}

    def standing(self) -> Standing:
        """As of the newest event; an account's newest start says what its market is."""
        return Standing(self._at, frozenset(name for name, told in self._simulated.items() if told))

    def take(self, event: Mapping[str, Any] | None) -> Bad | None:
        """What is wrong with the next event; it is taken all the same, so that later ones count."""
        self.count += 1
        if event is None:
            return Bad(self._latest, self.heads.get(self._latest, Head()).seq + 1, "hash")
        stream, seq = event["stream"], event["seq"]
        last = self.heads.get(stream, Head())
        self._latest = stream
        self.heads[stream] = Head(max(seq, last.seq), event["hash"])
        self.hashes.add(event["hash"])
        self._note(event)
        whole = _whole(event)
        if seq != last.seq + 1:
            why = "missing" if seq > last.seq + 1 else "order"
            return Bad(stream, min(seq, last.seq + 1), why if whole else "hash")
        if not whole:
            return Bad(stream, seq, "hash")
        return None if event["prev"] == (last.hash or GENESIS) else Bad(stream, seq, "order")

    def _note(self, event: Mapping[str, Any]) -> None:
        with suppress(UsageError, TypeError, AttributeError):  # a damaged one says nothing; its hash tells
            at = instant(event["at"])
            self._at = at if self._at is None else max(self._at, at)
            if event["kind"] == "started":
                self._simulated[event["stream"]] = event["body"].get("simulated") is True


def _whole(event: Mapping[str, Any]) -> bool:
    try:
        return bool(digest({key: value for key, value in event.items() if key != "hash"}) == event["hash"])
    except ValueError:
        return False


def _events(path: Path) -> Iterator[Mapping[str, Any] | None]:
    """Each row as the object that was exported; `None` where it is none."""
    with path.open("rb") as file:
        is_parquet = file.read(4) == b"PAR1"
    if is_parquet:
        yield from _parquet(path)
        return
    with path.open("rb") as file:
        for row in file:
            if row.strip():
                yield _parsed(row)


def _parquet(path: Path) -> Iterator[Mapping[str, Any] | None]:
    import polars as pl

    try:
        frame = pl.read_parquet(path)
    except pl.exceptions.PolarsError:
        yield None
        return
    for row in frame.iter_rows(named=True):
        yield _checked({**row, "body": _parsed_body(row.get("body"))})


def _parsed(row: bytes) -> Mapping[str, Any] | None:
    try:
        return _checked(json.loads(row, object_pairs_hook=_unique))
    except ValueError:
        return None


def _parsed_body(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key twice")
    return made


def _checked(event: Any) -> Mapping[str, Any] | None:
    right = (
        isinstance(event, dict)
        and event.keys() == _KEYS
        and isinstance(event["stream"], str)
        and type(event["seq"]) is int
        and isinstance(event["hash"], str)
    )
    return event if right else None
