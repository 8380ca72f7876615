"""What goes wrong around a real account, as its owner meets it: said in words, halted or refused, nothing lost."""

from __future__ import annotations

import errno
import sqlite3
from decimal import Decimal
from typing import Any

import pytest

from agent.journal.store import SqlJournal
from agent.runtime.halt_switch import FLATTEN, HaltSwitch
from agent.runtime.lease import Lease
from core.instant import MINUTE, SECOND
from core.ports import Entry
from tests.agent.cli.live.account import LIVE, alerts, armed, kinds
from tests.agent.cli.stepping import NOON, Stepping, stop_at
from tests.agent.cli.trading_line import Line
from tests.crashes.audit import Book, held_against
from tools.exchange.live import report_log
from tools.exchange.stand_in import Endpoint, Fault, StandIn, Status
from tools.exchange.stand_in.binance.shapes import FIRST_TRADE

pytestmark = pytest.mark.parts

FOUR = NOON + 4 * MINUTE


def told(line: Line, code: str) -> str:
    """The message of the first alert of *code*."""
    return next(body["message"] for _, _, body in line.events("live") if body.get("code") == code)


def refused(line: Line) -> list[str]:
    found = [body["findings"] for _, kind, body in line.events("live") if kind == "refused"]
    return [finding["code"] for findings in found for finding in findings]


def accounted_for(line: Line, venue: StandIn, *, buys: tuple[int, ...] = (1,)) -> None:
    """Nothing lost, doubled or unrecorded, the books the venue's own; and so many purchases, one stop open."""
    owned = {asset: free + locked for asset, (free, locked) in venue.balances().items()}
    owned["USDT"] -= 900  # what --cash left alone
    book = Book(
        tuple(order.wanted.client_id for order in venue.orders()),
        tuple(f"{trade.symbol.replace('/', '')}:{FIRST_TRADE + trade.number}" for trade in venue.trades()),
        {asset: amount for asset, amount in owned.items() if amount},
    )
    found = held_against(line.home, book, "live")
    assert found.is_clean, found
    assert sum(order.wanted.side.value == "buy" for order in venue.orders()) in buys
    assert sum(order.is_open for order in venue.orders()) in buys


def test_a_clock_that_is_off_buys_nothing_and_is_told(line: Line, venue: StandIn, clock: Stepping) -> None:
    venue.set_skew(5 * SECOND)
    stop_at(clock, FOUR)
    line.data(*LIVE)
    assert venue.orders() == ()
    assert "our clock is 5 s" in told(line, "venue.trouble")
    assert "not_armed" in refused(line)


