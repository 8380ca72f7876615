"""What can be fetched: one word each."""

from __future__ import annotations

from collections.abc import Mapping

WHATS: Mapping[str, str] = {
    "assets": "who is who: the largest coins by market cap, with tickers, names and contracts (CoinGecko)",
    "candles": "prices of exchanges: binance, else okx, kraken, coinbase",
    "tvl": "value locked in a protocol or chain, and in all of them (DefiLlama)",
    "fees": "fees of a protocol or chain per day (DefiLlama)",
    "revenue": "what of the fees the protocol keeps, per day (DefiLlama)",
    "volume": "trades on decentralised exchanges per day (DefiLlama)",
    "stablecoins": "dollars in stablecoins, on a chain and in all (DefiLlama)",
    "onchain": "addresses, transactions, hash rate (Blockchain.com for Bitcoin; Coin Metrics: --opt-in)",
    "fundamentals": "market cap, supply, FDV, developers, community (CoinGecko)",
    "funding": "funding rates of perpetual contracts (binance, else okx, kraken)",
    "openinterest": "open interest of perpetual contracts (binance, else okx)",
    "sentiment": "the fear and greed index (alternative.me)",
    "news": "headlines of four feeds, as of now",
    "grades": "grades and signals of Token Metrics (needs TOKENWISE_KEY_TOKENMETRICS)",
}
USUAL = tuple(what for what in WHATS if what not in ("assets", "grades"))
"""What is fetched where nobody says what."""
