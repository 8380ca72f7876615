"""Narratives as groups of assets: what they returned, what flows into them, and which way money turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from statistics import fmean, median

import numpy as np

from core.instant import DAY, Instant, interval
from core.market import Bars
from core.observation import Missing, Observation
from tools.ask import AskContext
from tools.desk.screening.metrics import TOO_OLD, Sheet
from tools.desk.words import listed, share

WEEK, MONTH = 7, 30
_DAILY = interval("1d")
_DOLLARS = frozenset({"USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI", "PYUSD"})
_FEWEST = 2
_TURN = 0.1
"""By which part of itself a narrative's share of traded value must change for its rank to be a rotation."""
_LEADING = 0.3
"""The best part of the narratives that leads."""
_MOST_MOVERS = 2


@dataclass(frozen=True, slots=True)
class Move:
    """One asset: how far it went, by when that was known, and what was traded of it a day.

    *traded*: mean of 7 days, and of the 30 before those, in dollars; `None` where not known.
    """

    asset: str
    symbol: str
    week: float
    month: float
    at: Instant
    traded: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Locked:
    """What is locked in some assets now, 7 and 30 days ago, in USD: of those whose whole month is known."""

    now: Decimal
    week_ago: Decimal
    month_ago: Decimal
    assets: int
    as_of: Instant
    known_at: Instant
    sources: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graded:
    """The mean grade of those who have one, how many they are, and when the last was known."""

    mean: float
    count: int
    known_at: Instant


