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
    """One order of the oracle: *left* in base, or in quote for a purchase by amount.

    *level* is a limit's or stop's price; *stop* that of an order which has both; *trail* a distance.
    """

    name: str
    symbol: str
    side: str
    kind: str
    level: Fraction | None
    left: Fraction
    reserved: Fraction
    by_amount: bool
    stop: Fraction | None = None
    trail: Fraction | None = None
    at_once: bool = False
    best: Fraction | None = None
    maker: bool | None = None
    triggered: bool = False
    status: str = "open"


@dataclass
class Reached:
    """A bar gets to an order: *rank* says who is first, *bound* how far a slipped price may go."""

    rank: int
    price: Fraction
    slips: bool
    maker: bool = False
    bound: Fraction | None = None


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
        here = [order for order in self.open_orders() if order.symbol == bar.symbol]
        reached = [(order, self.reach(order, bar)) for order in here]
        found = [(order, how) for order, how in reached if how is not None]
        for order, how in sorted(found, key=lambda pair: pair[1].rank):
            room -= self.trade(order, how, room)
        for order in here:
            if order.at_once and order.status in {"open", "partial"}:
                self.end(order, "cancelled")
        self.prices[bar.symbol] = bar.open

    def trade(self, order: Naive, how: Reached, room: Fraction) -> Fraction:
        if room <= 0:
            return ZERO
        buys, price = order.side == "buy", how.price
        if how.slips:
            moved = price * (1 + self.slip if buys else 1 - self.slip) / self.tick
            price = (ceil(moved) if buys else floor(moved)) * self.tick
            if how.bound is not None:
                price = min(price, how.bound) if buys else max(price, how.bound)
        rate = self.maker if how.maker else self.taker
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

    def reach(self, order: Naive, bar: Bar) -> Reached | None:
        """Walks the bar's worse way for the order: open, then its extremes, the worse one where it hurts."""
        if order.kind == "market":
            return Reached(0, bar.open, slips=True)
        if order.kind == "limit":
            return self.limit(order, bar)
        if order.kind == "stop_limit":
            return self.stop_limit(order, bar)
        if order.triggered:
            return Reached(1, bar.open, slips=True)
        target = self.limit(order, bar) if order.kind == "oco" else None
        at = self.stop_of(order, bar)
        if self.crossed(order, bar, at):
            order.triggered = True
            pick = max if order.side == "buy" else min
            return Reached(1, pick(bar.open, at), slips=True)
        return target

    def stop_of(self, order: Naive, bar: Bar) -> Fraction:
        if order.kind != "trailing":
            return order.stop if order.kind == "oco" else order.level
        before = bar.open if order.best is None else order.best
        if order.side == "buy":
            order.best = min(before, bar.low)
            return before + order.trail
        order.best = max(before, bar.high)
        return before - order.trail

    @staticmethod
    def crossed(order: Naive, bar: Bar, stop: Fraction) -> bool:
        return bar.high >= stop if order.side == "buy" else bar.low <= stop

    def limit(self, order: Naive, bar: Bar) -> Reached | None:
        buys = order.side == "buy"
        if order.maker is None:
            order.maker = bar.open > order.level if buys else bar.open < order.level
        if order.at_once and order.maker:
            return None
        if not (bar.low <= order.level if buys else bar.high >= order.level):
            return None
        pick = min if buys else max
        return Reached(2, pick(bar.open, order.level), slips=False, maker=order.maker)

    def stop_limit(self, order: Naive, bar: Bar) -> Reached | None:
        """The path of a sale is open, high, low: what comes after the trigger may still fill it."""
        if order.triggered:
            return self.limit(order, bar)
        sign = 1 if order.side == "sell" else -1
        best, worst = (bar.high, bar.low) if sign == 1 else (bar.low, bar.high)
        path = [bar.open, best, worst]
        for step, price in enumerate(path):
            if sign * price > sign * order.stop:
                continue
            order.triggered = True
            trigger = bar.open if step == 0 else order.stop
            if sign * trigger >= sign * order.level:
                order.maker = False
                return Reached(1, trigger, slips=True, bound=order.level)
            order.maker = True
            later = max(sign * after for after in path[step + 1 :] or [trigger])
            if step == 0 and later >= sign * order.level:
                return Reached(2, order.level, slips=False, maker=True)
            return None
        return None

    @staticmethod
    def is_market(order: Naive) -> bool:
        return order.kind == "oco" and order.triggered

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
        elif (
            order.side == "buy" and order.kind in {"limit", "stop_limit", "oco"} and not self.is_market(order)
        ):
            dearest = max(order.level, order.stop) if order.kind == "oco" else order.level
            surplus = max(ZERO, order.reserved - order.left * dearest * (1 + max(self.maker, self.taker)))
            self.free["USDT"] += surplus
            order.reserved -= surplus
