"""The sections of the limits, as they stand in ``limits.toml``; `None` means that nothing is limited."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Mode(StrEnum):
    """How a rule treats an input that is missing; *OFF* is not asked at all."""

    REQUIRED = "required"
    IF_AVAILABLE = "if_available"
    OFF = "off"


class SizingMode(StrEnum):
    """How a stance becomes a weight (`strategies.risk.sizing`)."""

    VOLATILITY = "volatility"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Exposure:
    """Fractions of equity; *correlation* is a coefficient of daily returns."""

    per_order: Decimal | None
    per_asset: Decimal | None
    per_narrative: Decimal | None
    gross: Decimal | None
    cash_reserve: Decimal
    correlation: Decimal | None


@dataclass(frozen=True, slots=True)
class Pace:
    """How often; *min_hold* and *cooldown_after_loss* in milliseconds."""

    orders_per_hour: int | None
    orders_per_day: int | None
    min_hold: int
    cooldown_after_loss: int


@dataclass(frozen=True, slots=True)
class Loss:
    """Fractions: of the day's first equity, and of the peak."""

    per_day: Decimal | None
    drawdown_reduce: Decimal | None
    drawdown_halt: Decimal | None


@dataclass(frozen=True, slots=True)
class Price:
    """*max_age* of a price in milliseconds; bands in basis points."""

    max_age: int | None
    collar_bps: Decimal | None
    depeg_bps: Decimal | None


@dataclass(frozen=True, slots=True)
class LiquidityShare:
    """Fraction of the newest bar's quote volume that one order may be."""

    share_of_bar: Decimal | None


@dataclass(frozen=True, slots=True)
class Sizing:
    """*target_volatility* is annual; *cvar95_per_day* and *no_trade_band* are fractions of equity."""

    mode: SizingMode
    target_volatility: Decimal | None
    cvar95_per_day: Decimal | None
    no_trade_band: Decimal


@dataclass(frozen=True, slots=True)
class Exits:
    """Distances in ATR(14), *time* in milliseconds; 0 means none."""

    stop_atr: Decimal
    target_atr: Decimal
    trailing_atr: Decimal
    time: int


@dataclass(frozen=True, slots=True)
class Edge:
    """How many round-trip costs an entry's expected move must reach; 0 asks for none."""

    multiple: Decimal


@dataclass(frozen=True, slots=True)
class RuleModes:
    """The rules whose inputs may not be there: what a venue does not offer, and grades of too little history."""

    second_source: Mode
    depeg: Mode
    liquidity: Mode
    horizon: Mode


@dataclass(frozen=True, slots=True)
class Caps:
    """Amounts of the account's currency that hold whatever its equity is: real money is risked a little at a time."""

    per_order: Decimal | None
    gross: Decimal | None
    loss_per_day: Decimal | None


@dataclass(frozen=True, slots=True)
class Allow:
    """Symbols that may be traded; empty means those of the command."""

    symbols: tuple[str, ...]
