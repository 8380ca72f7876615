"""One run of one account, from flags to report: what ``paper`` and ``demo`` do."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from agent import settings
from agent.cli.asked import Asked, configured, refuse_halted, symbols_of
from agent.cli.progress import Progress
from agent.cli.session import answer, session
from agent.cli.stopping import stop_on_signals
from agent.journal.store import SqlJournal
from agent.runtime.account import Account
from agent.runtime.config import RunConfig, refuse_changes
from agent.runtime.desk import Desk
from agent.runtime.lease import Lease
from agent.runtime.live_world import is_live
from agent.runtime.loop import end, run
from agent.runtime.minds import decider_of, knowledge_of
from agent.runtime.modes import Place, begin, wire
from agent.runtime.outcome import Outcome, conclude
from agent.runtime.recovery import recover
from agent.runtime.worlds import World, open_world
from core.errors import UsageError
from core.instant import instant
from core.ports import Clock
from tools.clocks import SystemClock

if TYPE_CHECKING:
    from agent.runtime.seats import Seat


def trade(asked: Asked, *, name: str = "paper", seat: Seat | None = None) -> int:
    """Runs the account that *asked* describes, at *seat* in real time, and answers; the exit status."""
    home = session().home
    wall = SystemClock()
    started = wall.now()
    if not asked.account.replace("-", "").replace("_", "").isalnum():
        raise UsageError(f"{asked.account!r} is not an account name", "Use letters, digits, - and _.")
    if asked.report_path is not None and Path(asked.report_path).is_dir():
        raise UsageError(f"--report {asked.report_path!r} is a folder", "Give the path of a file, or none.")
    if asked.llm:
        from agent.models.configured import checked_mode

        checked_mode(asked.llm)
    if is_live(asked.market):
        from agent.cli.real_time import trade_live

        outcome = asyncio.run(trade_live(asked, home, wall, seat))
        _tell(asked, home, outcome, (wall.now() - started) / 1000, name=name, simulated=False)
        return 4 if outcome.reason == "halted" else 0
    world = open_world(
        asked.market,
        home,
        wall,
        symbols=symbols_of(asked),
        start=None if asked.start is None else instant(asked.start),
        until=None if asked.until is None else instant(asked.until),
        grain=asked.grain,
    )
    config = configured(asked, world)
    with ExitStack() as held:
        held.callback(Lease(home, asked.account).release)
        journal = SqlJournal.open(
            settings.database_url() or home / "journal.db", home / "heads.json", durable=False
        )
        held.callback(journal.close)
        account, resumed = _account(journal, config, world, begun_again=asked.new)
        refuse_halted(home, account)
        outcome = asyncio.run(
            _live(config, world, Place(home, journal), account, asked, wall=wall, resumed=resumed)
        )
    _tell(asked, home, outcome, (wall.now() - started) / 1000, name=name, simulated=world.simulated)
    return 4 if outcome.reason == "halted" else 0


def _tell(asked: Asked, home: Path, outcome: Outcome, seconds: float, *, name: str, simulated: bool) -> None:
    """Writes the report and answers."""
    report = _report_path(asked, home, outcome)
    outcome = outcome.reported(report)
    if report is not None and asked.report_path is None:
        outcome.kept(report.parent, seconds)
    answer(
        name,
        outcome.summary,
        outcome.tell,
        as_of=outcome.at,
        simulated=simulated,
        warnings=outcome.warnings,
    )


async def _live(
    config: RunConfig,
    world: World,
    place: Place,
    account: Account,
    asked: Asked,
    *,
    wall: Clock,
    resumed: bool,
) -> Outcome:
    knowledge = knowledge_of(world)
    async with decider_of(config.decider, account, place.home, wall, asked.thinking, knowledge) as decider:
        with closing(wire(config, world, place, account, wall=wall, decider=decider)) as desk:
            return await _lived(desk, world, place, wall=wall, resumed=resumed, once=asked.once)


async def _lived(
    desk: Desk, world: World, place: Place, *, wall: Clock, resumed: bool, once: bool
) -> Outcome:
    account = desk.account
    if resumed and account.ended == "until" and account.beat >= desk.schedule.until:
        await desk.market.advance(account.beat)
        return await conclude(desk, world, place.journal, "until", wall)
    # a signal after the last beat must not cost the answer: it is held off until there is one
    with stop_on_signals() as asked_to_stop:
        with Progress(desk.schedule, wall) as progress:
            desk.stop_asked = asked_to_stop
            desk.progress = progress
            await begin(desk, resumed=resumed)
            try:
                reason = await run(desk, decisions=1 if once else None)
            except UsageError:
                # the decider's fault, not the journal's: what went before it is kept, and said to have ended
                end(desk, account.beat, "error")
                raise
        return await conclude(desk, world, place.journal, reason, wall)


def _account(
    journal: SqlJournal, config: RunConfig, world: World, *, begun_again: bool
) -> tuple[Account, bool]:
    """The account to go on with, and whether it goes on (else it starts afresh)."""
    account, before = recover(journal, config.account, lambda symbol: world.instruments[symbol])
    if before is None:
        return account, False
    if begun_again:
        fresh = Account(config.account)
        fresh.starts = account.starts + 1
        return fresh, False
    refuse_changes(before, config.describe(), config.account)
    return account, True


def _report_path(asked: Asked, home: Path, outcome: Outcome) -> Path | None:
    if asked.report_path == "none":
        return None
    if asked.report_path is not None:
        return Path(asked.report_path).absolute()
    return home / "runs" / str(outcome.summary["run_id"]) / "report.html"
