"""``tokenwise.toml`` in the home: what a person has set there for every run."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import UsageError

FILE = "tokenwise.toml"
_TABLES = ("notify",)


def read_home_file(home: Path) -> Mapping[str, Mapping[str, Any]]:
    """The tables of the file, each empty where it is not there.

    Raises:
        UsageError: no TOML, or a table that nothing reads.
    """
    path = home / FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raw = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}", "Mend that line.") from error
    for name, table in raw.items():
        if name not in _TABLES or not isinstance(table, dict):
            raise UsageError(
                f"{path} has {name!r}, which nothing reads",
                f"Use [{'], ['.join(_TABLES)}].",
                candidates=_TABLES,
            )
    return {name: raw.get(name, {}) for name in _TABLES}
