"""What a venue trades: symbols with their filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.market import Instrument

TRADING = "TRADING"
BREAK = "BREAK"
DELISTED = "DELISTED"


@dataclass(slots=True)
class Listing:
    """One symbol: its filters, which may change overnight, and whether it trades (TRADING, BREAK, DELISTED)."""

    instrument: Instrument
    price: Decimal
    status: str = TRADING

    @property
    def symbol(self) -> str:
        """``BASE/QUOTE``."""
        return self.instrument.symbol

    @property
    def base(self) -> str:
        """What is bought."""
        return self.instrument.base

    @property
    def quote(self) -> str:
        """What it is paid with."""
        return self.instrument.quote


def listing(
    symbol: str,
    price: str,
    *,
    tick: str = "0.01",
    lot: str = "0.00001",
    least: str = "0.00001",
    notional: str = "5",
    most: str | None = "9000",
    most_notional: str | None = None,
) -> Listing:
    """A listing from plain text, with Binance's usual filters as defaults."""
    return Listing(
        Instrument(
            symbol=symbol,
            tick_size=Decimal(tick),
            lot_size=Decimal(lot),
            min_quantity=Decimal(least),
            min_notional=Decimal(notional),
            max_quantity=None if most is None else Decimal(most),
            max_notional=None if most_notional is None else Decimal(most_notional),
        ),
        Decimal(price),
    )


def usual(venue: str) -> tuple[Listing, ...]:
    """What a stand-in lists unless told otherwise."""
    if venue == "kraken":
        return (
            listing(
                "BTC/USD", "50000", tick="0.1", lot="0.00000001", least="0.0001", notional="0.5", most=None
            ),
            listing("ETH/USD", "2500", lot="0.00000001", least="0.001", notional="0.5", most=None),
            listing("SOL/USD", "100", lot="0.00000001", least="0.02", notional="0.5", most=None),
            listing(
                "BTC/USDT", "50000", tick="0.1", lot="0.00000001", least="0.0001", notional="0.5", most=None
            ),
            listing("ETH/USDT", "2500", lot="0.00000001", least="0.001", notional="0.5", most=None),
        )
    return (
        listing("BTC/USDT", "50000"),
        listing("ETH/USDT", "2500", lot="0.0001", least="0.0001"),
        listing("SOL/USDT", "100", lot="0.001", least="0.001", most="90000"),
        listing("BNB/USDT", "300", lot="0.001", least="0.001", most="90000"),
    )


def by_symbol(listings: tuple[Listing, ...]) -> Mapping[str, Listing]:
    """The same, findable."""
    return {one.symbol: one for one in listings}
