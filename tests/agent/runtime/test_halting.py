"""A halt is obeyed before the next order leaves, whatever else hangs, and stays through a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.instant import SECOND
from tests.agent.runtime.halting import TROUBLES, halted

# the full two hundred of each: benchmarks/halt_latency.py
SEEDS = range(6)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_order_leaves_later_than_a_second_after_the_halt(tmp_path: Path, trouble: str) -> None:
    before = 0
    for seed in SEEDS:
        seen = halted(tmp_path / str(seed), TROUBLES[trouble], seed)
        assert seen.latest_ms <= SECOND
        assert seen.orders_after_restart == 0
        before += seen.orders_before
    assert before, "nothing was sent before any halt: the test would hold of a run that never trades"


@pytest.mark.parametrize("trouble", ["nothing else", "the model hangs"])
def test_where_nothing_blocks_the_run_the_halt_is_journalled_within_a_second_or_two(
    tmp_path: Path, trouble: str
) -> None:
    for seed in SEEDS:
        seen = halted(tmp_path / str(seed), TROUBLES[trouble], seed)
        assert seen.obeyed_ms is not None
        assert seen.obeyed_ms <= 2 * SECOND
