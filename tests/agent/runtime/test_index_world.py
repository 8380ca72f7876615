"""The world of an index: everybody who traded in the window, whatever became of them, by what a ticker meant then."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.runtime.index_run import back_compute
from agent.runtime.index_world import index_world
from core.errors import NoAnswerError, UsageError
from core.instant import DAY, Instant
from core.market import Costs
from core.money import money
from tests.builders import run
from tests.tools.store.candles import D1, H1, START, a_store, bars, frame, put, wander
from tools.clocks import SimulatedClock
from tools.desk.indices.spec import canonical_index

DAYS = 120
NOW = Instant(START + 200 * DAY)
CLOCK = SimulatedClock(NOW)
BEGIN, END = Instant(START + 40 * DAY), Instant(START + 110 * DAY)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """BTC and ETH for 120 days, UNI until day 60, LINK from day 70, a stablecoin, and two pairs that do not fit."""
    place = tmp_path / "home"
    place.mkdir()
    store = a_store(place, NOW)
    for number, (base, asset, first, rows) in enumerate(
        (
            ("BTC", "bitcoin", 0, DAYS),
            ("ETH", "ethereum", 0, DAYS),
            ("UNI", "uniswap", 0, 60),
            ("LINK", "chainlink", 70, DAYS - 70),
            ("USDC", "usd-coin", 0, DAYS),
        )
    ):
        opened = [START + (first + row) * DAY for row in range(rows)]
        one = bars(wander(rows, number + 1, 0.02), 1000.0 - number, width=D1, opened=opened)
        put(
            store, tmp_path / f"{base}.parquet", frame(one), symbol=f"{base}/USDT", asset=asset, interval="1d"
        )
    put(
        store,
        tmp_path / "hours.parquet",
        frame(bars(wander(240), width=H1)),
        symbol="SOL/USDT",
        asset="solana",
    )
    euro = frame(bars(wander(DAYS), width=D1))
    put(store, tmp_path / "euro.parquet", euro, symbol="BTC/EUR", asset="bitcoin", interval="1d")
    store.close()
    return place


def test_the_delisted_and_the_not_yet_listed_are_there_and_other_grains_and_quotes_are_not(
    home: Path,
) -> None:
    found = index_world("auto", home, CLOCK, start=BEGIN, until=END, quote="USDT")
    assert sorted(found.world.series) == ["BTC/USDT", "ETH/USDT", "LINK/USDT", "UNI/USDT", "USDC/USDT"]
    assert found.world.grain == D1
    assert (found.world.start, found.world.until) == (BEGIN, END)
    assert {one.symbol: one.never for one in found.listed if one.never} == {"USDC/USDT": "pegged"}
    assert found.world.series["UNI/USDT"].delisted_at == START + 60 * DAY


def test_an_index_of_the_store_holds_the_dead_until_they_die_and_the_new_when_they_are_known(
    home: Path,
) -> None:
    spec, basket = canonical_index("top?count=4&rebalance=35d")
    place = index_world("replay", home, CLOCK, start=BEGIN, until=END, quote="USDT")
    made = run(back_compute(spec, basket, place, cash=money("10000 USDT"), costs=Costs(), wall=CLOCK))
    first, second = (one.of.composition for one in made.rebalances)
    assert {*first.weights} == {"BTC/USDT", "ETH/USDT", "UNI/USDT"}
    assert {*second.weights} == {"BTC/USDT", "ETH/USDT"}
    assert {one.symbol: one.why for one in second.left_out} == {
        "LINK/USDT": "traded_value_30: warming_up: 30 days are needed",
        "UNI/USDT": "delisted",
        "USDC/USDT": "pegged",
    }
    assert made.missing == ()


def test_who_was_gone_before_the_window_is_not_looked_at(home: Path) -> None:
    later = Instant(START + 65 * DAY)
    found = index_world("replay", home, CLOCK, start=later, until=END, quote="USDT")
    assert "UNI/USDT" not in found.world.series


@pytest.mark.parametrize(
    ("market", "quote", "start", "error"),
    [
        ("ccxt:binance", "USDT", BEGIN, UsageError),
        ("replay?speed=2", "USDT", BEGIN, UsageError),
        ("sim?assets=2", "EUR", Instant(START), UsageError),
        ("replay", "GBP", BEGIN, NoAnswerError),
        ("replay", "USDT", Instant(START + 150 * DAY), NoAnswerError),
    ],
)
def test_a_world_that_cannot_be_is_refused(
    home: Path, market: str, quote: str, start: Instant, error: type[Exception]
) -> None:
    with pytest.raises(error):
        index_world(market, home, CLOCK, start=start, until=Instant(start + 30 * DAY), quote=quote)


def test_a_ticker_is_the_asset_that_it_meant_when_the_window_began(home: Path, tmp_path: Path) -> None:
    """LUNA: the old one for 50 days, the new one from then on."""
    until = "2024-02-20T00:00:00Z"
    parts = [{"until": until, "asset": "terra-luna"}, {"asset": "terra-luna-2"}]
    store = a_store(home, NOW)
    one = frame(bars(wander(DAYS, 9, 0.02), 900.0, width=D1))
    put(store, tmp_path / "luna.parquet", one, symbol="LUNA/USDT", asset=None, split=parts, interval="1d")
    store.close()
    old = index_world("replay", home, CLOCK, start=BEGIN, until=END, quote="USDT")
    assert old.world.series["LUNA/USDT"].asset == "terra-luna"
    assert old.world.series["LUNA/USDT"].delisted_at == START + 50 * DAY
    later = Instant(START + 60 * DAY)
    new = index_world("replay", home, CLOCK, start=later, until=END, quote="USDT")
    assert new.world.series["LUNA/USDT"].asset == "terra-luna-2"
