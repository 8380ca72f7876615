"""The venue's matching engine over one account."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from core.instant import Instant
from core.money import ZERO, add, ceil_to, divide, floor_to, multiply, subtract
from core.orders import Side
from tools.exchange.stand_in.engine.accounts import Accounts, Box
from tools.exchange.stand_in.engine.filters import admitted
from tools.exchange.stand_in.engine.funds import Funds
from tools.exchange.stand_in.engine.ladder import Ladder
from tools.exchange.stand_in.engine.listing import DELISTED, Listing, by_symbol
from tools.exchange.stand_in.engine.orders import (
    NewOrder,
    Status,
    TimeInForce,
    VenueOrder,
    VenueTrade,
)
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.engine.rules import Rules
from tools.exchange.stand_in.engine.triggers import follow, reached
from tools.exchange.stand_in.wrongs import Wrong

Plan = list[tuple[Decimal, Decimal]]


class Engine:
    """Accepts, matches and remembers. Not thread-safe: its owner serialises.

    *depth* is what can be had at each price level until the next move; *lag_ms* is how long an accepted order
    and its trades stay out of sight of lookups.
    """

    def __init__(
        self,
        listings: Sequence[Listing],
        rules: Rules,
        *,
        depth: Decimal,
        lag_ms: int = 0,
        wrong: Collection[Wrong] = (),
    ) -> None:
        self.listings = dict(by_symbol(tuple(listings)))
        self.rules = rules
        self.lag_ms = lag_ms
        self.wrong = set(wrong)
        self.ladders = {one.symbol: Ladder(one.price, one.instrument.tick_size, depth) for one in listings}
        self.accounts = Accounts()
        self.orders: list[VenueOrder] = []
        self.trades: list[VenueTrade] = []
        self.open: dict[int, VenueOrder] = {}
        self.on_price: Callable[[str, Decimal, Decimal, Instant], None] = lambda *_: None
        self._funds = Funds(self.accounts, rules, self.ladders)

    def place(self, order: NewOrder, now: Instant) -> VenueOrder:
        """Accepts *order* and matches what can be matched.

        Raises:
            Refused: it does not exist at the venue.
        """
        listing = self.listings.get(order.symbol)
        if listing is None or listing.status == DELISTED:
            raise Refused(Refusal.UNKNOWN_SYMBOL)
        ladder = self.ladders[order.symbol]
        order = admitted(order, listing, ladder.last, self.wrong)
        self._check_client_id(order)
        working = VenueOrder(
            number=len(self.orders) + 1,
            wanted=order,
            quantity=order.quantity or ZERO,
            created_at=now,
            updated_at=now,
            visible_at=Instant(now + self.lag_ms),
            client_id="" if Wrong.DROPS_CLIENT_ID in self.wrong else order.client_id,
            stop=None if order.trail else order.stop,
            waiting=order.stop is not None or order.trail is not None,
        )
        if working.waiting:
            follow(working, ladder.last)
            triggered = working.stop is not None and reached(order, working.stop, ladder.last)
            if triggered and self.rules.refuses_triggered:
                raise Refused(Refusal.WOULD_TRIGGER)
            price = order.limit or working.stop or order.stop or ladder.ask
            self._lock(working, listing, self._funds.needed(order.side, working.quantity, price))
            self._remember(working)
            if triggered:
                self._wake(working, now)
            return working
        plan = self._plan(order, listing)
        if order.post_only and plan and Wrong.POST_ONLY_TAKES not in self.wrong:
            raise Refused(Refusal.WOULD_TAKE)
        planned = _quantity(plan)
        if order.quantity is None:
            working.quantity = planned
            if not planned:
                raise Refused(Refusal.LOT)
        if order.time_in_force is TimeInForce.FOK and planned < working.quantity:
            plan = []
        self._lock(working, listing, self._to_hold(order, working, plan))
        self._remember(working)
        self._execute(working, plan, now)
        self._rest_or_expire(working, now)
        return working

    def cancel(self, number: int, now: Instant, reason: str = "") -> VenueOrder:
        """Ends an open order.

        Raises:
            Refused: it is not open.
        """
        order = self.open.get(number)
        if order is None:
            raise Refused(Refusal.UNKNOWN_ORDER)
        self._end(order, Status.CANCELED, now, reason)
        return order

    def move(self, symbol: str, price: Decimal, now: Instant, *, ask: Decimal | None = None) -> None:
        """Moves the market, wakes stops and fills what rests and is reached, oldest of the best price first."""
        ladder = self.ladders[symbol]
        ladder.move(price, ask)
        self.on_price(symbol, ladder.last, ZERO, now)
        for order in [one for one in self.open.values() if one.symbol == symbol and one.waiting]:
            follow(order, ladder.last)
            if order.stop is not None and reached(order.wanted, order.stop, ladder.last):
                self._wake(order, now)
        resting = [one for one in self.open.values() if one.symbol == symbol and not one.waiting]
        for order in sorted(resting, key=_priority):
            available = _quantity(ladder.offers(order.wanted.side, order.wanted.limit))
            quantity = min(order.left, available)
            if quantity > 0:
                self._use(order, quantity)
                self.fill(order.number, quantity, order.wanted.limit or ladder.last, now)

    def fill(
        self,
        number: int,
        quantity: Decimal,
        price: Decimal,
        now: Instant,
        *,
        maker: bool = True,
        late: bool = False,
    ) -> VenueTrade:
        """Fills part of an open order at *price*, whatever the ladder says; *late*, even of one that has ended.

        Raises:
            Refused: it is not open.
            ValueError: the account cannot pay for it.
        """
        if number not in self.open and not late:
            raise Refused(Refusal.UNKNOWN_ORDER)
        order = self.orders[number - 1]
        listing = self.listings[order.symbol]
        price = self._perhaps_beyond(order, listing, price)
        fee, asset = self._funds.settle(order, listing, quantity, price, maker=maker)
        order.filled = add(order.filled, quantity)
        order.spent = add(order.spent, multiply(quantity, price))
        order.fees[asset] = add(order.fees.get(asset, ZERO), fee)
        order.status = Status.PARTIAL if order.is_open else order.status
        order.updated_at = now
        trade = VenueTrade(
            number=len(self.trades) + 1,
            order=number,
            client_id=order.client_id,
            symbol=order.symbol,
            side=order.wanted.side,
            quantity=quantity,
            price=price,
            fee=fee,
            fee_asset=asset,
            maker=maker,
            at=now,
            visible_at=Instant(now + self.lag_ms),
        )
        self.trades.append(trade)
        self.on_price(order.symbol, price, quantity, now)
        if order.is_open and order.wanted.limit is not None:
            self._funds.keep(order, self._funds.needed(order.wanted.side, order.left, order.wanted.limit))
        if order.left <= 0:
            self._end(order, Status.FILLED, now)
        return trade

    def deposit(self, asset: str, amount: Decimal) -> None:
        """Money arrives from outside (or leaves, below zero)."""
        if amount >= 0:
            self.accounts.move(asset, Box.OUTSIDE, Box.FREE, amount)
        else:
            self.accounts.move(asset, Box.FREE, Box.OUTSIDE, -amount)

    def set_status(self, symbol: str, status: str, now: Instant) -> None:
        """Changes whether *symbol* trades; its open orders end with a delisting."""
        self.listings[symbol].status = status
        if status == DELISTED:
            for order in [one for one in self.open.values() if one.symbol == symbol]:
                self._end(order, Status.EXPIRED, now, "delisted")

    def set_filters(self, symbol: str, filters: Mapping[str, Decimal]) -> None:
        """Changes filters of *symbol*; what is open stays as it is."""
        listing = self.listings[symbol]
        listing.instrument = replace(listing.instrument, **filters)  # type: ignore[arg-type]  # names are fields
        self.ladders[symbol].tick = listing.instrument.tick_size

    def _check_client_id(self, order: NewOrder) -> None:
        if not order.client_id:
            return
        if not order.by_hand and not self.rules.good_client_id(order.client_id):
            raise Refused(Refusal.BAD_CLIENT_ID)
        if any(one.wanted.client_id == order.client_id for one in self.open.values()):
            raise Refused(Refusal.DUPLICATE)

    def _plan(self, order: NewOrder, listing: Listing) -> Plan:
        """What *order* would take now: (price, quantity), best first."""
        plan: Plan = []
        left, spend = order.quantity, order.spend
        for price, available in self.ladders[order.symbol].offers(order.side, order.limit):
            if left is not None:
                quantity = min(available, left)
                left = subtract(left, quantity)
            else:
                assert spend is not None  # noqa: S101 - for the type checker: the filters saw to it
                lots = floor_to(divide(spend, price), listing.instrument.lot_size)
                quantity = min(available, lots)
                spend = subtract(spend, multiply(quantity, price))
            if quantity <= 0:
                break
            plan.append((price, quantity))
        return plan

    def _to_hold(self, order: NewOrder, working: VenueOrder, plan: Plan) -> Decimal:
        if order.side is Side.SELL:
            return working.quantity
        if order.limit is not None:
            return self._funds.needed(order.side, working.quantity, order.limit)
        return self._funds.with_fee(sum((multiply(price, quantity) for price, quantity in plan), ZERO))

    def _lock(self, order: VenueOrder, listing: Listing, amount: Decimal) -> None:
        self._funds.lock(order, listing.base if order.wanted.side is Side.SELL else listing.quote, amount)

    def _remember(self, order: VenueOrder) -> None:
        self.orders.append(order)
        self.open[order.number] = order

    def _execute(self, order: VenueOrder, plan: Plan, now: Instant) -> None:
        for price, quantity in plan:
            self.ladders[order.symbol].take(order.wanted.side, price, quantity)
            self.fill(order.number, quantity, price, now, maker=False)

    def _rest_or_expire(self, order: VenueOrder, now: Instant) -> None:
        if not order.is_open:
            return
        immediate = order.wanted.time_in_force is not TimeInForce.GTC and Wrong.IOC_RESTS not in self.wrong
        if order.wanted.limit is None or immediate:
            self._end(order, Status.EXPIRED, now, "nothing left to take")

    def _wake(self, order: VenueOrder, now: Instant) -> None:
        """The stop is reached: from here on it is a market or a limit order."""
        order.waiting = False
        order.updated_at = now
        listing = self.listings[order.symbol]
        plan = self._plan(order.wanted.by_quantity(order.left), listing)
        if order.wanted.side is Side.BUY and order.wanted.limit is None:
            short = subtract(self._to_hold(order.wanted, order, plan), order.locked)
            if short > 0:
                self._lock(order, listing, min(short, self.accounts.free(listing.quote)))
                plan = self._affordable(plan, order.locked, listing)
        self._execute(order, plan, now)
        self._rest_or_expire(order, now)

    def _affordable(self, plan: Plan, money: Decimal, listing: Listing) -> Plan:
        cut: Plan = []
        for price, quantity in plan:
            lots = floor_to(divide(money, self._funds.with_fee(price)), listing.instrument.lot_size)
            if lots <= 0:
                break
            cut.append((price, min(quantity, lots)))
            money = subtract(money, self._funds.with_fee(multiply(price, cut[-1][1])))
        return cut

    def _use(self, order: VenueOrder, quantity: Decimal) -> None:
        ladder = self.ladders[order.symbol]
        for price, available in ladder.offers(order.wanted.side, order.wanted.limit):
            ladder.take(order.wanted.side, price, min(available, quantity))
            quantity = subtract(quantity, min(available, quantity))
            if quantity <= 0:
                return

    def _perhaps_beyond(self, order: VenueOrder, listing: Listing, price: Decimal) -> Decimal:
        limit = order.wanted.limit
        if Wrong.FILLS_ABOVE_LIMIT not in self.wrong or limit is None:
            return price
        tick = listing.instrument.tick_size
        if order.wanted.side is Side.BUY:
            beyond = ceil_to(multiply(limit, Decimal("1.01")), tick)
            affordable = add(order.locked, self.accounts.free(listing.quote))
            return beyond if self._funds.needed(Side.BUY, order.left, beyond) <= affordable else price
        return floor_to(multiply(limit, Decimal("0.99")), tick)

    def _end(self, order: VenueOrder, status: Status, now: Instant, reason: str = "") -> None:
        self._funds.keep(order, ZERO)
        order.status = status
        order.waiting = False
        order.updated_at = now
        order.reason = reason
        self.open.pop(order.number, None)


def _quantity(plan: Plan) -> Decimal:
    return sum((quantity for _, quantity in plan), ZERO)


def _priority(order: VenueOrder) -> tuple[Decimal, int]:
    limit = order.wanted.limit or ZERO
    return (-limit if order.wanted.side is Side.BUY else limit, order.number)
