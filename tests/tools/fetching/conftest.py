"""A command line whose every source is a local server, at a time that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.instant import Instant
from tests.agent.cli.trading_line import Line
from tests.tools.fetching.a_world import NOW, PROVIDERS, AWorld, everything
from tools.clocks import SimulatedClock
from tools.exchange.stand_in import StandIn, stand_in


class Clocks:
    """The time of everybody; it stands until it is set, or until somebody waits."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(NOW)

    def set(self, moment: int) -> None:
        self.clock = SimulatedClock(Instant(moment))

    def now(self) -> Instant:
        return self.clock.now()

    async def sleep_until(self, moment: Instant) -> None:
        await self.clock.sleep_until(moment)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    one = Clocks()
    monkeypatch.setattr("tools.clocks.SystemClock", lambda: one)
    return one


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str], clock: Clocks) -> Line:
    return Line(tmp_path / "home", capsys)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[AWorld]:
    with AWorld(everything()) as one:
        for name in PROVIDERS:
            monkeypatch.setenv(f"TOKENWISE_URL_{name}", one.url)
        yield one


Fetch = Callable[..., dict[str, Any]]


@pytest.fixture
def fetch(line: Line) -> Fetch:
    """``fetch("tvl", "--assets", "sui")`` gives the data of the answer."""

    def one(*words: str, status: int = 0) -> dict[str, Any]:
        return line.data("data", "fetch", *words, "--yes", status=status)

    return one


@pytest.fixture
def binance(
    clock: Clocks, world: AWorld, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., StandIn]]:
    """Opens Binance's stand-in at the time of the test; it stands in for Binance from then on."""

    def made(**options: object) -> StandIn:
        venue = stand_in("binance", clock=clock, **options)  # type: ignore[arg-type]
        venue.__enter__()
        opened.append(venue)
        monkeypatch.setenv("TOKENWISE_URL_BINANCE", venue.url)
        return venue

    opened: list[StandIn] = []
    yield made
    for venue in opened:
        venue.__exit__(None, None, None)
