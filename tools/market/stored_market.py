"""Market data over the whole store: each series is read when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from core.errors import InvariantError, NoAnswerError
from core.instant import MINUTE, Instant, Interval
from core.market import Bars, BarSeries, Candle, Instrument
from core.observation import Missing
from core.ports import Clock
from tools.market.bar_market import BarMarket
from tools.store.catalog import SeriesInfo
from tools.store.store import Store

# where a narrow series has nothing to say, a wider one may; a refused candle is refused
_TELLING = ("warming_up", "stale", "delisted", "known_late", "no_data")
_PASSED_OVER = frozenset(_TELLING)


class StoredMarket:
    """Implements `core.ports.MarketData` over every candle series of a home, for readers.

    A symbol may be stored at several intervals: the narrowest one that knows the answer gives it. A
    ticker means what it meant at the *now* that the market was opened with. The store stays open
    until its owner closes it.
    """

    grain = Interval(MINUTE)
    simulated = False

    def __init__(self, store: Store, clock: Clock, series: Sequence[SeriesInfo], now: Instant) -> None:
        self.now = now
        self._meant_at = now
        self._store = store
        self._clock = clock
        self._widths: dict[str, list[Interval]] = {}
        for info in sorted(series, key=lambda one: one.interval.ms):
            if info.key.kind == "ohlcv" and info.interval not in self._widths.setdefault(info.symbol, []):
                self._widths[info.symbol].append(info.interval)
        self.symbols = tuple(self._widths)
        meanings: dict[str, set[str]] = {}
        for info in series:
            if info.key.kind == "ohlcv":
                meanings.setdefault(info.symbol, set()).add(info.asset)
        self._renamed = frozenset(symbol for symbol, assets in meanings.items() if len(assets) > 1)
        self._opened: dict[tuple[str, Interval], BarMarket | Missing] = {}
        self._former: dict[tuple[str, Interval], BarMarket | Missing] = {}

    async def advance(self, now: Instant) -> None:
        """Lets the present be *now*.

        Raises:
            LookAheadError: *now* is after the clock's now.
        """
        for market in (*self._opened.values(), *self._former.values()):
            if isinstance(market, BarMarket):
                await market.advance(now)
        self.now = now

    def candle(self, symbol: str) -> Candle | Missing:
        """The newest closed candle of the narrowest series that is up to date."""
        whys = []
        for market in self._markets(symbol):
            tried = market if isinstance(market, Missing) else market.candle(symbol)
            if not isinstance(tried, Missing) or tried.why not in _PASSED_OVER:
                return tried
            whys.append(tried.why)
        return Missing(symbol, _plainest(whys))

    def window(self, symbol: str, interval: Interval, count: int) -> Bars | Missing:
        """The newest *count* closed candles of *interval*, from the narrowest series that has all of them."""
        whys = []
        for market in self._markets(symbol, interval):
            tried = market if isinstance(market, Missing) else market.window(symbol, interval, count)
            if not isinstance(tried, Missing) or tried.why not in _PASSED_OVER:
                return tried
            whys.append(tried.why)
        return Missing(symbol, _plainest(whys))

    def column(self, symbol: str, interval: Interval, name: str, count: int) -> list[float] | Missing:
        """One column of `window`, as a plain list."""
        bars = self.window(symbol, interval, count)
        if isinstance(bars, Missing):
            return bars
        values: list[float] = getattr(bars, name).tolist()
        return values

    def series_since(self, symbol: str, interval: Interval, opened_from: Instant) -> tuple[BarSeries, ...]:
        """The closed candles of *interval* opened at or after *opened_from*, refused ones among them.

        Where the ticker stood for another asset then, that one's come first. Of an asset's several series it is
        the one that reaches furthest, then the one that begins first, then the narrowest.
        """
        now = _furthest(self._markets(symbol, interval), symbol, interval, opened_from)
        if symbol not in self._renamed:
            return now
        then = _furthest(self._markets(symbol, interval, opened_from), symbol, interval, opened_from)
        if not then or not now or then[0].asset == now[0].asset:
            return now or then
        return then + now if then[0].bars.opened_at[-1] < now[0].bars.opened_at[0] else now

    def close(self, symbol: str) -> tuple[float, Instant] | Missing:
        """The newest good close of all its series and when it was known, however old."""
        markets = [market for market in self._markets(symbol) if isinstance(market, BarMarket)]
        closes = [market.close(symbol) for market in markets]
        known = [close for close in closes if not isinstance(close, Missing)]
        # of two that closed together the narrower one, which stands first
        return max(known, key=lambda close: close[1]) if known else Missing(symbol, "no_data")

    def instrument(self, symbol: str) -> Instrument:
        """A venue's filters of years ago are not recorded anywhere: fine steps, and the usual smallest order.

        Raises:
            NoAnswerError: the store does not have *symbol*.
        """
        if symbol not in self._widths:
            raise NoAnswerError(
                f"the store has no {symbol}",
                "'tokenwise data list' shows what there is.",
                code="unknown_symbol",
            )
        step = Decimal("1e-8")
        return Instrument(symbol, step, step, step, Decimal(5))

    def delisted_at(self, symbol: str) -> Instant | None:
        """When trading ended, once that has happened."""
        markets = [market for market in self._markets(symbol) if isinstance(market, BarMarket)]
        return markets[0].delisted_at(symbol) if markets else None

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 over each series' rows known now, of those that were asked for, by symbol and interval."""
        read = ((name, market) for name, market in self._opened.items() if isinstance(market, BarMarket))
        return {f"{symbol} {width}": market.fingerprints()[symbol] for (symbol, width), market in read}

    def _markets(
        self, symbol: str, interval: Interval | None = None, meant_at: Instant | None = None
    ) -> Iterator[BarMarket | Missing]:
        """The market of each series that can show *interval*, the narrowest first."""
        self.instrument(symbol)
        for width in self._widths[symbol]:
            if interval is None or interval.ms % width.ms == 0:
                yield self._market(symbol, width, self._meant_at if meant_at is None else meant_at)

    def _market(self, symbol: str, width: Interval, meant_at: Instant) -> BarMarket | Missing:
        opened = self._opened if meant_at == self._meant_at else self._former
        found = opened.get((symbol, width))
        if found is None:
            series = self._store.bars(symbol, width, meant_at)
            if isinstance(series, Missing):
                found = series
            else:
                found = BarMarket(
                    self._clock, width, {symbol: series}, {symbol: self.instrument(symbol)}, simulated=False
                )
                advance_at_once(found, self.now)
            opened[symbol, width] = found
        return found


def _furthest(
    markets: Iterable[BarMarket | Missing], symbol: str, interval: Interval, opened_from: Instant
) -> tuple[BarSeries, ...]:
    best: tuple[int, int] | None = None
    found: tuple[BarSeries, ...] = ()
    for market in markets:
        tried = () if isinstance(market, Missing) else market.series_since(symbol, interval, opened_from)
        if tried:
            opened_at = tried[0].bars.opened_at
            reach = int(opened_at[-1]), -int(opened_at[0])
            if best is None or reach > best:
                best, found = reach, tried
    return found


def _plainest(whys: Sequence[str]) -> str:
    """Of several reasons the one that says most: a series that warms up is nearer than one that ended."""
    return next((why for why in _TELLING if why in whys), "no_data")


def advance_at_once(market: BarMarket, now: Instant) -> None:
    """Advances a market of whole series, which waits for nothing, from where nothing can be awaited.

    Raises:
        LookAheadError: *now* is after the clock's now.
    """
    step = market.advance(now)
    try:
        step.send(None)
    except StopIteration:
        return
    step.close()
    raise InvariantError("a market of whole series waited for something")
