"""Everything that one run of one account works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from agent.runtime.account import Account
from agent.runtime.config import RunConfig
from agent.runtime.drift import Watch
from agent.runtime.executor import Executor
from agent.runtime.halt_switch import HaltSwitch
from agent.runtime.heartbeat import Heartbeat
from agent.runtime.real_time import RealTime
from agent.runtime.recorder import Recorder
from agent.runtime.schedule import Schedule
from core.instant import Instant
from core.observation import Missing
from core.ports import Approver, Clock, Decider, Exchange, MarketData
from strategies.risk.in_force import limits_hash

if TYPE_CHECKING:
    from agent.graph.graded import GradesOf


@dataclass(slots=True)
class Desk:
    """The parts of a run, wired by `agent.runtime.modes`.

    *narratives*: what each symbol's asset is bought for. *close* gives back what the venue holds open. *marks*: the last good price of each symbol. *catching_up*: the first beat after a restart is due. *is_shared*: others may use the venue's account too, as with a real one. *limits_only*: it is sent no market orders. *unended*: symbols whose stop was to give way and still rests. *real*: `None` in simulated time. *pegs*: what the quote currency was worth, as in `agent.runtime.worlds.World`. *grades*: the grades of its market, for the risk rules that ask for them.
    """

    config: RunConfig
    schedule: Schedule
    clock: Clock
    market: MarketData
    exchange: Exchange
    decider: Decider
    approver: Approver
    account: Account
    recorder: Recorder
    executor: Executor
    halt: HaltSwitch
    heartbeat: Heartbeat | None = None
    progress: Callable[[Instant], None] = lambda _: None
    stop_asked: Callable[[], bool] = lambda: False
    close: Callable[[], None] = lambda: None
    marks: dict[str, Decimal] = field(default_factory=dict)
    raw_marks: dict[str, float] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()
    catching_up: bool = False
    is_shared: bool = False
    limits_only: bool = False
    watch: Watch = field(default_factory=Watch)
    unended: set[str] = field(default_factory=set)
    real: RealTime | None = None
    limits_hash: str = ""
    narratives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pegs: Sequence[tuple[Instant, Decimal]] = ()
    grades: GradesOf | None = None

    def __post_init__(self) -> None:
        self.limits_hash = limits_hash(self.config.limits)
        named = self.config.limits.allow.symbols
        self.allowed = frozenset(self.config.symbols).intersection(named or self.config.symbols)

    def mark(self, symbol: str) -> Decimal | None:
        """The last good price of *symbol*; `None` where there never was one."""
        found = self.market.close(symbol)
        if isinstance(found, Missing):
            return self.marks.get(symbol)
        price = found[0]
        if self.raw_marks.get(symbol) != price:
            self.raw_marks[symbol] = price
            self.marks[symbol] = Decimal(repr(price))
        return self.marks[symbol]

    def equity(self) -> Decimal:
        """Cash and every position at its last good price."""
        portfolio = self.account.portfolio
        if not portfolio.positions:
            return portfolio.cash
        for symbol in portfolio.positions:
            self.mark(symbol)
        return portfolio.equity(self.marks)
