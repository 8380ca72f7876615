"""A venue whose state tests edit by hand, and a desk in real-time manner on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from agent.journal.memory_journal import MemoryJournal
from agent.runtime.account import Account
from agent.runtime.desk import Desk
from agent.runtime.modes import Place, begin, wire
from agent.runtime.recovery import recover
from core.errors import RejectedError
from core.events import Approved, Event, event
from core.ids import DecisionId, OrderId, order_id
from core.instant import HOUR, Instant
from core.money import ZERO
from core.orders import (
    ApprovedOrder,
    ExecutionReport,
    Fill,
    Liquidity,
    Order,
    OrderState,
    OrderStatus,
    OrderType,
    Purpose,
    Side,
)
from strategies.risk.limits import limits_from
from tests.agent.runtime.small_world import START, config_of, world_of
from tools.clocks import SimulatedClock

SYMBOL = "AAA/USDT"
GRACE = 10_000
D = Decimal


@dataclass
class FakeVenue:
    """Implements `core.ports.Exchange`. *fates*: what each submit does in turn; *failing*: questions that raise."""

    clock: SimulatedClock
    grace_ms: int | None = GRACE
    remembers: bool = False
    orders: dict[str, OrderState] = field(default_factory=dict)
    said: list[ExecutionReport] = field(default_factory=list)
    owned: dict[str, Decimal] = field(default_factory=lambda: {"USDT": D(10_000)})
    fates: list[BaseException | str] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[ApprovedOrder] = field(default_factory=list)
    ended: list[OrderId] = field(default_factory=list)
    words: str | None = None
    before_submit: Callable[[], object] = lambda: None

    def wire(self, order: ApprovedOrder) -> Mapping[str, Any]:
        return {"clientOrderId": order.id}

    async def submit(self, order: ApprovedOrder) -> OrderState:
        self.before_submit()
        self.sent.append(order)
        fate = self.fates.pop(0) if self.fates else "taken"
        if fate in ("taken", "lost after", "another"):
            self.place(order)
        if fate == "lost after":
            raise TimeoutError("slow")
        if fate == "hangs":
            await asyncio.sleep(3600)
        if isinstance(fate, BaseException):
            raise fate
        state = self.orders[order.id]
        return replace(state, id=OrderId("x" * 22)) if fate == "another" else state

    async def cancel(self, order_id: OrderId) -> OrderState:
        self._ask("cancel")
        self.ended.append(order_id)
        if order_id not in self.orders:
            raise RejectedError(f"there never was an order {order_id}")
        state = self.orders[order_id]
        if state.status in (OrderStatus.OPEN, OrderStatus.PARTIAL):
            self.orders[order_id] = state = replace(state, status=OrderStatus.CANCELLED)
        return state

    async def order(self, order_id: OrderId) -> OrderState | None:
        self._ask("order")
        return self.orders.get(order_id)

    async def open_orders(self) -> tuple[OrderState, ...]:
        self._ask("open_orders")
        return tuple(
            one for one in self.orders.values() if one.status in (OrderStatus.OPEN, OrderStatus.PARTIAL)
        )

    async def reports(self, after: int) -> tuple[ExecutionReport, ...]:
        self._ask("reports")
        return tuple(self.said[after:])

    async def balances(self) -> Mapping[str, Decimal]:
        self._ask("balances")
        return dict(self.owned)

    async def trouble(self) -> str | None:
        self._ask("trouble")
        return self.words

    async def close(self) -> None:
        pass

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what in self.failing:
            raise self.failing[what]

    def place(self, order: Order) -> None:
        """Takes *order* in."""
        self.orders[order.id] = OrderState(order.id, order.symbol, order.side, OrderStatus.OPEN, ZERO, ZERO)

    def report(self, number: str, status: OrderStatus, fill: Fill | None = None) -> None:
        """Says something of an order."""
        state = self.orders[number]
        self.orders[number] = replace(
            state, status=status, filled=state.filled + (fill.quantity if fill else 0)
        )
        self.said.append(
            ExecutionReport(len(self.said) + 1, state.id, state.symbol, status, self.clock.now(), fill)
        )

    def trade(
        self,
        number: str,
        quantity: str,
        price: str = "100",
        *,
        done: bool = True,
        trade: str = "",
        told: bool = True,
    ) -> None:
        """Trades part of an order, and its whole where *done*."""
        state = self.orders[number]
        amount, at = D(quantity), D(price)
        fill = Fill(
            trade or f"t{len(self.said) + 1}", state.id, state.symbol, state.side, amount, at,
            D(0), Liquidity.TAKER, self.clock.now(),
        )  # fmt: skip
        base = state.symbol.partition("/")[0]
        sign = 1 if state.side is Side.BUY else -1
        self.move(base, sign * amount)
        self.move("USDT", -sign * amount * at)
        status = OrderStatus.FILLED if done else OrderStatus.PARTIAL
        if told:
            self.report(number, status, fill)
        else:
            self.orders[number] = replace(state, status=status, filled=state.filled + amount)

    def move(self, asset: str, amount: Decimal) -> None:
        """Somebody moves money."""
        self.owned[asset] = self.owned.get(asset, ZERO) + amount


def an_approved(
    number: int = 1,
    side: Side = Side.BUY,
    *,
    symbol: str = SYMBOL,
    kind: OrderType = OrderType.MARKET,
    quantity: str | None = None,
    spend: str | None = "1000",
    purpose: Purpose | None = None,
    decision: str | None = "d" * 22,
) -> ApprovedOrder:
    """An order as the risk engine makes them."""
    stop = D(90) if kind is OrderType.STOP else None
    limit = D(100) if kind is OrderType.LIMIT else None
    made = None if decision is None else DecisionId(decision)
    return ApprovedOrder(
        order_id(DecisionId(decision or "exit"), symbol, number), symbol, side, kind,
        purpose or (Purpose.ENTRY if side is Side.BUY else Purpose.REDUCTION),
        None if quantity is None else D(quantity), None if quantity is not None else D(spend or 0),
        limit, stop, made, "test", START,
    )  # fmt: skip


@dataclass
class Scene:
    """A desk on a venue of one's own, its journal in memory; `restart` is what a crash leaves."""

    venue: FakeVenue
    journal: MemoryJournal
    desk: Desk

    @property
    def account(self) -> Account:
        return self.desk.account

    @property
    def events(self) -> list[Event]:
        """Everything that was journalled."""
        return [event(r.kind, r.body) for r in self.journal.records(self.account.stream)]

    def kinds(self) -> list[str]:
        """The kinds of it."""
        return [one.kind for one in self.events]

    def alerts(self) -> list[str]:
        """The codes of all alerts."""
        return [r.body["code"] for r in self.journal.records(self.account.stream, kinds=("alert",))]

    def do(self, answer: Any) -> Any:
        return asyncio.run(answer)

    def wait(self, ms: int) -> Instant:
        """Time passes."""
        now = Instant(self.venue.clock.now() + ms)
        self.do(self.venue.clock.sleep_until(now))
        return now

    def send(self, *orders: ApprovedOrder) -> None:
        """Journals intents and sends them."""
        for order in orders:
            self.desk.recorder.write(self.now, Approved(order), self.desk.executor.intent(order))
        self.do(self.desk.executor.send(self.now, orders))

    @property
    def now(self) -> Instant:
        return self.venue.clock.now()


