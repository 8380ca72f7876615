"""The technical indicators of an asset at one interval, each with what it means."""

from __future__ import annotations

from pydantic import Field

from core.instant import iso
from core.observation import Missing
from strategies.indicators.catalog import INDICATORS, measure
from tools.ask._arguments import OfAsset, OptionalInterval, Strict
from tools.ask._names import label, resolve, unresolved
from tools.ask._text import Stamp, ratio
from tools.ask._vocabulary import AskContext, Reply, Tool
from tools.ask._windows import closed_at, newest_bars, width_of

# as many as let the longest means forget where they began
_BARS = max(250, *(indicator.warm_up for indicator in INDICATORS))


class Args(OfAsset):
    """Of what, and on which candles."""

    interval: OptionalInterval = None


class Value(Strict):
    """One indicator. *value* is `None` while it warms up."""

    name: str
    value: float | None
    unit: str
    meaning: str


class Result(Strict):
    """*bars*: how many candles the values rest on."""

    asset: str
    symbol: str
    interval: str
    as_of: str | None = None
    bars: int = 0
    indicators: list[Value] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """Every indicator of the catalogue at the newest close."""
    symbol = resolve(context, args.asset)
    if isinstance(symbol, Missing):
        return unresolved(context, args.asset, symbol)
    width = width_of(context, args.interval)
    told = Result(asset=label(context, symbol), symbol=symbol, interval=str(width))
    bars = newest_bars(context, symbol, width, _BARS)
    if isinstance(bars, Missing):
        return Reply(told.model_dump(), (), (Missing("indicators", bars.why),))
    at, quote = closed_at(bars), symbol.partition("/")[2]
    source = context.sources.get(symbol, context.source)
    stamp = Stamp(TOOL.name, label(context, symbol, args.asset), at, source)
    measured, evidence, missing, values = measure(bars), [], [], []
    for indicator in INDICATORS:
        found = measured[indicator.name]
        unit = quote if indicator.unit == "quote" else indicator.unit
        if found is None:
            short = len(bars) < indicator.warm_up
            missing.append(Missing(indicator.name, "warming_up" if short else "no_data"))
        else:
            evidence.append(stamp(indicator.name, ratio(found), unit))
        number = None if found is None else float(ratio(found))
        values.append(Value(name=indicator.name, value=number, unit=unit, meaning=indicator.meaning))
    told = told.model_copy(update={"as_of": iso(at), "bars": len(bars), "indicators": values})
    return Reply(told.model_dump(), tuple(evidence), tuple(missing))


TOOL = Tool(
    "get_indicators",
    "Technical indicators of an asset: trend, momentum, volatility and volume, each with its unit and meaning.",
    Args,
    Result,
    answer,
)
