"""Which narratives lead: returns, breadth and value locked of the assets that each is told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, median
from typing import Annotated

import numpy as np
from pydantic import Field

from core.instant import DAY, Instant, Interval, iso
from core.market import Bars
from core.observation import Missing, Observation
from tools.ask._arguments import AssetName, Strict
from tools.ask._figures import credits_of, slug
from tools.ask._names import known_as, unresolved
from tools.ask._subject import WHOLE_MARKET, subject_of
from tools.ask._text import Stamp, ratio
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool
from tools.ask._windows import closed_at

_DAILY = Interval(DAY)
_WEEK, _MONTH = 7, 30
_MOST_TOLD = 12
SOURCE = "candles"


class Args(Strict):
    """All narratives, or those of one asset."""

    asset: Annotated[AssetName | None, Field(description="Only the narratives of this asset.")] = None


class Narrative(Strict):
    """Equally weighted means over *assets*, as fractions; *breadth_30d*: the share of them that rose in 30 days.

    *rank_30d* and *rank_7d* are among all narratives, 1 leads. *turn*: ``rising`` or ``falling`` where the rank
    of the week is better or worse than that of the month. *tvl_change_30d*: of those whose TVL was known.
    """

    narrative: str
    assets: list[str]
    return_7d: float
    return_30d: float
    breadth_30d: float
    rank_7d: int
    rank_30d: int
    turn: str
    tvl_change_30d: float | None = None
    flags: list[str] = Field(default_factory=list, description="restated: of the TVL.")


class Result(Strict):
    """*narratives*: the leader of the last 30 days first. *market_return_30d*: the median asset, for comparison."""

    asset: str
    symbol: str | None = None
    narratives: list[Narrative] = Field(default_factory=list)
    market_return_30d: float | None = None
    without: list[str] = Field(default_factory=list, description="Assets without a whole month of candles.")
    as_of: str | None = None
    credits: list[str] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Moved:
    """One asset: how far it went, by when that was known."""

    asset: str
    week: float
    month: float
    at: Instant


def answer(args: Args, context: AskContext) -> Reply:
    """Measured on closed daily candles; an asset without a whole month of them is left out and named."""
    who = WHOLE_MARKET if args.asset is None else subject_of(context, args.asset)
    if isinstance(who, Missing):
        return unresolved(context, args.asset or "", who)
    if args.asset is not None and who.symbol is None and who != WHOLE_MARKET:
        return unresolved(context, args.asset, Missing(args.asset.strip(), "no_data"))
    told_of = _members(context)
    moved = {asset: _moved(context, asset) for asset in {one for many in told_of.values() for one in many}}
    fit = {asset: one for asset, one in moved.items() if isinstance(one, _Moved)}
    without = sorted(asset for asset, one in moved.items() if not isinstance(one, _Moved))
    sums = {name: [fit[one] for one in many if one in fit] for name, many in told_of.items()}
    listed = _ranked(context, {name: many for name, many in sums.items() if many})
    own = _own(context, who.asset)
    chosen = [one for one in listed if who == WHOLE_MARKET or one.narrative in own][:_MOST_TOLD]
    told = Result(asset=who.asset, symbol=who.symbol, without=without[:_MOST_TOLD])
    if not chosen:
        why = next((one.why for one in moved.values() if isinstance(one, Missing)), "no_data")
        return Reply(told.model_dump(), (), (Missing("narratives", why if moved else "no_data"),))
    at = max(one.at for one in fit.values())
    middle = ratio(median(one.month for one in fit.values()), 4)
    evidence = [Stamp(TOOL.name, WHOLE_MARKET.label, at, SOURCE)("market_return_30d", middle, "fraction")]
    for one in chosen:
        evidence += _evidence(one, at)
    lacking = () if any(one.tvl_change_30d is not None for one in chosen) else (Missing("tvl", "no_data"),)
    told = told.model_copy(
        update={
            "narratives": chosen,
            "market_return_30d": float(middle),
            "as_of": iso(at),
            "credits": credits_of(context, evidence),
        }
    )
    return Reply(told.model_dump(), tuple(evidence), lacking)


def _members(context: AskContext) -> dict[str, list[str]]:
    """The assets with prices here that each narrative is told of."""
    found: dict[str, list[str]] = {}
    for asset in sorted({one.id for one in context.assets.values()}):
        for name in _own(context, asset):
            found.setdefault(name, []).append(asset)
    return found


def _own(context: AskContext, asset: str) -> tuple[str, ...]:
    if context.registry is not None and (known := context.registry.narratives(asset)):
        return known
    ref = known_as(context, asset)
    return () if ref is None else ref.narratives


def _moved(context: AskContext, asset: str) -> _Moved | Missing:
    """The returns of the last 7 and 30 closed days."""
    symbol = context.symbols.get(asset)
    if symbol is None:
        return Missing(asset, "no_data")
    bars = context.market.window(symbol, _DAILY, _MONTH + 1)
    if not isinstance(bars, Bars):
        return bars
    days = np.diff(bars.opened_at)
    if context.now - closed_at(bars) >= 2 * DAY:
        return Missing(asset, "stale")
    if (days != DAY).any():
        return Missing(asset, "gap")
    close = bars.close
    return _Moved(
        asset, float(close[-1] / close[-1 - _WEEK]) - 1, float(close[-1] / close[0]) - 1, closed_at(bars)
    )


def _ranked(context: AskContext, moved: Mapping[str, Sequence[_Moved]]) -> list[Narrative]:
    month = {name: fmean(one.month for one in many) for name, many in moved.items()}
    week = {name: fmean(one.week for one in many) for name, many in moved.items()}
    by_month, by_week = _ranks(month), _ranks(week)
    return [
        Narrative(
            narrative=name,
            assets=[one.asset for one in moved[name]],
            return_7d=float(ratio(week[name], 4)),
            return_30d=float(ratio(month[name], 4)),
            breadth_30d=float(ratio(sum(one.month > 0 for one in moved[name]) / len(moved[name]), 3)),
            rank_7d=by_week[name],
            rank_30d=by_month[name],
            turn=_turn(by_week[name], by_month[name]),
            **_flow(context, [one.asset for one in moved[name]]),
        )
        for name in sorted(moved, key=lambda one: by_month[one])
    ]


def _ranks(value: Mapping[str, float]) -> dict[str, int]:
    return {name: rank for rank, name in enumerate(sorted(value, key=lambda one: (-value[one], one)), 1)}


def _turn(week: int, month: int) -> str:
    return "rising" if week < month else "falling" if week > month else "steady"


def _tvl(context: AskContext, assets: Sequence[str]) -> tuple[list[Observation], list[Observation]]:
    """What was locked in *assets* 30 days ago and last, of those of which both are known."""
    before, after = [], []
    for asset in assets:
        told = () if context.facts is None else context.facts.each(asset, "tvl", context.now, _MONTH + 1)
        rows = next(iter(told), None)
        if isinstance(rows, tuple) and rows[-1].as_of - rows[0].as_of == _MONTH * DAY:
            before.append(rows[0])
            after.append(rows[-1])
    return before, after


def _flow(context: AskContext, assets: Sequence[str]) -> dict[str, object]:
    before, after = _tvl(context, assets)
    base = sum((one.value for one in before), Decimal(0))
    if base <= 0:
        return {}
    change = float(sum((one.value for one in after), Decimal(0)) / base) - 1
    flags = dict.fromkeys(flag for one in (*before, *after) for flag in one.flags)
    return {"tvl_change_30d": float(ratio(change, 4)), "flags": [*flags]}


def _evidence(one: Narrative, at: Instant) -> list[Evidence]:
    stamp, name = Stamp(TOOL.name, WHOLE_MARKET.label, at, SOURCE), slug(one.narrative)
    return [
        stamp(f"{name}.return_30d", ratio(one.return_30d, 4), "fraction"),
        stamp(f"{name}.return_7d", ratio(one.return_7d, 4), "fraction"),
        stamp(f"{name}.breadth_30d", ratio(one.breadth_30d, 3), "fraction"),
        stamp(f"{name}.rank_30d", str(one.rank_30d), "rank"),
        stamp(f"{name}.rank_7d", str(one.rank_7d), "rank"),
        stamp(f"{name}.assets", str(len(one.assets)), "assets"),
    ]


TOOL = Tool(
    "get_narratives",
    "Which narratives lead: returns of a week and a month, breadth, ranks, TVL, and which way they turn.",
    Args,
    Result,
    answer,
)
