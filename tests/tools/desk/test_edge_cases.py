"""Odd markets get coverage, words and no number, never a crash and never nonsense."""

from __future__ import annotations

import asyncio
from math import nan
from pathlib import Path

import numpy as np
import pytest

from core.grades import Grade, Lead
from core.instant import DAY, Instant, instant
from core.market import Bars, BarSeries
from core.observation import Missing
from strategies.indicators.universe.node import sources_of
from strategies.indicators.universe.registry import REGISTRY
from tests.tools.desk.edges import START, candles, judged, neighbours, odd, of_panel, walk
from tools.desk.grading.sheet import KINDS, Sheet

ROWS = 100
_COLUMNS = ("opened_at", "open", "high", "low", "close", "volume")
AAA = "AAA/USDT"
BTC = "BTC/USDT"


def aaa(rows: int = ROWS) -> BarSeries:
    return judged(candles(AAA, walk(1, rows)))


def bitcoin(rows: int = ROWS) -> BarSeries:
    return judged(candles(BTC, walk(3, rows)), "bitcoin")


def sound(sheet: Sheet) -> Sheet:
    """*sheet*, of which nothing is nonsense."""
    for symbol in sheet.symbols:
        for kind in KINDS:
            grade = sheet.grade(symbol, kind)
            assert 0.0 <= grade.coverage <= 1.0
            assert all(0.0 <= part <= 100.0 for part in grade.parts.values())
            assert grade.as_of <= grade.known_at
            told = sheet.explain(symbol, kind)
            if grade.value is None:
                assert grade.why
                assert (grade.signal, grade.band, told) == (None, None, None)
                assert sheet.change(symbol, kind, 1) is None
            else:
                assert 0.0 <= grade.value <= 100.0
                assert grade.why is None
                assert grade.coverage >= 0.5
                assert told is not None
                points = sum(one.points for one in told.contributions)
                assert abs(told.base + points - told.value) < 1e-9
                assert np.isfinite([one.input for one in told.contributions]).all()
        if sheet.trader[symbol].value is None:
            assert sheet.divergence(symbol).direction is Lead.UNKNOWN
    return sheet


def trader(sheet: Sheet, symbol: str = AAA) -> Grade:
    return sound(sheet).trader[symbol]


def graded(sheet: Sheet, symbol: str = AAA) -> float:
    value = trader(sheet, symbol).value
    assert value is not None
    return value


def test_before_its_first_candle_nothing_is_known_of_an_asset() -> None:
    assert trader(odd(aaa()).at(0)).why == "no_data"
    new = judged(candles("NEW/USDT", walk(2, 50), start=Instant(START + 95 * DAY)))
    assert trader(odd(aaa(), new).at(70), "NEW/USDT").why == "no_data"


@pytest.mark.parametrize("rows", [1, 2, 10])
def test_few_days_of_history_are_no_grade_and_the_reason_counts_them(rows: int) -> None:
    young = judged(candles("NEW/USDT", walk(2, rows), start=Instant(START + (ROWS - rows) * DAY)))
    grade = trader(odd(aaa(), bitcoin(), young).at(ROWS), "NEW/USDT")
    assert grade.value is None
    assert grade.why is not None
    days = "1 day" if rows == 1 else f"{rows} days"
    assert "of the 0.50" in grade.why
    assert "trader grade needs" in grade.why
    assert grade.why.endswith(f"{days} of candles in a row")
    assert grade.coverage < 0.1


def test_sixty_nine_days_and_a_universe_of_four_are_a_grade() -> None:
    several = [bitcoin(69), *neighbours(3, 69)]
    sheet = sound(odd(*several).at(69))
    assert all(grade.value is not None for grade in sheet.trader.values())
    assert all(0.5 <= grade.coverage < 0.75 for grade in sheet.trader.values())


def test_a_universe_of_one_is_graded_by_its_own_past_alone() -> None:
    alone = trader(odd(bitcoin()).at(ROWS), BTC)
    among = trader(odd(bitcoin(), *neighbours(3, ROWS)).at(ROWS), BTC)
    assert alone.value == among.value
    assert alone.coverage == among.coverage <= 0.75


def test_volume_that_nobody_tells_leaves_its_inputs_out_and_is_not_read_as_nought() -> None:
    told = trader(odd(aaa(), bitcoin()).at(ROWS))
    silent = judged(candles(AAA, walk(1, ROWS), volume=nan))
    sheet = odd(silent, bitcoin()).at(ROWS)
    grade = trader(sheet)
    assert grade.value is not None
    assert grade.coverage < told.coverage - 0.05
    explained = sheet.explain(AAA, "trader")
    assert explained is not None
    assert not any("volume" in sources_of(REGISTRY[one.indicator].node) for one in explained.contributions)
    assert isinstance(sheet.value(AAA, "volume_z_30"), Missing)


