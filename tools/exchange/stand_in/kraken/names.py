"""Kraken's own names of assets, pairs, orders and trades."""

from __future__ import annotations

from functools import cache

from tools.exchange.stand_in.engine.listing import DELISTED, Listing
from tools.exchange.stand_in.engine.refusals import Refusal, Refused

ALTERNATIVE = {"BTC": "XBT", "DOGE": "XDG"}
LEGACY = {"BTC": "XXBT", "ETH": "XETH", "LTC": "XLTC", "XRP": "XXRP", "DOGE": "XXDG"} | {
    fiat: f"Z{fiat}" for fiat in ("USD", "EUR", "GBP", "CAD", "JPY", "AUD")
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def alternative(asset: str) -> str:
    """``BTC`` as ``XBT``."""
    return ALTERNATIVE.get(asset, asset)


def asset_id(asset: str) -> str:
    """``BTC`` as ``XXBT``, ``USDT`` as itself."""
    return LEGACY.get(asset, asset)


def pair_name(symbol: str) -> str:
    """``BTC/USD`` as ``XBTUSD``."""
    base, _, quote = symbol.partition("/")
    return alternative(base) + alternative(quote)


def pair_id(symbol: str) -> str:
    """``BTC/USD`` as ``XXBTZUSD``; pairs with a younger asset have no legacy name."""
    base, _, quote = symbol.partition("/")
    if base in LEGACY and quote in LEGACY:
        return LEGACY[base] + LEGACY[quote]
    return pair_name(symbol)


def pair_slashed(symbol: str) -> str:
    """``BTC/USD`` as ``XBT/USD``."""
    base, _, quote = symbol.partition("/")
    return f"{alternative(base)}/{alternative(quote)}"


def listed(listings: dict[str, Listing], pair: str) -> Listing:
    """The listing that *pair* names in any of Kraken's ways.

    Raises:
        Refused: there is none.
    """
    for symbol, listing in listings.items():
        if listing.status != DELISTED and pair in {pair_id(symbol), pair_name(symbol), pair_slashed(symbol)}:
            return listing
    raise Refused(Refusal.UNKNOWN_SYMBOL)


@cache
def txid(kind: str, number: int) -> str:
    """``OXXXXX-XXXXX-XXXXXX`` of the *number*-th order (kind ``O``) or trade (``T``)."""
    value, letters = number * 2_654_435_761 % 2**40 + (number << 40), []
    for _ in range(16):
        letters.append(LETTERS[value % 32])
        value //= 32
    text = kind + "".join(letters)
    return f"{text[:6]}-{text[6:11]}-{text[11:17]}"
