"""A naive venue in fractions, written from the rules alone: what the paper venue is checked against.

It knows no ledger, no database and no decimals. Slippage here has no impact term (it has a root).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

ZERO = Fraction(0)


@dataclass
class Bar:
    symbol: str
    open: Fraction
    high: Fraction
    low: Fraction
    volume: Fraction


@dataclass
class Naive:
    """One order of the oracle: *left* in base, or in quote for a purchase by amount."""

    name: str
    symbol: str
    side: str
    kind: str
    level: Fraction | None
    left: Fraction
    reserved: Fraction
    by_amount: bool
    maker: bool | None = None
    triggered: bool = False
    status: str = "open"


class Oracle:
    def __init__(self, cash: Fraction, *, maker: str, taker: str, slip: str, share: str) -> None:
        self.free: dict[str, Fraction] = defaultdict(Fraction, USDT=cash)
        self.orders: dict[str, Naive] = {}
        self.prices: dict[str, Fraction] = {}
        self.maker, self.taker = Fraction(maker), Fraction(taker)
        self.slip, self.share = Fraction(slip), Fraction(share)
        self.tick, self.lot = Fraction(1, 100), Fraction(1, 1000)
        self.fills = 0

    def open_orders(self) -> list[Naive]:
        return [order for order in self.orders.values() if order.status in {"open", "partial"}]

    def reserved(self, asset: str) -> Fraction:
        return sum((o.reserved for o in self.open_orders() if self.asset(o) == asset), ZERO)

    @staticmethod
    def asset(order: Naive) -> str:
        return "USDT" if order.side == "buy" else order.symbol.split("/")[0]

    def submit(self, order: Naive) -> bool:
        """Whether there is enough for it."""
        asset = self.asset(order)
        if order.reserved > self.free[asset]:
            return False
        self.free[asset] -= order.reserved
        self.orders[order.name] = order
        return True

    def end(self, order: Naive, status: str) -> None:
        self.free[self.asset(order)] += order.reserved
        order.reserved = ZERO
        order.status = status

    def delist(self, symbol: str) -> None:
        for order in self.open_orders():
            if order.symbol == symbol:
                self.end(order, "cancelled")
        base = symbol.split("/", maxsplit=1)[0]
        if symbol in self.prices:
            self.free["USDT"] += self.free[base] * self.prices[symbol] * (1 - self.taker)
            self.free[base] = ZERO

    def live(self, bar: Bar) -> None:
        room = floor(bar.volume * self.share / self.lot) * self.lot
        ranks = {"market": 0, "stop": 1, "limit": 2}
        for order in sorted(self.open_orders(), key=lambda o: ranks[o.kind]):
            if order.symbol == bar.symbol:
                room -= self.trade(order, bar, room)
        self.prices[bar.symbol] = bar.open

    def trade(self, order: Naive, bar: Bar, room: Fraction) -> Fraction:
        buys = order.side == "buy"
        if order.kind == "limit" and order.maker is None:
            order.maker = bar.open > order.level if buys else bar.open < order.level
        price = self.price(order, bar)
        if price is None:
            return ZERO
        order.triggered = order.kind == "stop"
        if room <= 0:
            return ZERO
        rate = self.maker if order.maker else self.taker
        lots = [room / self.lot]
        if not order.by_amount:
            lots.append(order.left / self.lot)
        if buys:
            lots.append(order.reserved / (price * (1 + rate) * self.lot))
        quantity = floor(min(lots)) * self.lot
        if not quantity:
            self.end(order, "cancelled")
            return ZERO
        self.settle(order, quantity, price, rate)
        return quantity

    def price(self, order: Naive, bar: Bar) -> Fraction | None:
        buys, level = order.side == "buy", order.level
        if order.kind == "limit":
            if buys:
                return min(bar.open, level) if bar.low <= level else None
            return max(bar.open, level) if bar.high >= level else None
        price = bar.open
        if order.kind == "stop" and not order.triggered:
            if buys and bar.high >= level:
                price = max(bar.open, level)
            elif not buys and bar.low <= level:
                price = min(bar.open, level)
            else:
                return None
        moved = price * (1 + self.slip if buys else 1 - self.slip) / self.tick
        return (ceil(moved) if buys else floor(moved)) * self.tick

    def settle(self, order: Naive, quantity: Fraction, price: Fraction, rate: Fraction) -> None:
        self.fills += 1
        base = order.symbol.split("/")[0]
        worth, fee = quantity * price, quantity * price * rate
        if order.side == "buy":
            self.free[base] += quantity
            order.reserved -= worth + fee
        else:
            self.free["USDT"] += worth - fee
            order.reserved -= quantity
        order.status = "partial"
        if order.by_amount:
            if order.reserved < price * (1 + rate) * self.lot:
                self.end(order, "filled")
            return
        order.left -= quantity
        if not order.left:
            self.end(order, "filled")
        elif order.side == "buy" and order.kind == "limit":
            surplus = order.reserved - order.left * order.level * (1 + max(self.maker, self.taker))
            self.free["USDT"] += surplus
            order.reserved -= surplus