def test_candles_without_any_trade_are_refused_by_name() -> None:
    dead = judged(candles(AAA, walk(1, ROWS), volume=0.0))
    assert trader(odd(dead, bitcoin()).at(ROWS)).why == "gate:zero_volume_run"


@pytest.mark.parametrize("volume", [None, 0.0, nan])
def test_a_price_that_stands_still_is_no_steady_grade(volume: float | None) -> None:
    still = judged(candles(AAA, np.full(ROWS, 5.0), flat=True, volume=volume))
    grade = trader(odd(still, bitcoin()).at(ROWS))
    assert grade.value is None
    assert grade.why == "gate:stale"


def test_closes_that_stand_still_between_wicks_say_too_little() -> None:
    still = judged(candles(AAA, np.full(ROWS, 5.0)))
    grade = trader(odd(still, bitcoin()).at(ROWS))
    assert grade.value is None or 35.0 < grade.value < 65.0


def test_a_price_that_moves_again_is_graded_without_a_wild_number() -> None:
    closes = walk(1, ROWS)
    closes[60:63] = closes[60]
    before = graded(odd(judged(candles(AAA, closes)), bitcoin()).at(ROWS))
    assert abs(before - graded(odd(aaa(), bitcoin()).at(ROWS))) < 10


def test_after_a_hole_of_five_days_the_count_begins_again() -> None:
    rows = 160
    whole = candles(AAA, walk(1, rows), without=range(70, 75))
    torn = odd(judged(whole), bitcoin(rows))
    assert trader(torn.at(70)).value is not None
    assert {trader(torn.at(day)).why for day in (71, 75)} == {"stale"}
    first = trader(torn.at(76))
    assert first.why is not None
    assert first.why.endswith("1 day of candles in a row")
    fresh = odd(judged(whole.slice(70, len(whole))), bitcoin(rows))
    assert graded(torn.at(rows)) == graded(fresh.at(rows))  # of what lies before the hole nothing is left


def test_a_delisted_asset_has_no_grade_from_that_day_on_and_the_others_hardly_move() -> None:
    rows, count = 90, 30
    others = neighbours(count - 1, rows)
    gone = judged(candles(AAA, walk(1, 80)), delisted_at=Instant(START + 80 * DAY))
    market = odd(gone, *others)
    now, never = sound(market.at(79)), sound(odd(*others).at(79))
    assert now.trader[AAA].value is not None
    assert {trader(market.at(day)).why for day in (81, 90)} == {"delisted"}
    for symbol in never.symbols:
        with_it, alone = now.trader[symbol].value, never.trader[symbol].value
        assert with_it is not None
        assert alone is not None
        assert abs(with_it - alone) <= 100.0 / (count - 1)


def test_one_that_falls_silent_is_stale_and_not_as_it_was() -> None:
    market = odd(aaa(80), bitcoin())
    assert trader(market.at(80)).value is not None
    assert {trader(market.at(day)).why for day in (81, 100)} == {"stale"}


def rescaled(rows: int, at: int, factor: float) -> BarSeries:
    """A coin of which *factor* new ones are given for each old one at row *at*."""
    before, after = candles(AAA, walk(1, at)), candles(AAA, walk(2, rows - at, 100.0 / factor))
    moved = Instant(START + (at + 2) * DAY)  # trading rests for two days
    late = candles(AAA, after.close, start=moved, volume=after.volume * factor)
    bars = [np.concatenate((getattr(before, name), getattr(late, name))) for name in _COLUMNS]
    return judged(Bars(AAA, before.interval, *bars))


def test_new_coins_for_old_begin_a_past_of_their_own() -> None:
    market = odd(rescaled(150, 75, 1000.0), bitcoin(152))
    assert trader(market.at(75)).value is not None
    day = trader(market.at(78))
    assert day.value is None
    assert day.why is not None
    assert day.why.endswith("1 day of candles in a row")
    assert trader(market.at(152)).value is not None


@pytest.mark.parametrize(
    ("base", "since", "last", "first"),
    [
        ("SUN", "2021-04-01", "2021-06-14", "2021-06-18"),
        ("QUICK", "2023-05-01", "2023-07-17", "2023-07-21"),
    ],
)
def test_the_panels_redenominations_tear_a_grades_past(
    shared_data: Path, base: str, since: str, last: str, first: str
) -> None:
    """Trading rested for some days, then went on in other coins."""
    symbol = f"{base}/USDT"
    btc, coin = of_panel(shared_data, "BTC", base, since=since, until="2024-01-01")
    market = odd(judged(btc, "bitcoin"), judged(coin))
    assert trader(market.sheet(instant(last)), symbol).value is not None
    assert trader(market.sheet(instant(first)), symbol).why == "stale"
    for days in (1, 10):
        grade = trader(market.sheet(Instant(instant(first) + days * DAY)), symbol)
        assert grade.value is None
        assert grade.why is not None
        assert grade.why.endswith(f"{days} day{'s' if days > 1 else ''} of candles in a row")
    later = trader(market.sheet(Instant(instant(first) + 66 * DAY)), symbol)
    assert later.value is not None


