"""Small builders that tests share: an instrument, a candle, orders, and a venue's feed of written candles."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from core.ids import OrderId
from core.instant import HOUR, Instant, Interval, instant
from core.market import Candle, Instrument
from core.orders import ApprovedOrder, OrderType, Purpose, Side
from core.ports import Clock

T = TypeVar("T")

NOON = instant("2024-01-01T12:00:00Z")
ONE_HOUR = Interval(HOUR)


def an_instrument(symbol: str = "BTC/USDT", *, tick: str = "0.01", lot: str = "0.001") -> Instrument:
    return Instrument(symbol, Decimal(tick), Decimal(lot), Decimal(lot), Decimal(1))


def a_candle(
    opened_at: int = NOON,
    prices: tuple[float, float, float, float] = (100.0, 101.0, 99.0, 100.5),
    volume: float = 1000.0,
    symbol: str = "BTC/USDT",
) -> Candle:
    """*prices*: open, high, low, close."""
    return Candle(symbol, Instant(opened_at), ONE_HOUR, *prices, volume)


def an_order(
    name: str,
    side: Side = Side.BUY,
    kind: OrderType = OrderType.MARKET,
    *,
    quantity: str | None = None,
    spend: str | None = None,
    limit: str | None = None,
    stop: str | None = None,
    at: int = NOON,
    symbol: str = "BTC/USDT",
) -> ApprovedOrder:
    def amount(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return ApprovedOrder(
        id=OrderId(name),
        symbol=symbol,
        side=side,
        type=kind,
        purpose=Purpose.ENTRY if side is Side.BUY else Purpose.REDUCTION,
        quantity=amount(quantity),
        spend=amount(spend),
        limit_price=amount(limit),
        stop_price=amount(stop),
        decision_id=None,
        reason="test",
        created_at=Instant(at),
    )


def a_market_order(
    name: str, *, spend: str | None = None, quantity: str | None = None, at: int = NOON
) -> ApprovedOrder:
    """A purchase where *spend* is given, a sale of *quantity* otherwise."""
    side = Side.SELL if spend is None else Side.BUY
    return an_order(name, side, spend=spend, quantity=quantity, at=at)


@dataclass
class Tape:
    """A feed of written candles, as of a clock."""

    clock: Clock
    instruments: Sequence[Instrument] = (an_instrument(),)
    candles: list[Candle] = field(default_factory=list)
    ended: dict[str, Instant] = field(default_factory=dict)

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(instrument.symbol for instrument in self.instruments)

    def candles_since(self, symbol: str, opened_from: Instant) -> list[Candle]:
        now = self.clock.now()
        return [
            candle
            for candle in self.candles
            if candle.symbol == symbol and candle.opened_at >= opened_from and candle.closed_at <= now
        ]

    def last_print(self, symbol: str) -> Candle | None:
        known = self.candles_since(symbol, Instant(0))
        return known[-1] if known else None

    def instrument(self, symbol: str) -> Instrument:
        return next(known for known in self.instruments if known.symbol == symbol)

    def delisted_at(self, symbol: str) -> Instant | None:
        ended = self.ended.get(symbol)
        return ended if ended is not None and ended <= self.clock.now() else None


def run(answer: Coroutine[Any, Any, T]) -> T:
    """What a coroutine that never waits returns, without an event loop."""
    try:
        answer.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waited")
