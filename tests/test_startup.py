"""What a command imports before it answers: help is quick, and a halt waits for nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agent.journal.store import SqlJournal

HEAVY = {
    *("ccxt", "langchain", "langchain_core", "langchain_openai", "langgraph", "openai", "httpx"),
    *("numpy", "pandas", "plotly", "polars", "pydantic", "rich", "sqlalchemy", "sqlmodel", "asyncio"),
}

# each command with what it may import beyond the commands before it; all of them run in one process
LIGHT: list[tuple[list[str], set[str]]] = [
    (["--help"], set()),
    (["halt", "a test"], set()),
    (["doctor"], set()),
]
READING: list[tuple[list[str], set[str]]] = [
    (["data", "list"], {"asyncio", "numpy", "polars", "pydantic"}),
    (["journal", "list"], {"asyncio", "numpy", "polars", "pydantic", "sqlalchemy", "sqlmodel"}),
    (["resume"], {"asyncio", "numpy", "polars", "pydantic", "sqlalchemy", "sqlmodel"}),
]

_RUN = """
import contextlib, io, json, sys
from agent.cli.main import main
told = []
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
        status = main(words)
    told.append([status, out.getvalue(), sorted({name.partition(".")[0] for name in sys.modules})])
print(json.dumps(told))
"""


@pytest.mark.parametrize("commands", [LIGHT, READING], ids=["light", "reading"])
def test_a_command_imports_no_more_than_it_needs(
    commands: list[tuple[list[str], set[str]]], tmp_path: Path
) -> None:
    SqlJournal.open(tmp_path / "journal.db", tmp_path / "heads.json").close()
    lines = [["--home", str(tmp_path), *words] for words, _ in commands]
    arguments = [sys.executable, "-c", _RUN, json.dumps(lines)]
    ran = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr

    for (words, allowed), (status, told, modules) in zip(commands, json.loads(ran.stdout), strict=True):
        assert status == 0, told
        assert HEAVY.intersection(modules) <= allowed, words
