"""A market that grew candle by candle reads as one that was there whole, and never past its now."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LookAheadError, NoAnswerError
from core.instant import MINUTE, Instant, interval
from core.market import Bars
from core.observation import Missing
from tests.tools.market.fake_venue import D1, H1, M1, NOON, Stepping, filters_of, row
from tests.tools.market.fake_venue import FakeVenue as Venue
from tools.market.bar_market import BarMarket
from tools.market.live_market import LiveMarket
from tools.store.gate import judge

SYMBOL = "AAA/USDT"
ROWS = 400


def rows(first: int, stop: int, left_out: frozenset[int] = frozenset()) -> Bars:
    """The made-up minutes *first* .. *stop* - 1 after noon, some left out."""
    table = np.array([row(NOON + n * MINUTE, MINUTE) for n in range(first, stop) if n not in left_out])
    return Bars(
        SYMBOL, M1, table[:, 0].astype(np.int64), *(table[:, column].copy() for column in range(1, 6))
    )


def live(clock: Stepping) -> LiveMarket:
    return LiveMarket(clock, M1, [H1, D1], filters_of(Venue(clock)), lambda symbol: f"test:{symbol}", "fake")


@given(
    st.lists(st.integers(1, ROWS - 1), max_size=6).map(sorted),
    st.frozensets(st.integers(5, ROWS - 1), max_size=20),
    st.integers(10, ROWS),
)
def test_pieces_taken_in_one_after_another_read_as_the_whole(
    cuts: list[int], left_out: frozenset[int], now: int
) -> None:
    clock = Stepping(NOON + ROWS * MINUTE)
    whole = rows(0, ROWS, left_out)
    filters = filters_of(Venue(clock))
    known = BarMarket(clock, M1, {SYMBOL: judge(f"test:{SYMBOL}", whole, "fake")}, filters, simulated=False)
    grown = live(clock)
    edges = [0, *cuts, ROWS]
    for first, stop in pairwise(edges):
        # every piece overlaps the one before, as a venue's answers do
        if first < stop:
            grown.growing(SYMBOL, M1).take(rows(max(0, first - 2), stop, left_out))
    moment = Instant(NOON + now * MINUTE)
    asyncio.run(known.advance(moment))
    asyncio.run(grown.advance(moment))
    assert grown.candle(SYMBOL) == known.candle(SYMBOL)
    assert grown.close(SYMBOL) == known.close(SYMBOL)
    assert grown.fingerprints() == known.fingerprints()
    assert grown.candles_since(SYMBOL, NOON) == known.candles_since(SYMBOL, NOON)
    for width, count in ((M1, 5), (interval("15m"), 3)):
        mine, theirs = grown.window(SYMBOL, width, count), known.window(SYMBOL, width, count)
        if isinstance(theirs, Missing):
            assert mine == theirs
        else:
            assert isinstance(mine, Bars)
            assert mine.opened_at.tolist() == theirs.opened_at.tolist()
            assert mine.close.tolist() == theirs.close.tolist()
            assert grown.column(SYMBOL, width, "close", count) == known.column(SYMBOL, width, "close", count)


def test_what_has_come_in_but_is_not_yet_known_is_not_read() -> None:
    market = live(Stepping(NOON + ROWS * MINUTE))
    market.growing(SYMBOL, M1).take(rows(0, ROWS))
    asyncio.run(market.advance(Instant(NOON + 7 * MINUTE)))
    candle = market.candle(SYMBOL)
    assert not isinstance(candle, Missing)
    assert candle.opened_at == NOON + 6 * MINUTE
    assert len(market.candles_since(SYMBOL, NOON)) == 7


def test_nothing_is_read_past_the_clock() -> None:
    market = live(Stepping(NOON))
    with pytest.raises(LookAheadError):
        asyncio.run(market.advance(Instant(NOON + 1)))


def test_a_strange_symbol_and_a_width_below_the_grain_are_refused() -> None:
    market = live(Stepping())
    for call in (lambda: market.candle("ZZZ/USDT"), lambda: market.window(SYMBOL, interval("30s"), 1)):
        with pytest.raises(NoAnswerError):
            call()


def test_a_late_candle_takes_its_place_between_those_that_came_before_it() -> None:
    market = live(Stepping(NOON + ROWS * MINUTE))
    series = market.growing(SYMBOL, M1)
    series.take(rows(0, 5))
    series.take(rows(6, 9))
    assert series.take(rows(5, 6)) == ()
    assert series.bars.opened_at.tolist() == [NOON + n * MINUTE for n in range(9)]
