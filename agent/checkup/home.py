"""Can this home be written, and read by this version?"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from agent.checkup.finding import Check, error, ok, warning
from agent.runtime.halt_switch import HaltSwitch
from core.instant import MINUTE, Instant, instant, iso

_SCARCE = 1_000_000_000
_FULL = 50_000_000
_WRITTEN = instant("2026-01-01T00:00:00Z")


def writable(home: Path) -> Check:
    """Whether files can be made in *home*, or *home* itself where it is not there yet."""
    place = _existing(home)
    try:
        # what the permissions say is not enough: a system's own folders refuse whoever asks
        with tempfile.TemporaryFile(dir=place):
            return ok("home", str(home) if place == home else f"{home} (made when first needed)")
    except OSError as reason:
        what = "be written" if place == home else f"be made in {place}"
        return error("home", f"{home} cannot {what}: {reason.strerror}", _OTHER_HOME)


def disk(home: Path, free: int | None = None) -> Check:
    """Whether there is room; *free* bytes are measured where they are not given."""
    if free is None:
        place = _existing(home)
        usage = shutil.disk_usage(place)
        if usage.total == 0:
            return error("disk", f"{place} is not on a disk", _OTHER_HOME)
        free = usage.free
    told = f"{free / 1e9:.1f} GB free" if free >= 1e9 else f"{free / 1e6:.0f} MB free"
    if free < _FULL:
        return error("disk", f"{told}: nothing can trade without its journal", "Make room on the disk.")
    if free < _SCARCE:
        return warning("disk", told, "Make room on the disk before a long run.")
    return ok("disk", told)


def _existing(home: Path) -> Path:
    return next(folder for folder in (home, *home.parents) if folder.exists())


def halted(home: Path) -> Check:
    """Whether a person, or the breaker, has stopped all trading."""
    switch = HaltSwitch(home)
    if switch.is_set():
        return warning("halt", f"all trading is halted: {switch.read()[1]}", "tokenwise resume")
    return ok("halt", "not halted")


def clock(home: Path, now: Instant) -> Check:
    """Whether *now* is possible: not before this program was written, nor before the home's newest file."""
    if now < _WRITTEN:
        return error("clock", f"the machine says it is {iso(now)}", "Set the machine's clock.")
    newest = max((int(file.stat().st_mtime * 1000) for file in home.glob("*") if file.is_file()), default=0)
    if newest > now + MINUTE:
        return warning(
            "clock", f"the home holds a file from {iso(Instant(newest))}", "Set the machine's clock."
        )
    return ok("clock", iso(now))


def schemas(home: Path, known: Mapping[str, tuple[str, int]]) -> tuple[Check, ...]:
    """The schema of each database that *home* holds; *known* is ``{file: (schema, version)}``."""
    return tuple(
        _schema(home / file, name, version)
        for file, (name, version) in known.items()
        if (home / file).exists()
    )


def _schema(path: Path, name: str, version: int) -> Check:
    try:
        found = _version_of(path, name)
    except sqlite3.Error as reason:
        return error(path.name, f"{path} cannot be read: {reason}", "Restore it from a copy.")
    if found > version:
        return error(
            path.name, f"{path} has schema {found}; this version knows {version}", _NEWER, exit_status=2
        )
    aged = "" if found == version else f", becomes {version} when it is next opened"
    return ok(path.name, f"schema {found}{aged}")


def looking(path: Path) -> sqlite3.Connection:
    """A connection that reads *path* and leaves nothing beside it."""
    # SQLite makes its side files even for a reader; where no writer left one, the file alone is the truth
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    return sqlite3.connect(f"file:{quote(str(path))}?{mode}", uri=True)


def _version_of(path: Path, name: str) -> int:
    connection = looking(path)
    try:
        row = connection.execute("SELECT version FROM schema_version WHERE name = ?", (name,)).fetchone()
    finally:
        connection.close()
    return 0 if row is None else int(row[0])


_OTHER_HOME = "Give permission, or choose another folder with --home DIR."
_NEWER = "Update tokenwise, or point --home at another folder."