def test_a_request_that_comes_too_late_is_proven_and_made_anew(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    venue.faults.plan(Fault.REFUSED_CLOCK)
    stop_at(clock, FOUR)
    assert line.data(*LIVE)["fills"] == 1
    assert kinds(line).count("unknown") == 1
    accounted_for(line, venue)


def test_filters_that_change_overnight_are_told_once_and_the_next_order_obeys_them(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    clock.at[FOUR] = lambda: venue.set_filters("BTC/USDT", lot_size="0.0001", min_quantity="0.0001")
    clock.at[NOON + 18 * MINUTE] = lambda: HaltSwitch(line.home).set("enough", FLATTEN)
    stop_at(clock, NOON + 20 * MINUTE)
    line.data(*LIVE, status=4)
    assert alerts(line).count("filters.changed") == 1
    assert "lot size is 0.0001, was 0.00001" in told(line, "filters.changed")
    sale = venue.orders()[-1]
    assert (sale.wanted.side.value, sale.status, sale.quantity % Decimal("0.0001")) == (
        "sell",
        Status.FILLED,
        0,
    )


def test_a_symbol_that_is_delisted_while_it_is_held_is_told_and_kept_at_its_last_good_price(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    clock.at[FOUR] = lambda: venue.set_status("BTC/USDT", "DELISTED")
    stop_at(clock, NOON + 20 * MINUTE)
    data = line.data(*LIVE)
    assert Decimal(data["positions"][0]["value"]) > 10
    assert "BTC/USDT does not trade any more" in told(line, "filters.changed")
    assert "delisted.frozen" in alerts(line)
    assert [order.wanted.side.value for order in venue.orders()] == ["buy", "sell"]
    assert "BTC/USDT" in line.error(*LIVE, status=3)["message"]
    assert line.data("journal", "verify")["first_bad"] is None


def test_what_the_venue_has_no_funds_for_is_refused_once_and_not_sent_again(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    venue.faults.plan(Fault.REFUSED_FUNDS)
    stop_at(clock, FOUR)
    line.data(*LIVE)
    ends = [body["reason"] for _, kind, body in line.events("live") if kind == "cancelled"]
    assert len(ends) == len(venue.requests(Endpoint.CREATE_ORDER)) == 1
    assert "insufficient" in ends[0].lower()
    assert venue.orders() == ()


def test_a_refused_flood_is_waited_out_and_the_order_proven(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    venue.faults.plan(Fault.REFUSED_429)
    stop_at(clock, FOUR)
    line.data(*LIVE)
    assert "asked for a pause" in told(line, "venue.trouble")
    private = [one.at for one in venue.requests() if one.endpoint not in (Endpoint.CANDLES, Endpoint.TICKER)]
    banned = next(one.at for one in venue.requests(Endpoint.CREATE_ORDER))
    assert not [at for at in private if banned < at < banned + SECOND]
    accounted_for(line, venue, buys=(1,) if "refused" not in kinds(line) else (0, 1))


@pytest.mark.parametrize(
    ("written", "nth"), [("submitted", 1), ("acknowledged", 1), ("filled", 1), ("submitted", 2)]
)
def test_a_disk_that_is_full_in_mid_order_stops_trading_and_the_next_run_doubles_nothing(
    line: Line, venue: StandIn, clock: Stepping, written: str, nth: int
) -> None:
    """Before the intent, after it and the send, and after the fill."""
    real, seen = SqlJournal.append, 0

    def full(self: SqlJournal, stream: str, entries: list[Entry], checkpoint: Any = None) -> Any:
        nonlocal seen
        seen += any(entry.event.kind == written for entry in entries)
        if seen >= nth:
            raise OSError(errno.ENOSPC, "No space left on device", "journal.db")
        return real(self, stream, entries, checkpoint)

    stop_at(clock, FOUR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlJournal, "append", full)
        assert "the disk is full" in line.error(*LIVE, status=1)["message"]
    if (written, nth) == ("submitted", 1):
        assert venue.requests(Endpoint.CREATE_ORDER) == (), "sent without a durable intent"
    clock.time += MINUTE
    stop_at(clock, clock.time + 4 * MINUTE)
    line.data(*LIVE)
    # what was never decided, or is too old to be bought again, is not bought
    accounted_for(line, venue, buys=(0, 1) if written == "submitted" else (1,))


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_disk_that_takes_nothing_more_of_what_the_venue_says_stops_trading_too(
    line: Line, venue: StandIn, clock: Stepping, nth: int
) -> None:
    real, seen = report_log.transaction, 0

    def full(connection: sqlite3.Connection) -> Any:
        nonlocal seen
        seen += 1
        if seen >= nth:
            raise sqlite3.OperationalError("database or disk is full")
        return real(connection)

    stop_at(clock, FOUR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report_log, "transaction", full)
        assert "cannot be written down" in line.error(*LIVE, status=1)["message"]
    clock.time += MINUTE
    stop_at(clock, clock.time + 4 * MINUTE)
    line.data(*LIVE)
    accounted_for(line, venue, buys=(0, 1) if nth == 1 else (1,))


def test_a_second_process_on_the_account_is_refused(line: Line, venue: StandIn, clock: Stepping) -> None:
    first = Lease(line.home, "live")
    try:
        assert line.error(*LIVE, status=2)["code"] == "account_busy"
    finally:
        first.release()
    assert venue.requests(Endpoint.CREATE_ORDER) == ()


def test_a_second_home_on_the_same_venue_account_is_another_hand(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    stop_at(clock, NOON + 3 * MINUTE)
    line.data(*LIVE)
    other = Line(line.home.parent / "other", line._capsys)
    other.home.mkdir()
    armed(other.home)
    stop_at(clock, clock.time + 5 * MINUTE)
    assert other.data(*(word.replace("4h", "5m") for word in LIVE))["fills"] > 0
    assert {"balance.outside", "order.external"} <= set(alerts(other))
    clock.time += MINUTE
    stop_at(clock, clock.time + 3 * MINUTE)
    assert line.data(*LIVE)["state"] == "reducing"
    assert "balance.drift" in alerts(line)
    assert venue.orders()[1].is_open, "the first home's stop"
