"""A paper venue behind a border: the script, the clock and both files of it, and a process that may die."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from core.instant import HOUR, Instant
from core.market import Costs
from core.money import money
from core.orders import ApprovedOrder, OrderState
from tests.builders import NOON, Tape, a_candle, run
from tools.clocks import SimulatedClock
from tools.exchange.paper.book import Book
from tools.exchange.paper.border import FaultyBorder
from tools.exchange.paper.exchange import PaperExchange
from tools.exchange.paper.faults import Listed, Script

FREE = Costs(*map(Decimal, ("0.001", "0.002", "0", "0")), latency_ms=0, participation=Decimal(0))
BOOK, BORDER = "paper.db", "border.db"


@dataclass
class BorderDesk:
    """10,000 USDT and 48 quiet hours of BTC/USDT at 100 behind a border."""

    folder: Path
    script: Script = field(default_factory=Listed)
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(NOON))

    def __post_init__(self) -> None:
        self.tape = Tape(self.clock, candles=[a_candle(NOON + hour * HOUR) for hour in range(48)])
        self._open()

    def _open(self) -> None:
        self.book = Book.connect(self.folder / BOOK, "paper", durable=False)
        self.book.open(money("10000 USDT"), NOON)
        inner = PaperExchange(self.book, self.tape, self.clock, FREE, "paper")
        self.venue = FaultyBorder(inner, self.script, self.clock, self.folder / BORDER)

    def again(self) -> None:
        """The process dies; another one opens the same files."""
        run(self.venue.close())
        self._open()

    def wait(self, milliseconds: int) -> None:
        run(self.clock.sleep_until(Instant(self.clock.now() + milliseconds)))

    def submit(self, order: ApprovedOrder) -> OrderState | str:
        """The answer, or the name of the error."""
        try:
            return run(self.venue.submit(order))
        except Exception as error:
            return type(error).__name__ + (
                f":{error.code}" if type(error).__name__ == "RejectedError" else ""
            )  # type: ignore[attr-defined]
