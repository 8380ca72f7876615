"""The past of the prices is one past, however often and in whatever width it is read."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from core.errors import UsageError
from core.instant import DAY, HOUR, MINUTE, Instant, Interval
from tools.exchange.stand_in import stand_in
from tools.exchange.stand_in.engine.ladder import Ladder
from tools.exchange.stand_in.tape import Row, Tape

START = Instant(1_700_000_100_000)
BTC = "BTC/USDT"


def tape(*, seed: int = 7, walks: bool = False) -> Tape:
    ladders = {BTC: Ladder(Decimal(50000), Decimal("0.01"), Decimal(10))}
    return Tape(ladders, START, seed, walks=walks, source=None)


def rows(of: Tape, width: int, start: int, until: int) -> list[Row]:
    return of.rows(BTC, Interval(width), Instant(start), Instant(until))


def test_the_past_leads_to_the_price_at_the_start() -> None:
    assert rows(tape(), HOUR, START - DAY, START)[-1].close == 50000


def test_each_candle_opens_where_the_one_before_it_closed() -> None:
    past = rows(tape(), HOUR, START - 400 * DAY, START)
    assert len(past) == 400 * 24
    assert all(before.close == after.open for before, after in pairwise(past))
    assert all(row.low <= min(row.open, row.close) <= max(row.open, row.close) <= row.high for row in past)
    assert min(row.low for row in past) < 46000
    assert max(row.high for row in past) > 54000


def test_hours_and_minutes_tell_the_same_prices() -> None:
    (hour,) = rows(tape(), HOUR, START - START % HOUR - HOUR, START - START % HOUR)
    minutes = rows(tape(), MINUTE, START - START % HOUR - HOUR, START - START % HOUR)
    assert (minutes[0].open, minutes[-1].close) == (hour.open, hour.close)


def test_another_seed_is_another_past() -> None:
    assert rows(tape(seed=8), HOUR, START - DAY, START) != rows(tape(), HOUR, START - DAY, START)


def test_what_was_recorded_becomes_candles_and_closed_ones_never_change() -> None:
    one = tape()
    minute = START + MINUTE - START % MINUTE
    one.note(BTC, Decimal(51000), Decimal(0), Instant(minute + 1))
    one.note(BTC, Decimal(49000), Decimal(2), Instant(minute + 2))
    (closed,) = rows(one, MINUTE, minute, minute + MINUTE)
    assert closed[:5] == (minute, 50000, 51000, 49000, 49000)
    one.note(BTC, Decimal(60000), Decimal(1), Instant(minute + MINUTE))
    again = rows(one, MINUTE, minute, minute + 2 * MINUTE)
    assert again[0] == closed
    assert again[1][1:5] == (49000, 60000, 49000, 60000)


def test_prices_walk_one_step_at_a_time_and_only_where_they_are_told_to() -> None:
    assert list(tape().due(Instant(START + HOUR))) == []
    walking = tape(walks=True)
    assert list(walking.due(Instant(START + 999))) == []
    ((symbol, price),) = walking.due(Instant(START + HOUR))
    assert (symbol, price % Decimal("0.01")) == (BTC, 0)
    assert price != 50000
    assert list(walking.due(Instant(START + HOUR + 999))) == []


def test_there_is_a_stand_in_for_two_venues() -> None:
    with pytest.raises(UsageError, match="no stand-in for 'mtgox'"):
        stand_in("mtgox")


@pytest.mark.parts
def test_a_port_that_is_taken_is_said_at_once() -> None:
    with stand_in("binance") as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), stand_in("binance", port=port):
            pass
