"""Figures, funding, news and grades of the sources come into the store as they were known, and once."""

from __future__ import annotations

import pytest

from core.instant import DAY, HOUR, Instant
from core.observation import Observation
from tests.agent.cli.trading_line import Line
from tests.tools.fetching.a_world import NOW, TODAY, AWorld
from tests.tools.fetching.conftest import Clocks, Fetch
from tools.clocks import SimulatedClock
from tools.store.store import Store

pytestmark = pytest.mark.parts
SUI = ("--assets", "sui", "--from", "2026-02-20")


def facts(line: Line, asset: str, metric: str, at: int = NOW, count: int = 1000) -> list[Observation]:
    store = Store.open(line.home, SimulatedClock(Instant(at)))
    try:
        found = store.facts(asset, metric, Instant(at), count)
        return list(found) if isinstance(found, tuple) else []
    finally:
        store.close()


WHATS = ("tvl", "fees", "revenue", "volume", "stablecoins", "onchain", "fundamentals", "sentiment", "news")


def test_every_kind_comes_and_the_same_command_asks_nobody_again(world: AWorld, fetch: Fetch) -> None:
    data = fetch(*WHATS, "--assets", "sui,bitcoin,aave", "--from", "2026-02-20")
    assert data["failed"] == []
    metrics = {(one["asset"], one["metric"]) for one in data["fetched"]}
    assert {("sui", "tvl"), ("aave", "tvl"), ("market", "tvl"), ("sui", "dex_volume")} <= metrics
    assert {("bitcoin", "active_addresses"), ("sui", "fdv"), ("market", "fear_greed")} <= metrics
    assert all(one["rows_new"] and not one["rows_revised"] for one in data["fetched"])
    asked = len(world.requests)
    again = fetch(*WHATS, "--assets", "sui,bitcoin,aave", "--from", "2026-02-20")
    assert again["fetched"] == []
    assert world.paths()[asked:] == []


def test_funding_and_open_interest_come_from_the_perpetual_contract(world: AWorld, fetch: Fetch) -> None:
    data = fetch("funding", "openinterest", *SUI)
    assert data["failed"] == []
    assert data["fetched"] == []
