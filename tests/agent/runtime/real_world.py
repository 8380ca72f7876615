"""A paper account in real time, on a fake venue and a clock that steps: a minute lasts a millisecond."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent.journal.store import SqlJournal
from agent.runtime import attending
from agent.runtime.config import RunConfig
from agent.runtime.deciders import decider_for
from agent.runtime.desk import Desk
from agent.runtime.live_world import FOREVER, LiveWorld
from agent.runtime.loop import run
from agent.runtime.modes import begin, wire_real
from agent.runtime.recovery import any_instrument, recover
from core.events import Event, event
from core.instant import Instant, instant, interval
from core.market import Costs
from core.money import money
from core.ports import Decider, Record
from strategies.risk.limits import Limits, profile
from tests.tools.market.fake_venue import M1, NOON, ROWS, Fed, fed
from tools.exchange.paper.costs import costs_text


@dataclass
class Lived:
    """A home with an account in it, and what its process did so far."""

    home: Path
    decider: str = "rule:hold"
    every: str = "1m"
    limits: Limits = field(default_factory=lambda: profile("none"))
    symbols: tuple[str, ...] = ("AAA/USDT",)
    records: list[Record] = field(default_factory=list)
    reason: str = ""

    def run(
        self,
        start: int,
        until: int,
        *,
        thinking: Decider | None = None,
        prepare: Callable[[Desk, Fed], None] = lambda _desk, _world: None,
    ) -> Fed:
        """One process that starts at *start* and is asked to stop at *until* of the stepping clock."""
        world = fed(*self.symbols, start=start)
        asyncio.run(self._run(world, until, thinking, prepare))
        return world

    async def _run(
        self, world: Fed, until: int, thinking: Decider | None, prepare: Callable[[Desk, Fed], None]
    ) -> None:
        journal = SqlJournal.open(self.home / "journal.db", self.home / "heads.json", durable=False)
        account, before = recover(journal, "paper", any_instrument)
        began = M1.floor(world.clock.now()) if before is None else instant(before["from"])
        await world.feed.open(Instant(account.beat or began), ROWS)
        live = LiveWorld(
            "ccxt:fake",
            world.market,
            world.feed,
            world.feed._wire,
            {symbol: world.market.instrument(symbol) for symbol in self.symbols},
            {},
        )
        decider = thinking or decider_for(self.decider)
        config = self.config(began)
        desk = wire_real(config, live, self.home, journal, account, wall=world.clock, decider=decider)
        desk.stop_asked = lambda: world.clock.time >= until
        prepare(desk, world)
        try:
            await begin(desk, resumed=before is not None)
            self.reason = await run(desk)
        finally:
            self.records = list(journal.records(account.stream))
            await desk.exchange.close()
            journal.close()

    def config(self, start: Instant) -> RunConfig:
        """The account's configuration."""
        return RunConfig(
            "paper", "ccxt:fake", self.decider, self.symbols, start, FOREVER, interval(self.every), M1,
            money("10000 USDT"), self.limits, self.limits.profile, Costs(), costs_text(Costs()), open_ended=True,
        )  # fmt: skip

    def of(self, kind: str) -> list[Record]:
        """The events of one kind."""
        return [record for record in self.records if record.kind == kind]

    def told(self, kind: str) -> list[Event]:
        """The events of one kind, read."""
        return [event(record.kind, record.body) for record in self.of(kind)]

    def alerts(self) -> list[str]:
        """The codes of the alerts, in order."""
        return [record.body["code"] for record in self.of("alert")]

    def kinds_after(self, kind: str) -> list[str]:
        """The kinds of the events after the last one of *kind*."""
        kinds = [record.kind for record in self.records if record.kind != "span"]
        return kinds[len(kinds) - kinds[::-1].index(kind) :]

    def decided_at(self) -> list[int]:
        """Minutes after noon at which something was decided, changed or not."""
        found = [int(record.at) for record in self.of("decided")]
        for record in self.of("span"):
            first, last = instant(record.body["first"]), instant(record.body["last"])
            found += range(first, last + 1, interval(self.every).ms)
        return sorted((at - NOON) // M1.ms for at in found)


@contextmanager
def steps_of(milliseconds: int) -> Iterator[None]:
    """Attends at another step than a second, for tests that live for hours."""
    before, attending.STEP_MS = attending.STEP_MS, milliseconds
    yield
    attending.STEP_MS = before
