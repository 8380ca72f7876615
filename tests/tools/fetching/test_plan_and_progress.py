"""The plan comes first and asks nobody; progress is told in plain lines where nobody looks."""

from __future__ import annotations

import pytest

from tests.agent.cli.trading_line import Line
from tests.tools.fetching.a_world import AWorld
from tests.tools.fetching.conftest import Fetch
from tools.fetching.whats import USUAL, WHATS

pytestmark = pytest.mark.parts


def test_the_plan_says_what_is_asked_of_whom_how_often_and_with_which_key(world: AWorld, line: Line) -> None:
    assert (
        line("data", "fetch", *WHATS, "--assets", "bitcoin,sui,aave", "--from", "2025-03-11", "--plan") == 0
    )
    assert world.requests == []
    plan = line.err
    (candles,) = [text for text in plan.splitlines() if text.startswith("candles") and "binance" in text]
    assert "binance → okx → kraken → coinbase" in candles
    assert "30 calls: bitcoin, sui, aave" in candles  # 365 days of hours in pages of 1000, and the symbols
    assert "TOKENWISE_KEY_TOKENMETRICS" in plan
    assert "CC BY-NC 4.0" in plan
    assert plan.splitlines()[-1].startswith("plan: ")
    assert "at least" in plan.splitlines()[-1]


def test_the_help_names_every_word_and_what_is_usual() -> None:
    from agent.cli.data_fetch import fetch_command

    for what in WHATS:
        assert what in (fetch_command.help or "")
    assert set(USUAL) == set(WHATS) - {"assets", "grades"}


def test_each_step_that_ends_is_a_line_with_rate_and_time_left(world: AWorld, line: Line) -> None:
    assert line("data", "fetch", "tvl", "sentiment", "--assets", "sui") == 0
    lines = [text for text in line.err.splitlines() if text[0].isdigit()]
    assert [text.split("/")[0] for text in lines] == ["1", "2", "3"]
    assert all("call" in text and "/s" in text for text in lines)
    assert "\x1b" not in line.err
    assert "Data from DefiLlama" in line.out
    assert "Alternative.me" in line.out
    assert "onchain defillama: " in line.out
    assert line("-v", "data", "fetch", "tvl", "--assets", "aave") == 0
    assert "onchain aave tvl defillama: " in line.out


def test_a_second_run_says_that_everything_is_there(world: AWorld, line: Line) -> None:
    assert line("data", "fetch", "sentiment") == 0
    assert line("data", "fetch", "sentiment") == 0
    assert "everything is there already" in line.out
    assert "nothing to fetch" in line.err


def test_json_is_one_object_with_the_plan_and_what_came(world: AWorld, fetch: Fetch) -> None:
    data = fetch("sentiment", "tvl", "--assets", "sui")
    assert {one["what"] for one in data["plan"]} == {"sentiment", "tvl"}
    for one in data["fetched"]:
        assert {"asset", "kind", "metric", "source", "rows_new", "rows_same", "rows_revised"} <= one.keys()
    assert data["failed"] == []
    assert data["interrupted"] is False