@dataclass(frozen=True, slots=True)
class Group:
    """One narrative; ranks are among all of them by mean return, 1 leads.

    *shares*: of the value traded in all assets that were measured, of 7 days and of the 30 before.
    *rotation*: ``in`` where the week's rank is better than the month's and its share grew by a tenth of itself,
    ``out`` where both went the other way, else ``none``; always ``none`` with one asset.
    """

    name: str
    moves: tuple[Move, ...]
    week: float
    month: float
    rank_week: int
    rank_month: int
    traded: tuple[float, float] | None
    shares: tuple[float, float] | None
    locked: Locked | None
    trader: Graded | None
    investor: Graded | None

    @property
    def alone(self) -> bool:
        """Whether it is one asset, which makes no trend."""
        return len(self.moves) < _FEWEST

    @property
    def rotation(self) -> str:
        """Which way money turns."""
        if self.alone or self.shares is None or self.shares[1] <= 0:
            return "none"
        gained = self.shares[0] / self.shares[1] - 1
        if self.rank_week < self.rank_month and gained >= _TURN:
            return "in"
        return "out" if self.rank_week > self.rank_month and gained <= -_TURN else "none"

    @property
    def movers(self) -> tuple[tuple[Move, ...], tuple[Move, ...]]:
        """Those who went furthest up in the month, and those who went furthest down; nobody is both."""
        order = sorted(self.moves, key=lambda one: (-one.month, one.asset))
        count = min(_MOST_MOVERS, len(order) // 2)
        return tuple(order[:count]), tuple(order[::-1][:count])


@dataclass(frozen=True, slots=True)
class Overview:
    """Every narrative, the leader of the month first; *market*: the median asset's return of the month."""

    groups: tuple[Group, ...]
    market: float
    at: Instant

    @property
    def leading(self) -> tuple[Group, ...]:
        """The best of those with several assets that did better than the median asset."""
        several = [one for one in self.groups if not one.alone]
        return tuple(one for one in several[: ceil(_LEADING * len(several))] if one.month > self.market)

    @property
    def crossings(self) -> Mapping[Move, tuple[str, ...]]:
        """The assets of two or more leading narratives, the best first."""
        names: dict[Move, tuple[str, ...]] = {}
        for group in self.leading:
            for move in group.moves:
                names[move] = (*names.get(move, ()), group.name)
        crossing = [one for one, several in names.items() if len(several) >= _FEWEST]
        return {one: names[one] for one in sorted(crossing, key=lambda one: (-one.month, one.asset))}

    @property
    def rotation(self) -> tuple[Group, Group] | None:
        """From where and where to money moves most plainly; `None` unless some leave and others gain."""
        leaving = [one for one in self.groups if one.rotation == "out"]
        gaining = [one for one in self.groups if one.rotation == "in"]
        if not leaving or not gaining:
            return None
        return min(leaving, key=_gained), max(gaining, key=_gained)

    @property
    def sentence(self) -> str | None:
        """The rotation in words, with the numbers that say so; `None` where they do not."""
        turned = self.rotation
        if turned is None:
            return None
        left, gained = turned
        return f"Money moves from {left.name} to {gained.name}: {_turning(gained)}; {_turning(left)}."


def overview(moves: Mapping[str, Sequence[Move]], context: AskContext, sheet: Sheet) -> Overview | None:
    """Everything of the narratives whose assets' *moves* are given; `None` where there are none."""
    told_of = {name: tuple(many) for name, many in moves.items() if many}
    everyone = {one.asset: one for many in told_of.values() for one in many}
    if not everyone:
        return None
    month = {name: fmean(one.month for one in many) for name, many in told_of.items()}
    week = {name: fmean(one.week for one in many) for name, many in told_of.items()}
    by_month, by_week = _ranks(month), _ranks(week)
    whole = _traded([*everyone.values()])
    groups = []
    for name, many in told_of.items():
        traded = _traded(many)
        groups.append(
            Group(
                name,
                many,
                week[name],
                month[name],
                by_week[name],
                by_month[name],
                traded,
                None if traded is None or whole is None else _shares(traded, whole),
                _locked(context, many),
                _graded(sheet, "trader", many),
                _graded(sheet, "investor", many),
            )
        )
    ordered = tuple(sorted(groups, key=lambda one: one.rank_month))
    newest = max(one.at for one in everyone.values())
    return Overview(ordered, median(one.month for one in everyone.values()), newest)


def move_of(context: AskContext, asset: str) -> Move | Missing:
    """The returns of the last 7 and 30 closed days, which must be whole and of now."""
    symbol = context.symbols.get(asset)
    if symbol is None:
        return Missing(asset, "no_data")
    bars = context.market.window(symbol, _DAILY, MONTH + 1)
    if not isinstance(bars, Bars):
        return bars
    at = Instant(int(bars.opened_at[-1]) + DAY)
    if context.now - at >= 2 * DAY:
        return Missing(asset, "stale")
    if (np.diff(bars.opened_at) != DAY).any():
        return Missing(asset, "gap")
    close = bars.close
    week, month = float(close[-1] / close[-1 - WEEK]) - 1, float(close[-1] / close[0]) - 1
    return Move(asset, symbol, week, month, at, _traded_a_day(context, symbol))


def _traded_a_day(context: AskContext, symbol: str) -> tuple[float, float] | None:
    """What was traded a day in 7 days and in the 30 before; `None` where volume or a day is missing."""
    if symbol.partition("/")[2] not in _DOLLARS:
        return None
    bars = context.market.window(symbol, _DAILY, WEEK + MONTH)
    if not isinstance(bars, Bars) or (np.diff(bars.opened_at) != DAY).any():
        return None
    value = bars.close * bars.volume
    week, before = float(value[-WEEK:].mean()), float(value[:MONTH].mean())
    return (week, before) if before > 0 else None


def _traded(many: Sequence[Move]) -> tuple[float, float] | None:
    known = [one.traded for one in many if one.traded is not None]
    return (sum(week for week, _ in known), sum(before for _, before in known)) if known else None


def _shares(part: tuple[float, float], whole: tuple[float, float]) -> tuple[float, float] | None:
    return (part[0] / whole[0], part[1] / whole[1]) if min(whole) > 0 else None


def _locked(context: AskContext, many: Sequence[Move]) -> Locked | None:
    """Of those assets whose TVL of now, 7 and exactly 30 days ago is known."""
    rows = [found for one in many if (found := _month_of_tvl(context, one.asset)) is not None]
    if not rows:
        return None
    now, week_ago, month_ago = (
        sum((one[place].value for one in rows), Decimal(0)) for place in (-1, -1 - WEEK, 0)
    )
    if month_ago <= 0 or week_ago <= 0:
        return None
    used = [one for month in rows for one in (month[0], month[-1 - WEEK], month[-1])]
    return Locked(
        now,
        week_ago,
        month_ago,
        len(rows),
        min(month[-1].as_of for month in rows),
        max(one.known_at for one in used),
        tuple(dict.fromkeys(one.source for one in used)),
        tuple(dict.fromkeys(flag for one in used for flag in one.flags)),
    )


def _month_of_tvl(context: AskContext, asset: str) -> tuple[Observation, ...] | None:
    told = () if context.facts is None else context.facts.each(asset, "tvl", context.now, MONTH + 1)
    rows = next(iter(told), None)
    if not isinstance(rows, tuple) or len(rows) != MONTH + 1 or context.now - rows[-1].as_of > TOO_OLD:
        return None
    return rows if rows[-1].as_of - rows[0].as_of == MONTH * DAY else None


def _graded(sheet: Sheet, kind: str, many: Sequence[Move]) -> Graded | None:
    book = sheet.trader if kind == "trader" else sheet.investor
    grades = [book[one.symbol] for one in many if one.symbol in book]
    known = [one for one in grades if one.value is not None]
    if not known:
        return None
    mean = fmean(one.value for one in known if one.value is not None)
    return Graded(mean, len(known), max(one.known_at for one in known))


def _ranks(value: Mapping[str, float]) -> dict[str, int]:
    return {name: rank for rank, name in enumerate(sorted(value, key=lambda one: (-value[one], one)), 1)}


def _gained(group: Group) -> float:
    return 0.0 if group.shares is None else group.shares[0] / group.shares[1] - 1


def _turning(group: Group) -> str:
    told = [f"{group.name} went from rank {group.rank_month} in 30 days to {group.rank_week} in 7 days"]
    if group.shares is not None:
        told.append(f"from {share_of(group.shares[1])} to {share_of(group.shares[0])} of what is traded")
    return listed(told)


def share_of(value: float) -> str:
    """A share as both the sentence and its evidence round it."""
    return share(float(f"{value:.3g}"))
