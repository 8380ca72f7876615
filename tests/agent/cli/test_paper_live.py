"""``paper --market ccxt:VENUE`` through the real ccxt, against a venue on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.instant import MINUTE, SECOND, Instant, Interval, instant, iso
from tests.agent.cli.stepping import NOON, Stepping, stop_at
from tests.agent.cli.trading_line import Line
from tools.exchange.stand_in.opening import stand_in
from tools.exchange.stand_in.tape import Row
from tools.exchange.stand_in.venue import StandIn
from tools.exchange.stand_in.wire.endpoint import Endpoint
from tools.exchange.stand_in.wire.faults import Fault

pytestmark = pytest.mark.parts

PAPER = (
    "paper", "--market", "ccxt:binance", "--symbols", "BTC/USDT,ETH/USDT", "--every", "1m",
    "--decider", "rule:hold", "--profile", "none", "--report", "none",
)  # fmt: skip


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Stepping:
    return Stepping.of_the_process(monkeypatch)


@pytest.fixture
def venue(clock: Stepping, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with stand_in("binance", walks=True, clock=clock) as one:
        monkeypatch.setenv("TOKENWISE_URL_BINANCE", one.url)
        yield one


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path, capsys)


def test_paper_trades_on_live_prices_and_a_sigterm_ends_it_with_an_answer(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    stop_at(clock, NOON + 4 * MINUTE)
    told = line.envelope(*PAPER)
    assert (told["schema"], told["simulated"]) == ("tokenwise.paper.v1", False)
    data = told["data"]
    assert (data["market"], data["from"], data["state"]) == ("ccxt:binance", iso(NOON), "active")
    assert (data["orders"], data["decisions"]) == (2, 4)
    assert data["fills"] >= 2
    assert data["benchmark"]["decider"] == "rule:hold"
    fills = [body["fill"] for _, kind, body in line.events() if kind == "filled"]
    assert fills[0]["at"] == iso(Instant(NOON + MINUTE))
    assert line.kinds()[-1] == "ended"
    assert line.data("journal", "verify")["first_bad"] is None


def test_the_same_command_goes_on_and_lives_through_what_was_missed(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    stop_at(clock, NOON + 2 * MINUTE + 30 * SECOND)
    line.data(*PAPER)
    clock.time = NOON + 45 * MINUTE + 30 * SECOND
    stop_at(clock, NOON + 47 * MINUTE)
    data = line.data(*PAPER)
    assert data["from"] == iso(NOON)
    assert data["orders"] == 2
    moments = [moment for moment, kind, _ in line.events() if kind == "filled"]
    assert moments == sorted(moments)
    line.error(*PAPER, "--cash", "5 USDT", status=2)


def test_an_outage_of_the_venue_is_lived_through(line: Line, venue: StandIn, clock: Stepping) -> None:
    down, up = NOON + 90 * SECOND, NOON + 4 * MINUTE
    clock.at[down] = lambda: venue.faults.always(Fault.LOST_503)
    clock.at[up] = venue.faults.clear
    stop_at(clock, NOON + 6 * MINUTE)
    line.data(*PAPER)
    alerts = [body["code"] for _, kind, body in line.events() if kind == "alert"]
    assert alerts == ["data.outage", "data.outage"]


def test_clocks_apart_limits_of_rate_new_filters_and_an_ended_listing_are_told_once_and_end_nothing(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    clock.at[NOON + 2 * MINUTE] = lambda: venue.set_skew(-5 * SECOND)
    clock.at[NOON + 4 * MINUTE] = lambda: venue.faults.plan(Fault.REFUSED_429, Endpoint.CANDLES, times=4)
    clock.at[NOON + 6 * MINUTE] = lambda: venue.set_filters("BTC/USDT", min_notional=50)
    clock.at[NOON + 8 * MINUTE] = lambda: venue.set_status("ETH/USDT", "DELISTED")
    stop_at(clock, NOON + 64 * MINUTE)
    data = line.data(*PAPER)
    alerts = [body["code"] for _, kind, body in line.events() if kind == "alert"]
    assert {"clock.skew", "data.outage", "filters.changed", "delisted.frozen"} <= set(alerts)
    assert [alerts.count(one) for one in ("clock.skew", "filters.changed", "delisted.frozen")] == [1, 1, 1]
    assert (data["state"], data["orders"], len(data["positions"])) == ("active", 2, 2)
    assert line.data("journal", "verify")["first_bad"] is None


def test_nonsense_from_the_venue_is_refused_and_told(
    line: Line, clock: Stepping, monkeypatch: pytest.MonkeyPatch
) -> None:
    def candles(symbol: str, width: Interval, start: Instant, until: Instant) -> list[Row]:
        high = 90.0 if clock.time > NOON + 90 * SECOND else 101.0
        return [Row(at, 100.0, high, 99.0, 100.0, 1000.0) for at in range(width.ceil(start), until, width.ms)]

    with stand_in("binance", clock=clock, candles=candles) as venue:
        monkeypatch.setenv("TOKENWISE_URL_BINANCE", venue.url)
        stop_at(clock, NOON + 4 * MINUTE)
        line.data(*PAPER)
    alerts = [body["about"]["code"] for _, kind, body in line.events() if kind == "alert"]
    assert set(alerts) == {"high_below_body"}
    assert len(alerts) == 2


def test_status_says_that_it_runs_when_it_decides_next_and_when_its_heart_has_stopped(
    line: Line, venue: StandIn, clock: Stepping
) -> None:
    seen: list[tuple[int, dict[str, Any]]] = []

    def look() -> None:
        from agent.runtime.status import read_status

        seen.append((clock.time, read_status(line.home, "paper")))

    clock.at[NOON + 3 * MINUTE + 40 * SECOND] = look
    stop_at(clock, NOON + 4 * MINUTE)
    line.data(*PAPER[:-2], "--report", "none")
    at, found = seen[0]
    assert found["running"] is True
    assert found["pid"] == os.getpid()
    assert at - instant(found["last_beat"]) <= 6 * SECOND
    assert found["next_decision"] == iso(Instant(NOON + 4 * MINUTE))
    assert found["stale"] is False


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--market", "ccxt:binanse"), 2, "binanse"),
        (("--market", "ccxt:binance?x=1"), 2, "x"),
        (("--symbols", ""), 2, "--symbols"),
        (("--symbols", "NOPE/USDT"), 3, "NOPE/USDT"),
        (("--grain", "7m"), 2, "7m"),
        (("--from", "2026-01-01"), 2, "--from"),
        (("--until", "2020-01-01"), 2, "--until"),
        (("--cash", "10 EUR"), 2, "EUR"),
    ],
)
def test_what_live_prices_cannot_do_is_refused_in_words(
    line: Line, venue: StandIn, clock: Stepping, words: tuple[str, ...], status: int, says: str
) -> None:
    told = line.error(*PAPER, *words, status=status)
    assert says in told["message"] + told["mend"]


def test_a_venue_that_does_not_answer_at_the_start_is_told_with_others_to_try(
    line: Line, clock: Stepping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENWISE_URL_BINANCE", "http://127.0.0.1:9")
    told = line.error(*PAPER, status=3)
    assert told["code"] == "unreachable"
    assert "ccxt:kraken" in told["mend"]
