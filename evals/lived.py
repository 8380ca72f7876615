"""A finished run as the venue's own books tell it, gone through beat by beat."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from agent.runtime.desk import Desk
from agent.runtime.worlds import World
from core.errors import InvariantError
from core.instant import DAY, Instant
from core.money import ZERO, Money, add, multiply, plain, published, subtract
from core.observation import Missing
from core.orders import ExecutionReport, Fill, Finding, Order, OrderStatus, Side
from evals.audit import Books, breaches
from strategies.risk.limits import Limits
from tools.exchange.paper.exchange import PaperExchange
from tools.market.track import Track

_OPEN = (OrderStatus.OPEN, OrderStatus.PARTIAL)


@dataclass(frozen=True, slots=True)
class Lived:
    """What a run left in its venue's book: every order in the order of their coming, everything said of them.

    *cash*: what the account was opened with. *world* and *limits*: what it lived in, and under.
    """

    orders: tuple[Order, ...]
    reports: tuple[ExecutionReport, ...]
    cash: Money
    limits: Limits
    world: World


def lived(desk: Desk, world: World) -> Lived:
    """What the run on *desk* left behind; its venue's book must still be open.

    Raises:
        InvariantError: it did not trade at the paper venue itself.
    """
    if not isinstance(desk.exchange, PaperExchange):
        raise InvariantError(f"{type(desk.exchange).__name__} keeps no book that can be audited")
    orders, reports = desk.exchange.history()
    return Lived(orders, reports, desk.config.cash, desk.config.limits, world)


def inside_limits(run: Lived) -> tuple[Finding, ...]:
    """Every limit that an order of *run* broke, in time.

    Beside each order's own limits: no entry once the day's loss reached its limit, and none once the
    fall from the peak had reached a limit of its own.
    """
    return tuple(_walk(run))


def held_at_end(run: Lived) -> dict[str, Decimal]:
    """Base units of each symbol that the venue holds for the account at the end; none that is zero."""
    venue = _Venue(run)
    venue.hear(Instant(max((said.known_at for said in run.reports), default=Instant(0))))
    return {symbol: quantity for symbol, quantity in venue.held.items() if quantity}


def _walk(run: Lived) -> Iterator[Finding]:
    world, venue, guard = run.world, _Venue(run), _Guard(run.limits)
    coming = deque(run.orders)
    for beat in range(world.grain.ceil(world.start), world.until + 1, world.grain.ms):
        now = Instant(beat)
        venue.hear(now)
        guard.mark(now, venue.equity())
        while coming and coming[0].created_at <= now:
            order = coming.popleft()
            yield from breaches(order, venue.books(order), run.limits)
            if order.side is Side.BUY:
                yield from guard.refuses(order)
            venue.came.append(order)


class _Venue:
    """The books of a venue as its reports make them, up to an instant."""

    def __init__(self, run: Lived) -> None:
        self.cash = run.cash.amount
        self.held: dict[str, Decimal] = {}
        self.came: list[Order] = []
        self._world = run.world
        self._tracks = {symbol: Track(one) for symbol, one in run.world.series.items()}
        self._told = list(reversed(run.reports))
        self._over: set[str] = set()

    def hear(self, now: Instant) -> None:
        """Takes in what is known at *now*."""
        for track in self._tracks.values():
            track.advance(now)
        while self._told and self._told[-1].known_at <= now:
            said = self._told.pop()
            if said.status not in _OPEN:
                self._over.add(said.order_id)
            if said.fill is not None:
                self._book(said.fill)

    def _book(self, fill: Fill) -> None:
        signed = fill.quantity if fill.side is Side.BUY else -fill.quantity
        self.held[fill.symbol] = add(self.held.get(fill.symbol, ZERO), signed)
        self.cash = subtract(subtract(self.cash, multiply(signed, fill.price)), fill.fee)

    def worth(self) -> dict[str, Decimal]:
        """Every holding at its last good price."""
        return {
            symbol: multiply(quantity, self._mark(symbol))
            for symbol, quantity in self.held.items()
            if quantity
        }

    def _mark(self, symbol: str) -> Decimal:
        close = self._tracks[symbol].close()
        return ZERO if isinstance(close, Missing) else published(close[0])

    def equity(self) -> Decimal:
        """Cash and all holdings."""
        total = self.cash
        for amount in self.worth().values():
            total = add(total, amount)
        return total

    def books(self, order: Order) -> Books:
        """How they stand as *order* comes."""
        buying = [one for one in self.came if one.side is Side.BUY and one.id not in self._over]
        sent = (one.created_at for one in self.came if one.created_at > order.created_at - DAY)
        narratives = self._world.narratives
        return Books(self.cash, self.held, self.worth(), buying, sent, self._world.series, narratives)


class _Guard:
    """The day's first equity and the peak, and whether a limit of loss was reached."""

    def __init__(self, limits: Limits) -> None:
        self._loss = limits.loss
        self._day = -1
        self._first = self._peak = self._equity = ZERO
        self._worst: Decimal = ZERO

    def mark(self, now: Instant, equity: Decimal) -> None:
        """Takes in the equity of a beat."""
        if now // DAY != self._day:
            self._day, self._first = now // DAY, equity
        self._equity, self._peak = equity, max(self._peak, equity)
        if self._peak:
            self._worst = max(self._worst, (self._peak - equity) / self._peak)

    def refuses(self, order: Order) -> Iterator[Finding]:
        """What is wrong with an entry now."""
        most = self._loss.per_day
        lost = subtract(self._first, self._equity)
        if most is not None and lost >= multiply(most, self._first):
            yield Finding(
                "loss.day",
                f"buy of {order.symbol}, {order.id}: {plain(lost)} were lost of the day's {plain(self._first)}",
                plain(most),
                plain(lost),
            )
        levels = [one for one in (self._loss.drawdown_reduce, self._loss.drawdown_halt) if one is not None]
        if levels and self._worst >= min(levels):
            yield Finding(
                "loss.drawdown",
                f"buy of {order.symbol}, {order.id}: equity had been {float(self._worst):.2%} below its peak",
                plain(min(levels)),
                f"{float(self._worst):.6f}",
            )
