"""What a simulated project is worth, how much of it trades and who works on it.

Coins come into circulation on a schedule of the token's own. Market value is coins times the price at the
day's close. Developers are busier while the project's value is ahead of what its price has followed
(`latent`). The noise is of streams that nothing else draws from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.market import Floats
from tools.simulation.latent import Latent
from tools.simulation.noise import CHUNK_DAYS, autoregress, stream

UNITS = {
    "circulating_supply": "tokens",
    "total_supply": "tokens",
    "market_cap": "USD",
    "market_cap_at_close": "USD",
    "fdv": "USD",
    "total_volume": "USD",
    "dex_volume": "USD",
    "exchange_inflow": "USD",
    "exchange_outflow": "USD",
    "commit_count_4_weeks": "count",
    "issuance_native": "tokens",
    "mvrv": "ratio",
}
"""Metrics and their units. Volumes and flows are per day."""

_DIGITS = 3
"""Digits that a total supply is told with."""
_LEAST_SUPPLY = 1000.0
_BUSY = 2.0
"""Log-commits per log-value that the price has yet to follow."""
_FLOW = 0.02
"""Share of the value locked that moves to or from exchanges in a day, each way."""
_MOVED = 1.0 / 180.0
"""Share of the coins that change hands in a day, and so are next worth that day's price to their owners."""


@dataclass(frozen=True, slots=True)
class Economy:
    """What does not change about a token's market: supply, schedule and how much of it is traded."""

    total_supply: float
    first_share: float
    release: float
    """Share of the coins that are not out yet that comes out in a year (log)."""
    turnover: float
    dex_share: float
    commits: float

    def circulating(self, ended: Floats) -> Floats:
        """Coins in circulation after so many days of the market."""
        locked = (1.0 - self.first_share) * np.exp(-self.release * ended / 365.0)
        return np.round(self.total_supply * (1.0 - locked))


def economy_of(seed: int, asset: str, tvl: float, first_price: float) -> Economy:
    """The economy of *asset*, worth some multiple of the value first locked in it."""
    first = stream(seed, f"{asset}:economy:first")
    multiple, commits = 10.0 ** first.uniform((-0.2, 1.2), (0.8, 2.6))
    share, release, turnover, dex_share = first.uniform((0.3, 0.1, 0.01, 0.02), (0.9, 0.5, 0.12, 0.2))
    supply = tvl * float(multiple) / (first_price * float(share))
    step = 10.0 ** (np.floor(np.log10(supply)) - _DIGITS + 1)
    total = max(float(np.round(supply / step) * step), _LEAST_SUPPLY)
    return Economy(total, *(float(one) for one in (share, release, turnover, dex_share, commits)))


def valued(
    economy: Economy,
    latent: Latent,
    close: Floats,
    locked: Floats,
    netflow: Floats,
    seed: int,
    asset: str,
    number: int,
) -> dict[str, Floats]:
    """Chunk *number* of every metric of `UNITS`.

    Args:
        economy: The token's.
        latent: The chunk's truth.
        close: Price at the end of each day from the market's first to the chunk's last.
        locked: Value locked, by day.
        netflow: What exchanges took in less what left them, by day.
        seed: The market's.
        asset: Whose noise it is.
        number: Counted from 0.
    """
    noise = stream(seed, f"{asset}:economy", number)

    def scattered(sd: float) -> Floats:
        return np.exp(sd * noise.standard_normal(CHUNK_DAYS))

    days = np.arange(CHUNK_DAYS + 1, dtype=np.float64) + number * CHUNK_DAYS
    coins = economy.circulating(days)
    circulating, issued = coins[1:], np.diff(coins)
    paid = autoregress(_MOVED * close, 1.0 - _MOVED, float(close[0]))[-CHUNK_DAYS:]
    close = close[-CHUNK_DAYS:]
    cap = np.maximum(np.round(circulating * close), 1.0)
    left = np.round(_FLOW * locked * scattered(0.15))
    commits = economy.commits * np.exp(_BUSY * (latent.value - latent.followed)) * scattered(0.03)
    return {
        "circulating_supply": circulating,
        "total_supply": np.full(CHUNK_DAYS, economy.total_supply),
        "market_cap": cap,
        "market_cap_at_close": cap,
        "fdv": np.maximum(np.round(economy.total_supply * close), 1.0),
        "total_volume": np.maximum(np.round(cap * economy.turnover * scattered(0.35)), 1.0),
        "dex_volume": np.maximum(np.round(locked * economy.dex_share * scattered(0.2)), 1.0),
        "exchange_inflow": np.maximum(left + netflow, 1.0),
        "exchange_outflow": np.maximum(left, 1.0),
        "commit_count_4_weeks": np.maximum(np.round(commits), 1.0),
        "issuance_native": issued,
        "mvrv": np.round(close / paid, 4),
    }
