"""The wiring table: which clock, market, exchange, decider, approver and journal a run works with.

| mode | clock | market | exchange | journal |
|---|---|---|---|---|
| paper on sim | simulated | simulated series | paper venue, durable book | SQL |
| paper on replay | simulated | the store's series | paper venue, durable book | SQL |
| paper on ccxt:VENUE | system | live public prices | paper venue, durable book, synced | SQL, synced |
| benchmark | simulated | the same series | paper venue, book in memory | memory |
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from agent.journal.memory_journal import MemoryJournal
from agent.journal.store import SqlJournal
from agent.runtime.account import Account
from agent.runtime.approvers import approver
from agent.runtime.arming import ready
from agent.runtime.attending import Attended
from agent.runtime.config import RunConfig
from agent.runtime.deciders import decider_for
from agent.runtime.desk import Desk
from agent.runtime.drift import Watch
from agent.runtime.executor import Executor
from agent.runtime.graded import RunGrades, grades_of
from agent.runtime.halt_switch import HaltSwitch
from agent.runtime.heartbeat import Heartbeat
from agent.runtime.live_world import LiveWorld
from agent.runtime.loop import run
from agent.runtime.real_time import RealTime
from agent.runtime.reconciling import first_pass
from agent.runtime.recorder import Recorder
from agent.runtime.schedule import Schedule
from agent.runtime.worlds import World, assets_of
from core.errors import UsageError
from core.events import Filled, Started, event
from core.ids import RunId, run_id
from core.instant import Instant
from core.orders import Fill
from core.ports import Clock, Decider, Exchange
from strategies.risk.in_force import describe
from strategies.risk.limits import profile
from tools.clocks import SimulatedClock
from tools.exchange.paper.book import Book
from tools.exchange.paper.exchange import PaperExchange
from tools.market.bar_market import BarMarket

HOLD = "rule:hold"
_EVER = Instant(2**62)

Border = Callable[[PaperExchange, Clock], Exchange]


def _none(venue: PaperExchange, _: Clock) -> Exchange:
    return venue


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run keeps its things: a folder, or memory where there is none."""

    home: Path | None
    journal: SqlJournal | MemoryJournal


def wire(
    config: RunConfig,
    world: World,
    place: Place,
    account: Account,
    *,
    wall: Clock,
    decider: Decider | None = None,
    border: Border = _none,
) -> Desk:
    """The desk of one run in simulated time, at the instant that *account* stands at.

    *border*: what stands between us and the paper venue.
    """
    clock = SimulatedClock(account.beat or config.start)
    market = BarMarket(clock, world.grain, world.series, world.instruments, simulated=world.simulated)
    decider = decider or decider_for(config.decider, RunGrades(assets_of(world), world.facts))
    book = _book(config, place, account, durable=False)
    exchange = border(PaperExchange(book, market, clock, config.costs, account.id), clock)
    lasting = place.home is not None
    recorder = Recorder(place.journal, account, market, decider.spec, prompt=False, lasting=lasting)
    halt = HaltSwitch(place.home) if place.home is not None else _Never()
    return Desk(
        config,
        Schedule(config.start, min(config.until, world.until), config.grain, config.every),
        clock,
        market,
        exchange,
        decider,
        approver(config.approve, place.journal),
        account,
        recorder,
        Executor(exchange, recorder, account, halt, clock),
        halt,
        None if place.home is None else Heartbeat(place.home, account.name, wall),
        close=book.close,
        watch=Watch(lived_until=_newest(book)),
        narratives=world.narratives,
        pegs=world.pegs,
        grades=grades_of(decider, assets_of(world), world.facts),
    )


def wire_real(
    config: RunConfig,
    live: LiveWorld,
    home: Path,
    journal: SqlJournal,
    account: Account,
    *,
    wall: Clock,
    decider: Decider,
) -> Desk:
    """The desk of a paper account on live prices, in real time: everything is written before it counts."""
    book = _book(config, Place(home, journal), account, durable=True)
    exchange = PaperExchange(book, live.market, wall, config.costs, account.id)
    return real_desk(config, live, exchange, home, journal, account, wall=wall, decider=decider)


