"""Where candles do not come, it is said why, the next venue is asked where there is one, and nothing is invented."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.instant import DAY, HOUR, MINUTE, Instant, Interval, instant, interval, iso
from core.market import BarSeries
from tests.agent.cli.trading_line import Line
from tests.tools.fetching.a_world import NOW, AWorld, said
from tests.tools.fetching.conftest import Clocks, Fetch
from tests.tools.fetching.venue_forms import LISTED, okx, price
from tests.tools.sources.provider_server import Request
from tests.wire.replies import Reply
from tools.clocks import SimulatedClock
from tools.exchange.stand_in import StandIn
from tools.store.store import Store

pytestmark = pytest.mark.parts
BLOCKED = said({"code": 0, "msg": "Service unavailable from a restricted location"}, 451)
H1 = interval("1h")
BITCOIN = ("candles", "--assets", "bitcoin")


def series(line: Line, symbol: str = "BTC/USDT", width: Interval = H1) -> BarSeries:
    store = Store.open(line.home, SimulatedClock(Instant(NOW)))
    try:
        found = store.bars(symbol, width, Instant(NOW))
        assert isinstance(found, BarSeries), found
        return found
    finally:
        store.close()


def test_a_block_by_location_is_told_as_one_and_the_next_venue_is_asked(
    world: AWorld, fetch: Fetch, line: Line
) -> None:
    world.answers = {**world.answers, "/api/v3/exchangeInfo": BLOCKED, **okx()}
    told = line.envelope("data", "fetch", "candles", "--assets", "sui", "--from", "2026-03-08", "--yes")
    data = told["data"]
    assert data["failed"] == []
    assert [(one["source"], one["symbol"]) for one in data["fetched"]] == [("okx", "SUI/USDT")]
    (why,) = [one["message"] for one in told["warnings"] if one["code"] == "not_entitled"]
    assert "451" in why
    assert "okx was asked instead" in why
    assert "does not trade" not in why
    assert sum(path == "/api/v3/exchangeInfo" for path in world.paths()) == 1  # it does not pass by waiting
    bars = series(line, "SUI/USDT").bars
    assert bars.open.tolist() == [price(int(at)) for at in bars.opened_at]


def test_where_nobody_serves_us_nothing_came_and_each_refusal_is_told(world: AWorld, fetch: Fetch) -> None:
    world.answers = dict.fromkeys(("/api/v3/", "/api/v5/", "/0/", "/v2/"), BLOCKED)
    data = fetch("candles", "--assets", "sui", "--from", "2026-03-08", status=3)
    assert data["fetched"] == []
    assert [one["code"] for one in data["failed"]] == ["not_entitled"] * 4
    assert all("location" in one["why"] for one in data["failed"])


def test_before_its_listing_an_asset_has_no_candles_and_nothing_is_invented(
    world: AWorld, fetch: Fetch, line: Line
) -> None:
    world.answers = {**world.answers, **okx()}
    words = ("candles", "--assets", "sui", "--venue", "okx")
    data = fetch(*words, "--from", "2025-01-01", "--until", "2025-02-01", status=3)
    (failed,) = data["failed"]
    assert failed["code"] == "before_listing"
    assert iso(Instant(LISTED - LISTED % DAY)) in failed["why"]
    told = line.envelope("data", "fetch", *words, "--from", "2025-01-01", "--yes")
    assert told["data"]["fetched"][0]["rows_new"] == (NOW - LISTED) // HOUR
    assert "before_listing" in {warning["code"] for warning in told["warnings"]}
    assert sum("candles" in path for path in world.paths()) < 20  # the way to the listing is found by days


def test_a_ticker_that_meant_another_asset_is_not_read_into_that_time(
    binance: Callable[..., StandIn], fetch: Fetch, line: Line
) -> None:
    from tools.exchange.stand_in import listing

    binance(listings=[listing("LUNA/USDT", "1")])
    fetch("candles", "--assets", "terra-luna-2", "--from", "2022-05-01", "--until", "2022-06-01")
    store = Store.open(line.home, SimulatedClock(Instant(NOW)))
    (info,) = store.series()
    store.close()
    assert info.asset == "terra-luna-2"
    assert info.first == instant("2022-05-13T01:00:00Z")


def test_a_venue_whose_candles_cannot_be_true_is_passed_over(world: AWorld, line: Line) -> None:
    def wrong(request: Request) -> object:
        at = int(request.query["startTime"])
        return [[at, "4", "3", "5", "4", "1", at + HOUR - 1, "4", 1, "1", "1", "0"]]

    info = {
        "symbol": "SUIUSDT", "status": "TRADING", "baseAsset": "SUI", "quoteAsset": "USDT", "permissions": ["SPOT"],
        "baseAssetPrecision": 8, "quotePrecision": 8, "isSpotTradingAllowed": True, "filters": [],
    }  # fmt: skip
    spot = {"timezone": "UTC", "serverTime": NOW, "rateLimits": [], "exchangeFilters": [], "symbols": [info]}
    world.answers = {**world.answers, "/api/v3/exchangeInfo": spot, "/api/v3/klines": wrong, **okx()}
    told = line.envelope("data", "fetch", "candles", "--assets", "sui", "--from", "2026-03-08", "--yes")
    assert [one["source"] for one in told["data"]["fetched"]] == ["okx"]
    (why,) = [one["message"] for one in told["warnings"] if "okx was asked" in one["message"]]
    assert "cannot be true" in why


def test_prices_that_another_source_contradicts_are_pointed_out(world: AWorld, line: Line) -> None:
    world.answers = {**world.answers, **okx()}
    words = ("data", "fetch", "candles", "--assets", "sui", "--from", "2026-03-08", "--venue", "okx", "--yes")
    assert line.envelope(*words)["warnings"] == []
    prices = world.answers["/prices/"]

    def tenfold(request: Request) -> object:
        said = prices(request)
        for one in said["coins"].values():
            one["price"] *= 10
        return said

    world.answers["/prices/"] = tenfold
    told = line.envelope(*words, "--interval", "1d", "--refresh")
    (warning,) = told["warnings"]
    assert warning["code"] == "disagreement"
    assert "sui" in warning["message"]


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("candles", "--assets", "nobody-knows-this"), 3, "nobody-knows-this"),
        (("candles", "--assets", "bitcoin", "--venue", "binnance"), 2, "binnance"),
        (("candels",), 2, "candels"),
        (("candles", "--until", "2030-01-01"), 2, "after now"),
        (("candles", "--from", "2026-03-10T13:00:00Z"), 2, "--from"),
        (("candles", "--interval", "7h"), 2, "7h"),
        (("onchain", "--opt-in", "tokenmetrics"), 2, "tokenmetrics"),
        (("assets", "--top", "0"), 2, "--top"),
    ],
)
def test_a_wrong_word_is_answered_at_once_and_nobody_is_asked(
    words: tuple[str, ...], status: int, says: str, world: AWorld, line: Line
) -> None:
    told = line.error("data", "fetch", *words, status=status)
    assert says in told["message"]
    assert world.requests == []


def test_an_asset_that_a_venue_is_not_known_to_trade_is_taken_only_where_its_price_is_the_same(
    world: AWorld, fetch: Fetch, clock: Clocks
) -> None:
    fetch("assets")
    renamed = {**okx()}
    instrument = renamed["/api/v5/public/instruments"]["data"][0]
    instrument |= {"instId": "NEW-USDT", "baseCcy": "NEW"}
    ticker = {
        "instType": "SPOT", "instId": "NEW-USDT", "last": "4.0", "askPx": "4.01", "askSz": "5", "bidPx": "3.99",
        "bidSz": "5", "ts": str(NOW), "open24h": "4", "high24h": "4", "low24h": "4", "vol24h": "1", "volCcy24h": "4",
    }  # fmt: skip
    renamed["/api/v5/market/tickers"] = {"code": "0", "msg": "", "data": [ticker]}
    world.answers |= renamed
    prices = {"coins": {"coingecko:new-thing": {"price": 0.02, "timestamp": NOW // 1000, "confidence": 0.99}}}
    world.answers["/prices/current/"] = prices
    words = ("candles", "--assets", "new-thing", "--from", "2026-03-08", "--venue", "okx")
    (failed,) = fetch(*words, status=3)["failed"]
    assert failed["code"] == "unconfirmed"
    assert "0.02" in failed["why"]
    prices["coins"]["coingecko:new-thing"]["price"] = 4.0
    clock.set(NOW + 2 * MINUTE)  # what was read a minute ago would be read again
    ticker["ts"] = str(NOW + 2 * MINUTE)
    (one,) = fetch(*words)["fetched"]
    assert (one["asset"], one["symbol"]) == ("new-thing", "NEW/USDT")


def test_what_a_venue_says_cannot_steer_a_terminal(world: AWorld, line: Line) -> None:
    world.answers = {"/api/v3/exchangeInfo": Reply("\x1b[2J\u202egone".encode(), 400)}
    line("data", "fetch", "candles", "--assets", "sui", "--venue", "binance", "--from", "2026-03-08")
    assert "not fetched" in line.out
    assert "\x1b" not in line.out + line.err
    assert "\u202e" not in line.out + line.err


def test_a_candle_that_is_only_late_is_no_failure_and_is_asked_for_again(
    world: AWorld, fetch: Fetch, clock: Clocks
) -> None:
    world.answers |= okx()
    words = ("candles", "--assets", "sui", "--from", "2026-03-08", "--venue", "okx")
    clock.set(NOW + HOUR)
    fetch(*words)
    clock.set(NOW + 2 * HOUR)  # the stand-in for OKX tells nothing after NOW
    late = fetch(*words)
    assert (late["fetched"], late["failed"]) == ([], [])
    asked = len(world.requests)
    assert fetch(*words)["failed"] == []
    assert len(world.requests) > asked


def test_a_newest_candle_that_was_late_comes_with_the_next_fetch(
    world: AWorld, fetch: Fetch, clock: Clocks
) -> None:
    clock.set(NOW + 2 * HOUR)
    words = ("candles", "--assets", "sui", "--from", "2026-03-08", "--venue", "okx")
    world.answers |= okx()
    fetch(*words)
    world.answers |= okx(newest=NOW + 2 * HOUR)
    (one,) = fetch(*words)["fetched"]
    assert (one["rows_new"], one["rows_same"]) == (1, 0)


def test_a_market_that_ended_is_told_and_the_next_venue_is_asked(
    world: AWorld, fetch: Fetch, clock: Clocks
) -> None:
    world.answers |= okx()
    words = ("candles", "--assets", "sui", "--from", "2026-03-08")
    clock.set(NOW + HOUR)
    fetch(*words, "--venue", "okx")
    clock.set(NOW + 20 * DAY)
    data = fetch(*words, "--venue", "okx", status=3)
    assert [one["code"] for one in data["failed"]] == ["no_data"]
