"""What the tests of models in the loop share: the command, and what it left in the journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.agent.cli.trading_line import Line

# two simulated tokens, six decisions a day
MARKET = ("--market", "sim?assets=2", "--report", "none")
TWO_DAYS = (*MARKET, "--until", "2024-01-03")
ASKED = ("--decider", "llm:test-model")
PAPER = ("paper", *TWO_DAYS, *ASKED)

REASONS = frozenset(
    "http timeout empty truncated refusal not_json schema duplicate_keys many_calls unknown_asset unknown_evidence "
    "ungrounded budget breaker".split()
)


def decided(line: Line) -> list[dict[str, Any]]:
    """The bodies of the account's decisions."""
    return [body for _, kind, body in line.events() if kind == "decided"]


def abstentions(line: Line) -> list[str | None]:
    """Why each decision was none; `None` where it was one."""
    return [body["abstained"] for body in decided(line)]


def export(line: Line, folder: Path) -> list[dict[str, Any]]:
    """The journal as ``journal export`` writes it, one object per event."""
    out = folder / "journal.jsonl"
    assert line("journal", "export", "--out", str(out)) == 0, line.out + line.err
    return [json.loads(text) for text in out.read_text(encoding="utf-8").splitlines()]
