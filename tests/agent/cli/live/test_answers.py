"""A person's yes to a real account's order, taken by whoever runs next."""

from __future__ import annotations

import pytest

from agent.journal.store import SqlJournal
from agent.runtime.answering import answer
from agent.runtime.pending import pending
from core.instant import MINUTE, SECOND
from tests.agent.cli.live.account import LIVE, alerts, kinds
from tests.agent.cli.stepping import NOON, Stepping, stop_at
from tests.agent.cli.trading_line import Line
from tools.exchange.stand_in import StandIn

pytestmark = pytest.mark.parts
ASK = (*LIVE, "--approve", "ask")


def say_yes(line: Line, clock: Stepping) -> None:
    with SqlJournal.open(line.home / "journal.db", line.home / "heads.json") as journal:
        (one,) = pending(journal, clock.now())
        answer(journal, one.account, one.request, yes=True, at=clock.now())


def test_a_yes_given_while_nobody_ran_waits_until_the_prices_are_of_now(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    stop_at(clock, NOON + 1 * MINUTE)
    line.data(*ASK)
    assert (alerts(line)[-1], venue.orders()) == ("approval.requested", ())
    say_yes(line, clock)
    clock.time += 2 * MINUTE + 30 * SECOND
    stop_at(clock, clock.time + 6 * MINUTE)
    line.data(*ASK)
    assert kinds(line).count("refused") == 0
    assert [order.wanted.side.value for order in venue.orders()] == ["buy", "sell"]
