"""A command line on a home of its own, for tests of the trading commands."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main

# a week on two simulated tokens: some twenty trades in a third of a second
WEEK = ("--market", "sim?assets=2", "--until", "2024-01-08", "--decider", "rule:sma_cross?fast=3&slow=8")
QUIET = ("--report", "none")
PAPER = ("paper", *WEEK, *QUIET)


class Line:
    """Calls `tokenwise` in this process and keeps what it printed."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *words: str) -> int:
        """The exit status of ``tokenwise --home … words``."""
        self._capsys.readouterr()
        status = main(["--home", str(self.home), *words])
        self.out, self.err = self._capsys.readouterr()
        return status

    def envelope(self, *words: str, status: int = 0) -> dict[str, Any]:
        """The one JSON object that the command prints, and nothing beside it."""
        assert self(*words, "--json") == status, self.out + self.err
        assert self.out.count("\n") == 1
        found: dict[str, Any] = json.loads(self.out)
        return found

    def data(self, *words: str, status: int = 0) -> dict[str, Any]:
        """The ``data`` of the answer."""
        found: dict[str, Any] = self.envelope(*words, status=status)["data"]
        return found

    def error(self, *words: str, status: int) -> dict[str, Any]:
        """The error: one sentence and a mend, in both forms of output."""
        told: dict[str, Any] = self.envelope(*words, status=status)["error"]
        assert told["exit"] == status
        assert told["message"]
        assert told["mend"]
        assert "something went wrong" not in told["message"]
        return told

    def verified(self) -> None:
        """The journal is whole, and every decision in it is made again."""
        assert self.data("journal", "verify")["first_bad"] is None
        replayed = self.data("journal", "replay", "all")
        assert replayed["first_difference"] is None
        assert replayed["same"] == replayed["checked"]

    def events(self, account: str = "paper") -> list[tuple[int, str, dict[str, Any]]]:
        """(at, kind, body) of an account's events, from the database itself."""
        with closing(sqlite3.connect(self.home / "journal.db")) as database:
            rows = database.execute(
                "SELECT at, kind, body FROM events WHERE stream = ? ORDER BY seq", (f"trading/{account}",)
            )
            return [(at, kind, json.loads(body)) for at, kind, body in rows]

    def kinds(self) -> list[str]:
        """The kinds of the account's events, in order."""
        return [kind for _, kind, _ in self.events()]


FIGURES = (
    "decisions", "orders", "fills", "round_trips", "vetoes", "exits", "start_equity", "final_equity",
    "cash", "positions", "fees", "total_return", "max_drawdown", "benchmark", "state",
)  # fmt: skip


def figures(data: dict[str, Any]) -> dict[str, Any]:
    """What two runs of the same account must agree on."""
    return {name: data[name] for name in FIGURES}


def strategy(folder: Path, body: str, name: str = "mine") -> str:
    """A ``py:FILE.py`` decider: long at even days, flat at odd ones, with *body* run first.

    In *body*: ``day`` and ``hour`` since 2024-01-01, ``moment``, ``os``, ``signal`` and ``Path``.
    """
    path = folder / f"{name}.py"
    lines = "\n".join(f"        {line}" for line in body.splitlines())
    path.write_text(
        f"""
import os, signal
from pathlib import Path
from strategies.rules import Need

class Mine:
    needs = (Need("close", 3),)

    def stance(self, columns, moment):
        hour = (moment.now - 1704067200000) // 3600000
        day = hour // 24
{lines}
        return float(day % 2 == 0)

STRATEGY = Mine()
""",
        encoding="utf-8",
    )
    return f"py:{path}"
