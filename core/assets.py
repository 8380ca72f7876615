"""Identity of assets: one id each (CoinGecko's), never a bare ticker."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import UsageError


class AssetKind(StrEnum):
    """How a token relates to what it stands for."""

    NATIVE = "native"
    WRAPPED = "wrapped"
    BRIDGED = "bridged"
    STAKED = "staked"


@dataclass(frozen=True, slots=True)
class AssetRef:
    """One asset. *id* is CoinGecko's (``sui``), or ``unmapped:<venue>:<symbol>``."""

    id: str
    ticker: str
    name: str
    kind: AssetKind = AssetKind.NATIVE
    underlying: str | None = None
    narratives: tuple[str, ...] = field(default=())


def unmapped(venue: str, symbol: str) -> str:
    """The id of a series that nobody has mapped to an asset."""
    return f"unmapped:{venue}:{symbol}"


def split_symbol(symbol: str) -> tuple[str, str]:
    """Base and quote of ``BASE/QUOTE``.

    Raises:
        UsageError: not of that form.
    """
    base, slash, quote = symbol.partition("/")
    if not slash or not base or not quote or "/" in quote or symbol != symbol.upper():
        raise UsageError(f"{symbol!r} is not a symbol", "Write it as BTC/USDT.")
    return base, quote
