"""``tokenwise live`` on stand-ins of two venues: a real account's hours in seconds, through the real ccxt."""

from __future__ import annotations

import logging
import sqlite3
from decimal import Decimal

import pytest

from core.instant import MINUTE, SECOND
from tests.agent.cli.live.account import CANARIES, KEY, LIVE, alerts
from tests.agent.cli.stepping import NOON, Stepping, stop_at
from tests.agent.cli.trading_line import Line
from tools.exchange.stand_in import Fault, StandIn, Status

pytestmark = pytest.mark.parts


def test_an_entry_is_a_limit_now_or_never_inside_the_caps_and_a_stop_rests_at_the_venue(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    stop_at(clock, NOON + 4 * MINUTE)
    data = line.data(*LIVE)
    assert (data["market"], data["state"], data["fills"]) == ("live:binance", "active", 1)
    entry, stop = venue.orders()
    assert (entry.wanted.time_in_force.value, entry.status) == ("IOC", Status.FILLED)
    assert entry.wanted.limit is not None
    assert entry.quantity * entry.wanted.limit <= 20
    assert (stop.is_open, stop.waiting) == (True, True)
    assert stop.wanted.limit is not None
    assert Decimal(data["cash"]) + Decimal(data["positions"][0]["value"]) == pytest.approx(
        Decimal(100), abs=1
    )
    assert line.data("journal", "verify")["first_bad"] is None


def test_an_answer_that_is_lost_is_proven_and_the_order_never_sent_again(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    venue.faults.plan(Fault.KEPT_RESET)
    stop_at(clock, NOON + 4 * MINUTE)
    assert line.data(*LIVE)["fills"] == 1
    kinds = [kind for _, kind, _ in line.events("live")]
    assert kinds.count("unknown") == 1
    assert [order.wanted.side.value for order in venue.orders()] == ["buy", "sell"]


def test_a_restart_finds_what_happened_while_nobody_was_there(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    stop_at(clock, NOON + 3 * MINUTE)
    line.data(*LIVE)
    stop = venue.orders()[-1]
    assert stop.stop is not None
    venue.move("BTC/USDT", stop.stop - 10)
    clock.time += 5 * MINUTE
    stop_at(clock, clock.time + 6 * MINUTE)
    data = line.data(*LIVE)
    # Binance keeps a purchase's fee in what was bought: less than a lot of it is left, and said to be dust once
    assert (data["exits"]["stop"], Decimal(data["positions"][0]["value"]) < 1) == (1, True)
    refused = [body for _, kind, body in line.events("live") if kind == "refused"]
    assert len(refused) == 1
    assert venue.orders()[1].status is Status.FILLED


def test_a_restart_leaves_the_stop_alone_that_rests_at_the_venue(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    """Though Binance's fee leaves a little more than the stop's quantity in the books."""
    for until in (3, 7, 11):
        stop_at(clock, NOON + until * MINUTE)
        line.data(*LIVE)
    _, stop = venue.orders()
    assert stop.is_open
    assert Decimal(0) < sum(venue.balances()["BTC"]) - stop.quantity < Decimal("0.00001")


def test_a_hand_on_the_same_account_is_told_left_alone_and_ends_entries(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    def by_hand() -> None:
        venue.trade_by_hand("ETH/USDT", "buy", "0.01", "2000")
        venue.trade_by_hand("BTC/USDT", "buy", "0.003")

    clock.at[NOON + 2 * MINUTE + 30 * SECOND] = by_hand
    stop_at(clock, NOON + 8 * MINUTE)
    data = line.data(*LIVE)
    assert data["state"] == "reducing"
    assert {"order.external", "balance.drift"} <= set(alerts(line))
    assert [order.is_open for order in venue.orders() if order.wanted.by_hand and order.wanted.limit] == [
        True
    ]
    clock.time += MINUTE
    stop_at(clock, clock.time + 2 * MINUTE)
    before = alerts(line)
    line.data(*LIVE)
    assert alerts(line) == before


def test_a_key_that_is_revoked_in_the_middle_halts(line: Line, venue: StandIn, clock: Stepping) -> None:
    def revoke() -> None:
        KEY.revoked = True

    clock.at[NOON + 2 * MINUTE + 30 * SECOND] = revoke
    stop_at(clock, NOON + 10 * MINUTE)
    try:
        told = line.envelope(*LIVE, status=4)
    finally:
        KEY.revoked = False
    assert told["data"]["state"] == "halted"
    halted = [body for _, kind, body in line.events("live") if kind == "halted"]
    assert (halted[0]["by"], "refuses our key" in halted[0]["reason"]) == ("venue", True)


def test_no_key_is_ever_seen(
    line: Line, venue: StandIn, clock: Stepping, caplog: pytest.LogCaptureFixture
) -> None:
    """In no log at DEBUG, on no stream, in no file of the home: journal, venue's log, report, heartbeat."""
    venue.faults.plan(Fault.KEPT_500)
    stop_at(clock, NOON + 4 * MINUTE)
    words = [word for word in LIVE if word not in {"--report", "none"}]
    with caplog.at_level(logging.DEBUG):
        assert line(*words, "-v") == 0
    seen = caplog.text + line.out + line.err
    for path in line.home.rglob("*"):
        if path.is_file():
            seen += path.read_bytes().decode("utf-8", "replace")
    with sqlite3.connect(line.home / "journal.db") as journal:
        seen += "".join(str(row) for row in journal.execute("SELECT body FROM events"))
    journal.close()
    assert "live:binance" in seen
    for canary in CANARIES:
        assert canary not in seen
