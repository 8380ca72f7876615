"""Where threads are kept: one SQLite file in the home, beside the journal and never in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from core.errors import FaultError

FILE = "threads.db"
_WAIT_S = 10.0


@asynccontextmanager
async def open_threads(home: Path) -> AsyncIterator[AsyncSqliteSaver]:
    """The threads of *home*; the file and its worker thread are closed on every way out.

    Raises:
        FaultError: the file is no database, or cannot be opened.
    """
    home.mkdir(parents=True, exist_ok=True)
    connection = aiosqlite.connect(home / FILE, timeout=_WAIT_S)
    try:
        held = await connection
    except aiosqlite.Error as error:
        raise _unreadable(home, error) from error
    try:
        # only what msgpack knows by itself is ever read back: a thread cannot carry code
        threads = AsyncSqliteSaver(held, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        try:
            await threads.setup()
        except aiosqlite.Error as error:
            raise _unreadable(home, error) from error
        yield threads
    finally:
        await held.close()


def _unreadable(home: Path, error: Exception) -> FaultError:
    return FaultError(
        f"the threads in {home / FILE} cannot be read: {error}",
        "Move the file away to begin without earlier conversations.",
        code="threads",
    )
