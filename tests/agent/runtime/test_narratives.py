"""What is held of one narrative is limited through the whole loop: on real candles, and on the simulated sectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agent.runtime.worlds import World, open_world
from core.decision import Decision, Proposal, Situation
from core.instant import DAY, Instant, instant
from strategies.risk import engine
from strategies.risk.limits import limits_from
from strategies.risk.registry import registered
from tests.agent.runtime.small_world import Run, config_of, live
from tools.clocks import SimulatedClock
from tools.simulation.roster import SECTORS
from tools.store.importer import import_files, jobs
from tools.store.manifest import Entry, entry
from tools.store.store import Store

CODE = "exposure.narrative"
START = instant("2023-05-10")
REAL = ("BTC/USDT", "ETH/USDT", "DOGE/USDT", "XRP/USDT")


class Scripted:
    """A decider that wishes one stance for one symbol of the menu at each decision."""

    spec = "rule:hold"

    def __init__(self, wishes: Sequence[tuple[int, float]]) -> None:
        self._wishes = list(wishes)

    async def decide(self, situation: Situation) -> Decision:
        wish = self._wishes.pop(0) if self._wishes else None
        return Decision(() if wish is None else (Proposal(*wish),), decided_by="test", inputs={})


def an_entry(base: str, asset: str | None) -> Entry:
    raw = {
        "kind": "ohlcv",
        "venue": "binance",
        "symbol": f"{base}/USDT",
        "interval": "1d",
        "source": "shared",
    }
    mapped = {} if asset is None else {"asset": asset}
    return entry({"path": f"canonical/{base}USDT_1d.parquet", **raw, **mapped}, "a test")


@pytest.fixture
def real_world(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> World:
    """Daily candles of the store; one of its series belongs to an asset that nobody mapped."""
    if not _IMPORTED:
        _IMPORTED.append(_imported(tmp_path_factory.mktemp("home"), shared_data))
    return _IMPORTED[0]


_IMPORTED: list[World] = []


def _imported(home: Path, shared_data: Path) -> World:
    clock = SimulatedClock(instant("2026-01-01"))
    store = Store.open(home, clock)
    mapped = {"BTC": "bitcoin", "ETH": "ethereum", "DOGE": "dogecoin", "XRP": None}
    entries = [an_entry(base, asset) for base, asset in mapped.items()]
    assert import_files(store, jobs(entries, shared_data), shared_data).refused == []
    store.close()
    until = Instant(START + 12 * DAY)
    return open_world("replay", home, clock, symbols=REAL, start=START, until=until, grain="1d")


def lived(world: World, wishes: Sequence[tuple[int, float]], **limits: Any) -> Run:
    config = config_of(world, "rule:hold", every="1d", limits=limits_from({"profile": "none", **limits}))
    return live(config, world, decider=Scripted(wishes))


def findings(run: Run) -> list[dict[str, str]]:
    told = [record for record in run.records if record.kind in ("approved", "refused")]
    return [found for record in told for found in record.body["findings"] if found["code"] == CODE]


def share(run: Run, symbol: str) -> Decimal:
    position = run.desk.account.portfolio.positions.get(symbol)
    return Decimal(0) if position is None else position.cost / run.desk.config.cash.amount


BITCOIN, ETHER, DOGE, UNMAPPED = range(4)
LIMIT = {"exposure": {"per_narrative": "0.2"}}
# full target of four symbols is a quarter each


def test_on_real_candles_bitcoin_and_ether_share_their_narrative(real_world: World) -> None:
    assert "L1" in real_world.narratives["BTC/USDT"]
    assert "L1" in real_world.narratives["ETH/USDT"]
    run = lived(real_world, [(BITCOIN, 0.6), (ETHER, 0.6)], **LIMIT)
    (found,) = findings(run)
    assert "the narrative L1" in found["message"]
    assert "held or on its way: BTC/USDT" in found["message"]
    assert Decimal("0.14") < share(run, "BTC/USDT") < Decimal("0.16")
    assert Decimal("0.03") < share(run, "ETH/USDT") < Decimal("0.07")


def test_an_asset_of_several_narratives_counts_in_each(real_world: World) -> None:
    run = lived(real_world, [(BITCOIN, 0.6), (DOGE, 0.6)], **LIMIT)
    (found,) = findings(run)
    assert "the narrative payments" in found["message"]


def test_what_nobody_mapped_counts_in_none_and_the_finding_and_the_record_say_so(real_world: World) -> None:
    run = lived(real_world, [(UNMAPPED, 1.0), (BITCOIN, 1.0)], **LIMIT)
    assert share(run, "XRP/USDT") > Decimal("0.2")
    (found,) = findings(run)
    assert "without a narrative and counted in none: XRP/USDT" in found["message"]
    (started,) = run.of("started")
    told = started.body["limits"]["narratives"]
    assert told["XRP/USDT"] == []
    assert "L1" in told["BTC/USDT"]


def simulated_world() -> World:
    """Two tokens of one simulated sector, and one of another."""
    spec = f"sim?seed=7&assets={len(SECTORS) + 1}&grain=1h"
    start = instant("2024-01-01")
    world = open_world(
        spec,
        Path(),
        SimulatedClock(start),
        symbols=["NOVA/USDT", "ZEPHA/USDT", "TIDEL/USDT"],
        start=start,
        until=Instant(start + 5 * DAY),
        grain=None,
    )
    assert world.narratives == {"NOVA/USDT": ("AI",), "ZEPHA/USDT": ("AI",), "TIDEL/USDT": ("DeFi",)}
    return world


def test_on_the_simulated_market_the_sectors_are_the_narratives() -> None:
    world = simulated_world()
    run = lived(world, [(0, 0.5), (1, 0.5), (2, 0.5)], **LIMIT)
    (found,) = findings(run)
    assert "the narrative AI" in found["message"]
    assert share(run, "ZEPHA/USDT") < Decimal("0.06")
    assert share(run, "TIDEL/USDT") > Decimal("0.15")


@pytest.mark.parametrize("where", ["replay", "sim"])
def test_without_the_rule_nothing_holds_a_narrative_back(
    where: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    world = request.getfixturevalue("real_world") if where == "replay" else simulated_world()
    wishes = [(0, 0.7), (1, 0.7)]
    assert findings(lived(world, wishes, **LIMIT))
    rest = tuple(rule for rule in registered() if rule.code != CODE)
    monkeypatch.setattr(engine, "registered", lambda: rest)
    _forget()
    try:
        assert not findings(lived(world, wishes, **LIMIT))
    finally:
        monkeypatch.undo()
        _forget()


def test_pending_buys_count_and_the_tightest_narrative_decides(real_world: World) -> None:
    slow = replace(config_of(real_world, "rule:hold").costs, latency_ms=2 * DAY)
    limits = limits_from({"profile": "none", **LIMIT})
    config = config_of(real_world, "rule:hold", every="1d", limits=limits, costs=slow)
    run = live(config, real_world, decider=Scripted([(BITCOIN, 0.6), (ETHER, 0.6)]))
    assert findings(run)


def _forget() -> None:
    for held in vars(engine).values():
        if hasattr(held, "cache_clear") and held is not registered:
            held.cache_clear()
