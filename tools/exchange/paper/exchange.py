"""The paper venue behind the Exchange port."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.errors import RejectedError
from core.ids import OrderId
from core.instant import Instant
from core.ledger import reserve
from core.market import Costs
from core.money import published
from core.orders import ApprovedOrder, ExecutionReport, Order, OrderState
from core.ports import Clock
from tools.exchange.paper import filters
from tools.exchange.paper.book import Book
from tools.exchange.paper.feed import Feed
from tools.exchange.paper.living import Life
from tools.exchange.paper.working import Working


class PaperExchange:
    """A spot venue that fills against a feed's candles (DESIGN §9) and keeps its own book.

    Every method first lives through all candles that have closed by the clock's now. An order is
    active from its creation plus the latency. A fill executed at a bar's open is reported at its close.
    The closing sale of a delisted holding is the venue's own: it is reported, but is no order of ours.
    """

    grace_ms: int | None = 0
    remembers = True

    def __init__(self, book: Book, feed: Feed, clock: Clock, costs: Costs, account: str) -> None:
        if book.account != account or not book.quote:
            raise ValueError(f"the book of {account!r} must be opened first")
        self._book = book
        self._feed = feed
        self._clock = clock
        self._costs = costs
        self._life = Life(book, feed, costs)
        self._held: tuple[str, ...] = book.held()
        self._heard = book.last_report

    def wire(self, order: ApprovedOrder) -> Mapping[str, Any]:  # noqa: ARG002 - the port's
        """Nothing: the order is handed over as it is."""
        return {}

    @property
    def account(self) -> str:
        """The account that this venue's book is about."""
        return self._book.account

    async def submit(self, order: ApprovedOrder) -> OrderState:
        """Places *order*; a second submit of its id changes nothing and answers how it stands.

        Raises:
            RejectedError: refused, with the reason's code; the venue does not have the order.
        """
        return self.place(order)

    def place(self, order: Order, arrived_at: Instant | None = None) -> OrderState:
        """What `submit` does, of any order: for who stands in front of this venue, never for the agent.

        *arrived_at*: when it reached the venue, where that was before the clock's now; nothing may have
        been asked of the venue since.

        Raises:
            RejectedError: refused, with the reason's code; the venue does not have the order.
        """
        now = self._live(arrived_at)
        known = self._book.find(order.id)
        if known is not None:
            return known.state
        self._admit(order, now)
        needed = filters.reservation(order, self._costs, self._last(order))
        working = Working(
            order=order,
            placed_at=now,
            active_at=Instant(order.created_at + self._costs.latency_ms),
            reserved=needed,
            left=order.quantity,
        )
        asset = working.reserves
        free = self._book.free(asset)
        filters.check_funds(order, needed, free, asset)
        working.reserved = filters.set_aside(order, needed, free)
        with self._book.change():
            self._book.place(working)
            self._book.post(reserve(asset, working.reserved, order.id, now))
        return working.state

    def live(self) -> Instant:
        """Lives through all candles that have closed by the clock's now, which it returns."""
        return self._live()

    def find(self, order_id: OrderId, asked_at: Instant | None = None) -> OrderState | None:
        """What `order` does; *asked_at* as in `place`."""
        self._live(asked_at)
        known = self._book.find(order_id)
        return None if known is None else known.state

    async def cancel(self, order_id: OrderId) -> OrderState:
        """Ends an order if it is still open; its state afterwards.

        Raises:
            RejectedError: the venue never had such an order.
        """
        now = self._live()
        known = self._book.find(order_id)
        if known is None:
            raise RejectedError(
                f"there is no order {order_id}", "Look at the open orders.", code="unknown_order"
            )
        if order_id in self._book.working:
            with self._book.change():
                self._life.finish(known, now, "cancelled")
        return known.state

    async def order(self, order_id: OrderId) -> OrderState | None:
        """An order by our id; `None` means that the venue proves it does not have it."""
        return self.find(order_id)

    async def open_orders(self) -> tuple[OrderState, ...]:
        """Every order that can still fill, oldest first."""
        self._live()
        return tuple(working.state for working in self._book.working.values())

    async def reports(self, after: int) -> tuple[ExecutionReport, ...]:
        """What happened after report number *after* and is known at the clock's now, in order."""
        return self._book.reports(after, self._live())

    async def balances(self) -> Mapping[str, Decimal]:
        """What the account owns of each asset, reserved amounts included."""
        self._live()
        return self._book.owned()

    async def trouble(self) -> str | None:
        """`None`: this venue is always there."""
        return None

    def history(self) -> tuple[tuple[Order, ...], tuple[ExecutionReport, ...]]:
        """Every order that ever came, and everything ever said of any: the book itself, for who audits a run."""
        now = self._live()
        return tuple(working.order for working in self._book.orders()), self._book.reports(0, now)

    async def close(self) -> None:
        """Closes the book."""
        self._book.close()

    def _live(self, until: Instant | None = None) -> Instant:
        now, book = self._clock.now() if until is None else until, self._book
        symbols: set[str] = set()
        if book.working:
            symbols = {working.order.symbol for working in book.working.values()}
        for symbol in self._held:
            if symbol not in symbols:
                ended = self._feed.delisted_at(symbol)
                if ended is not None and ended <= now:
                    symbols.add(symbol)
        if symbols:
            with book.change():
                self._life.until(now, symbols)
            if self._heard != book.last_report:
                self._heard = book.last_report
                self._held = book.held()
        return now

    def _last(self, order: Order) -> Decimal | None:
        """The newest price, where an order's reserve rests on it."""
        if not filters.names_no_price(order):
            return None
        last = self._feed.last_print(order.symbol)
        return None if last is None else published(last.close)

    def _admit(self, order: Order, now: Instant) -> None:
        if order.symbol not in self._feed.symbols:
            raise filters.unknown_symbol(order, self._feed.symbols)
        ended = self._feed.delisted_at(order.symbol)
        if ended is not None and ended <= now:
            raise filters.ended(order)
        instrument = self._feed.instrument(order.symbol)
        if instrument.quote != self._book.quote:
            raise filters.foreign_quote(order, self._book.quote)
        filters.check(order, instrument)
