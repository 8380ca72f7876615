"""Budgets: a call is paid for before it is made, at the most that it can cost, and settled after."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from agent.models.deadline import Episode
from agent.models.prices import Prices
from agent.models.spend import DaySpend, Spent
from agent.models.usage import Usage
from core.errors import FaultError
from core.instant import iso
from core.money import ZERO
from core.ports import Clock


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent on one decision (or answer), in one UTC day, in one run; `None` = no limit.

    USD caps hold for models with a price. The cap on tokens holds for every model; it is the only one that
    a model without a price can reach. A cap of 0 allows no call at all.
    """

    usd_decision: Decimal | None = None
    usd_day: Decimal | None = None
    usd_run: Decimal | None = None
    tokens_day: int | None = None

    @property
    def is_closed(self) -> bool:
        """Whether some cap is 0."""
        return any(
            cap == 0 for cap in (self.usd_decision, self.usd_day, self.usd_run) if cap is not None
        ) or (self.tokens_day == 0)


@dataclass(frozen=True, slots=True)
class Reservation:
    """What was set aside for one call of *model* on *day*."""

    episode: Episode
    model: str
    day: str
    usd: Decimal
    usage: Usage


class Budget:
    """Keeps the caps over every call of a run; the day's account is shared with other runs of the home."""

    def __init__(self, caps: Caps, prices: Prices, clock: Clock, day: DaySpend) -> None:
        self._caps = caps
        self._prices = prices
        self._clock = clock
        self._day = day
        self._run = ZERO

    def reserve(self, episode: Episode, model: str, usage: Usage) -> Reservation | None:
        """Sets aside the price of *usage*; `None` where a cap does not allow it, or the account is unreadable."""
        now = self._clock.now()
        usd = self._prices.usd(model, usage, now) or ZERO
        caps = self._caps
        if (
            caps.is_closed
            or _above(episode.usd + usd, caps.usd_decision)
            or _above(self._run + usd, caps.usd_run)
        ):
            return None

        def has_room(spent: Spent) -> bool:
            tokens_fit = caps.tokens_day is None or spent.tokens + usage.tokens <= caps.tokens_day
            return tokens_fit and not _above(spent.usd + usd, caps.usd_day)

        reserved = Reservation(episode, model, iso(now)[:10], usd, usage)
        try:
            if not self._day.change(reserved.day, usd, usage.tokens, has_room):
                return None
        except (OSError, FaultError):
            # an account that cannot be kept is an account that is closed
            return None
        self._book(reserved, usd, usage.tokens)
        return reserved

    def settle(self, reserved: Reservation, usage: Usage | None) -> None:
        """Books what the call really took; `None`: nobody said, so what was set aside counts as spent."""
        if usage is None:
            return
        usd = self._prices.usd(reserved.model, usage, self._clock.now()) or ZERO
        more, tokens = usd - reserved.usd, usage.tokens - reserved.usage.tokens
        self._book(reserved, more, tokens)
        try:
            self._day.change(reserved.day, more, tokens)
        except (OSError, FaultError):
            # the reservation stands: more is counted than was spent, never less
            return

    def _book(self, reserved: Reservation, usd: Decimal, tokens: int) -> None:
        self._run += usd
        reserved.episode.usd += usd
        reserved.episode.tokens += tokens


NOTHING = Usage(0, 0)
"""What a call took that never reached the model."""


def _above(amount: Decimal, cap: Decimal | None) -> bool:
    return cap is not None and amount > cap
