"""A command line with ``eval`` on it, and a small invented scenario that takes a tenth of a second."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.cli import main as command
from core.market import Costs
from evals.cli import app
from evals.grid import Plan, decider_name
from evals.runner import Ran, run_plan
from evals.scenario import Scenario, load
from tests.agent.cli.trading_line import Line
from tools.clocks import SystemClock

BREAKOUT = "rule:breakout?window=5"


class _Point:
    name = "eval"

    def load(self) -> object:
        return app


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setattr(command, "_plugins", lambda: [_Point()])
    return Line(tmp_path / "home", capsys)


def written(folder: Path, name: str = "small", *, days: int = 14, every: str = "4h", more: str = "") -> str:
    """The path of a scenario of two invented tokens over *days*."""
    path = folder / f"{name}.toml"
    path.write_text(
        f"""schema = "tokenwise.scenario.v1"
id = "{name}"
title = "Two tokens <b>&</b> a crash"
start = "2024-03-03T00:00:00Z"
end = "2024-03-{3 + days:02}T00:00:00Z"
warmup = "30d"
grain = "1h"
every = "{every}"
symbols = ["ZORB/USDT", "QUILLEX/USDT"]
cash = "10000 USDT"
{more}
[synthetic]
generator = "flash_crash"
seed = 1
drop = 0.3
minutes = 10

[[expect]]
check = "inside_limits"
""",
        encoding="utf-8",
    )
    return str(path)


def a_scenario(folder: Path, name: str = "small", **more: Any) -> Scenario:
    return load(written(folder, name, **more))


def a_plan(folder: Path, *deciders: str, seeds: int = 2, **more: Any) -> Plan:
    names = tuple(decider_name(one) for one in deciders or (BREAKOUT,))
    given = {"baselines": "default", "scenarios": (a_scenario(folder),), **more}
    return Plan(
        deciders=names,
        arms=("plain",),
        seeds=seeds,
        profile="balanced",
        costs=Costs(),
        home=folder / "home",
        **given,
    )


def ran(plan: Plan, out: Path, *, workers: int = 1, on: str = "processes") -> Ran:
    return run_plan(plan, out, SystemClock(), workers=workers, on=on)


def kept(folder: Path) -> dict[str, Any]:
    """The ``result.json`` in *folder*."""
    found: dict[str, Any] = json.loads((folder / "result.json").read_bytes())
    return found
