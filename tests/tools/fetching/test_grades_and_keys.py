"""Grades need a key; a key is seen on the wire and nowhere else; one without rights is told as that."""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path

import pytest

from core.instant import DAY, HOUR
from core.observation import Observation
from tests.agent.cli.trading_line import Line
from tests.tools.fetching.a_world import NOW, AWorld, said
from tests.tools.fetching.conftest import Fetch
from tools.clocks import SimulatedClock
from tools.store.store import Store

pytestmark = pytest.mark.parts
CANARY = "tm-canary-167a5e21-9d3b-4f00-8888-000000000000"
OTHER = "CG-canary8f14e45fceeaXYZ"
BITCOIN = ("grades", "--assets", "bitcoin", "--from", "2026-02-20")


def grades(line: Line, metric: str) -> tuple[Observation, ...]:
    with closing(Store.open(line.home, SimulatedClock(NOW))) as store:
        found = store.facts("bitcoin", metric, NOW, 100)
        return found if isinstance(found, tuple) else ()


def test_without_a_key_nobody_is_asked_and_the_plan_says_which_variable_is_missing(
    world: AWorld, fetch: Fetch
) -> None:
    data = fetch(*BITCOIN, status=3)
    assert world.requests == []
    assert {one["code"] for one in data["failed"]} == {"not_entitled"}
    assert all("TOKENWISE_KEY_TOKENMETRICS" in one["skipped"] for one in data["plan"])


def test_a_grade_is_known_from_noon_of_the_day_after(
    world: AWorld, fetch: Fetch, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENWISE_KEY_TOKENMETRICS", CANARY)
    data = fetch(*BITCOIN)
    assert data["failed"] == []
    got = {one["metric"] for one in data["fetched"]}
    assert got == {"tm_grade", "quant_grade", "fundamental_grade", "technology_grade", "trading_signal"}
    rows = grades(line, "tm_grade")
    assert rows
    assert all(row.known_at == row.as_of + DAY + 12 * HOUR for row in rows)
    asked = len(world.requests)
    assert fetch(*BITCOIN)["fetched"] == []
    assert len(world.requests) == asked


def test_a_token_is_made_sure_of_by_ticker_and_name_before_its_grades_are_asked_for(
    world: AWorld, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENWISE_KEY_TOKENMETRICS", CANARY)
    tokens = [
        {"token_id": 1, "token_name": "Sui Dog", "token_symbol": "SUI", "slug": "sui-dog"},
        {"token_id": 2, "token_name": "Another", "token_symbol": "SUI", "slug": "another"},
    ]
    world.answers["/v3/tokens"] = {"success": True, "data": tokens}
    data = fetch("grades", "--assets", "sui", "--from", "2026-02-20", status=3)
    assert {one["code"] for one in data["failed"]} == {"no_data"}
    assert not any("history" in path for path in world.paths())
    tokens.append({"token_id": 3, "token_name": "Sui", "token_symbol": "SUI", "slug": "sui"})
    fetch("grades", "--assets", "sui", "--from", "2026-02-20", "--refresh", status=3)


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_key_without_rights_is_told_as_that_and_the_rest_comes(
    status: int, world: AWorld, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENWISE_KEY_TOKENMETRICS", CANARY)
    world.answers["/v3/"] = said({"success": False, "message": f"bad key {CANARY}"}, status)
    data = fetch(*BITCOIN, "sentiment")
    assert {one["metric"] for one in data["fetched"]} == {"fear_greed"}
    assert {one["code"] for one in data["failed"]} == {"not_entitled"}


def test_keys_are_on_the_wire_and_in_no_log_error_cache_store_or_answer(
    world: AWorld,
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("TOKENWISE_KEY_TOKENMETRICS", CANARY)
    monkeypatch.setenv("TOKENWISE_KEY_COINGECKO", OTHER)

    def echoing(path: str) -> None:
        there = world.answers[path]
        world.answers[path] = lambda request: (
            said({"message": f"{request.headers}", "success": False}, 400)
            if "trading" in request.path
            else there(request)
        )

    echoing("/v3/")
    assert line("--debug", "data", "fetch", *BITCOIN, "fundamentals", "candles", "--yes") == 0
    shown = line.out + line.err + caplog.text
    keys = {
        request.headers.get("x-api-key") or request.headers.get("x-cg-demo-api-key")
        for request in world.requests
    }
    assert {CANARY, OTHER} <= keys
    stored = b"".join(path.read_bytes() for path in Path(line.home).rglob("*") if path.is_file())
    for key in (CANARY, OTHER):
        assert key not in shown
        assert key.encode() not in stored
    binance = [request for request in world.requests if request.path.startswith("/api/v3/exchangeInfo")]
    assert binance
    assert not any("key" in name for request in binance for name in request.headers)
