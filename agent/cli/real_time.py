"""One run of one account on live public prices, in real time: ``paper --market ccxt:VENUE``."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack, closing
from functools import partial
from pathlib import Path

from agent import settings
from agent.cli.asked import Asked, configured, refuse_halted, symbols_of
from agent.cli.stopping import stop_on_signals
from agent.journal.store import SqlJournal
from agent.runtime.account import Account
from agent.runtime.attending import Interrupted, unless
from agent.runtime.config import RunConfig, refuse_changes
from agent.runtime.desk import Desk
from agent.runtime.home_file import read_home_file
from agent.runtime.lease import Lease
from agent.runtime.live_world import open_live_world, reach
from agent.runtime.loop import end, run
from agent.runtime.minds import decider_of, knowledge_of
from agent.runtime.modes import begin
from agent.runtime.outcome import Outcome, conclude
from agent.runtime.recovery import any_instrument, recover
from agent.runtime.seats import PaperSeat, Seat
from agent.runtime.telling import Telling
from core.errors import NoAnswerError, UnreachableError, UsageError
from core.instant import Instant, instant, interval
from core.ports import Clock
from tools.facts.home import HomeFacts
from tools.identity import Registry
from tools.notify.channel import notifiers

_TOLD_WITHIN_S = 5.0


async def trade_live(asked: Asked, home: Path, wall: Clock, seat: Seat | None = None) -> Outcome:
    """Runs the account at *seat* (the paper venue by default) until somebody stops it, or to ``--until``.

    Raises:
        UsageError: flags that real time does not know, or no such venue.
        NoAnswerError: the venue does not answer, serves nobody here, or lacks a symbol.
    """
    if asked.start is not None:
        raise UsageError("live prices begin now: --from means nothing to them", "Leave --from out.")
    stand_ins = settings.provider_urls()
    every = interval(asked.every)
    seat = seat or PaperSeat()
    tellers = notifiers(read_home_file(home)["notify"], wall)
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

        try:
            opening = open_live_world(
                wire,
                stand_ins,
                wall,
                symbols=symbols_of(asked),
                grain=asked.grain,
                every=every,
                identify=partial(_identified, _registry(home, wall), wall),
            )
            live = await unless(stopped, opening, wall)
            held.push_async_callback(live.feed.quotes.close)
            grain = live.market.grain
            start = (
                instant(str(before["from"])) if goes_on and before is not None else grain.floor(wall.now())
            )
            config = seat.configured(configured(asked, live.starting(start)))
            if goes_on and before is not None:
                refuse_changes(before, config.describe(), config.account)
            news = await unless(stopped, live.open(Instant(account.beat or start)), wall)
        except UnreachableError as error:
            raise NoAnswerError(error.message, error.mend, code="unreachable") from error
        except Interrupted:
            # nothing has begun that could be concluded
            raise KeyboardInterrupt from None
        decider = await held.enter_async_context(
            decider_of(
                config.decider,
                account,
                home,
                wall,
                asked.thinking,
                knowledge_of(live.starting(config.start), HomeFacts(home, wall)),
            )
        )
        desk = await seat.desk(config, live, home, journal, account, wall=wall, decider=decider)
        held.push_async_callback(desk.exchange.close)
        telling = Telling(config.account, tellers)
        held.push_async_callback(telling.finish, _TOLD_WITHIN_S)
        desk.recorder.heard = telling.heard
        desk.stop_asked = stopped
        if not (goes_on and account.ended == "until" and account.beat >= config.until):
            _announce(config)
            await begin(desk, resumed=goes_on)
            if news:
                desk.recorder.write(wall.now(), *news)
            reason = await _run(desk, once=asked.once)
        else:
            reason = "until"
            await desk.market.advance(account.beat)
        return await conclude(desk, live.lived(config.start), journal, reason, wall)


def _announce(config: RunConfig) -> None:
    """Says on a terminal that this takes as long as it takes."""
    if sys.stderr.isatty():
        print(
            f"trading {config.account!r} on {config.market} in real time, deciding every {config.every}; "
            f"Ctrl-C or 'tokenwise paper stop --account {config.account}' ends it",
            file=sys.stderr,
        )


async def _run(desk: Desk, *, once: bool) -> str:
    try:
        return await run(desk, decisions=1 if once else None)
    except UsageError:
        end(desk, desk.clock.now(), "error")
        raise


def _registry(home: Path, wall: Clock) -> Registry:
    """The assets that are built in, and those that were fetched into *home*."""
    from tools.store import assets
    from tools.store.store import Store

    with closing(Store.open(home, wall, readonly=True)) as store:
        return Registry(assets.known(store.connection))


def _identified(registry: Registry, wall: Clock, venue: str, base: str) -> tuple[str, tuple[str, ...]]:
    """The asset that *venue* trades as *base* now, and its narratives."""
    known = registry.traded_as(venue, base, wall.now())
    return (f"unmapped:{venue}:{base}", ()) if known is None else (known.id, registry.narratives(known.id))


def _afresh(account: Account) -> Account:
    fresh = Account(account.name)
    fresh.starts = account.starts + 1
    return fresh
