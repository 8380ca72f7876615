"""A name means one asset, or the person is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.assets import AssetRef
from core.instant import DAY, HOUR, Instant, Interval, instant
from tools.market.names import Names, names_in_store, names_of
from tools.store.catalog import Segment, SeriesInfo, SeriesKey

START = instant("2022-01-01")
KNOWN = {
    "bitcoin": AssetRef("bitcoin", "BTC", "Bitcoin"),
    "terra-luna": AssetRef("terra-luna", "LUNC", "Terra Luna Classic"),
    "terra-luna-2": AssetRef("terra-luna-2", "LUNA", "Terra"),
    "one-coin": AssetRef("one-coin", "SAME", "One Coin"),
    "two-coin": AssetRef("two-coin", "SAME", "Two Coin"),
}


def a_series(
    symbol: str,
    asset: str,
    first_day: int = 0,
    last_day: int = 100,
    width: int = HOUR,
    venue: str = "binance",
    ends_at: int | None = None,
) -> SeriesInfo:
    first, last = Instant(START + first_day * DAY), Instant(START + last_day * DAY)
    key = SeriesKey(asset, "ohlcv", "", venue, symbol, Interval(width), "test")
    rows = (last - first) // width + 1
    ends = None if ends_at is None else Instant(START + ends_at * DAY)
    return SeriesInfo(1, key, False, ends, "", "", rows, first, last, (Segment(first, last, rows),))


def names_at(day: int, *series: SeriesInfo) -> Names:
    return names_in_store(series, KNOWN, Instant(START + day * DAY))


TERRA = (
    a_series("LUNA/USDT", "terra-luna", 0, 50, ends_at=50),
    a_series("LUNA/USDT", "terra-luna-2", 60, 100),
    a_series("LUNC/USDT", "terra-luna", 70, 100),
)


@pytest.mark.parametrize(
    ("day", "name", "symbol"),
    [
        (10, "luna", "LUNA/USDT"),
        (10, "lunc", "LUNA/USDT"),
        (10, "terra-luna", "LUNA/USDT"),
        (10, "terra-luna-2", None),
        (55, "luna", None),
        (80, "luna", "LUNA/USDT"),
        (80, "terra-luna-2", "LUNA/USDT"),
        (80, "terra-luna", "LUNC/USDT"),
        (80, "terra luna classic", "LUNC/USDT"),
    ],
)
def test_a_ticker_means_what_it_meant_at_that_time(day: int, name: str, symbol: str | None) -> None:
    names = names_at(day, *TERRA)
    assert names.symbols.get(name) == symbol
    assert (name in names.others) == (symbol is None)


def test_an_asset_behind_a_reused_ticker_is_told_by_its_id() -> None:
    assert names_at(10, *TERRA).assets["LUNA/USDT"].id == "terra-luna"
    assert names_at(80, *TERRA).assets["LUNA/USDT"].id == "terra-luna-2"


def test_a_ticker_of_two_assets_is_ambiguous_and_both_are_named() -> None:
    names = names_at(10, a_series("BTC/USDT", "bitcoin"))
    assert names.others["same"] == ("one-coin", "two-coin")
    assert "same" not in names.symbols


def test_the_venues_own_word_decides_between_two() -> None:
    names = names_at(10, a_series("SAME/USDT", "two-coin"))
    assert names.symbols["same"] == "SAME/USDT"
    assert names.assets["SAME/USDT"].id == "two-coin"


def test_a_venue_that_means_another_asset_by_the_ticker_makes_it_ambiguous() -> None:
    names = names_at(10, a_series("SAME/USDT", "two-coin"), a_series("SAME/USD", "one-coin", venue="kraken"))
    assert set(names.others["same"]) == {"one-coin", "two-coin"}


def test_of_several_symbols_the_one_with_prices_then_the_one_in_dollars_of_tether_is_meant() -> None:
    dollars = a_series("BTC/USD", "bitcoin", 0, 100, venue="cmc")
    tether = a_series("BTC/USDT", "bitcoin", 20, 100)
    assert names_at(30, dollars, tether).symbols["btc"] == "BTC/USDT"
    assert names_at(10, dollars, tether).symbols["btc"] == "BTC/USD"


def test_a_series_that_nobody_mapped_goes_by_its_ticker_unless_an_asset_has_it() -> None:
    alone = a_series("PEPE/USDT", "unmapped:binance:PEPE/USDT")
    assert names_at(10, alone).symbols["pepe"] == "PEPE/USDT"
    beside = a_series("BTC/TRY", "unmapped:binance:BTC/TRY")
    assert names_at(10, beside, a_series("BTC/USDT", "bitcoin")).symbols["btc"] == "BTC/USDT"


def test_what_is_no_candle_gives_no_symbol() -> None:
    candle = a_series("BTC/USDT", "bitcoin")
    fact = replace(candle, key=replace(candle.key, kind="onchain", symbol="X/Y"))
    assert "X/Y" not in names_at(10, candle, fact).symbols


def test_the_source_of_a_symbol_is_its_venue() -> None:
    assert names_at(10, a_series("BTC/USD", "bitcoin", venue="cmc")).sources == {"BTC/USD": "cmc"}


def test_an_id_wins_over_another_assets_ticker() -> None:
    assets = {"AAA/USDT": AssetRef("aaa", "AAA", "Aaa"), "BBB/USDT": AssetRef("bbb", "aaa", "Bbb")}
    assert names_of(assets, {}).symbols["aaa"] == "AAA/USDT"
