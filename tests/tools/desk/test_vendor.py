"""A vendor's grades stand beside ours: as they were known, in its own words, and without any say in ours."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from core.assets import AssetRef
from core.instant import DAY, HOUR, Instant, Interval, instant, iso
from strategies.indicators.universe.registry import REGISTRY
from tests.tools.ask.facts_by_hand import Held, rows_of
from tests.tools.desk.edges import D1, Odd, candles, judged, neighbours, odd, walk
from tools.ask import AskContext, ask
from tools.desk.grading.vendor import METRICS, STALE, Vendor, vendor_of
from tools.market.names import names_of
from tools.store.catalog import SeriesKey

BEGIN = instant("2024-03-01")
NOON = 12 * HOUR
ROWS = 100  # the market's days: 2024-01-01 .. 2024-04-10
DAYS = 40
LAST = Instant(BEGIN + (DAYS - 1) * DAY)


def held(**metrics: list[float]) -> Held:
    """Daily figures of Bitcoin from `BEGIN` on, each known on the next day at noon, as Token Metrics' are."""
    found = Held()
    for metric, values in metrics.items():
        put(found, "bitcoin", metric, values)
    return found


def put(found: Held, asset: str, metric: str, values: list[float], source: str = "tokenmetrics") -> None:
    days = BEGIN + DAY * np.arange(len(values), dtype=np.int64)
    key = SeriesKey(asset, "fundamental", metric, "", "", Interval(0), source)
    found.put(key, rows_of(days, days + DAY + NOON, values), "grade")


def whole() -> Held:
    """Everything that `data fetch grades` stores."""
    return held(
        tm_grade=[float(k) for k in range(10, 10 + DAYS)],
        quant_grade=[60.0 + k / 10 for k in range(DAYS)],
        fundamental_grade=[85.25] * DAYS,
        technology_grade=[70.0 + k / 10 for k in range(DAYS)],
        trading_signal=[float(k % 3 - 1) for k in range(DAYS)],
        token_trend=[1.0] * DAYS,
    )


def seen(found: Held, now: int, asset: str = "bitcoin") -> Vendor | None:
    return vendor_of(found.facts(), asset, Instant(now))


@pytest.mark.parametrize(("hours", "day"), [(36, 0), (59, 0), (60, 1), (36 + 24 * 20, 20)])
def test_a_grade_of_a_day_is_known_at_noon_of_the_next(hours: int, day: int) -> None:
    found = seen(whole(), BEGIN + hours * HOUR)
    assert found is not None
    assert found.trader is not None
    assert found.investor is not None
    for one in (found.trader.grade, found.investor.grade):
        assert one.as_of == BEGIN + day * DAY
        assert one.known_at == one.as_of + DAY + NOON
    assert found.trader.grade.value == 10.0 + day


def test_before_the_first_noon_and_without_any_there_is_none() -> None:
    assert seen(whole(), BEGIN + 36 * HOUR - 1) is None
    assert seen(held(active_addresses=[1.0] * DAYS), LAST) is None
    assert vendor_of(None, "bitcoin", LAST) is None


def test_parts_and_signal_are_of_the_same_day_or_not_told() -> None:
    some = held(tm_grade=[50.0] * DAYS, quant_grade=[60.0] * (DAYS - 1), trading_signal=[1.0] * (DAYS - 1))
    late = seen(some, LAST + 2 * DAY)
    assert late is not None
    assert late.trader is not None
    assert (late.trader.grade.parts, late.trader.signal) == ({}, None)
    early = seen(some, LAST + DAY)
    assert early is not None
    assert early.trader is not None
    assert (early.trader.grade.parts, early.trader.signal) == ({"quant": 60.0}, "bullish")
    assert early.investor is None


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (0.0, "Momentum Crashing"),
        (20.0, "Momentum Crashing"),
        (20.5, "Losing Momentum"),
        (60.0, "Holding Steady"),
        (80.0, "Gaining Momentum"),
        (100.0, "Momentum Surging"),
        (100.5, None),
    ],
)
def test_a_band_is_the_vendors_own_word(value: float, band: str | None) -> None:
    found = seen(held(tm_grade=[value]), LAST)
    assert found is not None
    assert found.trader is not None
    assert found.trader.band == band


@pytest.mark.parametrize(
    ("value", "band"),
    [(95.0, "storeOfValue"), (80.0, "blueChip"), (60.0, "emerging"), (40.0, "speculative"), (39.9, None)],
)
def test_a_class_is_the_vendors_own_and_none_is_made_up(value: float, band: str | None) -> None:
    found = seen(held(fundamental_grade=[value]), LAST)
    assert found is not None
    assert found.investor is not None
    assert (found.investor.band, found.investor.named) == (band, "fundamental_grade")