def real_desk(
    config: RunConfig,
    live: LiveWorld,
    exchange: Exchange,
    home: Path,
    journal: SqlJournal,
    account: Account,
    *,
    wall: Clock,
    decider: Decider,
) -> Desk:
    """The desk of an account that trades at *exchange* in real time, on live prices."""
    from tools.facts.home import HomeFacts

    recorder = Recorder(journal, account, live.market, decider.spec, prompt=True, lasting=True)
    halt = HaltSwitch(home)
    desk = Desk(
        config,
        Schedule(config.start, config.until, config.grain, config.every),
        wall,
        live.market,
        exchange,
        decider,
        approver(config.approve, journal),
        account,
        recorder,
        Executor(exchange, recorder, account, halt, wall),
        halt,
        Heartbeat(home, account.name, wall),
        narratives=live.narratives,
        real=RealTime(live.feed),
        grades=grades_of(decider, assets_of(live.starting(config.start)), HomeFacts(home, wall)),
    )
    desk.decider = Attended(decider, desk)
    return desk


def _book(config: RunConfig, place: Place, account: Account, *, durable: bool) -> Book:
    """The paper venue's book of *account*, opened with its cash where it is new."""
    path = Path(":memory:") if place.home is None else place.home / "paper.db"
    with ExitStack() as held:
        book = Book.connect(path, account.id, durable=durable)
        held.callback(book.close)
        book.open(config.cash, config.start)
        if not account.beat and book.owned() != {config.cash.asset: config.cash.amount}:
            # a start that failed before its journal was written left this book behind
            raise UsageError(
                f"the paper book of {account.id!r} was opened with other cash than {config.cash}, and never traded",
                "Start with the cash that was first given, or use another --account.",
                code="other_flags",
            )
        held.pop_all()
    return book


def _newest(book: Book) -> Instant:
    """When the newest thing happened that the book knows of."""
    return max((said.known_at for said in book.reports(book.last_report - 1, _EVER)), default=Instant(0))


class _Never(HaltSwitch):
    """The switch of a run in memory, which nobody can reach."""

    def __init__(self) -> None:
        super().__init__(Path())

    def is_set(self) -> bool:
        return False


async def begin(desk: Desk, *, resumed: bool) -> RunId:
    """Opens the market at the account's instant, journals the start, and settles what a crash left open."""
    account, config = desk.account, desk.config
    now = account.beat or config.start
    await desk.market.advance(now)
    await ready(desk)
    run = run_id(account.name, config.hash(), account.starts)
    desk.recorder.write(
        now,
        Started(
            run,
            config.describe(),
            config.hash(),
            desk.market.simulated,
            config.cash.amount,
            config.cash.asset,
            describe(config.limits, desk.narratives),
            desk.market.fingerprints(),
            resumed,
        ),
    )
    desk.catching_up = resumed
    await first_pass(desk, now)
    return run


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What buy & hold did in the same window, with the same costs and no limits."""

    decider: str
    final_equity: str
    total_return: float
    fills: tuple[Fill, ...]


async def benchmark(config: RunConfig, world: World, wall: Clock, until: Instant) -> Benchmark:
    """Buy & hold through the same loop, in memory, under the profile ``none``; nobody is asked for a yes to it."""
    limits = profile("none")
    config = replace(
        config, account="benchmark", decider=HOLD, limits=limits, profile="none", until=until, approve="auto"
    )
    journal = MemoryJournal()
    desk = wire(config, world, Place(None, journal), Account("benchmark"), wall=wall)
    with closing(desk):
        await begin(desk, resumed=False)
        await run(desk)
    equity = desk.equity()
    fills = []
    for record in journal.records(desk.account.stream, kinds=("filled",)):
        told = event(record.kind, record.body)
        if isinstance(told, Filled):
            fills.append(told.fill)
    gained = float(equity / config.cash.amount) - 1
    return Benchmark(HOLD, str(equity), gained, tuple(fills))
