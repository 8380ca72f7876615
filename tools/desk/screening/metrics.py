"""Everything that a screen may compare assets by, and what each asset shows of it: grades, indicators, facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from core.grades import Explanation, Grade
from core.instant import DAY, Instant
from core.money import plain
from core.observation import Missing, Observation
from strategies.indicators.universe.registry import REGISTRY
from tools.ask import AskContext, Evidence, ratio
from tools.desk.screening.filters import known_metric

OURS = "tokenwise"
TOO_OLD = 7 * DAY
"""From when on a figure says nothing of now."""
_GRADE_DIGITS = 3
_PRICE = "price"
_QUIET = 2 * DAY

FACTS: Mapping[str, str] = {
    "market_cap": "USD",
    "fdv": "USD",
    "tvl": "USD",
    "fees": "USD",
    "revenue": "USD",
    "holders_revenue": "USD",
    "total_volume": "USD",
    "dex_volume": "USD",
    "circulating_supply": "coins",
    "total_supply": "coins",
    "max_supply": "coins",
    "active_addresses": "count",
    "tx_count": "count",
    "hash_rate": "TH/s",
    "exchange_netflow": "USD",
}
"""Facts that go before an indicator of the same name, with their units; fees, revenue and volumes are of a day."""

_OF_TRADER = {"technical": "technical", "quant": "quant"}
_OF_INVESTOR = {name: name for name in ("fundamental", "technology", "valuation", "usage")}
_CHANGES = {
    "change_24h": ("trader", 1),
    "change_7d": ("trader", 7),
    "investor_change_24h": ("investor", 1),
    "investor_change_7d": ("investor", 7),
}
_COVERAGES = {"coverage": "trader", "investor_coverage": "investor"}
GRADES = ("trader", "investor", *_OF_TRADER, *_OF_INVESTOR, *_COVERAGES, *_CHANGES)
"""Grades, their parts, coverage and changes; a bare ``coverage`` or ``change_7d`` is the trader grade's."""


class Sheet(Protocol):
    """The grades of a universe at one day's close (`tools.desk.grading.grades`)."""

    @property
    def at(self) -> Instant:
        """The close that they are of."""
        ...

    @property
    def symbols(self) -> tuple[str, ...]:
        """Whom it grades."""
        ...

    @property
    def trader(self) -> Mapping[str, Grade]:
        """By symbol."""
        ...

    @property
    def investor(self) -> Mapping[str, Grade]:
        """By symbol."""
        ...

    def change(self, symbol: str, kind: str, days: int) -> float | None:
        """Points since the grade of *days* days before."""
        ...

    def explain(self, symbol: str, kind: str) -> Explanation | None:
        """What each input adds."""
        ...

    def value(self, symbol: str, indicator: str) -> float | Missing:
        """An indicator at the close."""
        ...


@dataclass(frozen=True, slots=True)
class Member:
    """One asset of the universe."""

    symbol: str
    id: str
    name: str
    narratives: tuple[str, ...]
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """What an asset shows of a metric. *text*: as evidence tells it; money and amounts stay exact."""

    number: Decimal | float
    text: str
    unit: str
    as_of: Instant
    known_at: Instant
    source: str
    flags: tuple[str, ...] = ()

    @property
    def told(self) -> str | float:
        """As an answer's data hold it: amounts as text, statistics as a number."""
        return self.text if isinstance(self.number, Decimal) else float(self.text)

    def evidence(self, tool: str, asset: str, metric: str) -> Evidence:
        """It as evidence of *tool* on *asset*."""
        return Evidence(tool, asset, metric, self.text, self.unit, self.as_of, self.known_at, self.source)


