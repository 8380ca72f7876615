"""Re-runs the spans of a journal on the market that they were made on, and compares counts and hashes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from agent.journal.difference import Difference
from agent.runtime.deciders import decider_for
from agent.runtime.graded import RunGrades
from agent.runtime.span import OpenSpan
from agent.runtime.worlds import assets_of, open_world
from core.decision import Situation, Unchanged
from core.events import Decided, Span, Started, event
from core.ids import decision_id
from core.instant import Instant, Interval, instant, interval
from core.portfolio import Portfolio
from core.ports import Clock, Decider, JournalReader, Record
from tools.clocks import SimulatedClock
from tools.market.bar_market import BarMarket


@dataclass(slots=True)
class _Stage:
    """One start of one account, up to some event of it."""

    account: str
    every: Interval
    menu: tuple[str, ...]
    clock: SimulatedClock
    market: BarMarket
    decider: Decider
    portfolio: Portfolio
    wished: dict[str, float] = field(default_factory=dict)


class SpanReplay:
    """Checks spans in the order of their stream.

    The home's store must still hold what a replayed account saw; a simulated market is made again.
    """

    def __init__(self, reader: JournalReader, home: Path, wall: Clock) -> None:
        self._reader = reader
        self._home = home
        self._wall = wall
        self._stream = ""
        self._records: Iterator[Record] = iter(())
        self._stage: _Stage | None = None

    async def __call__(self, record: Record) -> Difference | None:
        """The first difference between *record* and the same decisions made again.

        Raises:
            NoAnswerError: the market it was made on is not there any more.
        """
        if record.stream != self._stream:
            self._stream = record.stream
            self._records = self._reader.records(record.stream, kinds=("started", "decided", "span"))
        for earlier in self._records:
            if earlier.seq == record.seq:
                break
            self._take(event(earlier.kind, earlier.body))
        span = event(record.kind, record.body)
        if self._stage is None or not isinstance(span, Span):
            raise ValueError(f"{record.stream}#{record.seq} is no span of a started account")
        return await _compare(self._stage, span)

    def _take(self, told: object) -> None:
        if isinstance(told, Started) and not told.resumed:
            self._stage = self._open(told)
        elif isinstance(told, Decided) and self._stage is not None:
            for proposal in told.proposals:
                self._stage.wished[told.menu[proposal.asset]] = proposal.stance

    def _open(self, started: Started) -> _Stage:
        config = started.config
        start = instant(config["from"])
        world = open_world(
            config["market"],
            self._home,
            self._wall,
            symbols=config["symbols"],
            start=start,
            until=instant(config["until"]),
            grain=config["grain"],
        )
        clock = SimulatedClock(start)
        market = BarMarket(clock, world.grain, world.series, world.instruments, simulated=world.simulated)
        return _Stage(
            config["account"],
            interval(config["every"]),
            tuple(config["symbols"]),
            clock,
            market,
            decider_for(config["decider"], RunGrades(assets_of(world), world.facts)),
            Portfolio(started.cash, started.quote),
        )


async def _compare(stage: _Stage, span: Span) -> Difference | None:
    again = OpenSpan(span.decider)
    for moment in range(span.first, span.last + 1, stage.every.ms):
        now = Instant(moment)
        await stage.clock.sleep_until(now)
        await stage.market.advance(now)
        answer = await stage.decider.decide(
            Situation(
                decision_id(stage.account, span.decider, now),
                stage.account,
                now,
                stage.every,
                stage.menu,
                stage.market,
                stage.portfolio,
                stage.wished,
            )
        )
        if not isinstance(answer, Unchanged):
            return Difference("/last", span.last, now)
        again.add((now, answer.fingerprint))
    made = again.close()
    if made is None or made.count != span.count:
        return Difference("/count", span.count, 0 if made is None else made.count)
    if made.inputs_hash != span.inputs_hash:
        return Difference("/inputs_hash", span.inputs_hash, made.inputs_hash)
    return None
