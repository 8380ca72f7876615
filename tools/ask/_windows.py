"""The newest clean candles of an asset, as many as there are."""

from __future__ import annotations

from core.instant import Instant, Interval, interval
from core.market import Bars
from core.observation import Missing
from tools.ask._vocabulary import AskContext


def width_of(context: AskContext, named: str | None) -> Interval:
    """The interval called *named*; the context's own where none was."""
    return context.every if named is None else interval(named)


def newest_bars(
    context: AskContext, symbol: str, width: Interval, most: int, least: int = 1
) -> Bars | Missing:
    """The newest *least* .. *most* candles of one segment, all clean: the longest such window.

    Returns:
        The candles; `Missing` where not even *least* of them are fit, or *width* is narrower than
        what the market has.
    """
    market = context.market
    if width.ms % market.grain.ms:
        return Missing(f"{symbol} {width}", "no_data")
    whole = market.window(symbol, width, most)
    if isinstance(whole, Bars):
        return whole
    found = market.window(symbol, width, least)
    if isinstance(found, Missing):
        return found
    # what is too long stays too long: halve the doubt
    low, high = least, most
    while high - low > 1:
        middle = (low + high) // 2
        tried = market.window(symbol, width, middle)
        if isinstance(tried, Bars):
            low, found = middle, tried
        else:
            high = middle
    return found


def closed_at(bars: Bars) -> Instant:
    """When the newest of *bars* closed, and so was known."""
    return Instant(int(bars.opened_at[-1]) + bars.interval.ms)