class Measured:
    """The universe at the question's now, read once per asset and metric."""

    def __init__(self, context: AskContext, sheet: Sheet) -> None:
        self.context = context
        self.sheet = sheet
        self._read: dict[tuple[str, str], Value | Missing] = {}
        self.members = self._members()

    def unit(self, metric: str) -> str:
        """The unit of a metric: ``points``, ``fraction``, ``USD`` ..."""
        if metric in GRADES:
            return "fraction" if metric in _COVERAGES else "points"
        if metric in FACTS:
            return FACTS[metric]
        return REGISTRY[metric].unit if metric in REGISTRY else "quote" if metric == _PRICE else "number"

    def of(self, member: Member, metric: str) -> Value | Missing:
        """What *member* shows of *metric*; never 0 for what is not known."""
        key = member.symbol, metric
        if key not in self._read:
            self._read[key] = self._find(member, metric)
        return self._read[key]

    def fact(self, member: Member, metric: str, count: int = 1) -> tuple[Observation, ...] | Missing:
        """The newest *count* observations, oldest first; `Missing` where the newest says nothing of now."""
        facts = self.context.facts
        told = () if facts is None else facts.each(member.id, metric, self.context.now, count)
        rows = next(iter(told), Missing(metric, "no_data"))
        if isinstance(rows, Missing):
            return rows
        return Missing(metric, "stale") if self.context.now - rows[-1].as_of > TOO_OLD else rows

    def grade(self, member: Member, kind: str) -> Grade | None:
        """The ``trader`` or ``investor`` grade; `None` where the sheet has none."""
        return (self.sheet.trader if kind == "trader" else self.sheet.investor).get(member.symbol)

    def of_grade(self, number: float, unit: str, grade: Grade, digits: int = _GRADE_DIGITS) -> Value:
        """*number*, known when *grade* was."""
        return Value(number, ratio(number, digits), unit, grade.as_of, grade.known_at, OURS)

    def _members(self) -> tuple[Member, ...]:
        """Everybody who is traded now, each asset once, by its id."""
        context, found = self.context, {}
        for symbol in self.sheet.symbols:
            close = context.market.close(symbol)
            if isinstance(close, Missing) or context.now - close[1] >= _QUIET:
                continue
            if context.market.delisted_at(symbol) is not None:
                continue
            ref = context.assets.get(symbol)
            identity = symbol if ref is None else ref.id
            if identity in found and context.symbols.get(identity, symbol) != symbol:
                continue
            narratives = () if ref is None else ref.narratives
            if context.registry is not None:
                narratives = context.registry.narratives(identity) or narratives
            found[identity] = Member(
                symbol,
                identity,
                identity if ref is None else ref.name,
                tuple(narratives),
                ref is not None and ref.kind.derived,
            )
        return tuple(found[identity] for identity in sorted(found))

    def _find(self, member: Member, metric: str) -> Value | Missing:
        if metric in GRADES:
            return self._graded(member, metric)
        if metric == _PRICE:
            return self._price(member)
        if metric in FACTS or metric not in REGISTRY:
            return self._figure(member, metric)
        number = self.sheet.value(member.symbol, metric)
        if isinstance(number, Missing):
            return number
        at = self.sheet.at
        return Value(number, ratio(number), self.unit(metric), at, at, OURS)

    def _graded(self, member: Member, metric: str) -> Value | Missing:
        investor = metric == "investor" or metric in _OF_INVESTOR or metric.startswith("investor_")
        kind = "investor" if investor else "trader"
        grade = self.grade(member, kind)
        if grade is None:
            return Missing(metric, "no_data")
        if metric in _COVERAGES:
            return self.of_grade(grade.coverage, "fraction", grade)
        number: float | None
        if metric in _CHANGES:
            number = self.sheet.change(member.symbol, *_CHANGES[metric])
        else:
            number = grade.value if metric == kind else grade.parts.get(metric)
        if number is None:
            return Missing(metric, grade.why or "warming_up")
        return self.of_grade(number, "points", grade)

    def _price(self, member: Member) -> Value | Missing:
        close = self.context.market.close(member.symbol)
        if isinstance(close, Missing):
            return close
        number = Decimal(repr(close[0]))
        source = self.context.sources.get(member.symbol, self.context.source)
        quote = member.symbol.partition("/")[2]
        return Value(number, plain(number), quote, close[1], close[1], source)

    def _figure(self, member: Member, metric: str) -> Value | Missing:
        rows = self.fact(member, metric)
        if isinstance(rows, Missing):
            return rows
        return value_of(rows[-1])


def known_in(context: AskContext, metric: str) -> str:
    """*metric* where it is a grade, an indicator, or a fact that is known of anybody here by now.

    Raises:
        UsageError: there is no such metric.
    """
    usual = (*GRADES, *FACTS, *REGISTRY, _PRICE)
    if metric in usual:
        return metric
    facts, owners = context.facts, {one.id for one in context.assets.values()}
    told = (facts.metrics(one, context.now) for one in sorted(owners)) if facts is not None else ()
    return known_metric(metric, {*usual, *(name for names in told for name in names)})


def value_of(one: Observation) -> Value:
    """An observation as it is."""
    unit = "_".join(one.unit.split())[:30] or "number"
    return Value(one.value, plain(one.value), unit, one.as_of, one.known_at, one.source, one.flags)
