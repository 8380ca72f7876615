"""When a source's figure could first be known: the lags that every reader of the past relies on.

Each takes the figure's own stamp (the midnight that begins the day, where it is about a day).
"""

from __future__ import annotations

from collections.abc import Callable

from core.instant import DAY, HOUR, MINUTE, Instant

Rule = Callable[[Instant], Instant]


def _after(lag: int) -> Rule:
    return lambda stamp: Instant(stamp + lag)


daily_figure = _after(2 * DAY)
"""TVL, stablecoins, fees, revenue, DEX volume and on-chain counts of day D: D+2 00:00."""
daily_price = _after(40 * MINUTE)
"""CoinGecko's daily point stamped D 00:00: D 00:40."""
fear_and_greed = _after(6 * HOUR)
"""The index stamped D: D 06:00."""
vendor_day = _after(DAY + 12 * HOUR)
"""A vendor's grade, signal or candle dated D: D+1 12:00."""
vendor_hour = _after(2 * HOUR)
"""A vendor's candle or signal of an hour: an hour after that hour's end."""
cached_candle = _after(30 * MINUTE)
"""CoinGecko's candle by its close: half an hour later, which is how long its free answers are kept."""
past_price = _after(2 * HOUR)
"""DefiLlama's price at a moment: two hours later."""

RESTATED = "restated"
"""The flag of figures that the source may have rewritten since they were first shown."""
