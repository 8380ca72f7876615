"""Ten thousand random operations leave no residue; the benchmark of the same name does a million."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from core.ledger import MARKET, Ledger


@pytest.fixture(scope="module")
def conservation() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks/conservation.py"
    spec = importlib.util.spec_from_file_location("conservation", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_ten_thousand_random_operations_conserve_everything_exactly(
    conservation: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert conservation.main(10_000) == 0
    assert capsys.readouterr().out.endswith("exact\n")


def test_a_unit_that_leaked_is_seen(conservation: ModuleType) -> None:
    books = conservation.Books()
    conservation.trade(books, 200)
    assert not any(conservation.residuals(books).values())
    balances = books.ledger.balances()
    key = (MARKET, "BTC")
    books.ledger = Ledger(balances | {key: balances[key] + conservation.STEP})
    assert conservation.residuals(books)["sum of BTC"] == conservation.STEP
