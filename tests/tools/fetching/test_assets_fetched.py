"""The list of the largest coins makes assets known; what contradicts what is known is left out, and that is said."""

from __future__ import annotations

from contextlib import closing

import pytest

from core.assets import AssetKind, AssetRef
from core.instant import DAY
from tests.agent.cli.trading_line import Line
from tests.tools.fetching.a_world import NOW, AWorld, said
from tests.tools.fetching.conftest import Clocks, Fetch
from tools.clocks import SimulatedClock
from tools.identity import Ambiguous, Registry
from tools.store import assets
from tools.store.store import Store

pytestmark = pytest.mark.parts


def known(line: Line) -> Registry:
    with closing(Store.open(line.home, SimulatedClock(NOW))) as store:
        return Registry(assets.known(store.connection))


def test_new_assets_are_known_afterwards_by_id_ticker_and_contract(
    world: AWorld, fetch: Fetch, line: Line
) -> None:
    assert line.error("data", "fetch", "tvl", "--assets", "new-thing", status=3)["code"] == "unknown_asset"
    (one,) = fetch("assets")["fetched"]
    assert (one["kind"], one["source"], one["rows_new"]) == ("assets", "coingecko", 4)
    registry = known(line)
    contract = f"ethereum:0x{b'new-thing'.hex()}"
    for asked in ("new-thing", "NEW", "new thing", contract):
        found = registry.resolve(asked)
        assert isinstance(found, AssetRef), asked
        assert found.id == "new-thing"
    assert registry.assets["new-dollar"].kind is AssetKind.STABLE
    fetch("fundamentals", "--assets", "new-thing", "--from", "2026-03-01")


def test_what_contradicts_the_registry_is_left_out_and_said(world: AWorld, line: Line) -> None:
    told = line.envelope("data", "fetch", "assets", "--yes")
    conflicts = [one["message"] for one in told["warnings"] if one["code"] == "asset_conflict"]
    assert any(message.startswith("bitcoin ") for message in conflicts)
    assert any(message.startswith("wrapped-new-thing ") for message in conflicts)
    registry = known(line)
    assert registry.assets["bitcoin"].ticker == "BTC"
    assert "wrapped-new-thing" not in registry.assets


def test_a_ticker_that_two_assets_share_becomes_ambiguous_and_that_is_said(world: AWorld, line: Line) -> None:
    told = line.envelope("data", "fetch", "assets", "--yes")
    (message,) = [one["message"] for one in told["warnings"] if one["code"] == "ambiguous_ticker"]
    assert "sui" in message
    assert "second-sui" in message
    assert known(line).resolve("SUI") == Ambiguous("SUI", ("sui", "second-sui"))
    assert line.error("data", "fetch", "tvl", "--assets", "SUI", status=3)["code"] == "ambiguous_asset"


def test_the_list_of_a_day_is_read_once_and_the_next_day_changes_what_changed(
    world: AWorld, fetch: Fetch, clock: Clocks
) -> None:
    fetch("assets")
    asked = len(world.requests)
    assert fetch("assets")["fetched"] == []
    assert len(world.requests) == asked
    clock.set(NOW + DAY)
    (one,) = fetch("assets")["fetched"]
    assert (one["rows_new"], one["rows_same"], one["rows_revised"]) == (0, 4, 0)


def test_without_knowing_which_are_stablecoins_no_asset_is_taken(
    world: AWorld, fetch: Fetch, line: Line
) -> None:
    world.answers["/stablecoins"] = said({"message": "down"}, 500)
    data = fetch("assets", status=3)
    assert "stablecoins" in data["failed"][0]["what"]
    assert "new-thing" not in known(line).assets
