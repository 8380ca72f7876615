"""The prices of one symbol: a ladder of bids and asks of bounded depth, moved by a test or a seeded wave."""

from __future__ import annotations

from decimal import Decimal

from core.money import add, ceil_to, floor_to, multiply, subtract
from core.orders import Side

LEVELS = 20


class Ladder:
    """*LEVELS* prices on each side, one tick apart, *depth* to be had at each; what was taken stays taken until the next move."""

    def __init__(self, price: Decimal, tick: Decimal, depth: Decimal) -> None:
        self.tick = tick
        self.depth = depth
        self.last = price
        self.bids: list[list[Decimal]] = []
        self.asks: list[list[Decimal]] = []
        self.move(price)

    def move(self, price: Decimal, ask: Decimal | None = None) -> None:
        """Puts the last price at *price* and one tick between the sides; with *ask*, *price* is the best bid."""
        if ask is None:
            self.last = price
            bid = max(floor_to(price, self.tick), self.tick)
            ask = add(bid, self.tick)
        else:
            bid, ask = floor_to(price, self.tick), ceil_to(ask, self.tick)
            self.last = bid
        steps = [multiply(self.tick, Decimal(step)) for step in range(LEVELS)]
        self.bids = [[subtract(bid, step), self.depth] for step in steps if bid > step]
        self.asks = [[add(ask, step), self.depth] for step in steps]

    @property
    def bid(self) -> Decimal:
        """The best price to sell at."""
        return self._best(self.bids)

    @property
    def ask(self) -> Decimal:
        """The best price to buy at."""
        return self._best(self.asks)

    def _best(self, side: list[list[Decimal]]) -> Decimal:
        return next((price for price, left in side if left > 0), side[-1][0])

    def offers(self, side: Side, limit: Decimal | None) -> list[tuple[Decimal, Decimal]]:
        """What a taker on *side* finds at *limit* or better: (price, quantity), best first."""
        levels = self.asks if side is Side.BUY else self.bids
        return [
            (price, left)
            for price, left in levels
            if left > 0 and (limit is None or (price <= limit if side is Side.BUY else price >= limit))
        ]

    def take(self, side: Side, price: Decimal, quantity: Decimal) -> None:
        """Uses up *quantity* at *price*."""
        for level in self.asks if side is Side.BUY else self.bids:
            if level[0] == price:
                level[1] = subtract(level[1], quantity)
                self.last = price
                return
