"""The venue's front desk: what a request may see of the engine. Visibility lag and most wrong behaviours live here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from core.instant import HOUR, Instant
from core.money import ZERO, add
from tools.exchange.stand_in.engine.engine import Engine
from tools.exchange.stand_in.engine.orders import NewOrder, VenueOrder, VenueTrade
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.tape import Tape
from tools.exchange.stand_in.wire.keys import ApiKey
from tools.exchange.stand_in.wrongs import Wrong

ANOTHER_ID = "another0id0than0yours0"


@dataclass(slots=True)
class Desk:
    """Reads and orders for one account. *now* is the venue's own time (its clock and its skew)."""

    engine: Engine
    keys: dict[str, ApiKey]
    tape: Tape
    now: Callable[[], Instant]
    dead_man_at: Instant | None = None
    nonces: dict[str, int] = field(default_factory=dict)
    _first_balances: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    _times_told: int = 0

    @property
    def wrong(self) -> Collection[Wrong]:
        """What this venue does wrong."""
        return self.engine.wrong

    def tick(self) -> None:
        """Lets happen what time alone makes happen: the walk of the prices, the dead-man switch."""
        now = self.now()
        for symbol, price in self.tape.due(now):
            self.engine.move(symbol, price, now)
        if self.dead_man_at is not None and now >= self.dead_man_at:
            self.dead_man_at = None
            for number in list(self.engine.open):
                self.engine.cancel(number, now, "dead man's switch")

    def told_time(self) -> Instant:
        """The time as the venue tells it."""
        self._times_told += 1
        jumps = Wrong.TIME_JUMPS in self.wrong and self._times_told % 2 == 0
        return Instant(self.now() + (HOUR if jumps else 0))

    def place(self, order: NewOrder) -> VenueOrder:
        """Places *order*; what the venue answers about it.

        Raises:
            Refused: it does not exist.
        """
        return self.told(self.engine.place(order, self.now()))

    def cancel(self, order: VenueOrder, reason: str = "User requested") -> VenueOrder:
        """Cancels *order* as `engine_order` found it.

        Raises:
            Refused: it is not open.
        """
        if Wrong.CANCEL_DOES_NOTHING in self.wrong and order.number in self.engine.open:
            return order
        return self.told(self.engine.cancel(order.number, self.now(), reason))

    def engine_order(
        self, is_it: Callable[[VenueOrder], bool], symbol: str | None = None
    ) -> VenueOrder | None:
        """The newest order that *is_it*, visible or not: the engine itself is asked, not the database."""
        for order in reversed(self.engine.orders):
            if (symbol is None or order.symbol == symbol) and is_it(order):
                return order
        return None

    def find(
        self, is_it: Callable[[VenueOrder], bool], symbol: str | None = None, *, by_client_id: bool = False
    ) -> VenueOrder:
        """The newest visible order that *is_it*.

        Raises:
            Refused: there is none to be seen.
        """
        found = self._newest(is_it, symbol)
        if found is not None and by_client_id:
            if Wrong.LOOKUP_FINDS_NOTHING in self.wrong:
                found = None
            elif Wrong.LOOKUP_FINDS_ANOTHER in self.wrong:
                found = self._newest(lambda order: not is_it(order), symbol)
        if found is None:
            raise Refused(Refusal.UNKNOWN_ORDER)
        return self.told(found)

    def open_orders(self, symbol: str | None = None) -> list[VenueOrder]:
        """What can still fill, oldest first."""
        orders = [one for one in self.engine.open.values() if self._can_be_seen(one, symbol)]
        if Wrong.OPEN_ORDERS_CUT in self.wrong:
            orders = orders[:1]
        return [self.told(one) for one in orders]

    def seen(self, symbol: str | None = None) -> list[VenueOrder]:
        """Every order that can be seen, oldest first, not yet as it is `told`."""
        return [one for one in self.engine.orders if self._can_be_seen(one, symbol)]

    def trades(self, symbol: str | None = None) -> list[VenueTrade]:
        """The account's fills, oldest first."""
        if Wrong.TRADES_LEFT_OUT in self.wrong:
            return []
        now = self.now()
        seen = [
            one
            for one in self.engine.trades
            if one.visible_at <= now and (symbol is None or one.symbol == symbol)
        ]
        return self.without_fees(seen)

    def without_fees(self, trades: Sequence[VenueTrade]) -> list[VenueTrade]:
        """*trades* as this venue tells them."""
        if Wrong.TRADES_WITHOUT_FEES in self.wrong:
            return [replace(one, fee=ZERO) for one in trades]
        return list(trades)

    def trades_of(self, order: VenueOrder) -> list[VenueTrade]:
        """The fills of one order, oldest first; they come with the order, so they are never late."""
        return self.without_fees([one for one in self.engine.trades if one.order == order.number])

    def balances(self) -> dict[str, tuple[Decimal, Decimal]]:
        """``{asset: (free, locked)}``."""
        if Wrong.BALANCES_STAND_STILL in self.wrong:
            self._first_balances = self._first_balances or self.engine.accounts.balances()
            return self._first_balances
        return self.engine.accounts.balances()

    def remember_balances(self) -> None:
        """Notes what the account owns at the start."""
        self._first_balances = self.engine.accounts.balances()

    def can_withdraw(self, key: str) -> bool:
        """What the venue says of a key's right to withdraw."""
        return self.keys[key].withdraw and Wrong.WITHDRAW_HIDDEN not in self.wrong

    def told(self, order: VenueOrder) -> VenueOrder:
        """*order* as this venue tells it: a copy, with what is wrong about it."""
        told = replace(order, fees=dict(order.fees))
        if Wrong.ECHOES_ANOTHER_ID in self.wrong:
            told.client_id = ANOTHER_ID
        if told.filled and Wrong.FILLED_TOO_MUCH in self.wrong:
            lot = self.engine.listings[order.symbol].instrument.lot_size
            told.filled = add(told.filled, lot)
        return told

    def _newest(self, is_it: Callable[[VenueOrder], bool], symbol: str | None) -> VenueOrder | None:
        orders = reversed(self.engine.orders)
        return next((one for one in orders if is_it(one) and self._can_be_seen(one, symbol)), None)

    def _can_be_seen(self, order: VenueOrder, symbol: str | None) -> bool:
        return (
            order.visible_at <= self.now()
            and (symbol is None or order.symbol == symbol)
            and (order.is_open or Wrong.FORGETS_CLOSED not in self.wrong)
        )
