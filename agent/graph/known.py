"""What a decision knows beside prices: few figures of each asset and of the market, as they were known then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from core.instant import DAY, Instant
from core.observation import Missing, Observation
from core.ports import FactSource
from tools.ask._text import quantity, ratio

PREFIX = "facts."
MARKET = "market"
_TOO_OLD = 7 * DAY
_SPANS = {"7d": 7 * DAY, "30d": 30 * DAY}
_FUNDING = "funding_rate"
_FUNDING_ROWS = 7 * 24

Fact = list[str]


class Knowing(FactSource, Protocol):
    """A source of facts that can look back."""

    def at(self, asset: str, metric: str, now: Instant, moment: Instant) -> Observation | None:
        """What was known at *now* of *moment*."""
        ...


class Knowledge(NamedTuple):
    """*source*: where facts come from. *assets*: the id that each symbol's facts are kept under."""

    source: Knowing
    assets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Metric:
    """One metric: whether its value is told, and over which spans its change is."""

    name: str
    spans: tuple[str, ...] = ()
    value: bool = False


_OF_ASSET = (
    _Metric("active_addresses", ("7d", "30d")),
    _Metric("tx_count", ("30d",)),
    _Metric("mvrv", value=True),
    _Metric("tvl", ("7d", "30d")),
    _Metric("fees", ("30d",)),
)
_OF_MARKET = (
    _Metric("fear_greed", ("7d",), value=True),
    _Metric("tvl", ("30d",)),
    _Metric("stablecoin_supply", ("30d",)),
)
_OF_POINTS = frozenset({"index"})


class Told:
    """What was found of one asset: facts as ``[metric, value, unit]``, what is missing, restated series."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.missing: list[list[str]] = []
        self.restated: set[str] = set()

    def put(self, metric: str, value: str, unit: str, of: Iterable[Observation]) -> None:
        """A fact, and what it rests on."""
        self.facts.append([f"{PREFIX}{metric}", value, unit])
        self.restated.update(
            f"{one.asset} {one.metric} ({one.source})" for one in of if "restated" in one.flags
        )


def known_of(knowledge: Knowledge, symbol: str, now: Instant) -> Told:
    """What was known of the asset behind *symbol* at *now*; one line says it where that is nothing."""
    told, asset = Told(), knowledge.assets.get(symbol, symbol)
    for metric in _OF_ASSET:
        _tell(told, knowledge.source, asset, metric, now)
    _tell_funding(told, knowledge.source, asset, now)
    if not told.facts and not told.missing:
        told.missing.append([PREFIX.rstrip("."), "no_data"])
    return told


def known_of_market(knowledge: Knowledge, now: Instant) -> Told:
    """What was known of the whole market at *now*."""
    told = Told()
    for metric in _OF_MARKET:
        _tell(told, knowledge.source, MARKET, metric, now)
    return told


def gathered_facts(knowledge: Knowledge, menu: Iterable[str], now: Instant) -> dict[str, Any]:
    """Of the market and of each symbol of *menu*, as JSON; *restated* names the series that were."""
    market, assets = known_of_market(knowledge, now), [known_of(knowledge, one, now) for one in menu]
    restated = set().union(*(one.restated for one in (market, *assets)))
    return {
        "market": {"facts": market.facts, "missing": market.missing},
        "assets": [{"facts": one.facts, "missing": one.missing} for one in assets],
        "restated": sorted(restated),
    }


def _tell(told: Told, source: Knowing, asset: str, metric: _Metric, now: Instant) -> None:
    found = source.facts(asset, metric.name, now, 1)
    if isinstance(found, Missing):
        if found.why != "no_data":
            told.missing.append([f"{PREFIX}{metric.name}", found.why])
        return
    newest = found[-1]
    if now - newest.as_of > _TOO_OLD:
        told.missing.append([f"{PREFIX}{metric.name}", "stale"])
        return
    if metric.value:
        told.put(metric.name, quantity(newest.value, 5), newest.unit or "number", (newest,))
    for label in metric.spans:
        name = f"{metric.name}_change_{label}"
        before = source.at(asset, metric.name, now, Instant(newest.as_of - _SPANS[label]))
        if before is None:
            told.missing.append([f"{PREFIX}{name}", "warming_up"])
        elif newest.unit in _OF_POINTS:
            told.put(name, quantity(newest.value - before.value, 5), "points", (newest, before))
        elif before.value > 0:
            told.put(name, ratio(float(newest.value / before.value) - 1, 4), "fraction", (newest, before))


def _tell_funding(told: Told, source: Knowing, asset: str, now: Instant) -> None:
    """Means of a day and of a week, per 8 hours."""
    found = source.facts(asset, _FUNDING, now, _FUNDING_ROWS)
    if isinstance(found, Missing):
        return
    for label, days in (("1d", 1), ("7d", 7)):
        recent = [one for one in found if one.as_of > now - days * DAY]
        if recent:
            mean = sum(float(one.value) for one in recent) / len(recent)
            told.put(f"funding_mean_{label}", ratio(mean, 4), recent[-1].unit, recent)
        elif label == "1d":
            told.missing.append([f"{PREFIX}funding", "stale"])
