"""The garbage itself: it begins right after the instant, touches nothing before it, and leaves nothing after it."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.instant import DAY, HOUR, Instant
from core.market import Revision
from evals.lookahead.facts import SpoiledFacts
from evals.lookahead.garbage import noise, spoiled_pegs, spoiled_series, spoiled_world
from evals.lookahead.sources import CANDLES, FLAGS, SOURCES
from tests.agent.runtime.small_world import START
from tests.evals.lookahead.scenes import DAYS, a_world, days_of, figures

WORLD = a_world()
COLUMNS = ("opened_at", "open", "high", "low", "close", "volume")


@settings(max_examples=25)
@given(
    minutes=st.integers(0, DAYS * 24 * 60),
    seed=st.integers(0, 2**32),
    sources=st.sets(st.sampled_from(SOURCES)),
)
def test_what_was_known_is_untouched(minutes: int, seed: int, sources: set[str]) -> None:
    after = Instant(START + minutes * 60_000)
    spoiled = spoiled_world(WORLD, after, seed, frozenset(sources))
    for symbol, one in WORLD.series.items():
        other, known = spoiled.series[symbol], (after - START) // HOUR
        for name in COLUMNS:
            assert getattr(one.bars, name)[:known].tobytes() == getattr(other.bars, name)[:known].tobytes()
        assert one.segment[:known].tobytes() == other.segment[:known].tobytes()
        assert one.last_bad[:known].tobytes() == other.last_bad[:known].tobytes()
        assert one.bad_code[:known] == other.bad_code[:known]
        assert all(late.known_at > after for late in other.revisions)
        assert other.delisted_at is None or other.delisted_at > after
        assert len(other.bars) == len(other.segment) == len(other.last_bad) == len(other.bad_code)


def test_nothing_of_later_is_left() -> None:
    after = Instant(START + 5 * DAY)
    one = WORLD.series["AAA/USDT"]
    other = spoiled_series(one, after, noise(1))
    known = 5 * 24
    assert len(other.bars) < len(one.bars)
    assert other.bars.opened_at[-1] == one.bars.opened_at[-1]
    for name in COLUMNS[1:]:
        rows = np.isin(one.bars.opened_at, other.bars.opened_at)
        assert (getattr(one.bars, name)[rows][known:] != getattr(other.bars, name)[known:]).all()
    assert (other.bars.high >= np.maximum(other.bars.open, other.bars.close)).all()
    assert (other.bars.low <= np.minimum(other.bars.open, other.bars.close)).all()


def test_one_source_alone_leaves_the_others() -> None:
    one, after = WORLD.series["AAA/USDT"], Instant(START + 5 * DAY)
    candles = spoiled_series(one, after, noise(1), {CANDLES})
    assert (candles.segment is one.segment, candles.delisted_at, candles.revisions) == (True, None, ())
    flags = spoiled_series(one, after, noise(1), {FLAGS})
    assert flags.bars is one.bars
    assert flags.last_bad.tolist() != one.last_bad.tolist()


def test_a_revision_that_was_known_stays_and_a_later_one_is_replaced() -> None:
    after = Instant(START + 5 * DAY)
    early, late = (Revision(3, Instant(after + shift), 1.0, 1.0, 1.0, 1.0, 1.0) for shift in (0, 1))
    world = WORLD.series["AAA/USDT"]
    series = type(world)(**{**{n: getattr(world, n) for n in world.__slots__}, "revisions": (early, late)})
    found = spoiled_series(series, after, noise(1)).revisions
    assert early in found
    assert late not in found
    assert len([one for one in found if one.index == 3]) == 2


def test_the_worth_of_the_quote_is_another_from_right_after() -> None:
    pegs = ((Instant(1), Decimal(1)), (Instant(5), Decimal("0.9")))
    found = spoiled_pegs(pegs, Instant(4), noise(1))
    assert found[:-1] == pegs[:1]
    assert found[-1][0] == 5
    assert found[-1][1] != Decimal("0.9")


@settings(max_examples=25)
@given(hours=st.integers(0, DAYS * 24), later=st.integers(0, 30 * 24))
def test_a_figure_is_garbage_exactly_where_it_was_not_known(hours: int, later: int) -> None:
    true = figures(days_of() + 2 * DAY, days_of() + 5 * DAY)
    after = Instant(START + hours * HOUR)
    spoiled = SpoiledFacts(true, after, 1)  # type: ignore[arg-type]  # no news are asked for
    now = Instant(after + later * HOUR)
    was = true.facts("test:AAA/USDT", "tvl", now, 99)
    found = spoiled.facts("test:AAA/USDT", "tvl", now, 99)
    if isinstance(was, tuple):
        assert isinstance(found, tuple)
        for one, other in zip(was, found, strict=True):
            assert (one == other) is (one.known_at <= after)