def test_the_ticker_of_luna_is_another_coin_from_may_2022_on(shared_data: Path) -> None:
    btc, luna = of_panel(shared_data, "BTC", "LUNA", since="2022-02-20", until="2022-08-10")
    market = odd(judged(btc, "bitcoin"), judged(luna))
    assert graded(market.sheet(instant("2022-05-12")), "LUNA/USDT") < 30
    assert trader(market.sheet(instant("2022-05-20")), "LUNA/USDT").why == "stale"
    new = trader(market.sheet(instant("2022-06-01")), "LUNA/USDT")
    assert new.why is not None
    assert new.why.endswith("1 day of candles in a row")
    later = market.sheet(instant("2022-08-10"))
    assert trader(later, "LUNA/USDT").value is not None
    rows = int(np.searchsorted(luna.opened_at, instant("2022-05-31")))
    alone = odd(judged(btc, "bitcoin"), judged(luna.slice(rows, len(luna))))
    assert trader(later, "LUNA/USDT") == trader(alone.sheet(instant("2022-08-10")), "LUNA/USDT")


def test_tokens_on_the_price_of_another_get_no_grade_and_no_say() -> None:
    plain = [bitcoin(), *neighbours(21, ROWS)]
    levers = [
        judged(candles(f"BTC{word}/USDT", walk(7 + k, ROWS)))
        for k, word in enumerate(("UP", "DOWN", "BULL", "BEAR"))
    ]
    pegged = judged(candles("USDC/USDT", np.full(ROWS, 1.0) + 1e-4 * (np.arange(ROWS) % 2)), "usd-coin")
    money = judged(candles("EUR/USDT", walk(9, ROWS, 1.1, 0.004)))
    sheet = sound(odd(*plain, *levers, pegged, money).at(ROWS))
    for one in levers:
        for kind in KINDS:
            assert sheet.grade(one.bars.symbol, kind).why == "leveraged token"
    assert sheet.trader["USDC/USDT"].why == sheet.trader["EUR/USDT"].why == "pegged"
    bare = sound(odd(*plain).at(ROWS))
    assert {symbol: bare.trader[symbol] for symbol in bare.symbols} == {
        symbol: sheet.trader[symbol] for symbol in bare.symbols
    }


def test_a_leveraged_token_is_one_though_its_underlying_does_not_trade_there() -> None:
    sheet = sound(odd(bitcoin(), judged(candles("ETHDOWN/USDT", walk(7, ROWS)))).at(ROWS))
    assert sheet.trader["ETHDOWN/USDT"].why == "leveraged token"


def test_a_name_that_only_ends_like_a_lever_is_a_coin() -> None:
    several = [judged(candles(f"{base}/USDT", walk(k, ROWS))) for k, base in enumerate(("J", "JUP", "SYRUP"))]
    sheet = sound(odd(bitcoin(), *several).at(ROWS))
    assert sheet.trader["JUP/USDT"].value is not None
    assert sheet.trader["SYRUP/USDT"].value is not None


def test_one_asset_under_two_pairs_is_compared_once() -> None:
    plain = [bitcoin(), *neighbours(25, ROWS)]
    twice = judged(candles("BTC/USDC", walk(3, ROWS)), "bitcoin")
    with_it, without = sound(odd(*plain, twice).at(ROWS)), sound(odd(*plain).at(ROWS))
    for symbol in without.symbols:
        assert with_it.trader[symbol] == without.trader[symbol]


def test_however_a_day_is_reached_odd_markets_are_the_same() -> None:
    """A desk that lived through a hole, a listing and a delisting, and one that comes fresh."""
    rows = 110
    torn = judged(candles("TORN/USDT", walk(5, rows), without=range(80, 86)))
    ended = judged(candles(AAA, walk(1, 90)), delisted_at=Instant(START + 90 * DAY))
    new = judged(candles("NEW/USDT", walk(6, 25), start=Instant(START + 85 * DAY)))
    market = odd(bitcoin(rows), ended, torn, new)
    until = Instant(START + 95 * DAY)
    live = market.market(Instant(START + 78 * DAY), until)
    desk = market.desk_on(live)
    for day in range(78, 96):
        asyncio.run(live.advance(Instant(START + day * DAY)))
        lived = desk.sheet()
        if day not in (83, 88, 92, 95):
            continue
        fresh = market.at(day)
        for symbol in fresh.symbols:
            for kind in KINDS:
                assert lived.grade(symbol, kind) == fresh.grade(symbol, kind)
