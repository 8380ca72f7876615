"""What an order must hold, and how a fill moves money."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.money import ONE, ZERO, add, divide, floor_to, multiply, subtract
from core.orders import Side
from tools.exchange.stand_in.engine.accounts import Accounts, Box
from tools.exchange.stand_in.engine.ladder import Ladder
from tools.exchange.stand_in.engine.listing import Listing
from tools.exchange.stand_in.engine.orders import VenueOrder
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.engine.rules import FeeIn, Rules


class Funds:
    """Locks, pays and releases for the one account of this venue."""

    def __init__(self, accounts: Accounts, rules: Rules, ladders: Mapping[str, Ladder]) -> None:
        self.accounts = accounts
        self.rules = rules
        self._ladders = ladders

    def needed(self, side: Side, quantity: Decimal, price: Decimal) -> Decimal:
        """What *quantity* at *price* must hold: base to sell, quote (and its fee, where that is in quote) to buy."""
        if side is Side.SELL:
            return quantity
        return self.with_fee(multiply(quantity, price))

    def with_fee(self, cost: Decimal) -> Decimal:
        """*cost* and the highest fee that is paid on top of it at this venue."""
        if self.rules.fee_in is not FeeIn.QUOTE:
            return cost
        return multiply(cost, add(ONE, max(self.rules.maker, self.rules.taker)))

    def lock(self, order: VenueOrder, asset: str, amount: Decimal) -> None:
        """Sets *amount* aside for *order*.

        Raises:
            Refused: that much is not free.
        """
        if amount > self.accounts.free(asset):
            raise Refused(Refusal.FUNDS)
        self.accounts.move(asset, Box.FREE, Box.LOCKED, amount)
        order.asset_locked = asset
        order.locked = add(order.locked, amount)

    def keep(self, order: VenueOrder, amount: Decimal) -> None:
        """Lets go of what *order* holds beyond *amount*."""
        spare = subtract(order.locked, amount)
        if spare > 0:
            self.accounts.move(order.asset_locked, Box.LOCKED, Box.FREE, spare)
            order.locked = amount

    def settle(
        self, order: VenueOrder, listing: Listing, quantity: Decimal, price: Decimal, *, maker: bool
    ) -> tuple[Decimal, str]:
        """Moves the money of one fill; the fee and what it was taken in.

        Raises:
            ValueError: the account cannot pay, which a venue that filtered would not have let happen.
        """
        cost = multiply(quantity, price)
        paid, got = (
            ((listing.quote, cost), (listing.base, quantity))
            if order.wanted.side is Side.BUY
            else ((listing.base, quantity), (listing.quote, cost))
        )
        fee, asset = self._fee(order.wanted.side, listing, quantity, cost, maker=maker)
        spare = subtract(self._within_reach(order, paid[0]), paid[1])
        if spare < 0:
            raise ValueError(f"the account cannot pay {paid[1]} {paid[0]}")
        if on_top := asset == paid[0]:
            fee = min(fee, spare)  # fees that rose while an order rested take what is there, and no more
        self._pay(order, paid[0], paid[1], Box.MARKET)
        self.accounts.move(got[0], Box.MARKET, Box.FREE, got[1])
        if on_top:
            self._pay(order, asset, fee, Box.FEES)
        else:
            self.accounts.move(asset, Box.FREE, Box.FEES, fee)
        return fee, asset

    def _fee(
        self, side: Side, listing: Listing, quantity: Decimal, cost: Decimal, *, maker: bool
    ) -> tuple[Decimal, str]:
        rate = self.rules.maker if maker else self.rules.taker
        step = self.rules.fee_step
        discount = self.rules.discount_asset
        if discount and (ladder := self._ladders.get(f"{discount}/{listing.quote}")) is not None:
            fee = floor_to(divide(multiply(cost, rate), ladder.last), step)
            if self.accounts.free(discount) >= fee and listing.base != discount:
                return fee, discount
        if side is Side.BUY and self.rules.fee_in is FeeIn.RECEIVED:
            return floor_to(multiply(quantity, rate), step), listing.base
        return floor_to(multiply(cost, rate), step), listing.quote

    def _within_reach(self, order: VenueOrder, asset: str) -> Decimal:
        held = order.locked if order.asset_locked == asset else ZERO
        return add(held, self.accounts.free(asset))

    def _pay(self, order: VenueOrder, asset: str, amount: Decimal, to: Box) -> None:
        held = min(amount, order.locked) if order.asset_locked == asset else ZERO
        self.accounts.move(asset, Box.LOCKED, to, held)
        order.locked = subtract(order.locked, held)
        self.accounts.move(asset, Box.FREE, to, subtract(amount, held))
