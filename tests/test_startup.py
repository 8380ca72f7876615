"""What a command imports before it answers: help is quick, and a halt waits for nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agent.journal.store import SqlJournal

# what only a command that decides or talks may bring in
THINKING = {
    *("langchain", "langchain_core", "langchain_openai", "langgraph", "openai", "httpx", "httpx2"),
    *("genai_prices", "langsmith", "tiktoken"),
}
HEAVY = THINKING | {
    *("ccxt", "numpy", "pandas", "plotly", "polars", "pydantic", "rich", "sqlalchemy", "sqlmodel", "asyncio"),
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


TWO_DAYS = ["--market", "sim?assets=2", "--until", "2024-01-03", "--report", "none"]
THOUGHTLESS = [
    ["get", "price", "NOVA", "--market", "sim"],
    ["get", "indicators", "NOVA", "--market", "sim"],
    ["data", "list"],
    ["journal", "list"],
    ["journal", "show", "trading/thought#2"],
    ["journal", "verify"],
    ["paper", "status", "--account", "thought"],
    ["paper", "--account", "ruled", *TWO_DAYS, "--decider", "rule:hold"],
    ["halt", "a test"],
    ["resume"],
    ["doctor"],
]
THOUGHTFUL = [["paper", "--account", "thought", *TWO_DAYS], ["journal", "replay", "all"]]


@pytest.mark.parametrize("commands", [LIGHT, READING], ids=["light", "reading"])
def test_a_command_imports_no_more_than_it_needs(
    commands: list[tuple[list[str], set[str]]], tmp_path: Path
) -> None:
    SqlJournal.open(tmp_path / "journal.db", tmp_path / "heads.json").close()
    told = _ran(tmp_path, [words for words, _ in commands])
    for (words, allowed), (status, said, modules) in zip(commands, told, strict=True):
        assert status == 0, said
        assert HEAVY.intersection(modules) <= allowed, words


@pytest.mark.parts
@pytest.mark.slow
def test_only_a_command_that_decides_brings_in_the_graph_and_the_models(tmp_path: Path) -> None:
    """The others look at an account that the offline analyst decided for, all in one process."""
    thoughtful = [(words, _ran(tmp_path, [words])[0]) for words in THOUGHTFUL]
    for words, (status, said, modules) in zip(THOUGHTLESS, _ran(tmp_path, THOUGHTLESS), strict=True):
        assert status == 0, said
        assert THINKING.intersection(modules) == set(), words
    for words, (status, said, modules) in thoughtful:
        assert status == 0, said
        assert {"langgraph", "langchain_core"} <= set(modules), words


def _ran(home: Path, commands: list[list[str]]) -> list[tuple[int, str, list[str]]]:
    """Status, words and modules after each of *commands*, which run one after the other in one process."""
    lines = [["--home", str(home), *words] for words in commands]
    arguments = [sys.executable, "-c", _RUN, json.dumps(lines)]
    ran = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    told: list[tuple[int, str, list[str]]] = json.loads(ran.stdout)
    return told
