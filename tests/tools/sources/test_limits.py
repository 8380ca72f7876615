"""How long is waited, in numbers: pauses, ``Retry-After`` and the pace of a host."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.instant import DAY, Instant
from tests.tools.sources.asking import NOW
from tools.sources.http.limits import Gate, Pace
from tools.sources.http.retries import Retries, asked_pause


@given(st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_a_pause_is_half_to_all_of_its_width(failures: int, seed: int) -> None:
    widest = min(1_000 * 2 ** (failures - 1), 20_000)
    assert widest // 2 <= Retries().pause(failures, np.random.default_rng(seed)) <= widest


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("0", 0),
        ("120", 120_000),
        ("Tue, 10 Mar 2026 11:00:00 GMT", 0),
        ("99999999999999999", 31 * DAY),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Tue, 10 Mar 2026 12:00:00", None),
        ("Tue, 10 Mar 99999 12:00:00 GMT", None),
    ],
)
def test_a_retry_after_is_read_or_not_believed(header: str | None, pause: int | None) -> None:
    assert asked_pause(header, NOW) == pause


@given(
    st.builds(Pace, st.integers(1, 20), st.integers(1, 60_000), st.integers(1, 8)),
    st.lists(st.integers(0, 5_000), min_size=1, max_size=60),
)
def test_no_host_is_ever_asked_faster_than_its_pace(pace: Pace, gaps: list[int]) -> None:
    """In any stretch of time: at most the burst, and one more for each gap that fits into it."""
    gate, now, starts = Gate(pace), NOW, []
    for gap in gaps:
        now = Instant(now + gap)
        start = gate.reserve(now, Instant(now + 10**9))
        assert start is not None
        assert start >= now
        starts.append(start)
    for i, first in enumerate(starts):
        for j in range(i, len(starts)):
            assert j - i + 1 <= pace.burst + (starts[j] - first) // pace.gap_ms
