"""Market data over whole series, recorded or simulated: what was known at the clock's now, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from core.errors import LookAheadError, NoAnswerError
from core.instant import Instant, Interval
from core.market import Bars, BarSeries, Instrument
from core.observation import Missing
from core.ports import Clock
from tools.market.resample import resample
from tools.market.track import Track
from tools.market.track_reading import TrackReading


class BarMarket(TrackReading):
    """Implements `core.ports.MarketData` over one `BarSeries` per symbol, all of one grain."""

    def __init__(
        self,
        clock: Clock,
        grain: Interval,
        series: Mapping[str, BarSeries],
        instruments: Mapping[str, Instrument],
        *,
        simulated: bool,
    ) -> None:
        self.grain = grain
        self.symbols = tuple(series)
        self.simulated = simulated
        self.now = Instant(0)
        self._clock = clock
        self._instruments = instruments
        self._tracks = {symbol: Track(one) for symbol, one in series.items()}
        self._by_width: dict[int, dict[str, Track]] = {grain.ms: self._tracks}
        self._moving = list(self._tracks.values())
        self._due = sorted(
            ((revision.known_at, symbol) for symbol, one in series.items() for revision in one.revisions),
            reverse=True,
        )

    async def advance(self, now: Instant) -> None:
        """Lets the present be *now*.

        Raises:
            LookAheadError: *now* is after the clock's now.
        """
        if now > self._clock.now():
            raise LookAheadError(f"data of {now} was asked for at {self._clock.now()}")
        self.now = now
        if self._due and self._due[-1][0] <= now:
            self._revise(now)
        for track in self._moving:
            track.advance(now)

    def close(self, symbol: str) -> tuple[float, Instant] | Missing:
        """The last good close and when it was known, however old."""
        return self._track(symbol, self.grain).close()

    def delisted_at(self, symbol: str) -> Instant | None:
        """When trading ended, once that has happened."""
        ended = self._track(symbol, self.grain).series.delisted_at
        return ended if ended is not None and ended <= self.now else None

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 over each series' rows known now: two runs that saw the same rows agree."""
        found = {}
        for symbol, track in self._tracks.items():
            bars, stop = track.series.bars, track.newest + 1
            rows = sha256()
            for column in (bars.opened_at, bars.open, bars.high, bars.low, bars.close, bars.volume):
                rows.update(column[:stop].tobytes())
            found[symbol] = rows.hexdigest()
        return found

    def known(self, symbol: str) -> Bars:
        """Every candle of the grain that is known now."""
        track = self._track(symbol, self.grain)
        return track.bars(track.newest + 1)

    def _track(self, symbol: str, interval: Interval) -> Track:
        try:
            return self._by_width[interval.ms][symbol]
        except KeyError:
            return self._widen(symbol, interval)

    def _widen(self, symbol: str, interval: Interval) -> Track:
        """The track of *symbol* at *interval*, made out of the grain when it is first asked for."""
        if symbol not in self._tracks:
            self.instrument(symbol)
            raise NoAnswerError(f"there are no candles of {symbol}", "Import or choose another symbol.")
        wide = Track(resample(self._tracks[symbol].series, interval))
        wide.advance(self.now)
        self._by_width.setdefault(interval.ms, {})[symbol] = wide
        self._moving.append(wide)
        return wide

    def _revise(self, now: Instant) -> None:
        """Takes in the later vintages that have become known by *now*."""
        touched = set()
        while self._due and self._due[-1][0] <= now:
            touched.add(self._due.pop()[1])
        for symbol in touched:
            self._tracks[symbol] = Track(_as_known(self._tracks[symbol].series, now))
            for tracks in self._by_width.values():
                if tracks is not self._tracks:
                    tracks.pop(symbol, None)
        self._moving = [track for tracks in self._by_width.values() for track in tracks.values()]


def _as_known(series: BarSeries, now: Instant) -> BarSeries:
    """*series* with every vintage that is known at *now* written over its row."""
    names = ("open", "high", "low", "close", "volume")
    columns = {name: getattr(series.bars, name).copy() for name in names}
    for revision in series.revisions:
        if revision.known_at <= now:
            for name in names:
                columns[name][revision.index] = getattr(revision, name)
    return replace(series, bars=replace(series.bars, **columns))
