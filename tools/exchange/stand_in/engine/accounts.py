"""Who owns what at the venue, double entry: every asset's boxes sum to zero, always."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from enum import StrEnum

from core.money import ZERO, add, subtract


class Box(StrEnum):
    """Where an amount can be. *outside* is the world that deposits come from, so it is below zero."""

    FREE = "free"
    LOCKED = "locked"
    MARKET = "market"
    FEES = "fees"
    OUTSIDE = "outside"


class Accounts:
    """The account's free and locked amounts, and the counterparties of every movement."""

    def __init__(self) -> None:
        self._boxes: dict[str, dict[Box, Decimal]] = defaultdict(lambda: dict.fromkeys(Box, ZERO))

    def move(self, asset: str, source: Box, target: Box, amount: Decimal) -> None:
        """Moves *amount* (>= 0) of *asset*.

        Raises:
            ValueError: a negative amount, or more than is free or locked.
        """
        boxes = self._boxes[asset]
        if amount < 0:
            raise ValueError(f"cannot move {amount} {asset}")
        if source in {Box.FREE, Box.LOCKED} and boxes[source] < amount:
            raise ValueError(f"{boxes[source]} {asset} are {source.value}; {amount} were to move")
        boxes[source] = subtract(boxes[source], amount)
        boxes[target] = add(boxes[target], amount)

    def free(self, asset: str) -> Decimal:
        """What new orders may use."""
        return self._boxes[asset][Box.FREE] if asset in self._boxes else ZERO

    def locked(self, asset: str) -> Decimal:
        """What open orders hold."""
        return self._boxes[asset][Box.LOCKED] if asset in self._boxes else ZERO

    def total(self, asset: str) -> Decimal:
        """What the account owns."""
        return add(self.free(asset), self.locked(asset))

    def assets(self) -> tuple[str, ...]:
        """Every asset the account ever held, in order of first sight."""
        return tuple(self._boxes)

    def balances(self) -> dict[str, tuple[Decimal, Decimal]]:
        """``{asset: (free, locked)}``."""
        return {asset: (self.free(asset), self.locked(asset)) for asset in self._boxes}

    def imbalance(self, asset: str) -> Decimal:
        """The sum over all boxes; anything but zero is a fault of this venue."""
        total = ZERO
        for amount in self._boxes[asset].values():
            total = add(total, amount)
        return total
