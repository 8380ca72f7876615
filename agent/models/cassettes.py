"""Cassettes: every answer of a model by the hash of what was asked, so that a run can be had again.

Lines of JSON in ``*.jsonl`` files of one folder. A question that was asked several times in one recording
has several lines; a replay gives them in order, and the last one for ever after. Of several recordings
that know a question the newest counts.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import defaultdict
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any

from agent.models.heard import Heard, form, heard_from
from core.canonical import digest
from core.errors import UsageError
from core.instant import Instant

FILE = "cassette.jsonl"
_LONGEST_S = 86_400


def key_of(request: Mapping[str, Any]) -> str:
    """The name of a question: SHA-256 of its canonical JSON; no header and no address is in it."""
    return digest(request)


class Recording:
    """Appends to the cassette of a folder; several processes may."""

    def __init__(self, folder: Path, began: Instant) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / FILE
        self._began = began

    def write(self, key: str, request: Mapping[str, Any], heard: Heard) -> None:
        """Adds one line, whole or not at all as far as a reader can tell.

        Raises:
            OSError: it cannot be written.
        """
        line = json.dumps(
            {
                "key": key,
                "request": request,
                "response": form(heard),
                "latency_s": heard.latency_s,
                "at": heard.at,
                "recording": self._began,
            }
        )
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":
                # a process died in mid-line; what it left is no line
                os.ftruncate(file, self._path.read_bytes().rfind(b"\n") + 1)
            os.write(file, f"{line}\n".encode())
        finally:
            os.close(file)


class Playback:
    """The answers of a folder, read once; asks nobody.

    Raises:
        UsageError: the folder holds no cassette, or a line that is none.
    """

    def __init__(self, folder: Path) -> None:
        files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
        if not files:
            raise UsageError(
                f"there is no cassette in {folder}",
                "Record one first with --llm record, or name its folder with --cassettes DIR.",
                code="no_cassette",
            )
        self._answers: dict[str, list[Heard]] = {}
        self._newest: dict[str, int] = {}
        self._given: dict[str, int] = defaultdict(int)
        for path in files:
            self._read(path)

    def answer(self, key: str) -> Heard | None:
        """The next answer to the question *key*; `None` where it was never recorded."""
        answers = self._answers.get(key)
        if answers is None:
            return None
        turn = min(self._given[key], len(answers) - 1)
        self._given[key] += 1
        return answers[turn]

    def has_more(self, key: str) -> bool:
        """Whether answers to *key* were recorded that were not given yet."""
        return self._given[key] < len(self._answers.get(key, ()))

    def _read(self, path: Path) -> None:
        lines = path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                key, heard, recording = _entry(line)
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
                if _is_torn(lines, number):
                    continue
                raise UsageError(
                    f"line {number} of {path} is no line of a cassette",
                    "Remove that line, or record again into another folder.",
                    code="bad_cassette",
                ) from None
            self._keep(key, heard, recording)

    def _keep(self, key: str, heard: Heard, recording: int) -> None:
        newest = self._newest.get(key, recording)
        if recording >= newest:
            kept = self._answers.get(key, []) if recording == newest else []
            self._answers[key], self._newest[key] = [*kept, heard], recording


def _entry(line: bytes) -> tuple[str, Heard, int]:
    entry = json.loads(line)
    response = entry["response"]
    body = json.dumps(response).encode()
    at = None if entry.get("at") is None else Instant(int(entry["at"]))
    heard = heard_from(response, body, _seconds(entry["latency_s"]), at)
    if not 0 <= heard.latency_s <= _LONGEST_S:
        # orders go out when the answer was there, so an answer of no possible time is none
        detail = f"a cassette says that this answer took {heard.latency_s} seconds"
        heard = Heard(0, b"", "http", detail, at=at)
    return str(entry["key"]), heard, int(entry.get("recording", 0))


def _seconds(raw: Any) -> float:
    try:
        return float(raw)
    except OverflowError:
        return inf


def _is_torn(lines: list[bytes], number: int) -> bool:
    """Whether line *number* was cut by a death: the end of the file, without a newline."""
    return number == len(lines)
