"""Candles of one asset: from the first venue that has them, page by page, from where they were left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from core.assets import AssetRef
from core.instant import DAY, Instant, Interval, iso
from core.market import Bars
from core.observation import NotEntitled, Ok, Outcome
from tools.fetching.asking import Asked, Span
from tools.fetching.comparing import confirmed
from tools.fetching.report import Failure, failure_of
from tools.fetching.step import Step
from tools.fetching.symbols import base_at, is_guessed, meant, spot_symbol
from tools.fetching.world import World
from tools.sources.venues import ORDER, MarketData, traits_of
from tools.store.gate.structural import VALUES

_TOGETHER = 8  # pages that are stored at once: storing judges the whole series again
_DAY = Interval(DAY)


def steps(world: World) -> Sequence[Step]:
    """A step for each asset."""
    return [_step(world, asset) for asset in world.asked.assets]


def _step(world: World, asset: AssetRef) -> Step:
    asked = world.asked
    order = (asked.venue,) if asked.venue else ORDER
    first = order[0]
    traits = traits_of(first)
    rest = world.lacking(_question(first, asset, asked), _span(world, asset, first))
    rows = sum(-(-(one.end - one.start) // asked.width.ms) for one in rest)
    return Step(
        "candles",
        asset.id,
        " → ".join(order),
        -(-rows // traits.page) + (1 if rows else 0),
        traits.gap_ms,
        lambda world: _run(world, asset, order),
        skipped=None if rows else ("the store has them already", "stored"),
        detail=str(asked.width),
    )


def _question(venue: str, asset: AssetRef, asked: Asked) -> str:
    return f"candles {venue} {asset.id} {asked.width}"


def _span(world: World, asset: AssetRef, venue: str) -> Span:
    """The opens of the closed candles that can be had: as long as the symbol meant *asset*, as far as *venue* goes back."""
    width, limit = world.asked.width, traits_of(venue).newest_only
    base = base_at(asset, venue, world.registry)
    span = world.asked.span if base is None else meant(asset, base, world.asked.span)
    now = width.floor(world.clock.now())
    # the running candle is one of those that are served
    oldest = span.start if limit is None else now - (limit - 1) * width.ms
    return Span(width.ceil(max(span.start, oldest)), width.ceil(min(span.end, now)))


async def _run(world: World, asset: AssetRef, order: Sequence[str]) -> None:
    failed: list[Failure] = []
    for venue in order:
        name = f"candles {asset.id} {world.asked.width} from {venue}"
        market = await world.venues.spot(venue)
        if isinstance(market, MarketData):
            failure = await _from(world, market, asset, name)
            if failure is None:
                for one in failed:
                    world.report.find(one.code, f"{one.why}; {venue} was asked instead")
                return
            if failure.code == "not_entitled":
                world.venues.shut(market, NotEntitled(failure.why))
            failed.append(failure)
        else:
            failed.append(failure_of(name, market))
    world.report.failed += failed


async def _from(world: World, market: MarketData, asset: AssetRef, name: str) -> Failure | None:
    venue = market.venue
    base = base_at(asset, venue, world.registry)
    if base is None:
        return Failure(name, f"nobody has said what {venue} calls {asset.id}", "unknown_symbol")
    symbol = spot_symbol(market.wire.markets, base, venue)
    if symbol is None:
        return Failure(name, f"{venue} does not trade {base}", "unknown_symbol")
    if world.asked.width not in market.wire.intervals:
        told = ", ".join(map(str, market.wire.intervals))
        return Failure(name, f"{venue} has no candles of {world.asked.width}, only of {told}", "no_data")
    span, limit = _span(world, asset, venue), traits_of(venue).newest_only
    if not span and not meant(asset, base, world.asked.span):
        return Failure(name, f"{base} did not mean {asset.id} in that time", "no_data")
    if limit is not None and span.start - world.asked.span.start > world.asked.width.ms:
        told = f"{venue} serves its newest {limit} candles only"
        if not span:
            return Failure(name, f"{told}, and none of that time", "history_limit")
        world.report.find(
            "history_limit", f"{told}: of {symbol} those of {world.asked.width} from {iso(span.start)}"
        )
    reader = _Reader(world, market, asset, symbol, name)
    rest = world.lacking(reader.question, span)
    if rest and is_guessed(asset, venue):
        why = await confirmed(world, market, symbol, asset.id)
        if why is not None:
            return Failure(name, why, "unconfirmed")
    for gap in rest:
        failure = await reader.read(gap)
        if failure is not None:
            return failure
    return None


@dataclass(slots=True)
class _Reader:
    """Reads one symbol; what came is stored whatever happens afterwards."""

    world: World
    market: MarketData
    asset: AssetRef
    symbol: str
    name: str
    came: list[Bars] = field(default_factory=list)

    @property
    def question(self) -> str:
        """What was asked, as it is remembered."""
        return _question(self.market.venue, self.asset, self.world.asked)

    async def read(self, gap: Span) -> Failure | None:
        """All candles of *gap*, or why not all of them."""
        traits, width = traits_of(self.market.venue), self.world.asked.width
        kept = at = gap.start
        last: Instant | None = None
        failure: Failure | None = None
        try:
            while at < gap.end and failure is None:
                found = await self.market.candles(self.symbol, width, at, gap.end, traits.page)
                if not isinstance(found, Ok):
                    return failure_of(self.name, found)
                bars = found.value
                if not len(bars):
                    after = await self._next(Span(at, gap.end))
                    if not isinstance(after, Ok):
                        return failure_of(self.name, after)
                    at = after.value
                    continue
                if last is None:
                    self._tell_begin(Instant(int(bars.opened_at[0])), gap)
                at = last = Instant(int(bars.opened_at[-1]) + width.ms)
                self.came.append(bars)
                if len(self.came) >= _TOGETHER:
                    failure = await self._store(Span(kept, at))
                    kept = at
        finally:
            # the newest candle may only be late: it is asked for again; an older stretch has had its time
            is_new = gap.end + width.ms > self.world.clock.now()
            failure = await self._store(Span(kept, (last or kept) if is_new else at)) or failure
            if failure is None and last is not None and not is_new:
                self.world.coverage.add(self.question, Span(kept, at), self.world.clock.now())
        if failure is None and last is None and not self.world.coverage.is_late(self.question, gap):
            failure = await self._nothing(gap)
        return failure

    async def _store(self, span: Span) -> Failure | None:
        if not self.came:
            return None
        columns = {
            name: np.concatenate([getattr(one, ours) for one in self.came])
            for name, ours in {"ts": "opened_at", **{name: name for name in VALUES}}.items()
        }
        self.came.clear()
        venue = self.market.venue
        plain = {
            "kind": "ohlcv",
            "asset": self.asset.id,
            "venue": venue,
            "symbol": self.symbol,
            "interval": str(self.world.asked.width),
            "source": venue,
        }
        self.world.note(venue, f"Public market data of {venue}", "the venue's terms of use")
        return await self.world.keep(self.name, plain, pl.DataFrame(columns), self.question, span)

    async def _next(self, rest: Span) -> Outcome[Instant]:
        """Where the next candle may be, found by days: some venues answer with nothing before a listing."""
        width, page = self.world.asked.width, traits_of(self.market.venue).page
        at = rest.start
        while at < rest.end:
            days = Span(_DAY.floor(at), rest.end)
            found = await self.market.candles(self.symbol, _DAY, days.start, days.end, page)
            if not isinstance(found, Ok):
                return found
            if len(found.value):
                first = Instant(int(found.value.opened_at[0]))
                # within the day that was just found empty: it is stepped over
                past = Instant(rest.start + page * width.ms)
                return Ok(Instant(max(first, rest.start) if first > rest.start else min(past, rest.end)))
            at = Instant(days.start + page * DAY)
        # the running day has no candle of its own yet, but perhaps hours
        running = _DAY.floor(rest.end - 1)
        return Ok(running if running > rest.start else rest.end)

    def _tell_begin(self, first: Instant, gap: Span) -> None:
        """Says that there is nothing in the first days of *gap*, where that is so."""
        if first - gap.start > DAY and not self._has_earlier(gap.start):
            told = f"{self.market.venue} has no {self.symbol} candles of {self.world.asked.width} before {iso(first)}"
            self.world.report.find("before_listing", f"{told}: it was not listed there")

    def _has_earlier(self, moment: Instant) -> bool:
        """Whether candles from before *moment* are stored: then a hole is a hole."""
        return any(
            (info.venue, info.symbol) == (self.market.venue, self.symbol) and info.first < moment
            for info in self.world.store.series()
        )

    async def _nothing(self, gap: Span) -> Failure:
        told = f"{self.market.venue} has no {self.symbol} candles from {iso(gap.start)} to {iso(gap.end)}"
        later = Span(gap.end, _DAY.floor(self.world.clock.now()))
        after = await self._next(later) if later else Ok(later.end)
        if isinstance(after, Ok) and after.value < later.end:
            return Failure(self.name, f"{told}: its first are of {iso(after.value)}", "before_listing")
        return Failure(self.name, told, "no_data")
