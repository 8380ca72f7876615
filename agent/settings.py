"""The only reader of the environment. Values are read when asked for; secrets are never printed."""

from __future__ import annotations

import os
from pathlib import Path


def home(given: str | None = None) -> Path:
    """The folder that everything is kept in: ``--home``, else ``TOKENWISE_HOME``, else ``~/.tokenwise``."""
    chosen = given or os.environ.get("TOKENWISE_HOME")
    return Path(chosen).expanduser().absolute() if chosen else Path.home() / ".tokenwise"


def database_url() -> str | None:
    """``TOKENWISE_DATABASE_URL``: the journal's database, where it is not the home's SQLite file."""
    return os.environ.get("TOKENWISE_DATABASE_URL") or None
