"""The daily candles of a whole market as they are known at its now, each asset's unbroken stretch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.instant import DAY, Instant, interval
from core.market import Bars, BarSeries
from core.observation import Missing
from core.ports import MarketData
from strategies.grades.alignment import frame_start
from strategies.indicators.universe.frame import Frame, frame_of

DAILY = interval("1d")
_COLUMNS = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the newest close of a market shows.

    *closed_at*: when its newest daily candle closed; `None` where there is none. *bars*: by symbol, of those
    that show that very candle: the longest clean window that ends in it, from the frame's start on.
    *missing*: why the others show none.
    """

    closed_at: Instant | None
    bars: Mapping[str, Bars]
    missing: Mapping[str, str]

    def follows(self, earlier: Reading) -> bool:
        """Whether this is *earlier* and one more candle of each asset: nothing came, went, broke or was revised."""
        if self.closed_at is None or earlier.closed_at is None or self.bars.keys() != earlier.bars.keys():
            return False
        return self.closed_at == earlier.closed_at + DAY and all(
            _goes_on(earlier.bars[symbol], bars) for symbol, bars in self.bars.items()
        )

    def repeats(self, earlier: Reading) -> bool:
        """Whether this shows nothing but what *earlier* shows."""
        return (
            self.closed_at == earlier.closed_at
            and self.missing == earlier.missing
            and self.bars.keys() == earlier.bars.keys()
            and all(_same(earlier.bars[symbol], bars) for symbol, bars in self.bars.items())
        )


def read_daily(market: MarketData, symbols: Iterable[str]) -> Reading:
    """The newest daily candles of *symbols* on *market*; point in time is the market's own.

    Whoever does not show the newest candle of the market is ``delisted``, ``stale``, or what the market says.
    """
    if DAY % market.grain.ms:
        return Reading(None, {}, dict.fromkeys(symbols, "no_data"))
    newest: dict[str, Bars] = {}
    missing: dict[str, str] = {}
    for symbol in symbols:
        shown = market.window(symbol, DAILY, 1)
        if isinstance(shown, Missing):
            ended = market.delisted_at(symbol) is not None
            missing[symbol] = "delisted" if ended else shown.why
        else:
            newest[symbol] = shown
    if not newest:
        return Reading(None, {}, missing)
    last = max(int(shown.opened_at[0]) for shown in newest.values())
    since = frame_start(last // DAY) * DAY
    bars: dict[str, Bars] = {}
    for symbol, shown in newest.items():
        if int(shown.opened_at[0]) < last:
            missing[symbol] = "delisted" if market.delisted_at(symbol) is not None else "stale"
        else:
            bars[symbol] = _longest(market, shown, since, (last - since) // DAY + 1)
    return Reading(Instant(last + DAY), bars, missing)


def laid_out(reading: Reading, benchmark: str | None) -> Frame:
    """The frame of *reading*, its assets called by their symbols.

    Raises:
        ValueError: nobody shows a candle.
    """
    series = [_as_series(symbol, bars) for symbol, bars in reading.bars.items()]
    return frame_of(series, benchmark=benchmark if benchmark in reading.bars else None)


def _longest(market: MarketData, newest: Bars, since: int, most: int) -> Bars:
    """The longest window of at most *most* candles that the market lets through, cut at *since*."""
    symbol, found = newest.symbol, market.window(newest.symbol, DAILY, most)
    if isinstance(found, Missing):
        # what is too long stays too long: halve the doubt
        found, low, high = newest, 1, most
        while high - low > 1:
            middle = (low + high) // 2
            tried = market.window(symbol, DAILY, middle)
            if isinstance(tried, Missing):
                high = middle
            else:
                low, found = middle, tried
    first = int(np.searchsorted(found.opened_at, since))
    return found.slice(first, len(found)) if first else found


def _as_series(symbol: str, bars: Bars) -> BarSeries:
    rows = len(bars)
    whole, sound = np.zeros(rows, dtype=np.int32), np.full(rows, -1, dtype=np.int64)
    return BarSeries(symbol, bars, whole, sound, ("",) * rows, "", "")


def _goes_on(before: Bars, bars: Bars) -> bool:
    rows = len(before)
    return (
        len(bars) == rows + 1
        and int(bars.opened_at[-1]) == int(before.opened_at[-1]) + DAY
        and _same(before, bars.slice(0, rows))
    )


def _same(before: Bars, bars: Bars) -> bool:
    return np.array_equal(before.opened_at, bars.opened_at) and all(
        np.array_equal(getattr(before, name), getattr(bars, name)) for name in _COLUMNS
    )
