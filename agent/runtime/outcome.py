"""What came of a run: its figures, its story and its report, all read from the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from agent.report.history import history
from agent.report.inputs import ReportInput, series_note
from agent.report.page import render
from agent.report.result import result_json
from agent.report.story import tell_story
from agent.report.summary import summarise
from agent.report.thinking import restated_facts
from agent.runtime.desk import Desk
from agent.runtime.modes import benchmark
from agent.runtime.unanswered import unanswered
from agent.runtime.worlds import World
from core.canonical import canonical
from core.events import Filled, event
from core.instant import Instant, iso
from core.market import Bars
from core.orders import Fill
from core.ports import Clock, JournalReader, Record
from strategies.measure.curve import Curve, equity_curve
from strategies.risk.in_force import describe


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run. *summary* is the data of ``paper --json``; *reason* why it ended."""

    reason: str
    at: Instant
    summary: Mapping[str, Any]
    report: ReportInput
    warnings: Sequence[Mapping[str, str]]

    def reported(self, path: Path | None) -> Outcome:
        """The same outcome with its HTML report written to *path*."""
        if path is None:
            return self
        summary = {**self.summary, "report": str(path)}
        report = replace(self.report, summary=summary)
        _put(path, render(report).encode())
        return replace(self, summary=summary, report=report)

    def kept(self, folder: Path, seconds: float) -> None:
        """Writes ``result.json``, a function of what was asked and seen, and ``timing.json`` beside it."""
        _put(folder / "result.json", result_json(self.summary))
        _put(folder / "timing.json", canonical({"seconds": seconds}) + b"\n")

    def tell(self) -> None:
        """Prints the story; the last line names the report."""
        tell_story(self.report)


def _put(path: Path, content: bytes) -> None:
    """Replaces *path* whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.fresh")
    fresh.write_bytes(content)
    fresh.replace(path)


async def conclude(desk: Desk, world: World, journal: JournalReader, reason: str, wall: Clock) -> Outcome:
    """Reads the account's last start out of *journal* and sets buy & hold beside it."""
    account = desk.account
    # what a long run in real time still holds of its first days are wider candles
    width = world.grain
    config = replace(desk.config, grain=width, every=max(desk.config.every, width))
    records = _since_fresh_start(journal, account.stream)
    until = account.beat
    desk.equity()  # marks what is held, also where nothing was left to live through
    bars = {symbol: _lived(world.series[symbol].bars, config.start, until) for symbol in config.symbols}
    curve = equity_curve(_fills(records), bars, config.cash.amount, config.start, until, config.grain)
    warnings = _warnings(desk, world, reason)
    warnings += [
        {"code": "restated", "message": f"{name}: restated history, not as shown then"}
        for name in restated_facts(history(records))
    ]
    if (failed := unanswered(records, journal)) is not None:
        warnings.append(failed)
    beside: Curve | None = None
    told: dict[str, Any] | None = None
    if until > config.start:
        hold = await benchmark(config, world, wall, until)
        beside = equity_curve(hold.fills, bars, config.cash.amount, config.start, until, config.grain)
        told = {"decider": hold.decider, "total_return": hold.total_return}
    summary = summarise(records, marks=desk.marks, curve=curve, benchmark=told)
    report = ReportInput(
        summary=summary,
        records=records,
        curve=curve,
        benchmark=beside,
        bars=bars,
        limits=describe(config.limits, desk.narratives),
        warnings=warnings,
        series=[series_note(world.series[symbol]) for symbol in config.symbols],
        code_version=version("tokenwise"),
    )
    return Outcome(reason, until, summary, report, warnings)


def _since_fresh_start(journal: JournalReader, stream: str) -> list[Record]:
    starts = [
        record.seq for record in journal.records(stream, kinds=("started",)) if not record.body["resumed"]
    ]
    return list(journal.records(stream, after=starts[-1] - 1))


def _fills(records: Sequence[Record]) -> list[Fill]:
    told = (event(record.kind, record.body) for record in records if record.kind == "filled")
    return [one.fill for one in told if isinstance(one, Filled)]


def _lived(bars: Bars, start: Instant, until: Instant) -> Bars:
    """The candles that closed after *start* and up to *until*."""
    first = int(bars.opened_at.searchsorted(start))
    return bars.slice(first, int(bars.opened_at.searchsorted(until - bars.interval.ms, side="right")))


def _warnings(desk: Desk, world: World, reason: str) -> list[dict[str, str]]:
    """What a reader of the figures must know."""
    found = []
    endless = desk.real is not None and desk.config.open_ended
    if reason in {"stopped", "once"} and not endless:
        at, until = iso(desk.account.beat), iso(desk.schedule.until)
        told = f"cut at {at}, before {until}; the same command goes on from there"
        found.append({"code": "unfinished", "message": told})
    if desk.account.waiting:
        told = f"orders that wait for your yes or no: {len(desk.account.waiting)}; see 'tokenwise approvals list'"
        found.append({"code": "waiting", "message": told})
    if world.simulated:
        found.append({"code": "simulated", "message": "SIMULATED market: invented tokens, invented prices."})
    if desk.config.until > world.until:
        found.append({"code": "data_ends", "message": f"the data ends at {iso(world.until)}"})
    for symbol in desk.config.symbols:
        if world.series[symbol].restated:
            found.append({"code": "restated", "message": f"{symbol}: restated history, not as shown then"})
        opened = world.series[symbol].bars.opened_at
        if not len(opened):
            found.append({"code": "no_candles", "message": f"{symbol} has no candle in this window"})
        elif opened[0] > desk.config.start:
            found.append(
                {"code": "starts_later", "message": f"{symbol} trades from {iso(Instant(int(opened[0])))} on"}
            )
    return found
