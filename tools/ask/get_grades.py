"""The grades of an asset: the trader's (days to weeks) and the investor's (months)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.grades import Grade
from core.instant import DAY, interval, iso
from core.market import Bars
from core.observation import Missing
from core.ports import Grader
from strategies.grades.momentum_trend import MomentumTrend
from tools.ask._arguments import OfAsset, Strict
from tools.ask._names import label, resolve, unresolved
from tools.ask._text import Stamp, ratio
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool
from tools.ask._windows import newest_bars

GRADER: Grader = MomentumTrend()
SOURCE = "tokenwise"
_DAILY = interval("1d")
_BARS = 300
_DIGITS = 3


class Args(OfAsset):
    """Of which asset."""


class Named(Strict):
    """Who is graded."""

    id: str
    symbol: str
    name: str


class Graded(Strict):
    """One grade, 0..100; *coverage*: the share of its inputs that were there. *why*: why there is no value."""

    value: float | None = None
    band: str | None = None
    signal: str | None = None
    coverage: float = 0.0
    change_24h: float | None = None
    change_7d: float | None = None
    parts: dict[str, float] = Field(default_factory=dict)
    as_of: str | None = None
    known_at: str | None = None
    version: str | None = None
    source: str = SOURCE
    why: str | None = None


class Divergence(Strict):
    """How far the two horizons disagree."""

    direction: Literal["trader_above", "investor_above", "none", "unknown"] = "unknown"
    size: float | None = None


class Result(Strict):
    """Both grades; *vendor*: the grades of Token Metrics, where there is a key."""

    asset: Named
    trader: Graded
    investor: Graded
    divergence: Divergence = Divergence()
    vendor: None = None


def answer(args: Args, context: AskContext) -> Reply:
    """The trader's grade from daily candles; the investor's is `Missing` while there are no fundamentals."""
    symbol = resolve(context, args.asset)
    if isinstance(symbol, Missing):
        return unresolved(context, args.asset, symbol)
    known = context.assets.get(symbol)
    identity = symbol if known is None else known.id
    investor = Graded(why="no_data")
    missing = [Missing("investor_grade", "no_data")]
    named = Named(id=identity, symbol=symbol, name=identity if known is None else known.name)
    bars = newest_bars(context, symbol, _DAILY, _BARS)
    if isinstance(bars, Missing):
        told = Result(asset=named, trader=Graded(why=bars.why), investor=investor)
        return Reply(told.model_dump(), (), (Missing("trader_grade", bars.why), *missing))
    grade = GRADER.trader(identity, bars)
    trader = _told(grade, identity, bars)
    if grade.value is None:
        missing.insert(0, Missing("trader_grade", "warming_up"))
    stamp = Stamp(TOOL.name, label(context, symbol, args.asset), grade.as_of, SOURCE)
    told = Result(asset=named, trader=trader, investor=investor)
    return Reply(told.model_dump(), _evidence(trader, stamp), tuple(missing))


def _told(grade: Grade, identity: str, bars: Bars) -> Graded:
    return Graded(
        value=_round(grade.value),
        signal=None if grade.signal is None else grade.signal.value,
        coverage=float(ratio(grade.coverage, _DIGITS)),
        change_24h=_change(grade, identity, bars, 1),
        change_7d=_change(grade, identity, bars, 7),
        parts={name: float(ratio(value, _DIGITS)) for name, value in sorted(grade.parts.items())},
        as_of=iso(grade.as_of),
        known_at=iso(grade.known_at),
        version=grade.version,
        why=grade.why,
    )


def _change(grade: Grade, identity: str, bars: Bars, days: int) -> float | None:
    """Points since the grade of exactly *days* days before; `None` where one of the two is not known."""
    rows = len(bars) - days
    if grade.value is None or rows < 1 or bars.opened_at[-1] - bars.opened_at[rows - 1] != days * DAY:
        return None
    before = GRADER.trader(identity, bars.slice(0, rows)).value
    return None if before is None else _round(grade.value - before)


def _round(value: float | None) -> float | None:
    return None if value is None else float(ratio(value, _DIGITS))


def _evidence(trader: Graded, stamp: Stamp) -> tuple[Evidence, ...]:
    found = [stamp("trader_coverage", ratio(trader.coverage, _DIGITS), "fraction")]
    for metric, value in (
        ("trader_grade", trader.value),
        ("trader_grade_change_24h", trader.change_24h),
        ("trader_grade_change_7d", trader.change_7d),
    ):
        if value is not None:
            found.append(stamp(metric, ratio(value, _DIGITS), "points"))
    if trader.signal is not None:
        found.append(stamp("trader_signal", trader.signal, "signal"))
    for name, value in trader.parts.items():
        found.append(stamp(f"trader_{name}", ratio(value, _DIGITS), "points"))
    return tuple(found)


TOOL = Tool(
    "get_grades",
    "The grades of an asset, 0 to 100: trader (days to weeks) with its signal and parts, and investor (months).",
    Args,
    Result,
    answer,
)
