"""Market data that grows: live series of several widths, read at the clock's now and never past it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256

from core.errors import LookAheadError, NoAnswerError
from core.instant import Instant, Interval
from core.market import BarSeries, Instrument
from core.observation import Missing
from core.ports import Clock
from tools.market.growing import COLUMNS, Growing
from tools.market.resample import resample
from tools.market.track import Track
from tools.market.track_reading import TrackReading

_KEEP_GRAIN = 10_000
_KEEP_WIDE = 4_000


class LiveMarket(TrackReading):
    """Implements `core.ports.MarketData` over series that `tools.market.live_feed` feeds.

    The grain, the decision interval and the day are series of their own, as the venue tells them; any
    other width is made of the widest of these that fits.
    """

    simulated = False

    def __init__(
        self,
        clock: Clock,
        grain: Interval,
        widths: Iterable[Interval],
        instruments: Mapping[str, Instrument],
        asset_of: Callable[[str], str],
        source: str,
    ) -> None:
        self.grain = grain
        self.symbols = tuple(instruments)
        self.now = Instant(0)
        self.widths = tuple(sorted({grain, *widths}))
        self._clock = clock
        self._instruments: dict[str, Instrument] = dict(instruments)
        self._series = {
            (symbol, width.ms): Growing(
                asset_of(symbol), symbol, width, source, _KEEP_GRAIN if width == grain else _KEEP_WIDE
            )
            for symbol in self.symbols
            for width in self.widths
        }
        self._made: dict[tuple[str, int], tuple[Track, Track]] = {}

    def growing(self, symbol: str, width: Interval) -> Growing:
        """The series that candles of *symbol* and *width* go into."""
        return self._series[symbol, width.ms]

    async def advance(self, now: Instant) -> None:
        """Lets the present be *now*, among what has come in.

        Raises:
            LookAheadError: *now* is after the clock's now.
        """
        if now > self._clock.now():
            raise LookAheadError(f"data of {now} was asked for at {self._clock.now()}")
        self.now = now
        for series in self._series.values():
            series.advance(now)

    def close(self, symbol: str) -> tuple[float, Instant] | Missing:
        """The last good close and when it was known, however old; of a wider series before the grain's first."""
        for width in self.widths:
            found = self._track(symbol, width).close()
            if not isinstance(found, Missing):
                return found
        return found

    def refilter(self, fresh: Instrument) -> bool:
        """Lets a symbol's filters be *fresh* from now on; whether they were others."""
        before, self._instruments[fresh.symbol] = self._instruments[fresh.symbol], fresh
        return before != fresh

    def delisted_at(self, symbol: str) -> Instant | None:
        """`None`: live, what is not traded any more is stale, and a person is told."""
        self.instrument(symbol)
        return None

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 over the rows of each symbol's grain that are known now and still kept."""
        found = {}
        for symbol in self.symbols:
            track = self._track(symbol, self.grain)
            bars, rows = track.bars(track.newest + 1), sha256()
            rows.update(bars.opened_at.tobytes())
            for name in COLUMNS:
                rows.update(getattr(bars, name).tobytes())
            found[symbol] = rows.hexdigest()
        return found

    def since(self, start: Instant) -> tuple[Interval, dict[str, BarSeries]]:
        """The narrowest width whose candles reach back to *start*, and every symbol's series at it."""
        for width in self.widths:
            series = {symbol: self.growing(symbol, width) for symbol in self.symbols}
            if all(one.oldest is not None and one.oldest <= start for one in series.values()):
                break
        return width, {symbol: one.track.series for symbol, one in series.items()}

    def _track(self, symbol: str, interval: Interval) -> Track:
        own = self._series.get((symbol, interval.ms))
        if own is not None:
            return own.track
        self.instrument(symbol)
        fitting = [width for width in self.widths if interval.ms % width.ms == 0]
        if not fitting:
            raise NoAnswerError(
                f"there are no {interval} candles of {symbol}: the narrowest are of {self.grain}",
                "Ask for a multiple of the grain.",
            )
        base = self._series[symbol, fitting[-1].ms].track
        made = self._made.get((symbol, interval.ms))
        if made is None or made[0] is not base:
            made = self._made[symbol, interval.ms] = (base, Track(resample(base.series, interval)))
        made[1].advance(self.now)
        return made[1]
