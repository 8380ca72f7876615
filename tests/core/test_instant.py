"""Time: whole milliseconds in UTC, and candles' widths."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.instant import (
    DAY,
    HOUR,
    Instant,
    duration,
    duration_text,
    from_datetime,
    instant,
    interval,
    iso,
    utc,
)

moments = st.integers(min_value=0, max_value=4_102_444_800_000).map(Instant)
widths = st.sampled_from(["1m", "15m", "1h", "4h", "1d", "7d"])


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2024-01-31", "2024-01-31T00:00:00Z"),
        ("2024-01-31T12:00:00", "2024-01-31T12:00:00Z"),
        ("2024-01-31T12:00:00+02:00", "2024-01-31T10:00:00Z"),
        (" 2024-01-31T12:00Z ", "2024-01-31T12:00:00Z"),
        ("2024-01-31T12:00:00.25Z", "2024-01-31T12:00:00.250Z"),
    ],
)
def test_a_time_is_read_in_its_zone_and_told_in_utc(text: str, same: str) -> None:
    assert iso(instant(text)) == same


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01", "1704067200", "2024-01-31T25:00Z"])
def test_what_is_no_time_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="is not a time"):
        instant(text)


@given(moments)
def test_every_instant_reads_back(moment: Instant) -> None:
    assert instant(iso(moment)) == from_datetime(utc(moment)) == moment


@given(moments, moments)
def test_later_instants_of_one_precision_sort_later_as_text(left: Instant, right: Instant) -> None:
    left, right = Instant(left - left % 1000), Instant(right - right % 1000)
    assert (left < right) == (iso(left) < iso(right))


def test_a_naive_time_names_no_instant() -> None:
    with pytest.raises(ValueError, match="naive"):
        from_datetime(datetime(2024, 1, 31))  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("90s", 90_000), ("15m", 900_000), ("12h", 12 * HOUR), ("2w", 14 * DAY), ("0d", 0)],
)
def test_a_duration_is_a_number_and_a_unit(text: str, milliseconds: int) -> None:
    assert duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "5", "h", "-1h", "1.5h", "1h30m", "1y"])
def test_what_is_no_duration_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        duration(text)


@given(st.integers(0, 10_000_000))
def test_every_whole_second_has_a_text_that_reads_back(seconds: int) -> None:
    assert duration(duration_text(seconds * 1000)) == seconds * 1000


@given(moments, widths)
def test_boundaries_enclose_a_moment_and_lie_on_the_grid_of_midnight(moment: Instant, width: str) -> None:
    grid = interval(width)
    assert grid.floor(moment) <= moment <= grid.ceil(moment)
    assert grid.ceil(moment) - grid.floor(moment) in {0, grid.ms}
    assert grid.floor(moment) % grid.ms == grid.ceil(moment) % grid.ms == 0
    assert grid.floor(grid.floor(moment)) == grid.ceil(grid.floor(moment)) == grid.floor(moment)


@pytest.mark.parametrize("text", ["1m", "15m", "1h", "4h", "1d"])
def test_an_interval_is_named_as_it_is_read(text: str) -> None:
    assert str(interval(text)) == text


@pytest.mark.parametrize("text", ["0h", "7h", "25h", "7m", "x"])
def test_what_does_not_divide_a_day_is_no_interval(text: str) -> None:
    with pytest.raises(UsageError):
        interval(text)


def test_what_is_no_interval_is_refused_with_the_others_that_work() -> None:
    for text in ("0h", "5h", "36h"):
        with pytest.raises(UsageError) as refused:
            interval(text)
        assert "such as 12h or 2d" in refused.value.mend
    assert (str(interval("12h")), str(interval("2d"))) == ("12h", "2d")
