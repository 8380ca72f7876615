"""Opens a scenario: its candles cut to its window, what is known beside them, and what of it is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from agent.runtime.worlds import World, historical
from core.errors import FaultError, NoAnswerError
from core.instant import Instant, duration_text, iso
from core.market import BarSeries
from core.observation import Missing
from core.ports import Clock
from evals.facts import ScenarioFacts, Told
from evals.needs import fetch_command
from evals.scenario import Scenario
from tools.facts.credits import credit
from tools.facts.stored import StoredFacts
from tools.identity import Registry
from tools.store import assets
from tools.store.articles import Articles, read_articles
from tools.store.catalog import MARKET, SeriesInfo
from tools.store.gate import judge
from tools.store.gate.breaks import LONGEST_HOLE
from tools.store.rows import Rows, read
from tools.store.store import Store


@dataclass(frozen=True, slots=True)
class Opened:
    """A scenario that can be lived through.

    *world*: the symbols that have candles in the window, none of them from before the warm-up or after
    the end. *facts*: what is known beside prices, point in time. *missing*: what the scenario asks for
    and does not get; a report says it. *restated*: the series that are today's revised history.
    *digests*: SHA-256 of each stored series that *facts* are read from.
    """

    world: World
    facts: Told
    missing: tuple[Missing, ...]
    restated: tuple[str, ...]
    digests: Mapping[str, str] = field(default_factory=dict)


def open_scenario(scenario: Scenario, home: Path, clock: Clock) -> Opened:
    """*scenario* on the store of *home*, or on its own invented market.

    A symbol without a candle in the window is left out of the world, as a symbol that nobody could trade.

    Raises:
        NoAnswerError: the store has no candle of the window; the mend is the command that brings them.
        FaultError: a stored file is damaged.
    """
    if scenario.synthetic is not None:
        from evals.synthetic import invented

        return invented(scenario, scenario.synthetic)
    with closing(Store.open(home, clock, readonly=True)) as store:
        return _stored(scenario, store)


def _stored(scenario: Scenario, store: Store) -> Opened:
    registry = Registry(assets.known(store.connection))
    found = {one: store.bars(one, scenario.grain, scenario.start) for one in scenario.symbols}
    missing: list[Missing] = []
    cut: dict[str, BarSeries] = {}
    for symbol, whole in found.items():
        part = whole if isinstance(whole, Missing) else _within(whole, scenario)
        if isinstance(part, Missing):
            missing.append(Missing(f"{symbol} {scenario.grain}", part.why))
        else:
            cut[symbol] = part
    if not cut:
        raise _lacking(scenario, registry)
    reached = Instant(max(_closed(one) for one in cut.values()))
    series = {symbol: _ended(one, reached) for symbol, one in cut.items()}
    for symbol, one in series.items():
        missing += _short(symbol, one, scenario)
    if reached < scenario.end:
        missing.append(Missing(f"candles until {iso(scenario.end)}", f"they end at {iso(reached)}"))
    facts, digests, restated, absent = _facts(scenario, store, [one.asset for one in series.values()])
    restated += [f"{symbol} {scenario.grain}" for symbol, one in series.items() if one.restated]
    world = World(
        f"scenario:{scenario.id}",
        False,
        scenario.grain,
        scenario.start,
        min(scenario.end, reached),
        series,
        {symbol: historical(symbol) for symbol in series},
        {symbol: registry.narratives(one.asset) for symbol, one in series.items()},
    )
    return Opened(world, facts, (*missing, *absent), tuple(restated), digests)


def _lacking(scenario: Scenario, registry: Registry) -> NoAnswerError:
    command = scenario.needs or fetch_command(scenario, registry)
    mend = "Import its files with 'tokenwise data import'."
    if command is not None:
        mend = f"Bring them with '{command}', or import files with 'tokenwise data import'."
    return NoAnswerError(
        f"the store has no {scenario.grain} candle of {scenario.id} between {iso(scenario.start)} "
        f"and {iso(scenario.end)}",
        mend,
        code="no_data",
    )


def _within(series: BarSeries, scenario: Scenario) -> BarSeries | Missing:
    """*series* from the warm-up's begin until before the end, judged anew; `Missing` where the window has none."""
    opened = series.bars.opened_at
    first = int(np.searchsorted(opened, scenario.start - scenario.warmup_ms))
    last = int(np.searchsorted(opened, scenario.end))
    if first == last or opened[last - 1] < scenario.start:
        return Missing("", _elsewhere(series, scenario))
    late = tuple(
        replace(one, index=one.index - first)
        for one in series.revisions
        if first <= one.index < last and one.known_at < scenario.end
    )
    ended = series.delisted_at
    return judge(
        series.asset,
        series.bars.slice(first, last),
        series.source,
        delisted_at=ended if ended is not None and ended <= scenario.end else None,
        restated=series.restated,
        revisions=late,
    )


