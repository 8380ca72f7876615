"""What every market answers from its tracks, however those came about."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import NoAnswerError
from core.instant import Instant, Interval
from core.market import Bars, BarSeries, Candle, Instrument
from core.observation import Missing
from tools.market.track import Track


class TrackReading:
    """The reads of `core.ports.MarketData` and of the paper venue's feed that only look at a track."""

    grain: Interval
    symbols: tuple[str, ...]
    now: Instant
    _instruments: Mapping[str, Instrument]

    def _track(self, symbol: str, interval: Interval) -> Track:
        """The track of *symbol* at *interval*."""
        raise NotImplementedError

    def candle(self, symbol: str) -> Candle | Missing:
        """The newest closed candle; `Missing` where there is none or the gate refuses it."""
        track = self._track(symbol, self.grain)
        return track.missing(1, self.now) or track.series.bars.candle(track.newest)

    def window(self, symbol: str, interval: Interval, count: int) -> Bars | Missing:
        """The newest *count* closed candles of *interval*, all of one segment and clean."""
        track = self._track(symbol, interval)
        return track.missing(count, self.now) or track.bars(count)

    def column(self, symbol: str, interval: Interval, name: str, count: int) -> list[float] | Missing:
        """One column of `window`, as a plain list."""
        track = self._track(symbol, interval)
        return track.missing(count, self.now) or track.column(name, count)

    def series_since(self, symbol: str, interval: Interval, opened_from: Instant) -> tuple[BarSeries, ...]:
        """The closed candles of *interval* opened at or after *opened_from*, with what the gate says of each."""
        found = self._track(symbol, interval).series_since(opened_from)
        return (found,) if len(found.bars) else ()

    def candles_since(self, symbol: str, opened_from: Instant) -> list[Candle]:
        """The closed candles of the grain opened at or after *opened_from*, refused ones left out."""
        return self._track(symbol, self.grain).since(opened_from)

    def last_print(self, symbol: str) -> Candle | None:
        """The newest closed candle, whatever the gate says of it."""
        track = self._track(symbol, self.grain)
        return None if track.newest < 0 else track.series.bars.candle(track.newest)

    def instrument(self, symbol: str) -> Instrument:
        """The venue's filters.

        Raises:
            NoAnswerError: this market does not have *symbol*.
        """
        if symbol not in self._instruments:
            raise NoAnswerError(
                f"this market has no {symbol}",
                "Choose one of its symbols.",
                code="unknown_symbol",
                candidates=self.symbols,
            )
        return self._instruments[symbol]
