"""A crash at any instant loses no order and doubles none, with half of all submits faulty."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_twenty_kills_lose_double_and_forget_nothing() -> None:
    """In a process of its own, because it forks; `benchmarks/kills.py` does a thousand."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crashes.supervisor", "20", "5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("10 kills") == 2, done.stdout
    assert done.stdout.count("0 lost, 0 duplicated, 0 unrecorded, 0 wrong") == 2, done.stdout
