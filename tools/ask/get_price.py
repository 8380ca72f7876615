"""The last price, and how far it moved in an hour, a day and a week."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from core.instant import DAY, HOUR, WEEK, Instant, iso
from core.market import Bars, Candle
from core.observation import Missing
from tools.ask import _text
from tools.ask._arguments import OfAsset, Strict
from tools.ask._names import label, resolve, unresolved
from tools.ask._text import Stamp, ratio
from tools.ask._vocabulary import AskContext, Reply, Tool
from tools.ask._windows import closed_at

_SPANS = {"change_1h": HOUR, "change_24h": DAY, "change_7d": WEEK}


class Args(OfAsset):
    """Which asset."""


class Result(Strict):
    """*price* is the newest close; the changes are fractions (0.012 = 1.2 %). *age_seconds*: since that close."""

    asset: str
    symbol: str
    price: str | None = None
    quote: str
    change_1h: float | None = None
    change_24h: float | None = None
    change_7d: float | None = None
    as_of: str | None = None
    age_seconds: int | None = Field(default=None, description="Seconds from the close to now.")
    delisted_at: str | None = None


def answer(args: Args, context: AskContext) -> Reply:
    """The newest close that the quality gate lets through; `Missing` where it is stale or refused."""
    symbol = resolve(context, args.asset)
    if isinstance(symbol, Missing):
        return unresolved(context, args.asset, symbol)
    told = Result(
        asset=label(context, symbol), symbol=symbol, quote=symbol.partition("/")[2], **_end(context, symbol)
    )
    newest = context.market.candle(symbol)
    if isinstance(newest, Missing):
        last = context.market.close(symbol)
        if not isinstance(last, Missing):
            told = told.model_copy(update=_moment(last[1], context.now))
        return Reply(told.model_dump(), (), (Missing("price", newest.why),))

    stamp = Stamp(
        TOOL.name,
        label(context, symbol, args.asset),
        newest.closed_at,
        context.sources.get(symbol, context.source),
    )
    text = _text.price(newest.close)
    evidence, missing, changes = [stamp("price", text, told.quote)], [], {}
    for name, span in _SPANS.items():
        moved = _change(context, newest, span)
        if isinstance(moved, Missing):
            missing.append(Missing(name, moved.why))
        else:
            evidence.append(stamp(name, ratio(moved, 4), "fraction"))
            changes[name] = float(ratio(moved, 4))
    told = told.model_copy(update={"price": text, **changes, **_moment(newest.closed_at, context.now)})
    return Reply(told.model_dump(), tuple(evidence), tuple(missing))


def _end(context: AskContext, symbol: str) -> dict[str, str]:
    ended = context.market.delisted_at(symbol)
    return {} if ended is None else {"delisted_at": iso(ended)}


def _moment(closed: Instant, now: Instant) -> dict[str, object]:
    return {"as_of": iso(closed), "age_seconds": (now - closed) // 1000}


def _change(context: AskContext, newest: Candle, span: int) -> float | Missing:
    """The newest close against the one exactly *span* before it, as a fraction of that."""
    width = newest.interval
    if span % width.ms:
        return Missing(newest.symbol, "no_data")
    bars = context.market.window(newest.symbol, width, span // width.ms + 1)
    if not isinstance(bars, Bars):
        return bars
    row = int(np.searchsorted(bars.opened_at, newest.opened_at - span))
    if closed_at(bars) != newest.closed_at or bars.opened_at[row] != newest.opened_at - span:
        return Missing(newest.symbol, "gap")
    return newest.close / float(bars.close[row]) - 1


TOOL = Tool(
    "get_price",
    "The last price of an asset, when it was set, and its change over 1 hour, 24 hours and 7 days.",
    Args,
    Result,
    answer,
)
