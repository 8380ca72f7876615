"""Candles come page by page, once, from the first venue that has them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import numpy as np
import pytest

from core.instant import DAY, HOUR, Instant, Interval, instant, interval, iso
from core.market import BarSeries
from tests.agent.cli.trading_line import Line
from tests.tools.fetching.a_world import NOW, AWorld, said
from tests.tools.fetching.conftest import Clocks, Fetch
from tests.tools.fetching.venue_forms import LISTED, coinbase, okx, price
from tests.tools.sources.provider_server import Request
from tools.clocks import SimulatedClock
from tools.exchange.stand_in import Endpoint, StandIn, stand_in
from tools.exchange.stand_in.tape import Row
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


def test_candles_of_one_asset_come_into_the_store_and_answer_for_its_price(
    binance: Callable[..., StandIn], fetch: Fetch, line: Line
) -> None:
    binance()
    data = fetch(*BITCOIN, "--from", "2026-03-01")
    assert data["failed"] == []
    (one,) = data["fetched"]
    assert (one["asset"], one["kind"], one["symbol"], one["source"]) == (
        "bitcoin",
        "ohlcv",
        "BTC/USDT",
        "binance",
    )
    assert one["rows_new"] == (NOW - NOW % HOUR - instant("2026-03-01")) // HOUR
    bars = series(line).bars
    assert np.all(np.diff(bars.opened_at) == HOUR)
    assert bars.opened_at[-1] + HOUR <= NOW
    told = line.data("get", "price", "BTC", "--market", "replay", "--as-of", iso(NOW))
    assert float(told["price"]) == bars.close[-1]


def test_the_same_command_goes_on_where_it_was_left_and_asks_for_nothing_twice(
    binance: Callable[..., StandIn], fetch: Fetch, line: Line, clock: Clocks
) -> None:
    venue = binance()
    fetch(*BITCOIN, "--from", "2025-12-01")
    pages = len(venue.requests(Endpoint.CANDLES))
    assert pages == 3
    clock.set(NOW + 2 * HOUR)
    data = fetch(*BITCOIN, "--from", "2025-12-01")
    assert [(one["rows_new"], one["rows_same"]) for one in data["fetched"]] == [(2, 0)]
    assert len(venue.requests(Endpoint.CANDLES)) == pages + 1
    earlier = fetch(*BITCOIN, "--from", "2025-11-30")
    assert [one["rows_new"] for one in earlier["fetched"]] == [24]
    assert fetch(*BITCOIN, "--from", "2025-11-30")["fetched"] == []


def test_after_ctrl_c_the_same_command_goes_on_and_the_store_is_as_if_nobody_had_cut_it(
    binance: Callable[..., StandIn], fetch: Fetch, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def rows(symbol: str, width: Interval, start: Instant, until: Instant) -> list[Row]:
        asked.append(start)
        if len(asked) == 12:
            os.kill(os.getpid(), signal.SIGINT)
        stamps = range(width.ceil(start), until, width.ms)
        return [Row(at, 100 + at % 7, 110, 90, 100 + (at + width.ms) % 7, 5) for at in stamps]

    binance(candles=rows)
    words = (*BITCOIN, "--from", "2024-06-01")
    cut = fetch(*words, status=130)
    assert cut["interrupted"]
    came = cut["fetched"][0]["rows_new"]
    assert 8_000 <= came <= 12_000
    before = len(asked)
    data = fetch(*words)
    assert data["fetched"][0]["rows_same"] == 0
    assert min(asked[before:]) == instant("2024-06-01") + came * HOUR
    whole = (NOW - instant("2024-06-01")) // HOUR
    assert came + data["fetched"][0]["rows_new"] == whole == len(series(line).bars)


def test_coinbase_is_asked_in_its_own_form_and_quote(world: AWorld, fetch: Fetch, line: Line) -> None:
    world.answers = {**world.answers, **coinbase()}
    data = fetch("candles", "--assets", "sui", "--from", "2026-03-08", "--venue", "coinbase")
    assert [(one["source"], one["symbol"]) for one in data["fetched"]] == [("coinbase", "SUI/USD")]
    bars = series(line, "SUI/USD").bars
    assert bars.open.tolist() == [price(int(at)) for at in bars.opened_at]


@pytest.mark.parametrize(
    ("venue", "symbol", "form"), [("okx", "SUI/USDT", okx), ("coinbase", "SUI/USD", coinbase)]
)
def test_pages_of_each_form_join_without_a_hole_or_a_row_twice(
    venue: str, symbol: str, form: Callable[[], dict[str, object]], world: AWorld, fetch: Fetch, line: Line
) -> None:
    world.answers |= form()
    words = ("candles", "--assets", "sui", "--from", iso(Instant(LISTED + HOUR)), "--venue", venue)
    (one,) = fetch(*words)["fetched"]
    assert (one["rows_new"], one["rows_same"]) == (698, 0)
    assert np.all(np.diff(series(line, symbol).bars.opened_at) == HOUR)
    assert sum("candles" in path for path in world.paths()) == 3


def test_kraken_serves_its_newest_candles_only_and_that_is_said(
    clock: Clocks, world: AWorld, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stand_in("kraken", clock=clock) as venue:
        monkeypatch.setenv("TOKENWISE_URL_KRAKEN", venue.url)
        words = ("data", "fetch", *BITCOIN, "--from", "2025-06-01", "--venue", "kraken", "--yes")
        told = line.envelope(*words)
        again = line.data(*words)
    (one,) = told["data"]["fetched"]
    assert one["symbol"] == "BTC/USD"
    assert one["rows_new"] == 719
    assert "history_limit" in {warning["code"] for warning in told["warnings"]}
    assert told["data"]["failed"] == again["failed"] == again["fetched"] == []


def test_a_coin_that_was_listed_today_has_the_hours_of_today(world: AWorld, fetch: Fetch) -> None:
    listed = NOW - NOW % DAY + 3 * HOUR
    world.answers |= okx(listed)
    data = fetch("candles", "--assets", "sui", "--from", "2025-12-01", "--venue", "okx")
    assert [one["rows_new"] for one in data["fetched"]] == [9]


def test_a_stretch_of_the_past_that_ends_in_nothing_is_asked_for_once(
    world: AWorld, fetch: Fetch, clock: Clocks
) -> None:
    world.answers |= okx()
    clock.set(NOW + 60 * DAY)
    until = iso(Instant(NOW - NOW % HOUR + 40 * DAY))
    words = ("candles", "--assets", "sui", "--from", "2026-03-01", "--until", until, "--venue", "okx")
    assert len(fetch(*words)["fetched"]) == 1
    asked = len(world.requests)
    assert fetch(*words)["fetched"] == []
    assert len(world.requests) == asked


def test_a_candle_that_its_venue_has_changed_is_another_vintage(
    world: AWorld, fetch: Fetch, line: Line
) -> None:
    world.answers |= okx()
    words = ("candles", "--assets", "sui", "--from", "2026-03-08", "--venue", "okx")
    fetch(*words)
    candles = world.answers["/api/v5/market/candles"]

    def changed(request: Request) -> object:
        said = candles(request)
        for row in said["data"]:
            row[4] = "4.2" if int(row[0]) == LISTED + 660 * HOUR else row[4]
            row[2] = "4.5"
        return said

    world.answers["/api/v5/market/candles"] = world.answers["/api/v5/market/history-candles"] = changed
    (one,) = fetch(*words, "--refresh")["fetched"]
    assert one["rows_new"] == 0
    assert one["rows_revised"] > 0
