"""Whom a name means is answered beyond the prices at hand, as of the question's now, and never by guess."""

from __future__ import annotations

from typing import Any

import pytest

from core.assets import AssetRef
from core.instant import Instant, instant
from core.observation import Missing
from tests.tools.ask.worlds import DAYS, START, context_at, paths
from tools.ask import AskContext, Reply, ask
from tools.identity import built_in
from tools.market.names import names_of

NOW = START + DAYS * 86_400_000
SERIES = paths()
ASSETS = {
    "BTC/USDT": built_in().assets["bitcoin"],
    "SUI/USDT": built_in().assets["sui"],
    "NEW/USDT": AssetRef("unmapped:binance:NEW/USDT", "NEW", "NEW"),
}


def a_context(**changes: Any) -> AskContext:
    """The small world's prices, with the whole registry beside them."""
    now = changes.pop("now", NOW)
    names = names_of(ASSETS, {}, built_in().assets.values(), at=Instant(now))
    told = {"symbols": names.symbols, "assets": names.assets, "others": names.others, "registry": built_in()}
    return context_at(SERIES, NOW, **{**told, **changes})


def found(query: str, **changes: Any) -> Reply:
    return ask("find_asset", {"query": query}, a_context(**changes))


def test_an_asset_without_prices_is_found_with_what_it_is() -> None:
    reply = found("WBTC")
    assert reply.missing == ()
    assert reply.data["exact"] == "wrapped-bitcoin"
    (match,) = reply.data["matches"]
    assert match == {
        "id": "wrapped-bitcoin",
        "ticker": "WBTC",
        "name": "Wrapped Bitcoin",
        "symbol": None,
        "kind": "wrapped",
        "underlying": "bitcoin",
        "narratives": ["DeFi"],
    }
    assert [one.source for one in reply.evidence] == ["registry"]


@pytest.mark.parametrize(
    ("asked", "asset"),
    [
        ("bitcoin", "bitcoin"),
        ("$btc", "bitcoin"),
        ("ＢＴＣ", "bitcoin"),
        ("sui", "sui"),
        ("Bitcoin ", "bitcoin"),
        ("NEW", "unmapped:binance:NEW/USDT"),
    ],
)
def test_a_name_with_prices_leads_to_them(asked: str, asset: str) -> None:
    assert found(asked).data["exact"] == asset
    assert ask("get_price", {"asset": asked}, a_context()).evidence


@pytest.mark.parametrize("asked", ["WBTC", "wrapped bitcoin", "BTC.b", "tBTC", "BTC/EUR", "XBT/USD"])
def test_another_asset_or_pair_is_never_answered_with_bitcoins_price(asked: str) -> None:
    reply = ask("get_price", {"asset": asked}, a_context())
    assert reply.evidence == ()
    assert reply.missing == (Missing(asked, "no_data"),)


@pytest.mark.parametrize(
    ("asked", "candidates"),
    [("HONEY", ["hivemapper", "honey-3"]), ("act", ["act-i-the-ai-prophecy", "acet-token"])],
)
def test_an_ambiguous_ticker_gives_its_candidates(asked: str, candidates: list[str]) -> None:
    reply = ask("get_price", {"asset": asked}, a_context())
    assert reply.missing == (Missing(asked, "ambiguous_asset"),)
    assert reply.data["candidates"] == candidates
    assert [one["id"] for one in found(asked).data["matches"]] == candidates
    assert found(asked).data["exact"] is None


@pytest.mark.parametrize("asked", ["ВТС", "SUІ", "bitcon", "polkadt"])
def test_a_look_alike_or_a_slip_is_nobody_but_says_who_may_be_meant(asked: str) -> None:
    reply = found(asked)
    assert reply.data["exact"] is None
    assert reply.missing == (Missing(asked, "unknown_asset"),)
    assert reply.data["matches"][0]["id"] in {"bitcoin", "sui", "polkadot"}


def test_a_contract_address_is_its_asset() -> None:
    usdc = "ethereum:0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"
    assert found(usdc).data["exact"] == "usd-coin"
    assert found("base:0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48").data["exact"] is None


@pytest.mark.parametrize(("at", "asset"), [("2022-05-13", "terra-luna"), ("2022-05-14", "terra-luna-2")])
def test_a_reused_ticker_is_answered_as_of_the_questions_now(at: str, asset: str) -> None:
    names = names_of(ASSETS, {}, built_in().assets.values(), at=instant(at))
    assert names.others["luna"] == (asset,)
    reply = found("LUNA", now=instant(at))
    assert reply.data["exact"] == asset


def test_a_market_of_its_own_knows_nobody_of_the_real_world() -> None:
    reply = found("DOT", registry=None, others={})
    assert reply.missing == (Missing("DOT", "unknown_asset"),)
