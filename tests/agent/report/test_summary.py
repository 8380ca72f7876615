"""The data of ``paper --json``: its keys, its sums, and what it says when something is missing."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from agent.report.inputs import ReportInput
from agent.report.summary import summarise
from core.instant import Instant
from core.orders import Purpose, Side
from strategies.measure.drawdown import drawdown

if TYPE_CHECKING:
    from tests.agent.report.conftest import House

KEYS = [
    "account", "run_id", "market", "decider", "symbols", "from", "until", "decisions", "abstentions", "orders",
    "fills", "round_trips", "vetoes", "exits", "start_equity", "final_equity", "cash", "positions", "fees",
    "total_return", "max_drawdown", "benchmark", "state", "halted_at", "journal_head", "report", "llm",
    "decided_by", "actions", "abstained", "missing",
]  # fmt: skip


@pytest.fixture
def one_buy(house: House) -> House:
    house.start(("A/USDT",), Instant(10**13))
    decision = house.decide(1000, "A/USDT", 1.0, "it rose", ("A/USDT",))
    house.trade(1000, "A/USDT", Side.BUY, Decimal("1.50"), Decimal(100), decision=decision, reason="r", purpose=Purpose.ENTRY)  # fmt: skip
    return house


def test_every_promised_key_is_there_and_it_is_json(report: ReportInput) -> None:
    assert list(report.summary) == KEYS
    json.dumps(report.summary, allow_nan=False)


def test_money_is_plain_text_and_sums_up(one_buy: House) -> None:
    told = summarise(one_buy.records, marks={"A/USDT": Decimal("110.0")})
    assert told["cash"] == "9849.85"
    assert told["fees"] == "0.15"
    assert told["positions"] == [{"symbol": "A/USDT", "quantity": "1.5", "price": "110", "value": "165"}]
    assert told["final_equity"] == "10014.85"
    assert told["total_return"] == pytest.approx(0.001485)
    assert (told["orders"], told["fills"], told["round_trips"], told["decisions"]) == (1, 1, 0, 1)
    assert told["exits"] == {"stop": 0, "target": 0, "trailing": 0, "time": 0}
    assert told["llm"] == {"calls": 0, "tokens_in": 0, "tokens_out": 0, "usd": "0", "unpriced_calls": 0}
    assert told["journal_head"] == f"sha256:{one_buy.records[-1].hash}"


def test_a_position_without_a_price_is_missing_and_never_worth_nothing(one_buy: House) -> None:
    told = summarise(one_buy.records, marks={})
    assert told["final_equity"] is None
    assert told["total_return"] is None
    assert told["positions"][0]["value"] is None
    assert {"what": "price:A/USDT", "why": "no_data"} in told["missing"]


def test_without_curve_or_benchmark_their_figures_are_missing(one_buy: House) -> None:
    told = summarise(one_buy.records, marks={"A/USDT": Decimal(1)})
    assert told["max_drawdown"] is None
    assert {gap["what"] for gap in told["missing"]} == {"max_drawdown", "benchmark"}


def test_the_summary_of_a_run_agrees_with_its_curve(report: ReportInput) -> None:
    assert float(report.summary["final_equity"]) == pytest.approx(float(report.curve.equity[-1]))
    assert report.summary["max_drawdown"] == float(drawdown(report.curve).min())
    assert report.summary["missing"] == []
