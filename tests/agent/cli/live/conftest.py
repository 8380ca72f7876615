"""A home that is certified for Binance, and two venues' stand-ins on a clock that steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.cli.live.account import KEY, armed
from tests.agent.cli.stepping import Stepping
from tests.agent.cli.trading_line import Line
from tools.exchange.stand_in import StandIn, listing, stand_in
from tools.exchange.stand_in.engine.listing import usual


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Stepping:
    """Time passes while somebody sleeps."""
    return Stepping.of_the_process(monkeypatch)


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    """A home with limits that let much through, and a passing certificate."""
    line = Line(tmp_path / "home", capsys)
    line.home.mkdir()
    armed(line.home)
    return line


@pytest.fixture
def venue(clock: Stepping, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Binance's stand-in, and Kraken's beside it to compare prices with."""
    dollars = listing("USDT/USD", "1.0001", tick="0.0001", lot="0.01", least="1")
    kraken = (*usual("kraken"), dollars)
    with (
        stand_in("binance", clock=clock, key=KEY, balances={"USDT": 1_000}) as one,
        stand_in("kraken", clock=clock, listings=kraken) as other,
    ):
        monkeypatch.setenv("TOKENWISE_URL_BINANCE", one.url)
        monkeypatch.setenv("TOKENWISE_URL_KRAKEN", other.url)
        monkeypatch.setenv("TOKENWISE_KEY_BINANCE", KEY.key)
        monkeypatch.setenv("TOKENWISE_SECRET_BINANCE", KEY.secret)
        yield one
