"""Closed candles, newest last, in rows."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.instant import Instant, iso
from core.market import Bars
from core.observation import Missing
from tools.ask import _text
from tools.ask._arguments import OfAsset, OptionalInterval, Strict
from tools.ask._names import label, resolve, unresolved
from tools.ask._text import Stamp, ratio
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool
from tools.ask._windows import closed_at, newest_bars, width_of

MOST = 200
COLUMNS = ("opened_at", "open", "high", "low", "close", "volume")


class Args(OfAsset):
    """Which candles, and how many."""

    interval: OptionalInterval = None
    count: Annotated[int, Field(ge=1, le=MOST, description="How many of the newest closed candles.")] = 30


class Result(Strict):
    """*rows* hold *columns*, oldest first; prices in *quote*, volume in the asset."""

    asset: str
    symbol: str
    quote: str
    interval: str
    columns: tuple[str, ...] = COLUMNS
    rows: list[list[str]] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """At most *count* candles without a break or a refused one among them."""
    symbol = resolve(context, args.asset)
    if isinstance(symbol, Missing):
        return unresolved(context, args.asset, symbol)
    width = width_of(context, args.interval)
    told = Result(
        asset=label(context, symbol), symbol=symbol, quote=symbol.partition("/")[2], interval=str(width)
    )
    bars = newest_bars(context, symbol, width, args.count)
    if isinstance(bars, Missing):
        return Reply(told.model_dump(mode="json"), (), (Missing("candles", bars.why),))
    missing = () if len(bars) == args.count else (Missing("candles", "warming_up"),)
    told = told.model_copy(update={"rows": _rows(bars)})
    source = context.sources.get(symbol, context.source)
    stamp = Stamp(TOOL.name, label(context, symbol, args.asset), closed_at(bars), source)
    return Reply(told.model_dump(mode="json"), _evidence(bars, stamp, told.quote), missing)


def _rows(bars: Bars) -> list[list[str]]:
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    prices = zip(*(column.tolist() for column in columns), strict=True)
    return [
        [iso(Instant(at)), *map(_text.price, row)]
        for at, row in zip(bars.opened_at.tolist(), prices, strict=True)
    ]


def _evidence(bars: Bars, stamp: Stamp, quote: str) -> tuple[Evidence, ...]:
    """What a sentence about these candles would say; a row is cited by these, not cell by cell."""
    found = [
        stamp("close", _text.price(float(bars.close[-1])), quote),
        stamp("window_high", _text.price(float(bars.high.max())), quote),
        stamp("window_low", _text.price(float(bars.low.min())), quote),
    ]
    if len(bars) > 1:
        moved = float(bars.close[-1]) / float(bars.close[0]) - 1
        found += [
            stamp("window_open", _text.price(float(bars.open[0])), quote),
            stamp("window_change", ratio(moved, 4), "fraction"),
            stamp("window_candles", str(len(bars)), "candles"),
        ]
    return tuple(found)


TOOL = Tool(
    "get_candles",
    "Closed candles of an asset at an interval, oldest first: open, high, low, close, volume.",
    Args,
    Result,
    answer,
)
