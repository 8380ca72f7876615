"""Figures, funding, news and grades of the sources come into the store as they were known, and once."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from itertools import pairwise

import pytest

from core.instant import DAY, HOUR, Instant, instant
from core.observation import Missing, Observation
from tests.agent.cli.trading_line import Line
from tests.tools.fetching.a_world import NOW, TODAY, AWorld, everything, said
from tests.tools.fetching.conftest import Clocks, Fetch
from tests.tools.fetching.venue_forms import okx_perpetual
from tests.wire.replies import Reply
from tools.clocks import SimulatedClock
from tools.fetching.covered import Coverage
from tools.store.readings import FundingRate
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


def funding(line: Line, count: int, at: int = NOW + DAY) -> tuple[FundingRate, ...]:
    store = Store.open(line.home, SimulatedClock(Instant(at)))
    try:
        found = store.funding("sui", Instant(at), count)
        assert isinstance(found, tuple)
        return found
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


def test_funding_and_open_interest_come_from_the_perpetual_contract(
    world: AWorld, fetch: Fetch, line: Line
) -> None:
    data = fetch("funding", "openinterest", *SUI)
    assert data["failed"] == []
    got = {(one["kind"], one["metric"]): one for one in data["fetched"]}
    assert got["funding", None]["symbol"] == "SUI/USDT:USDT"
    assert got["funding", None]["rows_new"] == (NOW - instant("2026-02-20")) // (8 * HOUR) + 1
    (newest,) = funding(line, 1)
    assert (newest.rate, newest.interval_hours) == (Decimal("0.0001"), 8)
    assert newest.known_at == newest.as_of == NOW - NOW % (8 * HOUR)
    (amount,) = facts(line, "sui", "open_interest", count=1)
    assert (amount.value, amount.unit) == (Decimal("1000.5"), "tokens")
    assert facts(line, "sui", "open_interest_value", count=1)[0].unit == "USD"
    assert facts(line, "sui", "open_interest", at=int(amount.as_of), count=1)[0].as_of < amount.as_of


def test_the_next_settlement_is_asked_for_once_it_is_due(
    world: AWorld, fetch: Fetch, clock: Clocks, line: Line
) -> None:
    fetch("funding", *SUI)
    asked = [r for r in world.requests if r.path.endswith("fundingRate")]
    clock.set(NOW + 2 * HOUR)
    assert fetch("funding", *SUI)["fetched"] == []
    assert len([r for r in world.requests if r.path.endswith("fundingRate")]) == len(asked)
    clock.set(NOW + 4 * HOUR)
    world.answers["/fapi/v1/fundingRate"] = lambda request: [
        {"symbol": "SUIUSDT", "fundingRate": "-0.0003", "fundingTime": TODAY + 16 * HOUR, "markPrice": "4"}
    ]
    assert fetch("funding", *SUI)["fetched"][0]["rows_new"] == 1
    assert [rate.rate for rate in funding(line, 2)] == [Decimal("0.0001"), Decimal("-0.0003")]


def test_a_venue_that_tells_the_newest_rates_first_is_read_backwards_without_a_hole(
    world: AWorld, fetch: Fetch, line: Line
) -> None:
    world.answers["/fapi/"] = said({"code": 0, "msg": "restricted location"}, 451)
    for path in [path for path in world.answers if path.startswith("/fapi/v1")]:
        del world.answers[path]
    world.answers |= okx_perpetual()
    (one,) = fetch("funding", "--assets", "sui", "--from", "2025-10-01")["fetched"]
    assert one["source"] == "okx"
    assert one["rows_new"] == (NOW - instant("2025-10-01")) // (8 * HOUR) + 1
    rates = funding(line, 1000)
    assert {b.as_of - a.as_of for a, b in pairwise(rates)} == {8 * HOUR}
    assert {rate.interval_hours for rate in rates} == {8}


def test_a_value_of_today_is_known_from_the_moment_when_it_was_fetched(
    world: AWorld, fetch: Fetch, clock: Clocks, line: Line
) -> None:
    fetch("fundamentals", *SUI)
    (fdv,) = facts(line, "sui", "fdv")
    assert (fdv.value, fdv.known_at) == (40_000_000_000, NOW)
    assert facts(line, "sui", "fdv", at=NOW - 1) == []
    assert facts(line, "sui", "stars", at=NOW)[0].value == 6900
    asked = len(world.requests)
    clock.set(NOW + HOUR)
    assert fetch("fundamentals", *SUI)["fetched"] == []
    assert len(world.requests) == asked
    clock.set(NOW + DAY)
    fetch("fundamentals", *SUI)
    assert [one.known_at for one in facts(line, "sui", "stars", at=NOW + DAY)] == [NOW, NOW + DAY]


def test_a_past_value_is_known_as_late_as_its_source_publishes_and_marked_where_it_was_rewritten(
    world: AWorld, fetch: Fetch, line: Line
) -> None:
    fetch("tvl", "fees", "sentiment", "fundamentals", *SUI)
    for metric, asset, lag in (
        ("tvl", "sui", 2 * DAY),
        ("fees", "sui", 2 * DAY),
        ("fear_greed", "market", 6 * HOUR),
        ("market_cap", "sui", 40 * 60_000),
    ):
        rows = facts(line, asset, metric)
        assert rows
        assert all(row.known_at == row.as_of + lag for row in rows), metric
    assert all("restated" in row.flags for row in facts(line, "sui", "tvl")[:-1])
    assert facts(line, "sui", "tvl")[-1].as_of == TODAY - 2 * DAY


def test_what_a_source_has_rewritten_becomes_another_vintage_and_the_old_one_stays(
    world: AWorld, fetch: Fetch, clock: Clocks, line: Line
) -> None:
    fetch("tvl", *SUI)
    before = {row.as_of: row.value for row in facts(line, "sui", "tvl")}
    clock.set(NOW + DAY)
    chain = world.answers["/v2/historicalChainTvl"]
    grown = [{**row, "tvl": row["tvl"] * (2 if k == 25 else 1)} for k, row in enumerate(chain)]
    world.answers["/v2/historicalChainTvl"] = [*grown, {"date": (TODAY + DAY) // 1000, "tvl": 2.1e9}]
    data = fetch("tvl", *SUI)
    assert [(one["rows_new"], one["rows_revised"]) for one in data["fetched"]] == [(1, 1)] * 2
    assert {row.as_of: row.value for row in facts(line, "sui", "tvl")} == before
    later = facts(line, "sui", "tvl", at=NOW + DAY)
    (changed,) = [row for row in later if before.get(row.as_of, row.value) != row.value]
    assert "revised" in changed.flags
    assert changed.known_at == NOW + DAY


def test_refresh_asks_again_for_what_is_there(world: AWorld, fetch: Fetch) -> None:
    fetch("sentiment")
    (one,) = fetch("sentiment", "--refresh")["fetched"]
    assert (one["rows_new"], one["rows_revised"]) == (0, 0)
    assert one["rows_same"] > 0


def test_coin_metrics_is_off_until_a_person_says_yes_and_its_licence_stays_with_the_data(
    world: AWorld, fetch: Fetch, line: Line
) -> None:
    words = ("onchain", "--assets", "bitcoin", "--from", "2026-02-20")
    data = fetch(*words)
    assert "/v4/timeseries/asset-metrics" not in world.paths()
    assert "CC BY-NC" in next(one["skipped"] for one in data["plan"] if one["source"] == "coinmetrics")
    told = line.envelope("data", "fetch", *words, "--opt-in", "coinmetrics", "--yes")
    by_source = {one["source"]: one for one in told["data"]["attribution"]}
    assert "CC BY-NC 4.0" in by_source["coinmetrics"]["licence"]
    with closing(Coverage.open(line.home / "store")) as coverage:
        assert {"coinmetrics", "blockchain"} <= coverage.notices().keys()
    warned = {one["code"] for one in told["warnings"]}
    assert "disagreement" in warned  # the chart of Blockchain.com counts something else
    store = Store.open(line.home, SimulatedClock(Instant(NOW)))
    (info,) = [one for one in store.series() if (one.source, one.key.metric) == ("coinmetrics", "tx_count")]
    rows = store.rows(info)
    store.close()
    assert (rows.known_at == rows.as_of + 2 * DAY).all()


def test_headlines_are_known_from_when_they_were_read_and_one_without_a_time_is_left_out(
    world: AWorld, line: Line
) -> None:
    told = line.envelope("data", "fetch", "news", "--yes")
    assert "left_out" in {one["code"] for one in told["warnings"]}
    store = Store.open(line.home, SimulatedClock(Instant(NOW)))
    found = store.news(None, Instant(NOW), 10)
    early = store.news(None, Instant(NOW - 1), 10)
    store.close()
    assert isinstance(found, tuple)
    assert [(one.title, one.known_at, one.asset) for one in found] == [("Sui rises", NOW, "market")]
    assert isinstance(early, Missing)


def test_a_source_that_is_down_loses_nothing_of_the_others(world: AWorld, fetch: Fetch, line: Line) -> None:
    world.answers["/fng/"] = said({"message": "oops"}, 500)
    world.answers["/summary/"] = world.answers["/overview/"] = Reply(b"<!doctype html><p>busy")
    world.answers["/charts/mvrv"] = {"status": "ok", "values": []}
    data = fetch("tvl", "fees", "sentiment", "onchain", "--assets", "sui,bitcoin", "--from", "2026-02-20")
    codes = {(one["what"].split()[0], one["code"]) for one in data["failed"]}
    assert codes == {("sentiment", "unreachable"), ("fees", "unreachable"), ("onchain", "no_data")}
    assert {"tvl", "nvt", "hash_rate"} <= {one["metric"] for one in data["fetched"]}
    assert facts(line, "market", "fear_greed") == []
    world.answers |= everything()
    again = fetch("sentiment", "fees", "--assets", "sui", "--from", "2026-02-20")
    assert {one["metric"] for one in again["fetched"]} == {"fear_greed", "fees"}


def test_where_nothing_came_the_exit_status_says_so(world: AWorld, fetch: Fetch) -> None:
    world.answers = {}
    data = fetch("tvl", "sentiment", "--assets", "sui", status=3)
    assert data["fetched"] == []
    assert all(one["why"] for one in data["failed"])


def test_an_asset_that_no_registry_row_places_is_found_by_its_id_and_never_by_its_name(
    world: AWorld, fetch: Fetch
) -> None:
    named = [
        {
            "name": "Render Network",
            "slug": "render-protocol",
            "category": "DePIN",
            "gecko_id": "render-token",
            "tvl": 1,
        },
        {"name": "Fetch", "slug": "fetch", "category": "AI", "gecko_id": "another-fetch", "tvl": 1},
    ]
    world.answers |= {"/protocols": named, "/v2/chains": [{"name": "Sui", "gecko_id": "sui", "tvl": 1e9}]}
    world.answers["/protocol/"] = world.answers["/protocol/aave"]
    data = fetch("tvl", "--assets", "render-token,fetch-ai", "--from", "2026-02-20")
    assert {one["asset"] for one in data["fetched"]} == {"market", "render-token"}
    (failed,) = data["failed"]
    assert "fetch-ai" in failed["what"]
    assert failed["code"] == "no_data"


def test_a_source_that_asks_for_an_hour_is_not_asked_again_by_this_fetch(world: AWorld, fetch: Fetch) -> None:
    world.answers["/charts/"] = said({"message": "slow down"}, 429, retry_after="3600")
    data = fetch("onchain", "--assets", "bitcoin", "--from", "2026-02-20", status=3)
    assert {one["code"] for one in data["failed"]} == {"throttled"}
    assert len(world.requests) == 1
