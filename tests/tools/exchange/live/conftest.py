"""The parts that tests of live venues share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.tools.exchange.live.rig import Rig, Rigs
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import StandIn, stand_in


@pytest.fixture(scope="module")
def rigs() -> Iterator[Rigs]:
    made = Rigs()
    yield made
    made.close()


@pytest.fixture
def binance() -> Iterator[StandIn]:
    with stand_in("binance", balances={"USDT": "100000", "BTC": "1"}, slow_ms=700) as at:
        yield at


@pytest.fixture
def kraken() -> Iterator[StandIn]:
    with stand_in("kraken", balances={"USD": "100000", "BTC": "1"}, slow_ms=700) as at:
        yield at


@pytest.fixture(params=["binance", "kraken"])
def at(request: pytest.FixtureRequest) -> StandIn:
    found: StandIn = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def live(rigs: Rigs, at: StandIn, closed_at_the_end: Callable[[object, str], None]) -> Rig:
    """A started exchange on either venue."""
    closed_at_the_end(ReportLog, "open")
    return rigs.rig(at)


@pytest.fixture
def on_binance(rigs: Rigs, binance: StandIn, closed_at_the_end: Callable[[object, str], None]) -> Rig:
    """A started exchange on Binance."""
    closed_at_the_end(ReportLog, "open")
    return rigs.rig(binance)
