"""The world that an index is back-computed in: everybody who traded at some time, the delisted ones included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from agent.runtime.worlds import World, historical, open_world
from core.assets import AssetRef
from core.errors import NoAnswerError, UsageError
from core.instant import DAY, Instant, Interval, iso
from core.market import BarSeries
from core.observation import Missing
from core.ports import Clock
from core.spec import check_keys, parse_spec
from tools.desk.indices.universe import Listed, listed

MARKETS = ("auto", "replay", "sim")


@dataclass(frozen=True, slots=True)
class IndexWorld:
    """*world* with the assets of it. *refs*: who stands behind each symbol. *missing*: who could not be loaded."""

    world: World
    listed: tuple[Listed, ...]
    refs: dict[str, AssetRef]
    missing: tuple[Missing, ...] = ()


def index_world(
    market: str, home: Path, clock: Clock, *, start: Instant, until: Instant, quote: str
) -> IndexWorld:
    """Every asset of *market* priced in *quote* that has a candle before *until*, whenever it was listed or delisted.

    ``auto`` is the store. A ticker stands for the asset that it meant at *start*, or for the first that it ever meant.

    Raises:
        UsageError: a market that cannot be lived through again.
        NoAnswerError: no candles in the window.
    """
    spec = parse_spec(market)
    if spec.name == "sim":
        return _simulated(market, home, clock, start, until, quote)
    if spec.name in {"auto", "replay"} and spec.arg is None:
        check_keys(spec.params, {}, spec.name)
        return _stored(home, clock, start, until, quote)
    raise UsageError(
        f"{market!r} is not a market to back-compute an index on",
        "Use replay (the store) or sim.",
        candidates=MARKETS,
    )


def _simulated(
    market: str, home: Path, clock: Clock, start: Instant, until: Instant, quote: str
) -> IndexWorld:
    from tools.simulation.market import SimulatedMarket

    world = open_world(market, home, clock, symbols=(), start=start, until=until, grain=None)
    refs = SimulatedMarket(parse_spec(world.spec)).assets
    _same_quote(world.symbols, quote)
    return IndexWorld(world, listed(world.symbols, refs, start, simulated=True), dict(refs))


def _same_quote(symbols: Iterable[str], quote: str) -> None:
    strange = {symbol.partition("/")[2] for symbol in symbols} - {quote}
    if strange:
        raise UsageError(
            f"the symbols of this market are paid in {min(strange)}",
            f"Write --cash as '10000 {min(strange)}'.",
        )


def _stored(home: Path, clock: Clock, start: Instant, until: Instant, quote: str) -> IndexWorld:
    from tools.facts.home import HomeFacts
    from tools.identity import Registry
    from tools.store import assets
    from tools.store.store import Store

    missing: list[Missing] = []
    series: dict[str, BarSeries] = {}
    with closing(Store.open(home, clock)) as store:
        held = [one for one in store.series() if one.key.kind == "ohlcv" and one.symbol.endswith(f"/{quote}")]
        grain = _grain(held_in.interval for held_in in held if DAY % held_in.interval.ms == 0)
        if grain is None:
            raise NoAnswerError(
                f"the store holds no candles in {quote}", "Import some with 'tokenwise data import'."
            )
        fitting = [one for one in held if one.interval == grain and one.first < until]
        for symbol in sorted({one.symbol for one in fitting}):
            found = store.bars(symbol, grain, start)
            if isinstance(found, Missing):
                missing.append(Missing(symbol, found.why))
            else:
                series[symbol] = found
        known = assets.known(store.connection)
    alive = {symbol: one for symbol, one in series.items() if int(one.bars.opened_at[-1]) + grain.ms > start}
    if not alive:
        raise NoAnswerError(
            f"the store has no {grain} candle in {quote} from {iso(start)} to {iso(until)}",
            "Choose another window; 'tokenwise data list' shows what there is.",
        )
    refs = {
        symbol: known.get(one.asset) or AssetRef(one.asset, *(symbol.partition("/")[0],) * 2)
        for symbol, one in alive.items()
    }
    registry = Registry(known)
    members = listed(tuple(alive), refs, start, simulated=False, narratives=registry.narratives)
    chosen = [one.symbol for one in members]
    last = max(int(one.bars.opened_at[-1]) + grain.ms for one in alive.values())
    world = World(
        "replay",
        False,
        grain,
        start,
        min(until, Instant(last)),
        {symbol: alive[symbol] for symbol in chosen},
        {symbol: historical(symbol) for symbol in chosen},
        {one.symbol: one.narratives for one in members},
        facts=HomeFacts(home, clock),
    )
    return IndexWorld(world, members, refs, tuple(missing))


def _grain(widths: Iterable[Interval]) -> Interval | None:
    """The width that most series have, the wider where several do: an index needs no more than days."""
    counted = Counter(widths)
    return max(counted, key=lambda one: (counted[one], one), default=None)
