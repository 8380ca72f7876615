"""Live public prices as a world: ``ccxt:VENUE`` opened, its symbols chosen, its past read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.runtime.worlds import World, choose
from core.errors import UsageError
from core.events import Alert
from core.instant import DAY, Instant, Interval, instant, interval
from core.market import Instrument
from core.ports import Clock
from core.spec import Spec, check_keys, parse_spec
from tools.market.live_feed import LiveFeed
from tools.market.live_filters import instrument_of
from tools.market.live_market import LiveMarket
from tools.market.live_quotes import LiveQuotes
from tools.market.live_wire import ELSEWHERE, LiveWire, open_wire

MARKET = "ccxt"
FOREVER = instant("2200-01-01")
_GRAIN = "1m"
_DAY = Interval(DAY)
_ROWS = 1_000
_DAYS = 400
_MOST_SYMBOLS = 20
_OF_DOLLARS = ("kraken", "coinbase")


def is_live(market: str) -> bool:
    """Whether the market text names live prices."""
    return parse_spec(market).name == MARKET


@dataclass(slots=True)
class LiveWorld:
    """A venue's live public prices of some symbols. *narratives*: what each symbol's asset is bought for."""

    spec: str
    market: LiveMarket
    feed: LiveFeed
    wire: LiveWire
    instruments: Mapping[str, Instrument]
    narratives: Mapping[str, tuple[str, ...]]

    async def open(self, since: Instant) -> tuple[Alert, ...]:
        """Reads the past, the grain at least from *since* on; what was strange about it."""
        rows = {width: _DAYS if width == _DAY else _ROWS for width in self.market.widths}
        return await self.feed.open(since, rows)

    def lived(self, start: Instant) -> World:
        """What came in since *start*, for the report: the narrowest candles that reach back so far."""
        grain, series = self.market.since(start)
        return World(self.spec, False, grain, start, FOREVER, series, self.instruments, dict(self.narratives))

    def starting(self, start: Instant) -> World:
        """The world as a configuration sees it: nothing has been lived through yet."""
        grain = self.market.grain
        series = {symbol: self.market.growing(symbol, grain).track.series for symbol in self.market.symbols}
        return World(self.spec, False, grain, start, FOREVER, series, self.instruments, dict(self.narratives))

    async def close(self) -> None:
        """Closes every connection."""
        await self.feed.quotes.close()
        await self.wire.close()


def reach(market: str, stand_ins: Mapping[str, str], clock: Clock) -> LiveWire:
    """The line to the venue that *market* names.

    Raises:
        UsageError: not ``ccxt:VENUE``, or no such venue.
    """
    spec = parse_spec(market)
    check_keys(spec.params, {}, MARKET)
    if spec.arg is None:
        raise UsageError(
            "ccxt: needs a venue", "Write it as ccxt:binance.", candidates=[f"ccxt:{v}" for v in ELSEWHERE]
        )
    return open_wire(spec.arg, stand_ins.get(spec.arg), clock)


async def open_live_world(
    wire: LiveWire,
    stand_ins: Mapping[str, str],
    clock: Clock,
    *,
    symbols: Sequence[str],
    grain: str | None,
    every: Interval,
    identify: Callable[[str, str], tuple[str, tuple[str, ...]]],
) -> LiveWorld:
    """The world behind *wire*, its past not yet read. *identify*: (venue, base) -> asset id and narratives.

    Raises:
        UsageError: too many symbols, or a grain that the venue does not serve.
        NoAnswerError: an unknown symbol, or a venue that serves nobody here.
        UnreachableError: the venue does not answer.
    """
    await wire.load()
    markets = wire.markets
    if not symbols or len(symbols) > _MOST_SYMBOLS:
        raise UsageError(
            f"{wire.venue} trades {len(markets)} symbols",
            f"Name those to trade, {_MOST_SYMBOLS} at most, with --symbols BTC/USDT,ETH/USDT.",
        )
    chosen = choose(symbols, list(markets))
    width = interval(grain or _GRAIN)
    served = wire.intervals
    if width not in served:
        names = ", ".join(map(str, served))
        raise UsageError(f"{wire.venue} serves no {width} candles", f"Choose a --grain among {names}.")
    filters = {symbol: instrument_of(symbol, markets[symbol], wire.precision_mode) for symbol in chosen}
    known = {symbol: identify(wire.venue, filters[symbol].base) for symbol in chosen}
    # what the venue does not serve is made of what it does
    widths = {width, *(one for one in (every, _DAY) if one in served and one.ms > width.ms)}
    market = LiveMarket(clock, width, widths, filters, lambda symbol: known[symbol][0], wire.venue)
    quotes = LiveQuotes(clock, wire, _others(wire.venue, filters[chosen[0]].quote, stand_ins, clock), chosen)
    feed = LiveFeed(wire, market, quotes, clock)
    return LiveWorld(
        str(Spec(MARKET, wire.venue)),
        market,
        feed,
        wire,
        filters,
        {symbol: known[symbol][1] for symbol in chosen},
    )


def _others(venue: str, quote: str, stand_ins: Mapping[str, str], clock: Clock) -> list[LiveWire]:
    """Venues to compare prices with; one that is stood in for is compared with stand-ins only."""
    known = _OF_DOLLARS if quote == "USD" else ELSEWHERE
    names = [other for other in known if other != venue and (venue not in stand_ins or other in stand_ins)]
    return [open_wire(other, stand_ins.get(other), clock) for other in names]
