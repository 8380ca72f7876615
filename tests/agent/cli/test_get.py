"""``tokenwise get``: the same answers as everybody's, their shapes, and the exit statuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.instant import DAY, Instant, instant, iso
from tests.agent.cli.trading_line import PAPER, Line
from tests.tools.store.candles import START, a_store, bars, frame, put, wander
from tools.ask import tools

NOW = iso(Instant(START + 25 * DAY))
SIM = ("--market", "sim?assets=2")


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    home = tmp_path / "home"
    home.mkdir()
    store = a_store(home)
    put(store, tmp_path / "b.parquet", frame(bars(wander(30 * 24))))
    store.close()
    return Line(home, capsys)


def test_a_price_is_told_with_its_evidence(line: Line) -> None:
    told = line.envelope("get", "get_price", "BTC", "--as-of", NOW)
    assert (told["schema"], told["ok"], told["as_of"], told["simulated"]) == (
        "tokenwise.get.v1",
        True,
        NOW,
        False,
    )
    data = told["data"]
    assert data["symbol"] == "BTC/USDT"
    first = data["evidence"][0]
    assert first == {
        "id": "e1",
        "tool": "get_price",
        "asset": "bitcoin",
        "metric": "price",
        "value": data["price"],
        "unit": "USDT",
        "as_of": NOW,
        "known_at": NOW,
        "source": "binance",
    }
    assert data["missing"] == []


@pytest.mark.parametrize("name", ["price", "get_price", "get-price"])
@pytest.mark.parametrize("asset", ["BTC", "bitcoin", "btc/usdt"])
def test_names_and_assets_go_by_what_people_write(line: Line, name: str, asset: str) -> None:
    assert line.data("get", name, asset, "--as-of", NOW)["asset"] == "bitcoin"


def test_arguments_go_before_and_after_the_asset_with_and_without_equals(line: Line) -> None:
    words = [
        ("candles", "BTC", "--count", "2", "--interval", "1h"),
        ("candles", "--count=2", "--interval=1h", "BTC"),
        ("candles", "--count", "2", "--asset", "BTC", "--interval", "1h"),
    ]
    told = [line.data("get", *one, "--as-of", NOW) for one in words]
    assert told[0] == told[1] == told[2]
    assert len(told[0]["rows"]) == 2


def test_an_index_and_filters_go_without_their_keys(line: Line) -> None:
    index = "top?count=1"
    assert line.data("get", "index", index, *SIM) == line.data("get", "index", "--index", index, *SIM)
    plain = line.data("get", "screen", "trader>=10", "trader<=90", *SIM)
    assert plain["filters"] == ["trader>=10", "trader<=90"]
    assert plain == line.data("get", "screen", "--filters", "trader>=10,trader<=90", *SIM)


def test_an_index_that_nobody_belongs_to_is_named_in_the_refusal(line: Line) -> None:
    refused = line.error("get", "index", "l1", *SIM, status=3)
    assert refused["message"].startswith("no asset of this market belongs to narrative:L1?")


def test_a_word_too_many_is_answered_with_what_to_type(line: Line) -> None:
    mend = line.error("get", "index", "l1", "l2", *SIM, status=2)["mend"]
    assert mend == "Write it as: tokenwise get index INDEX"


@pytest.mark.parametrize("name", sorted(name for name, tool in tools().items() if tool.of_asset))
def test_every_answer_about_an_asset_prints_a_table_or_says_why_not(line: Line, name: str) -> None:
    status = line("get", name, "NOVA", *SIM)
    if name in {"get_order_book", "get_derivatives", "get_sentiment", "get_news"}:
        assert status == 3
        return
    assert status == 0
    assert line.out.startswith("SIMULATED")
    assert "NOVA/USDT" in line.out
    assert "known at 2024-03-31T00:00:00Z, from " in line.out
    assert max(map(len, line.out.splitlines())) < 200


def test_without_a_name_all_answers_are_listed(line: Line) -> None:
    assert [one["name"] for one in line.data("get")["tools"]] == sorted(tools())
    assert line("get") == 0
    assert "get_price" in line.out


def test_the_account_is_told_from_its_own_market(line: Line) -> None:
    assert line(*PAPER) == 0
    told = line.envelope("get", "portfolio")
    assert (told["simulated"], told["as_of"]) == (True, "2024-01-08T00:00:00Z")
    status = line.data("paper", "status")
    assert told["data"]["cash"] == status["cash"]
    assert told["data"]["equity"] == status["equity"]
    assert told["data"]["state"] == status["state"]
    for market in ("replay", "sim", "auto"):
        beside = line.envelope("get", "portfolio", "--market", market, "--as-of", "2024-01-05")
        assert beside["simulated"], f"an account of invented money is told as a real one beside {market}"
    decisions = line.data("get", "decisions", "--count", "3")["decisions"]
    assert len(decisions) == 3
    assert line("journal", "why", decisions[-1]["id"]) == 0
    earlier = line.data("get", "portfolio", "--as-of", "2024-01-02")
    assert earlier["as_of"] == "2024-01-02T00:00:00Z"


@pytest.mark.parametrize(
    ("asked", "as_of", "asset"),
    [
        ("LUNA", "2022-05-13", "terra-luna"),
        ("LUNA", "2022-05-13T01:00:00Z", "terra-luna-2"),
        ("ethereum:0x514910771AF9Ca656af840dff83E8264EcF986CA", "2024-01-02", "chainlink"),
    ],
)
def test_an_asset_is_found_as_of_a_time_by_ticker_or_address(
    line: Line, asked: str, as_of: str, asset: str
) -> None:
    assert line.data("get", "find_asset", asked, "--as-of", as_of)["exact"] == asset


def test_a_simulated_market_knows_no_real_asset_and_its_tokens_are_no_real_ones(line: Line) -> None:
    assert line.error("get", "find_asset", "BTC", *SIM, status=3)["code"] == "unknown_asset"
    found = line.data("get", "find_asset", "NOVA", *SIM)
    assert found["exact"] == "sim:nova"
    assert found["matches"][0]["narratives"] == ["AI"]


def test_what_may_be_meant_stands_beside_the_error(line: Line) -> None:
    assert line.error("get", "find_asset", "HONEY", status=3)["candidates"] == ["hivemapper", "honey-3"]
    assert line.error("get", "price", "ВТС", status=3)["candidates"][0] == "bitcoin"


def test_limits_are_told_without_an_account(line: Line) -> None:
    assert line.data("get", "limits")["profile"] == "balanced"


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("prise", "BTC"), 2, "unknown_name"),
        (("price",), 2, "arguments"),
        (("price", "BTC", "--colour", "red"), 2, "arguments"),
        (("price", "BTC", "ETH"), 2, "usage"),
        (("price", "BTC", "--asset", "ETH"), 2, "usage"),
        (("candles", "BTC", "--count", "0"), 2, "arguments"),
        (("candles", "BTC", "--count"), 2, "usage"),
        (("price", "BTC", "--market", "moon"), 2, "usage"),
        (("price", "BTC", "--as-of", "yesterday"), 2, "usage"),
        (("price", "BTC", "--as-of", "2999-01-01"), 2, "usage"),
        (("price", "bitcon"), 3, "unknown_asset"),
        (("price", "SUI"), 3, "no_data"),
        (("price", "BTC"), 3, "stale"),
        (("price", "BTC", "--as-of", "2023-12-31"), 3, "no_data"),
        (("candles", "BTC", "--interval", "15m", "--as-of", "2024-01-10"), 3, "no_data"),
        (("price", "SUI", "--market", "sim"), 3, "unknown_asset"),
        (("portfolio",), 3, "unknown_account"),
        (("decisions", "--account", "nobody"), 3, "unknown_account"),
        (("find_asset", "bitcon"), 3, "unknown_asset"),
        (("find_asset", "HONEY"), 3, "ambiguous_asset"),
        (("price", "ВТС"), 3, "unknown_asset"),
        (("price", "WBTC"), 3, "no_data"),
    ],
)
def test_what_cannot_be_answered_has_its_exit_status_and_a_mend(
    line: Line, words: tuple[str, ...], status: int, code: str
) -> None:
    told = line.error("get", *words, status=status)
    assert told["code"] == code, told


def test_an_ambiguous_asset_is_asked_back_with_its_candidates(line: Line, tmp_path: Path) -> None:
    store = a_store(line.home)
    flags: dict[str, Any] = {"asset": "unmapped:kraken:BTC/EUR", "venue": "kraken"}
    store.connection.execute("INSERT INTO assets (id, ticker) VALUES ('bit-coin-two', 'BTC')")
    put(
        store,
        tmp_path / "k.parquet",
        frame(bars(wander(30 * 24))),
        **{**flags, "asset": "bit-coin-two"},
        symbol="BTC/EUR",
    )
    store.close()
    told = line.error("get", "price", "BTC", "--as-of", NOW, status=3)
    assert told["code"] == "ambiguous_asset"
    assert set(told["candidates"]) == {"bitcoin", "bit-coin-two"}
    assert line.data("get", "price", "bitcoin", "--as-of", NOW)["symbol"] == "BTC/USDT"


def test_the_mend_says_what_the_store_holds(line: Line) -> None:
    told = line.error("get", "price", "BTC", status=3)
    assert f"from 2024-01-01T00:00:00Z to {iso(Instant(START + 30 * DAY))}" in told["mend"]


def test_the_price_of_sui_in_may_2025_is_the_published_one(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = Line(tmp_path / "home", capsys)
    candles = shared_data / "canonical/SUIUSDT_1h.parquet"
    flags = "--kind ohlcv --asset sui --venue binance --symbol SUI/USDT --interval 1h --source shared"
    assert line("data", "import", str(candles), *flags.split()) == 0
    data = line.data("get", "get_price", "SUI", "--market", "replay", "--as-of", "2025-05-14T00:00:00Z")
    assert data["price"] == "4.0632"
    assert {one["source"] for one in data["evidence"]} == {"binance"}
    for name in ("candles", "indicators", "levels", "grades"):
        told = line.data("get", name, "SUI", "--as-of", "2025-05-14T00:00:00Z")
        assert json.dumps(told, allow_nan=False)
        assert all(instant(one["known_at"]) <= instant("2025-05-14") for one in told["evidence"])
