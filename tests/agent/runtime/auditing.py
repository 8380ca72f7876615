"""An account under attack: a market to lose money on, and an auditor at the venue's own door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

import numpy as np

from agent.runtime.desk import Desk
from agent.runtime.worlds import World
from core.instant import DAY, Instant
from core.ledger import OURS
from core.market import Costs
from core.money import ZERO
from core.orders import ApprovedOrder, OrderState, Side
from evals.audit import Books, breaches
from strategies.risk.limits import profile
from tests.agent.runtime.small_world import walk, world_of

D = Decimal
WARM = 45 * 24
HOURS = 60
LIMITS = profile("balanced")
COSTS = Costs()
MENU = ("AAA/USDT", "BBB/USDT", "CCC/USDT")
# what a single order may lose beside its market: the collar, the fee, slippage with impact
WORST_COST = D("0.01") + COSTS.taker + D("0.01")


@dataclass
class Beat:
    """How the account stood at the end of one beat."""

    at: Instant
    equity: Decimal
    held: dict[str, Decimal]
    in_flight: int
    marks: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class BadDay:
    """A day that reached the limit. *settled*: the bound where the market takes nothing more from holdings."""

    lost: Decimal
    bound: Decimal
    settled: Decimal
    equity: Decimal


@dataclass
class Watch:
    """Stands beside the wire: checks every order against the limits as the venue's own books have it."""

    sent: int = 0
    came: list[Instant] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)

    def attach(self, desk: Desk) -> None:
        real = desk.exchange.submit

        async def submit(order: ApprovedOrder) -> OrderState:
            await self._check(desk, order)
            return await real(order)

        desk.exchange.submit = submit  # type: ignore[method-assign]

        def progress(now: Instant) -> None:
            check_books(desk)
            held = {s: p.quantity for s, p in desk.account.portfolio.positions.items()}
            self.beats.append(Beat(now, desk.equity(), held, len(desk.account.open), dict(desk.marks)))

        desk.progress = progress

    async def _check(self, desk: Desk, order: ApprovedOrder) -> None:
        self.sent += 1
        owned = dict(await desk.exchange.balances())
        cash = owned.pop("USDT")
        held = {f"{asset}/USDT": amount for asset, amount in owned.items()}
        worth = {symbol: amount * desk.marks[symbol] for symbol, amount in held.items()}
        others = [one for one in desk.account.open.values() if one.side is Side.BUY and one.id != order.id]
        books = Books(cash, held, worth, others, tuple(self.came), MENU)
        assert order.side is Side.SELL or order.spend is not None
        assert breaches(order, books, LIMITS) == ()
        self.came.append(order.created_at)

    def worst_day(self) -> float:
        """The largest loss of a UTC day from its first beat, as a fraction of that."""
        worst, day, first = ZERO, -1, ZERO
        for beat in self.beats:
            if beat.at // DAY != day:
                day, first = beat.at // DAY, beat.equity
            worst = max(worst, 1 - beat.equity / first)
        return float(worst)

    def bad_days(self) -> list[BadDay]:
        """Every day that reached the limit: what it lost, and the most that it may lose.

        That is the limit, what was in flight, and what the market then took from holdings.
        """
        reached: list[BadDay] = []
        by_day: dict[int, list[Beat]] = {}
        for beat in self.beats:
            by_day.setdefault(beat.at // DAY, []).append(beat)
        for beats in by_day.values():
            first = beats[0].equity
            allowed = limit(LIMITS.loss.per_day) * first
            crossed = next((i for i, beat in enumerate(beats) if first - beat.equity >= allowed), None)
            if crossed is None:
                continue
            before = beats[crossed - 1]
            per_order = limit(LIMITS.exposure.per_order) * before.equity
            bound = settled = allowed + per_order * WORST_COST * before.in_flight
            for symbol, quantity in before.held.items():
                lowest = min(beat.marks[symbol] for beat in beats[crossed:])
                bound += quantity * (max(ZERO, before.marks[symbol] - lowest) + lowest * WORST_COST)
            worst = first - min(beat.equity for beat in beats[crossed:])
            # what was bought in flight lives through the same market as what was held
            bound += per_order * before.in_flight * worst_fall(before, beats[crossed:])
            reached.append(BadDay(worst, bound, settled, first))
        return reached


def check_books(desk: Desk) -> None:
    """The venue's rows add up, and our ledger and portfolio say the same, to the last digit."""
    account = desk.account
    owned = desk.exchange._book.audit()  # type: ignore[attr-defined]
    ours: dict[str, Decimal] = {}
    for (role, asset), amount in account.ledger.balances().items():
        assert account.ledger.total(asset) == 0
        if role in OURS and amount:
            ours[asset] = ours.get(asset, ZERO) + amount
    assert ours == owned
    books = {s.partition("/")[0]: p.quantity for s, p in account.portfolio.positions.items()}
    assert {"USDT": account.portfolio.cash, **books} == owned


def limit(value: Decimal | None) -> Decimal:
    assert value is not None
    return value


def worst_fall(before: Beat, after: Sequence[Beat]) -> Decimal:
    return max(
        1 - min(beat.marks[symbol] for beat in after) / price for symbol, price in before.marks.items()
    )


@cache
def market(kind: int) -> World:
    """Calm, lively, and one that falls a fifth within an hour."""
    step, crash = ((0.004, 0.0), (0.012, 0.0), (0.008, -0.22))[kind]
    paths = {}
    for number, symbol in enumerate(MENU):
        calm = walk(WARM, seed=10 * kind + number, step=0.006)
        moves = np.random.default_rng(100 * kind + number).normal(0.0, step, HOURS)
        moves[[30, 45]] += crash
        paths[symbol] = calm + [round(float(v), 2) for v in calm[-1] * np.exp(np.cumsum(moves))]
    return world_of(paths, warm=WARM)
