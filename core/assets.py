"""Identity of assets: one id each (CoinGecko's), never a bare ticker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import UsageError
from core.instant import Instant

NARRATIVES = (
    *("AI", "DeFi", "DePIN", "RWA", "L1", "L2", "meme", "gaming", "metaverse", "NFT", "social", "fan token"),
    *("oracle", "infrastructure", "interoperability", "storage", "identity", "privacy", "payments"),
    *("stablecoin", "exchange", "DEX", "lending", "derivatives", "yield", "LST", "restaking"),
)
"""What an asset may be bought for: the words of `AssetRef.narratives`."""

SOURCES = (
    *("binance", "kraken", "okx", "coinbase", "coinmetrics"),
    *("defillama", "defillama_chain", "tokenmetrics", "blockchain.com"),
)
"""Who else has a name for an asset: the keys of `AssetRef.ids`."""


class AssetKind(StrEnum):
    """How a token relates to what it stands for."""

    NATIVE = "native"
    WRAPPED = "wrapped"
    BRIDGED = "bridged"
    STAKED = "staked"
    STABLE = "stable"

    @property
    def derived(self) -> bool:
        """Whether it is a claim on another asset, which its price and its grades must not be taken for."""
        return self in (AssetKind.WRAPPED, AssetKind.BRIDGED, AssetKind.STAKED)


@dataclass(frozen=True, slots=True)
class Window:
    """When *label*, a ticker or a name, meant the asset: from *since* until before *until*."""

    label: str
    since: Instant | None = None
    until: Instant | None = None

    def covers(self, at: Instant) -> bool:
        """Whether *at* lies within."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class AssetRef:
    """One asset. *id* is CoinGecko's (``sui``), or ``unmapped:<venue>:<symbol>``, or ``sim:<name>``.

    *underlying*: the id of what a wrapped, bridged or staked token is a claim on. *narratives*: of
    `NARRATIVES`. *ids*: what the `SOURCES` call it: a venue's base symbol as ccxt spells it, DefiLlama's
    slug of the protocol and name of the chain, Coin Metrics' code, Token Metrics' number. DefiLlama's
    gecko id is *id*. *contracts*: its address by chain. *aliases*: other tickers and names. *windows*:
    when a ticker or name meant it, where that was not always so.
    """

    id: str
    ticker: str
    name: str
    kind: AssetKind = AssetKind.NATIVE
    underlying: str | None = None
    narratives: tuple[str, ...] = field(default=())
    ids: Mapping[str, str] = field(default_factory=dict, hash=False)
    contracts: Mapping[str, str] = field(default_factory=dict, hash=False)
    aliases: tuple[str, ...] = field(default=())
    windows: tuple[Window, ...] = field(default=())

    @property
    def labels(self) -> tuple[str, ...]:
        """Every ticker and name it ever went by, its present ones first."""
        earlier = (window.label for window in self.windows)
        return tuple(dict.fromkeys((self.ticker, self.name, *self.aliases, *earlier)))

    def id_at(self, source: str) -> str | None:
        """What *source* calls it; `None` where that is not known."""
        return self.id if source == "coingecko" else self.ids.get(source)


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
