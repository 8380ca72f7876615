"""``paper status`` tells a process that lives from one that hangs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.runtime import heartbeat
from agent.runtime.lease import Lease
from core.instant import Instant, iso
from tests.agent.cli.trading_line import PAPER, Line
from tools.clocks import SystemClock


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path, capsys)


@pytest.mark.parametrize(("real_time", "status"), [(True, 3), (False, 0)])
def test_in_real_time_a_heart_that_was_silent_for_a_minute_has_stopped(
    line: Line, real_time: bool, status: int
) -> None:
    assert line(*PAPER, "--once") == 0
    lease = Lease(line.home, "paper")
    try:
        beat = heartbeat.read(line.home, "paper")
        assert beat is not None
        silent = {"last_beat": iso(Instant(SystemClock().now() - 90_000)), "real_time": real_time}
        (line.home / "locks" / "paper.json").write_text(json.dumps({**beat, **silent}))
        assert line("paper", "status") == status
    finally:
        lease.release()
