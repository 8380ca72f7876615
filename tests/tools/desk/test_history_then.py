"""What is told of a day later is what was told on it, whoever came, went or fell silent since."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.instant import DAY, Instant
from core.observation import Missing
from tests.tools.desk.edges import D1, START, Odd, candles, judged, neighbours, odd, walk
from tools.desk.grading.sheet import TRADER, Sheet

LATER = 88
ENDED, SILENT, BROKEN, RESTED, CAME = "ENDED/USDT", "SILENT/USDT", "BROKEN/USDT", "RESTED/USDT", "CAME/USDT"


@cache
def market() -> Odd:
    """Of 25: one is delisted, one falls silent, one has a long hole, one's price rests, one comes late."""
    rested = walk(5, 100)
    rested[60:70] = rested[60]
    return odd(
        *neighbours(20, 100),
        judged(candles(ENDED, walk(1, 70)), delisted_at=Instant(START + 70 * DAY)),
        judged(candles(SILENT, walk(2, 78))),
        judged(candles(BROKEN, walk(3, 100), without=range(62, 68))),
        judged(candles(RESTED, rested, flat=True)),
        judged(candles(CAME, walk(4, 25), start=Instant(START + 75 * DAY))),
    )


@cache
def later() -> Sheet:
    return market().at(LATER)


@given(day=st.integers(50, LATER - 1))
@example(day=65)
@example(day=70)
@example(day=77)
@settings(max_examples=6, deadline=None)
def test_a_day_told_later_is_that_day_as_it_was_shown(day: int) -> None:
    then = market().at(day)
    for symbol in then.symbols:
        told = [one for one in later().history(symbol, TRADER, LATER) if one.as_of == then.at]
        assert told == ([then.grade(symbol, TRADER)] if symbol in then.columns else [])


def test_who_trades_no_more_was_compared_as_long_as_it_did() -> None:
    then, without = market().at(69), odd(*(one for s, one in market().series.items() if s != ENDED)).at(69)
    symbol = "N00/USDT"
    assert ENDED not in later().columns
    assert then.grade(symbol, TRADER).value != without.grade(symbol, TRADER).value
    assert later().history(symbol, TRADER, LATER - 68)[0] == then.grade(symbol, TRADER)


def test_what_trades_no_more_still_has_its_history() -> None:
    past = later().history(ENDED, TRADER, 30)
    assert [one.as_of for one in past] == [START + day * DAY for day in range(LATER - 29, 71)]
    assert past[-1].value is not None
    assert later().grade(ENDED, TRADER).why == "delisted"
    assert later().history("NONE/USDT", TRADER, 30) == ()


def test_a_series_goes_on_where_a_window_ends() -> None:
    live = market().market(Instant(START + LATER * DAY))
    assert live.window(SILENT, D1, 1) == Missing(SILENT, "stale")
    (silent,) = live.series_since(SILENT, D1, Instant(START + 10 * DAY))
    assert (silent.asset, len(silent.bars), int(silent.bars.opened_at[0])) == (
        "unmapped:SILENT",
        68,
        START + 10 * DAY,
    )
    (broken,) = live.series_since(BROKEN, D1, START)
    assert len(set(broken.segment.tolist())) == 2
    (rested,) = live.series_since(RESTED, D1, Instant(START + 50 * DAY))
    assert np.flatnonzero(np.array(rested.bad_code) == "stale").tolist() == list(range(16, 20))
    assert int(rested.last_bad[-1]) == 19
    assert live.series_since(CAME, D1, Instant(START + LATER * DAY)) == ()
    # nothing of what is not known yet
    assert int(live.series_since(CAME, D1, START)[0].bars.opened_at[-1]) == START + (LATER - 1) * DAY
