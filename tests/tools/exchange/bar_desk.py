"""A venue whose bars a test writes by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from core.instant import HOUR, Instant
from core.ledger import deposit
from core.market import NO_COSTS, Costs
from core.money import money, plain
from core.orders import ApprovedOrder, ExecutionReport
from tests.builders import NOON, Tape, a_candle, an_instrument, run
from tools.clocks import SimulatedClock
from tools.exchange.paper.book import Book
from tools.exchange.paper.exchange import PaperExchange

Row = tuple[float, float, float, float] | tuple[float, float, float, float, float]


@dataclass
class Desk:
    """A venue whose hourly bars are written by hand: open, high, low, close[, volume = 1000]."""

    bars: list[Row]
    costs: Costs = NO_COSTS
    tick: str = "0.01"
    lot: str = "0.001"
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(NOON))

    def __post_init__(self) -> None:
        tape = Tape(
            self.clock,
            [an_instrument(tick=self.tick, lot=self.lot)],
            [
                a_candle(NOON + hour * HOUR, bar[:4], bar[4] if len(bar) == 5 else 1000.0)
                for hour, bar in enumerate(self.bars)
            ],
        )
        self.book = Book.connect(Path(":memory:"), "desk")
        self.book.open(money("100000 USDT"), NOON)
        self.venue = PaperExchange(self.book, tape, self.clock, self.costs, "desk")

    def submit(self, *orders: ApprovedOrder) -> None:
        for order in orders:
            run(self.venue.submit(order))

    def holding(self, quantity: str) -> Desk:
        """Has *quantity* of BTC beside its money."""
        with self.book.change():
            self.book.post(deposit("BTC", Decimal(quantity), "gift", NOON))
        return self

    def wait(self, hours: int) -> None:
        run(self.clock.sleep_until(Instant(self.clock.now() + hours * HOUR)))

    def lived(self) -> tuple[ExecutionReport, ...]:
        self.wait(len(self.bars))
        reports = run(self.venue.reports(0))
        self.book.audit()
        return reports

    def fills(self) -> list[tuple[int, str, str, str]]:
        """Every fill: hours after noon, quantity, price, fee."""
        return [
            ((fill.at - NOON) // HOUR, plain(fill.quantity), plain(fill.price), plain(fill.fee))
            for fill in (said.fill for said in self.lived())
            if fill is not None
        ]
