"""``heads.json``: each stream's newest event, kept outside the database, so that a cut tail shows."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from agent.journal.head import PREFIX, Head, bare
from core.errors import JournalError


def write_anchor(path: Path, heads: Mapping[str, Head]) -> None:
    """Replaces the file; a crash at any point leaves the old one or the new one, whole.

    Raises:
        JournalError: it cannot be written.
    """
    text = json.dumps(
        {stream: {"seq": head.seq, "hash": PREFIX + head.hash} for stream, head in sorted(heads.items())},
        indent=1,
        ensure_ascii=False,
    )
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise JournalError(
            f"the journal's anchor {path} cannot be written: {error}",
            "Make room or give permission; nothing trades until then.",
        ) from error


def read_anchor(path: Path) -> dict[str, Head]:
    """What `write_anchor` wrote; empty where there is no such file.

    Raises:
        JournalError: the file is not of that form.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return {str(stream): Head(int(head["seq"]), bare(str(head["hash"]))) for stream, head in raw.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise JournalError(
            f"the journal's anchor {path} cannot be read: {error!r}",
            "Restore it from a copy; it is what proves that the journal's end is there.",
            code="anchor",
        ) from error
