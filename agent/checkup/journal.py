"""Is the journal's end where ``heads.json`` says that it was?"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from agent.checkup.finding import Check, error, ok, warning
from agent.checkup.home import looking
from agent.journal.anchor import read_anchor
from core.errors import JournalError

_NAME = "journal"
_MEND = "tokenwise journal verify"


def journal_end(database: Path, anchor: Path) -> tuple[Check, ...]:
    """Whether each anchored event is still the one in *database*, and each stream ends where its head says.

    Cheap: two rows of each stream are looked at; ``tokenwise journal verify`` looks at every one. No
    check where there is neither file.
    """
    if not database.exists() and not anchor.exists():
        return ()
    try:
        anchored = {stream: head for stream, head in read_anchor(anchor).items() if head.seq}
        if not database.exists():
            lost = ", ".join(f"{stream}#{head.seq}" for stream, head in anchored.items())
            return (error(_NAME, f"{database} is gone; {anchor.name} knows {lost}", _MEND),) if lost else ()
        found = _differences(database, {stream: (head.seq, head.hash) for stream, head in anchored.items()})
    except (JournalError, sqlite3.Error) as reason:
        return (error(_NAME, f"{database.name} and {anchor.name} cannot be compared: {reason}", _MEND),)
    if found:
        return (error(_NAME, "; ".join(found), _MEND),)
    if not anchor.exists():
        return (warning(_NAME, f"{anchor.name} is missing: a cut end would not show", _MEND),)
    return (ok(_NAME, f"every account ends where {anchor.name} says, or later"),)


def _differences(database: Path, anchored: dict[str, tuple[int, str]]) -> list[str]:
    connection = looking(database)
    try:
        rows = connection.execute("SELECT stream, seq, hash FROM heads").fetchall()
        heads = {stream: (seq, digest) for stream, seq, digest in rows}
        told = []
        for stream in sorted(anchored.keys() | heads.keys()):
            for who, places in (("heads.json", anchored), ("its head", heads)):
                if stream not in places:
                    continue
                seq, digest = places[stream]
                stands = connection.execute(
                    "SELECT hash FROM events WHERE stream = ? AND seq = ?", (stream, seq)
                ).fetchone()
                if seq and (stands is None or stands[0] != digest):
                    has = "another one there" if stands else "none there"
                    told.append(f"{stream} has event {seq}, says {who}; {database.name} has {has}")
                    break
        return told
    finally:
        connection.close()
