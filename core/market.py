"""Candles, the columns they come in, and what a venue says of an instrument.

A candle opened at t with interval g is known at t + g. Columns are floats: they are looked at,
never spent. A price becomes money through `core.money.published`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from core.instant import Instant, Interval

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candle:
    """One closed candle; prices in quote currency, volume in base."""

    symbol: str
    opened_at: Instant
    interval: Interval
    open: float
    high: float
    low: float
    close: float
    volume: float

    @property
    def closed_at(self) -> Instant:
        """When it was complete, and so first known."""
        return Instant(self.opened_at + self.interval.ms)


@dataclass(frozen=True, slots=True)
class Bars:
    """Closed candles of one series as columns of equal length n, oldest first, read-only."""

    symbol: str
    interval: Interval
    opened_at: Instants
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def __len__(self) -> int:
        return len(self.opened_at)

    def slice(self, start: int, stop: int) -> Bars:
        """The candles *start* .. *stop* − 1, without copying."""
        return Bars(
            self.symbol,
            self.interval,
            self.opened_at[start:stop],
            self.open[start:stop],
            self.high[start:stop],
            self.low[start:stop],
            self.close[start:stop],
            self.volume[start:stop],
        )

    def candle(self, index: int) -> Candle:
        """The candle at *index*."""
        return Candle(
            self.symbol,
            Instant(int(self.opened_at[index])),
            self.interval,
            float(self.open[index]),
            float(self.high[index]),
            float(self.low[index]),
            float(self.close[index]),
            float(self.volume[index]),
        )


@dataclass(frozen=True, slots=True)
class Revision:
    """A later vintage of one candle: row *index* reads so from *known_at* on."""

    index: int
    known_at: Instant
    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass(frozen=True, slots=True)
class BarSeries:
    """One stored or simulated series, whole, with what the quality gate says of each row.

    *segment*: number of the unbroken stretch a row belongs to; no window spans two.
    *last_bad*: for row i, the newest row j <= i that the gate refuses as judged from the rows
    up to i alone, or -1; *bad_code*: the gate's code at a refused row, "" elsewhere.
    *revisions*: later vintages, ordered by *known_at*. *delisted_at*: when trading ended, if it did.
    *fingerprint*: SHA-256 (hex) over the rows.
    """

    asset: str
    bars: Bars
    segment: NDArray[np.int32]
    last_bad: NDArray[np.int64]
    bad_code: tuple[str, ...]
    source: str
    fingerprint: str
    revisions: tuple[Revision, ...] = ()
    delisted_at: Instant | None = None
    restated: bool = False


@dataclass(frozen=True, slots=True)
class Instrument:
    """A venue's filters for one symbol. *None* means that the venue sets no such bound."""

    symbol: str
    tick_size: Decimal
    lot_size: Decimal
    min_quantity: Decimal
    min_notional: Decimal
    max_quantity: Decimal | None = None
    max_notional: Decimal | None = None

    @property
    def base(self) -> str:
        """What is bought."""
        return self.symbol.partition("/")[0]

    @property
    def quote(self) -> str:
        """What it is paid with."""
        return self.symbol.partition("/")[2]


@dataclass(frozen=True, slots=True)
class Costs:
    """What trading costs. Rates are fractions; *participation* 0 means no limit (CONTRACT §2)."""

    maker: Decimal = Decimal("0.001")
    taker: Decimal = Decimal("0.001")
    slippage_bps: Decimal = Decimal(5)
    impact: Decimal = Decimal("0.1")
    latency_ms: int = 0
    participation: Decimal = Decimal("0.1")


NO_COSTS = Costs(
    maker=Decimal(0),
    taker=Decimal(0),
    slippage_bps=Decimal(0),
    impact=Decimal(0),
    latency_ms=0,
    participation=Decimal(0),
)


@dataclass(frozen=True, slots=True)
class Quote:
    """The best prices of a moment; *mid* is what collars are measured against."""

    symbol: str
    bid: Decimal
    ask: Decimal
    at: Instant
    source: str = field(default="")

    @property
    def mid(self) -> Decimal:
        """Half-way between bid and ask."""
        return (self.bid + self.ask) / 2
