"""What was answered is never asked again, and what was not is always asked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from core.instant import DAY, Instant
from tools.database import connect
from tools.fetching.asking import Span
from tools.fetching.covered import SCHEMA, Coverage

spans = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
    lambda pair: Span(Instant(min(pair)), Instant(max(pair)))
)


def moments(several: Sequence[Span]) -> set[int]:
    return {at for one in several for at in range(one.start, one.end)}


@given(answered=st.lists(spans, max_size=8), others=st.lists(spans, max_size=3), asked=spans)
def test_missing_is_exactly_what_was_asked_and_not_answered(
    answered: list[Span], others: list[Span], asked: Span
) -> None:
    with closing(Coverage(connect(Path(":memory:"), SCHEMA))) as coverage:
        for one in answered:
            coverage.add("a", one, Instant(0))
        for one in others:
            coverage.add("b", one, Instant(0))
        missing = coverage.missing("a", asked)
        assert moments(missing) == moments([asked]) - moments(answered)
        assert sum(one.end - one.start for one in missing) == len(moments(missing))
        assert list(missing) == sorted(missing)


def test_a_gap_is_only_late_where_it_goes_on_from_what_was_answered_and_is_short() -> None:
    with closing(Coverage(connect(Path(":memory:"), SCHEMA))) as coverage:
        coverage.add("a", Span(Instant(0), Instant(10)), Instant(0))
        assert coverage.is_late("a", Span(Instant(10), Instant(20)))
        assert not coverage.is_late("a", Span(Instant(11), Instant(20)))
        assert not coverage.is_late("a", Span(Instant(10), Instant(10 + 4 * DAY)))
        assert not coverage.is_late("b", Span(Instant(10), Instant(20)))