def scene(
    *,
    journal: MemoryJournal | None = None,
    venue: FakeVenue | None = None,
    shared: bool = True,
    limits: Mapping[str, Any] | None = None,
    started: bool = True,
    closes: list[float] | None = None,
    prepare: Callable[[Desk], object] = lambda _: None,
    **named: Any,
) -> Scene:
    """A scene at the start of an account, or where *journal* leaves it."""
    world = world_of(
        {symbol: closes or [100.0] * 100 for symbol in (SYMBOL, "BBB/USDT", "CCC/USDT")}, warm=20
    )
    config = config_of(world, "rule:hold", limits=limits_from({"profile": "none", **(limits or {})}))
    journal = journal or MemoryJournal()
    account, before = recover(journal, "paper", lambda symbol: world.instruments[symbol])
    clock = SimulatedClock(account.beat or config.start) if venue is None else venue.clock
    venue = venue or FakeVenue(clock, **named)
    desk = wire(config, world, Place(None, journal), account, wall=clock, border=lambda *_: venue)
    desk.clock = desk.executor._clock = desk.market._clock = clock  # type: ignore[attr-defined]
    desk.is_shared = shared
    desk.recorder._lasting = True
    desk.recorder._prompt = True
    made = Scene(venue, journal, desk)
    prepare(desk)
    if started:
        account.beat = account.beat or Instant(0)
        made.do(begin(desk, resumed=before is not None))
        account.beat = Instant(max(account.beat, config.start))
    return made


def restarted(before: Scene, **named: Any) -> Scene:
    """The same account in another process, an hour later."""
    before.wait(HOUR)
    return scene(journal=before.journal, venue=before.venue, shared=before.desk.is_shared, **named)
