"""An exported journal proves itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.journal.verify import verify
from agent.journal.verify_export import verify_export
from core.errors import UsageError
from tests.agent.journal.scenes import STREAM


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_an_export_verifies_by_itself(home: Path, kind: str) -> None:
    found = verify_export(home / f"export.{kind}")
    assert found == {**verify(home / "journal.db", home / "heads.json"), "blobs": 0}
    assert verify_export(home / f"export.{kind}", found["heads"][STREAM])["first_bad"] is None
    assert verify_export(home / f"export.{kind}", "f" * 64)["first_bad"]["why"] == "truncated"


Rows = list[str]
EXPORTS: list[tuple[str, Callable[[Rows], Rows], int, str]] = [
    ("a changed value", lambda r: [*r[:4], r[4].replace("01T", "02T", 1), *r[5:]], 4, "hash"),
    ("a line deleted", lambda r: r[:4] + r[5:], 4, "missing"),
    ("two lines swapped", lambda r: [*r[:4], r[5], r[4], *r[6:]], 4, "order"),
    ("a line twice", lambda r: [*r[:5], r[4], *r[5:]], 4, "order"),
    ("a line of nonsense", lambda r: [*r[:4], "{", *r[4:]], 4, "hash"),
    ("a cut line", lambda r: [*r[:-1], r[-1][:-9]], 33, "hash"),
    ("a key twice", lambda r: [*r[:4], r[4].replace('{"stream"', '{"seq":4,"stream"', 1), *r[5:]], 4, "hash"),
    ("a chain of one's own", lambda r: [*r[:4], r[5].replace('"seq":5', '"seq":4', 1), *r[5:]], 4, "hash"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "seq", "why"), [row[1:] for row in EXPORTS], ids=[row[0] for row in EXPORTS]
)
def test_the_first_bad_line_of_an_export_is_named(
    home: Path, change: Callable[[Rows], Rows], seq: int, why: str
) -> None:
    path = home / "export.jsonl"
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")
    assert verify_export(path)["first_bad"] == {"stream": STREAM, "seq": seq, "why": why}


def test_an_export_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a file"):
        verify_export(tmp_path / "none.jsonl")


def test_every_line_of_an_export_is_of_the_agreed_shape(home: Path) -> None:
    rows = [json.loads(row) for row in (home / "export.jsonl").read_text().splitlines()]
    assert {tuple(row) for row in rows} == {("stream", "seq", "at", "kind", "body", "blobs", "prev", "hash")}
    first = next(row for row in rows if row["stream"] == STREAM)
    assert (first["seq"], first["at"], first["kind"]) == (1, "2024-01-01T12:00:00Z", "started")
    assert first["prev"] == "0" * 64
