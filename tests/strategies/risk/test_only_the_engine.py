"""Only the risk engine makes an approved order: proven on the syntax trees of the whole project."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("core", "strategies", "tools", "prompts", "agent", "evals")
GATE = "strategies/risk/engine.py"
NAME = "ApprovedOrder"

# Fields that no other dataclass which is ever replaced shares: replacing one would forge an order.
FORGING = {"spend", "limit_price", "stop_price", "created_at", "type"}

# `replace` of drafts inside the gate's own package: they are not orders yet.
DRAFTS = {GATE}


def _annotations(tree: ast.AST) -> set[ast.AST]:
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        hints = [
            getattr(node, "annotation", None),
            getattr(node, "returns", None),
        ]
        for hint in hints:
            if isinstance(hint, ast.AST):
                found.update(ast.walk(hint))
    return found


def _reads_back(call: ast.AST) -> bool:
    """``decode(ApprovedOrder, …)``: an order that was approved and written down is read again."""
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "decode"


def makers(source: str) -> list[str]:
    """Every place in *source* that makes, aliases, subclasses, hands on or forges an approved order."""
    tree = ast.parse(source)
    harmless = _annotations(tree)
    for node in ast.walk(tree):
        if _reads_back(node) or (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
        ):
            harmless.update(node.args)
        if isinstance(node, ast.Subscript):  # a type's argument: tuple[ApprovedOrder, ...]
            harmless.update(ast.walk(node.slice))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.alias) and node.name == NAME and node.asname not in {None, NAME}:
            found.append(f"line {node.lineno}: alias")
        if node in harmless:
            continue
        if (isinstance(node, ast.Name) and node.id == NAME) or (
            isinstance(node, ast.Attribute) and node.attr == NAME
        ):
            found.append(f"line {node.lineno}: {NAME}")
        if isinstance(node, ast.Constant) and node.value == NAME:
            found.append(f"line {node.lineno}: its name as text")
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "replace"
        ):
            forged = FORGING & {keyword.arg for keyword in node.keywords}
            found += [f"line {node.lineno}: replace({', '.join(sorted(forged))})"] if forged else []
    return found


def test_only_the_risk_engine_makes_an_approved_order() -> None:
    guilty = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            found = makers(path.read_text(encoding="utf-8"))
            if found and name != GATE:
                guilty[name] = found
    assert guilty == {}


def test_the_risk_engine_makes_one_in_one_place() -> None:
    source = (ROOT / GATE).read_text(encoding="utf-8")
    made = [place for place in makers(source) if place.endswith(NAME)]
    assert len(made) == 1


@pytest.mark.parametrize(
    "source",
    [
        "order = ApprovedOrder(id='x')",
        "import core.orders as o\norder = o.ApprovedOrder(id='x')",
        "from core.orders import ApprovedOrder as A\norder = A(id='x')",
        "make = ApprovedOrder\norder = make(id='x')",
        "class Mine(ApprovedOrder): pass",
        "order = build(ApprovedOrder, raw)",
        "order = getattr(orders, 'ApprovedOrder')(id='x')",
        "order = dataclasses.replace(order, spend=1000)",
        "order = replace(order, limit_price=None, quantity=2)",
    ],
)
def test_a_planted_maker_is_found(source: str) -> None:
    assert makers(source)


@pytest.mark.parametrize(
    "source",
    [
        "from core.orders import ApprovedOrder",
        "async def submit(self, order: ApprovedOrder) -> ApprovedOrder | None: ...",
        "open: dict[OrderId, ApprovedOrder] = {}",
        "def f(x: 'ApprovedOrder') -> None: ...",
        "orders = list[ApprovedOrder]()",
        "found = decode(ApprovedOrder, raw)",
        "if isinstance(x, ApprovedOrder): pass",
    ],
)
def test_reading_and_naming_one_is_no_offence(source: str) -> None:
    assert makers(source) == []
