"""Whose grades are compared, on which days: every daily series of a home, or a simulated market."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.assets import AssetRef
from core.errors import NoAnswerError, UsageError
from core.instant import DAY, Instant, Interval, iso
from core.market import BarSeries
from core.ports import Clock
from core.spec import Spec, parse_spec
from evals.grades.settings import FURTHEST, LONGEST
from strategies.grades.alignment import frame_start
from strategies.indicators.universe.elementary import LEAST_UNIVERSE
from strategies.indicators.universe.frame import Frame, frame_of
from tools.desk.grading.universe import BITCOIN, refs_of
from tools.desk.grading.universe import universe_of as parts_of
from tools.simulation.market import SimulatedMarket
from tools.store.catalog import SeriesInfo
from tools.store.store import Store

"""Fewer assets with a grade on one day are not ranked: a universe of four says nothing of deciles."""
CLAIM = "a claim on another asset"


@dataclass(frozen=True, slots=True, eq=False)
class Universe:
    """Daily candles of N series, and which of them are compared.

    *names*: N symbols, or symbol and asset where a ticker meant several. *compared*: N. *refused*: why each of
    the others is not, by name. *benchmark*: the place of Bitcoin, or None. *simulated*: nothing of it is real.
    """

    market: str
    series: tuple[BarSeries, ...]
    names: tuple[str, ...]
    frame: Frame
    compared: NDArray[np.bool_]
    benchmark: int | None
    refused: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False

    @property
    def ended(self) -> NDArray[np.bool_]:
        """N: whose trading ended before the last row."""
        last = int(self.frame.opened_at[-1])
        return np.array([one.delisted_at is not None and one.delisted_at <= last for one in self.series])


def universe_of(
    market: str,
    series: Sequence[BarSeries],
    assets: Mapping[str, AssetRef],
    benchmark: str | None,
    *,
    since: Instant | None = None,
    until: Instant | None = None,
    reach: int = LONGEST + FURTHEST,
    simulated: bool = False,
) -> Universe:
    """Lays *series* side by side; rows that open at *until* or later are not there.

    The rows begin where the grades of the first day that can be judged take theirs from (that day is *since* or
    later and shows 20 compared assets), and end *reach* days after the last such day.

    *assets*: what is known of them, by their ids. *benchmark*: the id that relative strength is measured against.

    Raises:
        NoAnswerError: no candles, or fewer than 20 assets to compare, in all or on any day.
    """
    kept = [one for one in series if len(one.bars) and (until is None or one.bars.opened_at[0] < until)]
    if not kept:
        raise NoAnswerError(
            f"there are no daily candles in {market}" + ("" if until is None else f" before {iso(until)}"),
            "Import some with 'tokenwise data import'.",
            code="no_data",
        )
    symbols = [one.bars.symbol for one in kept]
    names = tuple(
        f"{one.bars.symbol} ({one.asset})" if symbols.count(one.bars.symbol) > 1 else one.bars.symbol
        for one in kept
    )
    newest = Instant(max(int(one.bars.opened_at[-1]) for one in kept))
    # a ticker that passed to another asset is two series, and each stands for itself
    refs = {name: _own(assets[one.asset], name) for name, one in zip(names, kept, strict=True)}
    parts = parts_of(names, refs, newest, simulated=simulated)
    refused = {name: parts.refused.get(name, CLAIM) for name in names if name not in parts.compared}
    compared = np.array([name in parts.compared for name in names])
    count = int(compared.sum())
    if count < LEAST_UNIVERSE:
        raise NoAnswerError(
            f"a universe of {count} {'asset' if count == 1 else 'assets'} cannot be ranked; it takes {LEAST_UNIVERSE}",
            "Import daily candles of more assets.",
            code="universe",
        )
    leading = next((index for index, one in enumerate(kept) if one.asset == benchmark), None)
    frame = frame_of(
        [replace(one, asset=name) for one, name in zip(kept, names, strict=True)],
        benchmark=None if leading is None else names[leading],
    )
    if until is not None:
        frame = frame.until(int(np.searchsorted(frame.opened_at, until)))
    frame = _judgeable(frame, compared, since, reach)
    return Universe(market, tuple(kept), names, frame, compared, leading, refused, simulated)


def _judgeable(frame: Frame, compared: NDArray[np.bool_], since: Instant | None, reach: int) -> Frame:
    enough = ((frame.age > 0) & compared).sum(axis=1) >= LEAST_UNIVERSE
    if since is not None:
        enough &= frame.opened_at >= since
    rows = np.flatnonzero(enough)
    if not len(rows):
        raise NoAnswerError(
            f"no day shows {LEAST_UNIVERSE} assets beside each other",
            "Import daily candles of more assets, or judge other days.",
            code="universe",
        )
    frame = frame.until(min(len(frame), int(rows[-1]) + 1 + reach))
    start = frame_start(int(frame.opened_at[rows[0]]) // DAY) * DAY
    return frame.since(int(np.searchsorted(frame.opened_at, start)))


def read_universe(
    market: str, home: Path, clock: Clock, since: Instant | None, until: Instant | None, reach: int
) -> Universe:
    """The universe that *market* names: ``replay`` or ``sim?…&grain=1d``; the rest as `universe_of` says.

    Raises:
        UsageError: another market, one that is not daily, or a simulated one without an end.
        NoAnswerError: nothing to compare.
    """
    spec = parse_spec(market)
    if spec.name == "replay" and not spec.params and spec.arg is None:
        with closing(Store.open(home, clock, readonly=True)) as store:
            series = list(_stored(store))
        return universe_of(
            "replay",
            series,
            refs_of({one.asset: one.asset for one in series}),
            BITCOIN,
            since=since,
            until=until,
            reach=reach,
        )
    if spec.name == "sim":
        return _simulated(spec, since, until, reach)
    raise UsageError(
        f"--market {market} holds no past to judge grades by",
        "Use replay or sim.",
        candidates=("replay", "sim"),
    )


def _own(known: AssetRef, name: str) -> AssetRef:
    return known if known.id.startswith("unmapped:") else replace(known, id=name)


def _stored(store: Store) -> Iterator[BarSeries]:
    """Each asset's daily candles; of several series that overlap the one imported first."""
    chosen: dict[str, list[SeriesInfo]] = {}
    for info in store.series():
        if info.key.kind != "ohlcv" or info.interval != Interval(DAY):
            continue
        others = chosen.setdefault(info.asset, [])
        if any(info.first <= one.last and info.last >= one.first for one in others):
            continue
        found = store.bars(info.symbol, info.interval, info.first, info.venue)
        # what a ticker is served from may be another series than this one
        if isinstance(found, BarSeries) and (found.asset, found.source) == (info.asset, info.source):
            others.append(info)
            yield found


def _simulated(spec: Spec, since: Instant | None, until: Instant | None, reach: int) -> Universe:
    made = SimulatedMarket(spec)
    if made.grain.ms != DAY:
        raise UsageError(f"{made.canonical} is not daily", "Add grain=1d to the market.")
    if until is None:
        raise UsageError("a simulated market has no end of its own", "Say one with --until.")
    assets = {ref.id: ref for ref in made.assets.values()}
    leading = made.assets[made.symbols[0]].id
    found = list(made.series(until).values())
    return universe_of(
        made.canonical, found, assets, leading, since=since, until=until, reach=reach, simulated=True
    )


def summary_of(reasons: Iterable[str]) -> dict[str, int]:
    """How many there are of each of *reasons*."""
    told = list(reasons)
    return {why: told.count(why) for why in sorted(set(told))}
