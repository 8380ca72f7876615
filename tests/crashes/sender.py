"""One life of an account in real time that only decides and sends: for venues that are servers of their own.

No candle ever closes; each decision raises one target, and the next one waits until every order of this
one has been answered for. Whatever `connect` returns is traded at; its orders may fill or rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from agent.journal.store import SqlJournal
from agent.runtime.deciding import act
from agent.runtime.desk import Desk
from agent.runtime.modes import Place, begin, wire
from agent.runtime.protecting import protect
from agent.runtime.recovery import recover
from agent.runtime.reports import take_reports
from agent.runtime.tending import tend
from core.decision import Proposal
from core.events import Decided
from core.ids import decision_id
from core.instant import Instant
from core.observation import Missing
from core.orders import TimeInForce
from core.ports import Clock, Exchange
from strategies.risk.limits import limits_from
from tests.agent.runtime.small_world import config_of, world_of
from tests.crashes.worker import SYMBOLS
from tools.clocks import SystemClock
from tools.exchange.paper.exchange import PaperExchange

Connect = Callable[[Path, PaperExchange, Clock], Exchange]
Stance = Callable[[int, int], float]
STEP_S = 0.002


def rising(number: int, decisions: int) -> float:
    """Each round raises every symbol's target a little."""
    return (number + 1) / (decisions + 1)


async def _nothing(_: Desk) -> None:
    pass


def send_all(
    home: Path,
    connect: Connect,
    decisions: int,
    *,
    symbols: tuple[str, ...] = SYMBOLS,
    price: float = 100.0,
    fresh_ms: int = 5,
    is_shared: bool = False,
    limits: Mapping[str, Any] | None = None,
    stance: Stance = rising,
    prepare: Callable[[Desk], None] = lambda _: None,
    opened: Callable[[Desk], Awaitable[None]] = _nothing,
) -> None:
    """Goes on with the account in *home* until it has made *decisions* and every order is answered for.

    *connect* gets the home, a paper venue with a book in it, and the clock; it answers with what to trade
    at, which may have nothing to do with that paper venue. *is_shared*: see `Desk`. *stance*: the target of a
    decision by its number, of so many. *opened* is awaited before the venue is asked anything.
    """
    world = world_of({symbol: [price] * 30 for symbol in symbols}, warm=20)
    config = config_of(world, "rule:hold", limits=limits_from({"profile": "none", **(limits or {})}))
    clock = SystemClock()
    journal = SqlJournal.open(home / "journal.db", home / "heads.json", durable=True)
    account, before = recover(journal, config.account, lambda symbol: world.instruments[symbol])
    desk = wire(
        config,
        world,
        Place(home, journal),
        account,
        wall=clock,
        border=lambda venue, _: connect(home, venue, clock),
    )
    desk.clock = desk.executor._clock = clock
    desk.executor.fresh_ms = fresh_ms
    desk.recorder._prompt = True
    desk.is_shared = is_shared
    prepare(desk)

    async def lived() -> None:
        try:
            await opened(desk)
            await begin(desk, resumed=before is not None)
            account.beat = Instant(max(account.beat, config.start))
            await _send(desk, decisions, stance)
        finally:
            await desk.exchange.close()

    try:
        asyncio.run(lived())
    finally:
        desk.close()
        journal.close()


async def _send(desk: Desk, decisions: int, stance: Stance) -> None:
    account = desk.account
    await _answered_for(desk)
    while account.decisions < decisions:
        number = account.decisions
        proposals = (Proposal(number % len(desk.config.symbols), stance(number, decisions)),)
        made = decision_id(account.id, desk.config.decider, Instant(number))
        event = Decided(
            made, account.name, desk.config.decider, "test", desk.config.symbols, proposals, None, {}, {}
        )
        await act(desk, desk.clock.now(), made, proposals, first=event)
        await _answered_for(desk)


async def _answered_for(desk: Desk) -> None:
    """Waits, as the loop does in real time, until nothing is unproven, and what is now or never is over."""
    while True:
        await tend(desk, desk.clock.now())
        traded = await take_reports(desk, desk.clock.now())
        if traded and not isinstance(traded, Missing):
            await protect(desk, desk.clock.now(), traded)
        account = desk.account
        under_way = [one for one in account.open.values() if one.time_in_force is TimeInForce.IOC]
        if not (account.unacknowledged or account.anew or under_way):
            return
        await asyncio.sleep(STEP_S)
