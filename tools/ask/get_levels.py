"""Support below and resistance above the price."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from core.instant import iso
from core.observation import Missing
from strategies.levels import Level, levels
from tools.ask import _text
from tools.ask._arguments import OfAsset, OptionalInterval, Strict
from tools.ask._names import label, resolve, unresolved
from tools.ask._text import Stamp, ratio
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool
from tools.ask._windows import closed_at, newest_bars, width_of

_BARS = 180
_FEWEST = 20
_PRICE_DIGITS = 6


class Args(OfAsset):
    """Of what, on which candles, and how many."""

    interval: OptionalInterval = None
    count: Annotated[int, Field(ge=1, le=10, description="How many of each kind, nearest first.")] = 3


class Zone(Strict):
    """A zone of prices *low* .. *high*. *strength* 0..1; *distance*: fraction of the price to its near edge."""

    kind: Literal["support", "resistance"]
    low: str
    high: str
    strength: float
    touches: int
    last_touch: str
    distance: float
    basis: list[str]


class Result(Strict):
    """Zones sorted by kind, then by distance."""

    asset: str
    symbol: str
    quote: str
    interval: str
    price: str | None = None
    as_of: str | None = None
    levels: list[Zone] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """The nearest zones of each kind, found in the newest candles."""
    symbol = resolve(context, args.asset)
    if isinstance(symbol, Missing):
        return unresolved(context, args.asset, symbol)
    width = width_of(context, args.interval)
    quote = symbol.partition("/")[2]
    told = Result(asset=label(context, symbol), symbol=symbol, quote=quote, interval=str(width))
    bars = newest_bars(context, symbol, width, _BARS, _FEWEST)
    if isinstance(bars, Missing):
        return Reply(told.model_dump(), (), (Missing("levels", bars.why),))
    at, close = closed_at(bars), float(bars.close[-1])
    source = context.sources.get(symbol, context.source)
    stamp = Stamp(TOOL.name, label(context, symbol, args.asset), at, source)
    evidence, zones = [stamp("price", _text.price(close), quote)], []
    found = levels(bars)
    for kind in ("support", "resistance"):
        near = sorted((one for one in found if one.kind == kind), key=lambda one: abs(_distance(one, close)))
        for rank, level in enumerate(near[: args.count], 1):
            zone = _zone(level, close)
            zones.append(zone)
            evidence += _evidence(f"{kind}_{rank}", zone, stamp, quote)
    told = told.model_copy(update={"price": _text.price(close), "as_of": iso(at), "levels": zones})
    return Reply(told.model_dump(), tuple(evidence))


def _distance(level: Level, close: float) -> float:
    """From the price to the zone's near edge as a fraction of the price; 0 inside it."""
    edge = min(max(close, level.low), level.high)
    return edge / close - 1


def _zone(level: Level, close: float) -> Zone:
    return Zone(
        kind="support" if level.kind == "support" else "resistance",
        low=ratio(level.low, _PRICE_DIGITS),
        high=ratio(level.high, _PRICE_DIGITS),
        strength=float(ratio(level.strength, 3)),
        touches=level.touches,
        last_touch=iso(level.last_touch),
        distance=float(ratio(_distance(level, close), 4)),
        basis=[*level.basis],
    )


def _evidence(name: str, zone: Zone, stamp: Stamp, quote: str) -> list[Evidence]:
    return [
        stamp(f"{name}_low", zone.low, quote),
        stamp(f"{name}_high", zone.high, quote),
        stamp(f"{name}_strength", ratio(zone.strength, 3), "fraction"),
        stamp(f"{name}_distance", ratio(zone.distance, 4), "fraction"),
        stamp(f"{name}_touches", str(zone.touches), "touches"),
    ]


TOOL = Tool(
    "get_levels",
    "Support and resistance zones of an asset, nearest first, with strength, touches and distance from the price.",
    Args,
    Result,
    answer,
)
