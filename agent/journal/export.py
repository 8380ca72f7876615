"""The journal as one file: JSON lines or Parquet, each row an event with everything its hash is over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from agent.journal.reading import Archive
from core.canonical import canonical
from core.instant import iso
from core.ports import Record

FORMATS = ("jsonl", "parquet")


def export_line(record: Record) -> dict[str, Any]:
    """The object of CONTRACT §6: `hash` is the SHA-256 of the canonical JSON of the rest."""
    return {
        "stream": record.stream,
        "seq": record.seq,
        "at": iso(record.at),
        "kind": record.kind,
        "body": dict(record.body),
        "blobs": list(record.blobs),
        "prev": record.prev,
        "hash": record.hash,
    }


def export(archive: Archive, kind: str, out: Path) -> int:
    """Writes every event of every stream to *out* and says how many; *out* appears only when it is whole."""
    records = (record for stream in sorted(archive.heads()) for record in archive.records(stream))
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(f"{out.name}.part")
    write: Callable[[Iterable[Record], IO[bytes]], int] = _parquet if kind == "parquet" else _jsonl
    try:
        with unfinished.open("wb") as file:
            written = write(records, file)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return written


def _jsonl(records: Iterable[Record], file: IO[bytes]) -> int:
    count = 0
    for record in records:
        file.write(
            json.dumps(export_line(record), separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        )
        count += 1
    return count


def _parquet(records: Iterable[Record], file: IO[bytes]) -> int:
    import polars as pl

    rows: Iterator[dict[str, Any]] = (
        {**export_line(record), "body": canonical(record.body).decode()} for record in records
    )
    text = pl.String
    frame = pl.DataFrame(
        rows,
        schema={
            "stream": text, "seq": pl.Int64, "at": text, "kind": text, "body": text,
            "blobs": pl.List(text), "prev": text, "hash": text,
        },
    )  # fmt: skip
    frame.write_parquet(file)
    return frame.height
