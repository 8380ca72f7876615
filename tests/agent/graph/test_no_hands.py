"""What thinks has no hands: proven on the syntax trees of everything a model's words can reach."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
THINKING = ("agent/graph", "agent/models", "tools/ask", "tools/desk", "prompts")
FORBIDDEN = (
    "agent.runtime",
    "agent.cli",
    "tools.exchange",
    "strategies.risk.engine",
    "strategies.risk.sizing",
    "strategies.risk.exits",
    "ccxt",
)
FORBIDDEN_NAMES = frozenset(
    {"ApprovedOrder", "Wish", "Exchange", "Executor", "review", "review_exit", "wish_for"}
)
DYNAMIC = frozenset({"__import__", "import_module", "eval", "exec"})


def reaches(source: str) -> list[str]:
    """Every place in *source* that imports or names something that can trade."""
    found = []
    for node in ast.walk(ast.parse(source)):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
            modules = [node.value] if node.value.startswith(FORBIDDEN) else []
        for module in modules:
            parts = module.split(".")
            prefixes = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
            if prefixes & set(FORBIDDEN) or (
                not isinstance(node, ast.Constant) and parts[-1] in FORBIDDEN_NAMES
            ):
                found.append(f"line {node.lineno}: {module}")
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_NAMES:
            found.append(f"line {node.lineno}: {node.attr}")
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            found += [f"line {node.lineno}: {name}"] if name in DYNAMIC else []
    return found


@pytest.mark.parametrize("folder", THINKING)
def test_nothing_that_thinks_reaches_anything_that_trades(folder: str) -> None:
    paths = sorted((ROOT / folder).rglob("*.py"))
    assert paths
    guilty = {
        path.relative_to(ROOT).as_posix(): found
        for path in paths
        if (found := reaches(path.read_text(encoding="utf-8")))
    }
    assert guilty == {}


@pytest.mark.parametrize(
    "source",
    [
        "import tools.exchange.paper.exchange",
        "from tools.exchange import paper",
        "from tools import exchange",
        "from agent.runtime.executor import Executor",
        "from agent import runtime",
        "import agent.runtime as a",
        "from strategies.risk import engine",
        "from strategies.risk.engine import review as look",
        "from core.orders import ApprovedOrder as A",
        "import core.orders as o\no.ApprovedOrder()",
        "from core.ports import Exchange",
        "import ccxt.async_support",
        "__import__('x')",
        "importlib.import_module('x')",
        "name = 'tools.exchange.paper'",
        "def f():\n    from strategies.risk.sizing import wish_for",
    ],
)
def test_a_hand_is_found_however_it_is_reached_for(source: str) -> None:
    assert reaches(source)


@pytest.mark.parametrize(
    "source",
    [
        "from core.ports import MarketData",
        "from strategies.levels import levels",
        "import prompts",
        "x.reviewed()",
    ],
)
def test_reading_is_no_hand(source: str) -> None:
    assert reaches(source) == []


def test_a_situation_and_a_reading_hold_no_hand() -> None:
    from agent.graph.state import Reading
    from core.decision import Situation

    assert set(Situation.__annotations__) == {
        "decision_id", "account", "now", "every", "menu", "market", "portfolio", "wished",
    }  # fmt: skip
    assert set(Reading.__annotations__) == {
        "proposer", "situation", "grades", "standing", "features", "knowledge",
    }  # fmt: skip
