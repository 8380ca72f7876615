"""``tokenwise live`` stays shut until everything that arms it is there, and says in words what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from core.instant import instant
from tests.agent.cli.trading_line import Line
from tools.exchange.certification.certificate import Certificate, Result, save
from tools.exchange.stand_in import StandIn, stand_in

pytestmark = pytest.mark.parts

LIVE = ("live", "--venue", "binance", "--symbols", "BTC/USDT", "--decider", "rule:hold", "--report", "none")
ARMED = (*LIVE, "--live", "--confirm", "trade real money on binance")


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "home", capsys)


@pytest.fixture
def venue(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Binance's stand-in, and the environment that leads to it with a key of its own."""
    with stand_in("binance") as running:
        monkeypatch.setenv("TOKENWISE_URL_BINANCE", running.url)
        monkeypatch.setenv("TOKENWISE_KEY_BINANCE", running.key.key)
        monkeypatch.setenv("TOKENWISE_SECRET_BINANCE", running.key.secret)
        yield running


def certified(line: Line, *, ccxt: str | None = None, why: str | None = None) -> None:
    result = Result("id.echoed", "a new order comes back under our id", why)
    save(line.home, Certificate("binance", ccxt or version("ccxt"), instant("2026-11-22"), (result,)))


def refused(line: Line, venue: StandIn, *words: str, status: int = 4) -> str:
    told: str = line.error(*words, status=status)["message"]
    assert venue.orders() == ()
    assert venue.key.secret not in line.out + line.err
    return told


def test_without_a_certificate(line: Line, venue: StandIn) -> None:
    assert "never certified" in refused(line, venue, *ARMED)


def test_with_a_failed_certificate_or_one_of_another_ccxt(line: Line, venue: StandIn) -> None:
    certified(line, why="it came back without it")
    assert "did not pass: id.echoed" in refused(line, venue, *ARMED)
    certified(line, ccxt="4.5.1")
    assert "certified with ccxt 4.5.1" in refused(line, venue, *ARMED)


@pytest.mark.parametrize(
    "words",
    [
        LIVE,
        (*LIVE, "--live"),
        (*LIVE, "--confirm", "trade real money on binance"),
        (*LIVE, "--live", "--confirm", "Trade real money on Binance"),
        (*LIVE, "--live", "--confirm", "trade real money on kraken"),
    ],
)
def test_without_the_exact_phrase(line: Line, venue: StandIn, words: tuple[str, ...]) -> None:
    certified(line)
    assert "not armed" in refused(line, venue, *words)


def test_without_a_key(line: Line, venue: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    certified(line)
    monkeypatch.delenv("TOKENWISE_SECRET_BINANCE")
    assert "no key for binance" in refused(line, venue, *ARMED)


def test_with_a_key_that_may_withdraw(line: Line, venue: StandIn) -> None:
    certified(line)
    venue.key.withdraw = True
    assert "may withdraw" in refused(line, venue, *ARMED)


def test_with_a_key_that_may_not_trade_or_is_revoked(line: Line, venue: StandIn) -> None:
    certified(line)
    venue.key.trade = False
    assert "may not trade" in refused(line, venue, *ARMED)
    venue.key.revoked = True
    assert "not armed" in refused(line, venue, *ARMED)


def test_without_limits(line: Line, venue: StandIn) -> None:
    certified(line)
    assert "needs limits" in refused(line, venue, *ARMED, "--profile", "none", status=2)


def test_with_less_money_than_it_is_to_start_with(line: Line, venue: StandIn) -> None:
    certified(line)
    assert "holds 100000 USDT" in refused(line, venue, *ARMED, "--cash", "200000 USDT")


def test_on_a_venue_that_nobody_knows_or_named(line: Line, venue: StandIn) -> None:
    refused(line, venue, "live", "--venue", "nowhere", "--symbols", "BTC/USDT", status=2)
    refused(line, venue, "live", "--symbols", "BTC/USDT", status=2)


def test_while_the_home_is_halted(line: Line, venue: StandIn) -> None:
    certified(line)
    line("halt", "enough")
    assert "halted" in refused(line, venue, *ARMED)
