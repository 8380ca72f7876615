"""The paper venue behind a network: the same port, with what goes wrong between us and a real venue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.errors import RejectedError, UnknownFateError, UnreachableError
from core.ids import OrderId
from core.instant import Instant
from core.money import ZERO, add, multiply, subtract
from core.orders import ApprovedOrder, ExecutionReport, Fill, Order, OrderState, OrderStatus, Side
from core.ports import Clock
from tools.exchange.paper.exchange import PaperExchange
from tools.exchange.paper.faults import Fault, Script
from tools.exchange.paper.transit import Transit, UnderWay, Veil

_OPEN = frozenset({OrderStatus.OPEN, OrderStatus.PARTIAL})
_AGAIN = "#"


class FaultyBorder:
    """An exchange whose requests and answers get lost, late and wrong, as *script* says.

    What is under way, and what is not shown yet, is kept at *path* (``:memory:`` works) and outlives the
    process; it arrives when the clock has passed its time. The venue refuses what arrives later than the
    script's validity, so that an order's absence after `grace_ms` is a proof. An id that is sent twice is
    placed twice here once the first has ended, as at real venues.
    """

    remembers = False

    def __init__(self, inner: PaperExchange, script: Script, clock: Clock, path: Path) -> None:
        self.grace_ms: int | None = script.times.grace
        self._inner = inner
        self._script = script
        self._clock = clock
        self._transit = Transit(path, inner.account)
        self._said: dict[int, ExecutionReport] = {}
        self._told = {said for said, _ in self._transit.told}
        self._waiting: list[ExecutionReport] = []
        self._heard = 0

    def wire(self, order: ApprovedOrder) -> Mapping[str, Any]:
        """What the venue behind is asked for."""
        return self._inner.wire(order)

    async def submit(self, order: ApprovedOrder) -> OrderState:
        """Sends *order* on its way.

        Raises:
            RejectedError: the venue refused it; with code ``duplicate`` it has one of this id.
            UnknownFateError: nobody knows whether it arrived.
        """
        self._arrive()
        now, times = self._clock.now(), self._script.times
        fault = self._script.submit(order.id, self._transit.count)
        veil = None
        if fault is Fault.INVISIBLE:
            veil = Veil(Instant(now + times.lag), 0)
        elif fault is Fault.LATE_FILL:
            veil = Veil(now, times.late)
        number = self._transit.send(order, veil)
        if fault is Fault.LOST_BEFORE:
            raise _unknown(order, "no answer came")
        if fault is Fault.SLOW:
            arrives_at = Instant(now + self._script.delay(order.id))
            self._transit.depart(UnderWay(number, arrives_at, Instant(now + times.validity), order))
            raise _unknown(order, "no answer came in time")
        return self._answer(order, fault)

    async def cancel(self, order_id: OrderId) -> OrderState:
        """Ends an order; where its fills are not shown yet, it looks cancelled.

        Raises:
            RejectedError: the venue never had such an order.
            UnreachableError: no answer came; the order may have ended.
        """
        self._arrive()
        fault = self._script.cancel(order_id, self._transit.ask("cancel"))
        if fault is Fault.LOST_BEFORE:
            raise _silence()
        state = await self._inner.cancel(order_id)
        await self._take_in()
        if fault is not Fault.NONE:
            raise _silence()
        shown = self._shown(state)
        if shown is not None and shown.status in _OPEN:
            self._transit.end(order_id)
            shown = self._shown(state)
        return state if shown is None else shown

    async def order(self, order_id: OrderId) -> OrderState | None:
        """An order by our id; `None` where it is not shown now."""
        self._ask()
        state = await self._inner.order(order_id)
        await self._take_in()
        return None if state is None else self._shown(state)

    async def open_orders(self) -> tuple[OrderState, ...]:
        """Every order that is shown as open."""
        self._ask()
        states = {state.id: state for state in await self._inner.open_orders()}
        await self._take_in()
        for said in self._waiting:
            known = self._inner.find(said.order_id)
            if known is not None:
                states.setdefault(known.id, known)
        shown = (self._shown(state) for state in states.values())
        return tuple(state for state in shown if state is not None and state.status in _OPEN)

    async def reports(self, after: int) -> tuple[ExecutionReport, ...]:
        """What was told after report number *after*, in the order and under the numbers in which it was told."""
        self._ask()
        await self._take_in()
        news, now = enumerate(self._transit.told[after:], after + 1), self._clock.now()
        # who was killed and begins again stands at an earlier time than what was told to it then
        return tuple(
            _as_told(self._said[said], seq, known_at) for seq, (said, known_at) in news if known_at <= now
        )

    async def balances(self) -> Mapping[str, Decimal]:
        """What the account owns of each asset, reserved amounts included, as far as its fills were told."""
        self._ask()
        owned = dict(await self._inner.balances())
        await self._take_in()
        for said in self._waiting:
            if said.fill is not None:
                base, _, quote = said.symbol.partition("/")
                bought, paid = _legs(said.fill)
                owned[base] = subtract(owned.get(base, ZERO), bought)
                owned[quote] = add(owned.get(quote, ZERO), paid)
        return {asset: amount for asset, amount in owned.items() if amount}

    async def trouble(self) -> str | None:
        """What the venue behind says."""
        self._ask()
        return await self._inner.trouble()

    async def close(self) -> None:
        """Closes the border and the venue behind it."""
        self._transit.close()
        await self._inner.close()

    def _ask(self) -> None:
        self._arrive()
        if self._script.silent and self._script.is_unanswered(self._transit.ask("question")):
            raise _silence()

    def _arrive(self) -> None:
        """Lets everything that has reached the venue by now be taken or refused there."""
        for request in self._transit.arriving(self._clock.now()):
            if request.arrives_at > request.valid_until:
                continue
            try:
                self._deliver(request.order, request.arrives_at)
            except RejectedError:
                continue  # whoever asked has hung up: what is refused just never appears

    def _deliver(self, order: Order, arrived_at: Instant | None = None) -> OrderState:
        sent = self._transit.times_sent(order.id)
        known = self._inner.find(order.id, arrived_at) if sent > 1 else None
        if known is None:
            return self._inner.place(order, arrived_at)
        if known.status in _OPEN:
            raise _duplicate(order)
        return self._inner.place(replace(order, id=OrderId(f"{order.id}{_AGAIN}{sent}")), arrived_at)

    def _answer(self, order: Order, fault: Fault) -> OrderState:
        is_heard = fault in {Fault.NONE, Fault.LATE_FILL, Fault.DUPLICATE}
        try:
            state = self._deliver(order)
        except RejectedError:
            if is_heard:
                raise
            raise _unknown(order, "no answer came") from None
        if fault is Fault.DUPLICATE:
            raise _duplicate(order)
        if fault is Fault.WRONG_ANSWER:
            raise _unknown(order, "the answer was about another order")
        if not is_heard:
            raise _unknown(order, "no answer came")
        return state

    async def _take_in(self) -> None:
        """Reads on in the venue's reports, and numbers those that may be told by now."""
        news = await self._inner.reports(self._heard)
        for said in news:
            self._said[said.seq] = said
            self._heard = said.seq
            if said.seq not in self._told:
                self._waiting.append(said)
        if not self._waiting:
            return
        now, told = self._clock.now(), self._transit.told
        newest = told[-1][1] if told else Instant(0)
        if now < newest:
            # the clock began again at an earlier time: nothing overtakes what was told at the later one
            return
        due = sorted((moment, said.seq) for said in self._waiting if (moment := self._told_at(said)) <= now)
        self._transit.tell([(seq, max(moment, newest)) for moment, seq in due])
        gone = {seq for _, seq in due}
        self._told |= gone
        self._waiting = [said for said in self._waiting if said.seq not in gone]

    def _told_at(self, said: ExecutionReport) -> Instant:
        veil = self._transit.veils.get(said.order_id)
        if veil is None:
            return said.known_at
        late = 0 if said.fill is None else veil.fills_late_by
        return Instant(max(said.known_at + late, veil.shown_from))

    def _shown(self, state: OrderState) -> OrderState | None:
        """An order as far as it is shown now."""
        veil = self._transit.veils.get(state.id)
        if veil is None:
            return state
        if self._clock.now() < veil.shown_from:
            return None
        filled, spent, hidden = state.filled, state.spent, False
        for said in self._waiting:
            fill = said.fill
            if said.order_id == state.id and fill is not None:
                bought, paid = map(abs, _legs(fill))
                filled, spent, hidden = subtract(filled, bought), subtract(spent, paid), True
        if not hidden:
            return state
        status, reason = OrderStatus.PARTIAL if filled else OrderStatus.OPEN, ""
        if veil.ended or state.status is OrderStatus.CANCELLED:
            status, reason = OrderStatus.CANCELLED, state.reason or "cancelled"
        return replace(state, status=status, filled=filled, spent=spent, reason=reason)


def _as_told(said: ExecutionReport, seq: int, known_at: Instant) -> ExecutionReport:
    """The report under its number here; of an order that was placed twice both go by the one id that was sent."""
    order_id = OrderId(said.order_id.partition(_AGAIN)[0])
    fill = None if said.fill is None else replace(said.fill, order_id=order_id)
    return replace(said, seq=seq, order_id=order_id, known_at=known_at, fill=fill)


def _legs(fill: Fill) -> tuple[Decimal, Decimal]:
    """Base that came in and quote that went out, fee included; below zero for a sale."""
    notional = multiply(fill.quantity, fill.price)
    if fill.side is Side.BUY:
        return fill.quantity, add(notional, fill.fee)
    return fill.quantity.copy_negate(), subtract(fill.fee, notional)


def _unknown(order: Order, why: str) -> UnknownFateError:
    return UnknownFateError(
        f"order {order.id} for {order.symbol} was sent, and {why}", "Ask the venue what became of it."
    )


def _duplicate(order: Order) -> RejectedError:
    return RejectedError(
        f"order {order.id} for {order.symbol} is there already", "Look it up by its id.", code="duplicate"
    )


def _silence() -> UnreachableError:
    return UnreachableError("the venue did not answer", "Ask again later.")
