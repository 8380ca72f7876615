"""A crash at any instant loses no order and doubles none on a server that speaks Binance either, through the real ccxt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.parts

ROOT = Path(__file__).parents[2]


def test_five_kills_lose_double_and_forget_nothing_at_a_server_of_its_own() -> None:
    """In a process of its own, because it forks; `benchmarks/kills_live.py` does a hundred."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crashes.live_life", "5", "4"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 kills" in done.stdout
    assert "0 lost, 0 duplicated, 0 unrecorded, 0 wrong" in done.stdout, done.stdout
