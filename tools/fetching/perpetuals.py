"""Funding rates and open interest of perpetual contracts: from the first venue that has them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

import polars as pl

from core.assets import AssetRef
from core.instant import DAY, HOUR, Instant, Interval, iso
from core.observation import NotEntitled, Ok, Outcome
from tools.fetching.asking import Span
from tools.fetching.report import Failure, failure_of
from tools.fetching.step import Step
from tools.fetching.symbols import meant, perpetual_symbol
from tools.fetching.world import World
from tools.sources.venues import PERPETUALS, MarketData, OpenInterest, Settlement, traits_of
from tools.sources.venues.traits import FUNDING_PAGE, INTEREST_MS, INTEREST_PAGE, NEWEST_FIRST

Row = TypeVar("Row", Settlement, OpenInterest)

_USUAL = 8 * HOUR
_HOUR = Interval(HOUR)
# (market, symbol, asset, stretch) -> why not all of it came
_Read = Callable[[World, MarketData, str, AssetRef, Span], Awaitable[Failure | None]]


def funding(world: World) -> Sequence[Step]:
    """Funding rates of each asset."""
    return [_step(world, "funding", asset, _funding, _USUAL, FUNDING_PAGE) for asset in world.asked.assets]


def open_interest(world: World) -> Sequence[Step]:
    """Open interest of each asset, by the hour."""
    return [
        _step(world, "openinterest", asset, _interest, HOUR, INTEREST_PAGE) for asset in world.asked.assets
    ]


def _step(
    world: World, what: str, asset: AssetRef, read: _Read, every_ms: int, pages: Mapping[str, int]
) -> Step:
    order = tuple(venue for venue in PERPETUALS if venue in pages and world.asked.venue in (None, venue))
    skipped = None
    rows = 0
    if not order:
        told = f"{world.asked.venue} has no perpetual contracts here"
        skipped = (f"{told}; {', '.join(pages)} have", "no_data")
    else:
        span = _span(world, what, order[0], asset)
        rest = world.lacking(_question(what, order[0], asset), span)
        rows = sum(-(-(one.end - one.start) // every_ms) for one in rest)
        if not rest:
            skipped = ("the store has them already", "stored")
    calls = -(-rows // pages[order[0]]) + 1 if rows else 0
    gap = traits_of(order[0]).gap_ms if order else 0
    source = " → ".join(order) or "none"
    return Step(
        what,
        asset.id,
        source,
        calls,
        gap,
        lambda world: _run(world, what, asset, order, read),
        skipped=skipped,
    )


def _question(what: str, venue: str, asset: AssetRef) -> str:
    return f"{what} {venue} {asset.id}"


def _span(world: World, what: str, venue: str, asset: AssetRef) -> Span:
    base = asset.id_at(venue)
    span = world.asked.span if base is None else meant(asset, base, world.asked.span)
    if what == "openinterest":
        now = world.clock.now()
        oldest = _HOUR.ceil(now - INTEREST_MS.get(venue, 30 * DAY))
        return Span(_HOUR.ceil(max(span.start, oldest)), _HOUR.ceil(min(span.end, _HOUR.floor(now))))
    return span


async def _run(world: World, what: str, asset: AssetRef, order: Sequence[str], read: _Read) -> None:
    failed: list[Failure] = []
    for venue in order:
        name = f"{what} {asset.id} from {venue}"
        market = await world.venues.perpetuals(venue)
        if not isinstance(market, MarketData):
            failed.append(failure_of(name, market))
            continue
        failure = await _from(world, market, what, asset, read)
        if failure is None:
            for one in failed:
                world.report.find(one.code, f"{one.why}; {venue} was asked instead")
            return
        if failure.code == "not_entitled":
            world.venues.shut(market, NotEntitled(failure.why))
        failed.append(failure)
    world.report.failed += failed


async def _from(world: World, market: MarketData, what: str, asset: AssetRef, read: _Read) -> Failure | None:
    venue = market.venue
    name = f"{what} {asset.id} from {venue}"
    base = asset.id_at(venue)
    if base is None:
        return Failure(name, f"nobody has said what {venue} calls {asset.id}", "unknown_symbol")
    symbol = perpetual_symbol(market.wire.perpetuals, base, venue)
    if symbol is None:
        return Failure(name, f"{venue} has no perpetual contract on {base}", "unknown_symbol")
    span = _span(world, what, venue, asset)
    for gap in world.lacking(_question(what, venue, asset), span):
        failure = await read(world, market, symbol, asset, gap)
        if failure is not None:
            return failure
    return None


async def _funding(
    world: World, market: MarketData, symbol: str, asset: AssetRef, gap: Span
) -> Failure | None:
    venue, question = market.venue, _question("funding", market.venue, asset)
    name, page = f"funding {asset.id} from {venue}", FUNDING_PAGE[venue]
    rows: list[tuple[int, float, float | None]] = []
    failure: Failure | None = None
    if venue in NEWEST_FIRST:
        pages = _back(lambda end: market.settlements(symbol, gap.start, page, end), gap, page)
    else:
        pages = _pages(lambda at: market.settlements(symbol, at, page), gap, page, _stamp)
    async for found in pages:
        if not isinstance(found, Ok):
            failure = failure_of(name, found)
            break
        rows += [
            (
                one.settled_at,
                float(one.rate),
                None if one.interval_hours is None else float(one.interval_hours),
            )
            for one in found.value
            if one.settled_at < gap.end
        ]
    if not rows and failure is None and world.coverage.is_late(question, gap):
        return None
    if not rows:
        told = f"{venue} has no funding rates of {symbol} from {iso(gap.start)} to {iso(gap.end)}"
        return failure or Failure(name, told, "no_data")
    rows.sort()
    stamps = [stamp for stamp, _, _ in rows]
    hours = _intervals(rows)
    frame = pl.DataFrame({"ts": stamps, "rate": [rate for _, rate, _ in rows], "interval_hours": hours})
    world.note(venue, f"Public market data of {venue}", "the venue's terms of use")
    # the next rate is due one interval after the newest; until then there is nothing to ask for
    due = Instant(stamps[-1] + int(hours[-1] * HOUR))
    is_whole = failure is None and due < world.clock.now() - DAY
    answered = Span(_begun(world, stamps[0], gap, name), gap.end if is_whole else due)
    plain = {"kind": "funding", "asset": asset.id, "venue": venue, "symbol": symbol, "source": venue}
    return await world.keep(name, plain, frame, question, answered) or failure


def _intervals(rows: Sequence[tuple[int, float, float | None]]) -> list[float]:
    """Hours that each rate is for: as told, else the time since the settlement before it, else to the next."""
    found: list[float] = []
    for k, (stamp, _, told) in enumerate(rows):
        near = rows[k - 1][0] if k else (rows[1][0] if len(rows) > 1 else stamp - _USUAL)
        hours = round(abs(stamp - near) / HOUR, 3)
        # a settlement that is missing makes no longer interval
        found.append(told if told is not None else hours if 0 < hours <= _USUAL / HOUR else _USUAL / HOUR)
    return found


async def _interest(
    world: World, market: MarketData, symbol: str, asset: AssetRef, gap: Span
) -> Failure | None:
    venue, question = market.venue, _question("openinterest", market.venue, asset)
    name, page = f"openinterest {asset.id} from {venue}", INTEREST_PAGE[venue]
    rows: list[tuple[int, str, float, str]] = []
    failure: Failure | None = None
    async for found in _pages(
        lambda at: market.open_interest(symbol, _HOUR, at, page), gap, page, _moment, page * HOUR
    ):
        if not isinstance(found, Ok):
            failure = failure_of(name, found)
            break
        for one in found.value:
            if one.as_of < gap.end:
                rows += (
                    [(one.as_of, "open_interest", float(one.amount), "tokens")]
                    if one.amount is not None
                    else []
                )
                rows += (
                    [(one.as_of, "open_interest_value", float(one.value), "USD")]
                    if one.value is not None
                    else []
                )
    if not rows and failure is None and world.coverage.is_late(question, gap):
        return None
    if not rows:
        told = f"{venue} has no open interest of {symbol} from {iso(gap.start)} to {iso(gap.end)}"
        return failure or Failure(name, told, "no_data")
    frame = pl.DataFrame(rows, schema=["ts", "metric", "value", "unit"], orient="row").sort("metric", "ts")
    # nobody says when it is published
    frame = frame.with_columns(known_at=pl.col("ts") + HOUR)
    world.note(venue, f"Public market data of {venue}", "the venue's terms of use")
    first, last = min(rows)[0], max(rows)[0]
    answered = Span(_begun(world, first, gap, name), Instant(last + HOUR))
    plain = {"kind": "fundamental", "asset": asset.id, "venue": venue, "source": venue}
    return await world.keep(name, plain, frame, question, answered) or failure


async def _pages(
    ask: Callable[[Instant], Awaitable[Outcome[tuple[Row, ...]]]],
    gap: Span,
    full: int,
    stamp: Callable[[Row], Instant],
    stretch: int = 0,
) -> AsyncIterator[Outcome[tuple[Row, ...]]]:
    """Answers from *gap*'s start on, the first that failed the last; one that is not *full* is the last too.

    *stretch*: a venue looks only so far ahead, so that an empty answer says nothing of what comes after it.
    """
    at = gap.start
    while at < gap.end:
        found = await ask(at)
        yield found
        if not isinstance(found, Ok) or not (found.value or stretch):
            return
        after = stamp(found.value[-1]) + 1 if found.value else at + stretch
        if not stretch and len(found.value) < full:
            return
        at = Instant(max(after, at + 1))


async def _back(
    ask: Callable[[Instant | None], Awaitable[Outcome[tuple[Settlement, ...]]]], gap: Span, full: int
) -> AsyncIterator[Outcome[tuple[Settlement, ...]]]:
    """The same from *gap*'s end backwards, of a venue that tells the newest first."""
    end: Instant | None = None
    while end is None or end > gap.start:
        found = await ask(end)
        yield found
        if not isinstance(found, Ok) or len(found.value) < full:
            return
        end = found.value[0].settled_at


def _stamp(row: Settlement) -> Instant:
    return row.settled_at


def _moment(row: OpenInterest) -> Instant:
    return row.as_of


def _begun(world: World, first: int, gap: Span, name: str) -> Instant:
    """From where on the answers hold; tells where there is nothing before."""
    if first - gap.start <= DAY:
        return gap.start
    world.report.find("history_limit", f"{name}: there is nothing before {iso(Instant(first))}")
    return Instant(first)
