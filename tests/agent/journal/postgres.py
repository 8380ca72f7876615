"""A PostgreSQL server of one's own, on a Unix socket, for as long as a test session needs it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _binary(name: str) -> str:
    places = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True), shutil.which(name)]
    found = next((str(place) for place in places if place), None)
    if found is None:
        pytest.skip("PostgreSQL's server programs are not installed")
    return found


def _someone() -> str | None:
    """Whom to run the server as: it refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    found = next((name for name in ("postgres", "nobody") if name in names), None)
    if found is None:
        pytest.skip("PostgreSQL does not run as root, and there is no other user")
    return found


@contextmanager
def running_postgres() -> Iterator[str]:
    """The URL of an empty database of a fresh server."""
    pytest.importorskip("psycopg", reason="psycopg, the driver of PostgreSQL, is not installed")
    initdb, pg_ctl, someone = _binary("initdb"), _binary("pg_ctl"), _someone()
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if someone is not None:
        shutil.chown(folder, someone)
    data = str(folder / "data")

    def run(*words: str) -> None:
        done = subprocess.run(
            words, user=someone, cwd=folder, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode:
            pytest.skip(f"PostgreSQL does not start here: {(done.stderr or done.stdout).strip()[-200:]}")

    try:
        run(initdb, "-D", data, "-U", "tokenwise", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        log = str(folder / "log")
        run(pg_ctl, "-D", data, "-w", "-l", log, "-o", f"-k {folder} -c listen_addresses= -F", "start")
        try:
            yield f"postgresql://tokenwise@/postgres?host={folder}"
        finally:
            run(pg_ctl, "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
