"""Two exchanges of ccxt's shape that one suite asks: the facade of the paper venue, and ccxt's own on a stand-in."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import ccxt.async_support

from core.instant import HOUR, MINUTE, Instant, Interval
from core.ledger import deposit
from core.market import Candle, Costs, Instrument
from core.money import money
from tests.builders import NOON, Tape
from tools.clocks import SimulatedClock
from tools.exchange.paper.book import Book
from tools.exchange.paper.ccxt_facade import PaperCcxt
from tools.exchange.stand_in import stand_in

SYMBOL = "BTC/USDT"
QUIET = Costs(*map(Decimal, ("0.001", "0.001", "0", "0")), latency_ms=0, participation=Decimal(0))


@dataclass
class Scene:
    """An exchange object with 10,000 USDT and 1 BTC at about 50,000; *settle* lets what can fill fill."""

    name: str
    exchange: Any
    settle: Callable[[], None]
    _runner: asyncio.Runner

    def ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        async def inside() -> Any:
            answer = getattr(self.exchange, method)(*arguments, **named)
            return await answer if inspect.isawaitable(answer) else answer

        return self._runner.run(inside())

    def refusal(self, method: str, *arguments: Any, **named: Any) -> type[BaseException]:
        """The class of what a call raises."""
        try:
            answer = self.ask(method, *arguments, **named)
        except Exception as error:
            return type(error)
        raise AssertionError(f"{method} answered {answer}")


def minutes(start: int, count: int) -> list[Candle]:
    """A market that breathes a little around 50,000."""
    rows = []
    for minute in range(count):
        middle = 50_000.0 + minute % 7
        prices = (middle, middle + 5, middle - 5, middle + 1)
        rows.append(Candle(SYMBOL, Instant(start + minute * MINUTE), Interval(MINUTE), *prices, 100.0))
    return rows


@contextmanager
def paper() -> Iterator[Scene]:
    clock = SimulatedClock(Instant(NOON + 24 * HOUR))
    instrument = Instrument(SYMBOL, Decimal("0.01"), Decimal("0.00001"), Decimal("0.00001"), Decimal(5))
    tape = Tape(clock, [instrument], minutes(NOON, 26 * 60))
    book = Book.connect(Path(":memory:"), "facade")
    book.open(money("10000 USDT"), NOON)
    with book.change():
        book.post(deposit("BTC", Decimal(1), "gift", NOON))
    exchange = PaperCcxt(book, tape, clock, QUIET, Interval(MINUTE))
    with asyncio.Runner() as runner:

        def settle() -> None:
            runner.run(exchange.sleep(MINUTE))

        scene = Scene("paper", exchange, settle, runner)
        scene.ask("load_markets")
        yield scene
        scene.ask("close")


class Binance:
    """ccxt's own object, made once: making and closing one takes a third of a second. Each scene has a new stand-in."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._client: Any = None

    @contextmanager
    def scene(self) -> Iterator[Scene]:
        with stand_in("binance", balances={"USDT": "10000", "BTC": "1"}) as venue:
            if self._client is None:
                self._client = self._runner.run(self._make(venue.credentials))
            scene = Scene("binance", venue.point(self._client), lambda: None, self._runner)
            scene.ask("load_markets", True)
            yield scene

    async def _make(self, credentials: dict[str, str]) -> Any:
        return ccxt.async_support.binance({"enableRateLimit": False} | credentials)

    def close(self) -> None:
        if self._client is not None:
            self._runner.run(self._client.close())
        self._runner.close()