def _elsewhere(series: BarSeries, scenario: Scenario) -> str:
    """Why a series that is stored says nothing of the window."""
    opened = series.bars.opened_at
    later = opened[opened >= scenario.end]
    if len(later):
        return f"no candle before {iso(Instant(int(later[0])))}, after the end"
    return f"no candle after {iso(Instant(int(opened[-1])))}, before the start"


def _closed(series: BarSeries) -> int:
    return int(series.bars.opened_at[-1]) + series.bars.interval.ms


def _ended(series: BarSeries, reached: Instant) -> BarSeries:
    """A series that stops while others go on to the end of the window: its trading ended there.

    A venue may list it again a year later; whoever holds it in this window never sees another price.
    """
    end = _closed(series)
    if series.delisted_at is not None or reached - end <= LONGEST_HOLE:
        return series
    return replace(series, delisted_at=Instant(end))


def _short(symbol: str, series: BarSeries, scenario: Scenario) -> list[Missing]:
    """What a series lacks of the warm-up; where it begins after the start, that is said instead."""
    first = Instant(int(series.bars.opened_at[0]))
    if first > scenario.start:
        return [Missing(f"{symbol} {scenario.grain}", f"begins at {iso(first)}, after the start")]
    there = scenario.start - first
    if there < scenario.warmup_ms:
        had, asked = duration_text(there), duration_text(scenario.warmup_ms)
        return [Missing(f"warm-up of {symbol}", f"{had} of {asked}")]
    return []


def _facts(
    scenario: Scenario, store: Store, universe: Sequence[str]
) -> tuple[Told, dict[str, str], list[str], list[Missing]]:
    """What is known beside prices: of the sources that the scenario names, and its published facts."""
    admitted: dict[str, SeriesInfo] = {}
    absent: list[Missing] = []
    stored = store.series()
    for source in scenario.sources:
        kind, _, asset = source.partition(":")
        owners = {asset} if asset else {MARKET, *universe}
        several = [one for one in stored if one.key.kind == kind and one.asset in owners]
        if kind != "ohlcv":
            admitted |= {one.file: one for one in several}
            if not any(one.first < scenario.end for one in several):
                absent.append(Missing(source, "no_data"))
    reading = _Reading({info.file: store.path(info) for info in admitted.values()})
    beneath = StoredFacts(admitted.values(), reading.rows, reading.articles, credit)
    restated = [one.key.label for one in admitted.values() if one.restated]
    digests = {one.key.label: one.sha256 for one in admitted.values()}
    return ScenarioFacts(scenario.facts, beneath), digests, restated, absent


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the files of series as they stood when the scenario was opened; the store need not stay open."""

    paths: Mapping[str, Path]

    def rows(self, info: SeriesInfo) -> Rows:
        try:
            return read(self.paths[info.file], info.key.kind)
        except FileNotFoundError:
            raise _replaced(info) from None

    def articles(self, info: SeriesInfo) -> Articles:
        try:
            return read_articles(self.paths[info.file])
        except FileNotFoundError:
            raise _replaced(info) from None


def _replaced(info: SeriesInfo) -> FaultError:
    return FaultError(
        f"{info.key.label} was imported anew while the scenario ran",
        "Run it again, with no import beside it.",
        code="store_changed",
    )
