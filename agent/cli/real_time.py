"""One run of one account on live public prices, in real time: ``paper --market ccxt:VENUE``."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from agent import settings
from agent.cli.progress import Progress
from agent.cli.stopping import stop_on_signals
from agent.cli.trading import Asked, configured, refuse_halted, symbols_of
from agent.journal.store import SqlJournal
from agent.runtime.account import Account
from agent.runtime.config import refuse_changes
from agent.runtime.desk import Desk
from agent.runtime.lease import Lease
from agent.runtime.live_world import open_live_world, reach
from agent.runtime.loop import end, run
from agent.runtime.minds import decider_of
from agent.runtime.modes import begin, wire_real
from agent.runtime.outcome import Outcome, conclude
from agent.runtime.recovery import any_instrument, recover
from core.errors import NoAnswerError, UnreachableError, UsageError
from core.instant import Instant, instant, interval
from core.ports import Clock
from tools.identity import built_in


async def trade_live(asked: Asked, home: Path, wall: Clock) -> Outcome:
    """Runs the account until somebody stops it, or to ``--until``.

    Raises:
        UsageError: flags that real time does not know, or no such venue.
        NoAnswerError: the venue does not answer, serves nobody here, or lacks a symbol.
    """
    if asked.start is not None:
        raise UsageError("live prices begin now: --from means nothing to them", "Leave --from out.")
    stand_ins = settings.provider_urls()
    every = interval(asked.every)
    async with AsyncExitStack() as held:
        wire = reach(asked.market, stand_ins, wall)
        held.push_async_callback(wire.close)
        held.callback(Lease(home, asked.account).release)
        journal = SqlJournal.open(settings.database_url() or home / "journal.db", home / "heads.json")
        held.callback(journal.close)
        stopped = held.enter_context(stop_on_signals())
        account, before = recover(journal, asked.account, any_instrument)
        refuse_halted(home, account)
        goes_on = before is not None and not asked.new
        if before is not None and not goes_on:
            account = _afresh(account)

        def identify(venue: str, base: str) -> tuple[str, tuple[str, ...]]:
            registry = built_in()
            known = registry.traded_as(venue, base, wall.now())
            if known is None:
                return f"unmapped:{venue}:{base}", ()
            return known.id, registry.narratives(known.id)

        try:
            live = await open_live_world(
                wire,
                stand_ins,
                wall,
                symbols=symbols_of(asked),
                grain=asked.grain,
                every=every,
                identify=identify,
            )
            held.push_async_callback(live.feed.quotes.close)
            grain = live.market.grain
            start = (
                instant(str(before["from"])) if goes_on and before is not None else grain.floor(wall.now())
            )
            config = configured(asked, live.starting(start))
            if goes_on and before is not None:
                refuse_changes(before, config.describe(), config.account)
            news = await live.open(Instant(account.beat or start))
        except UnreachableError as error:
            raise NoAnswerError(error.message, error.mend, code="unreachable") from error
        decider = await held.enter_async_context(
            decider_of(config.decider, account, home, wall, asked.thinking)
        )
        desk = wire_real(config, live, home, journal, account, wall=wall, decider=decider)
        held.push_async_callback(desk.exchange.close)
        desk.stop_asked = stopped
        with Progress(desk.schedule, wall) as progress:
            desk.progress = progress
            await begin(desk, resumed=goes_on)
            if news:
                desk.recorder.write(wall.now(), *news)
            reason = await _run(desk, once=asked.once)
        return await conclude(desk, live.lived(config.start), journal, reason, wall)


async def _run(desk: Desk, *, once: bool) -> str:
    try:
        return await run(desk, decisions=1 if once else None)
    except UsageError:
        end(desk, desk.clock.now(), "error")
        raise


def _afresh(account: Account) -> Account:
    fresh = Account(account.name)
    fresh.starts = account.starts + 1
    return fresh