@pytest.mark.parametrize(
    ("number", "word"), [(-1.0, "bearish"), (0.0, "neutral"), (1.0, "bullish"), (0.5, None)]
)
def test_a_signal_is_told_where_the_vendor_gives_one_and_never_made_of_the_grade(
    number: float, word: str | None
) -> None:
    for grade in (5.0, 95.0):
        found = seen(held(tm_grade=[grade], trading_signal=[number]), LAST)
        assert found is not None
        assert found.trader is not None
        assert found.trader.signal == word
        assert found.trader.grade.signal is None
        bare = seen(held(tm_grade=[grade]), LAST)
        assert bare is not None
        assert bare.trader is not None
        assert bare.trader.signal is None


def test_an_old_grade_is_flagged_and_keeps_its_date() -> None:
    for age, stale in ((STALE - 1, False), (STALE, True), (90 * DAY, True)):
        found = seen(held(tm_grade=[50.0]), BEGIN + age)
        assert found is not None
        assert found.trader is not None
        assert (found.trader.stale, found.trader.grade.as_of) == (stale, BEGIN)


def test_the_numbers_of_the_older_version_are_told_by_their_own_names() -> None:
    found = seen(
        held(tm_trader_grade=[18.41], ta_grade=[14.09], quant_grade=[35.7], tm_investor_grade=[58.23]), LAST
    )
    assert found is not None
    assert found.trader is not None
    assert found.investor is not None
    assert found.trader.grade.parts == {"technical": 14.09, "quant": 35.7}
    assert (found.trader.named, found.investor.named) == ("tm_trader_grade", "tm_investor_grade")
    assert found.investor.band is None


def test_a_look_alike_with_the_same_ticker_and_another_source_are_not_it() -> None:
    found = held()
    put(found, "batcat", "tm_grade", [99.0] * DAYS)
    put(found, "bitcoin", "tm_grade", [1.0] * DAYS, source="somebody")
    assert seen(found, LAST) is None
    assert seen(found, LAST, "batcat") is not None


def test_no_indicator_and_so_no_grade_of_ours_reads_any_of_it() -> None:
    read = frozenset().union(*(one.needs for one in REGISTRY.values()))
    assert not METRICS & read


def context(market: Odd, facts: Any) -> AskContext:
    now = Instant(BEGIN + 30 * DAY + 13 * HOUR)
    refs = {
        symbol: AssetRef("bitcoin", "BTC", "Bitcoin")
        if symbol == "BTC/USDT"
        else AssetRef(one.asset, symbol.partition("/")[0], symbol)
        for symbol, one in market.series.items()
    }
    names = names_of(refs, {}, at=now)
    return AskContext(
        now,
        market.market(now),
        D1,
        names.symbols,
        "test",
        assets=names.assets,
        others=names.others,
        facts=facts,
    )


def a_market() -> Odd:
    return odd(judged(candles("BTC/USDT", walk(3, ROWS)), "bitcoin"), *neighbours(3, ROWS))


def test_ours_are_the_same_to_the_last_byte_with_the_vendors_and_without() -> None:
    market = a_market()
    with_it = ask("get_grades", {"asset": "BTC"}, context(market, whole().facts()))
    without = ask("get_grades", {"asset": "BTC"}, context(market, held().facts()))
    bare = ask("get_grades", {"asset": "BTC"}, context(market, None))
    assert without.data["vendor"] is None
    ours = [json.dumps({**one.data, "vendor": None}, sort_keys=True) for one in (with_it, without, bare)]
    assert len(set(ours)) == 1
    assert without.evidence == with_it.evidence[: len(without.evidence)]
    assert {one.source for one in with_it.evidence[len(without.evidence) :]} == {"tokenmetrics"}
    assert with_it.missing == without.missing


def test_the_answer_holds_it_apart_with_source_times_and_evidence() -> None:
    told = ask("get_grades", {"asset": "BTC"}, context(a_market(), whole().facts()))
    as_of = Instant(BEGIN + 29 * DAY)
    assert told.data["vendor"] == {
        "trader": {
            "value": 39.0,
            "band": "Losing Momentum",
            "signal": "bullish",
            "parts": {"quant": 62.9},
            "as_of": iso(as_of),
            "known_at": iso(Instant(as_of + DAY + NOON)),
            "version": "tm_grade",
            "source": "tokenmetrics",
            "flags": [],
        },
        "investor": {
            "value": 85.25,
            "band": "blueChip",
            "signal": None,
            "parts": {"fundamental": 85.25, "technology": 72.9},
            "as_of": iso(as_of),
            "known_at": iso(Instant(as_of + DAY + NOON)),
            "version": "fundamental_grade",
            "source": "tokenmetrics",
            "flags": [],
        },
        "credit": "",
    }
    theirs = {one.metric: one.value for one in told.evidence if one.source == "tokenmetrics"}
    assert theirs["tm_grade"] == "39"
    assert theirs["fundamental_grade_technology"] == "72.9"
