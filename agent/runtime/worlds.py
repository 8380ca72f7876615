"""Markets by their spec: the simulated one, and the home's store replayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from core.assets import split_symbol
from core.errors import NoAnswerError, UsageError
from core.instant import DAY, Instant, Interval, interval, iso
from core.market import BarSeries, Instrument
from core.observation import Missing
from core.ports import Clock
from core.spec import Spec, check_keys, parse_spec

if TYPE_CHECKING:
    from agent.graph.known import Knowing
    from tools.store.store import Store

MARKETS = ("sim", "replay", "ccxt:binance")
_SIM_DAYS = 90
_MOST_SYMBOLS = 20


@dataclass(frozen=True, slots=True)
class World:
    """A market to live in: whole series, filters, each symbol's narratives and the window asked for.

    *pegs*: dollars per unit of the quote currency and since when that was known, oldest first; none
    where nobody says. *facts*: what is known beside prices.
    """

    spec: str
    simulated: bool
    grain: Interval
    start: Instant
    until: Instant
    series: Mapping[str, BarSeries]
    instruments: Mapping[str, Instrument]
    narratives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pegs: tuple[tuple[Instant, Decimal], ...] = ()
    facts: Knowing | None = None

    @property
    def symbols(self) -> tuple[str, ...]:
        """What can be traded, in the order asked for."""
        return tuple(self.series)


def open_world(
    text: str,
    home: Path,
    clock: Clock,
    *,
    symbols: Sequence[str],
    start: Instant | None,
    until: Instant | None,
    grain: str | None,
) -> World:
    """The world that *text* names, with its series loaded.

    Raises:
        UsageError: unknown market, or flags that contradict each other.
        NoAnswerError: an unknown symbol, or no data in the window.
    """
    spec = parse_spec(text)
    if spec.name == "sim":
        return _simulated(spec, symbols, start, until, grain)
    if spec.name == "replay":
        width = interval(grain or "1h")
        return _replayed(spec, home, clock, symbols=symbols, start=start, until=until, grain=width)
    raise UsageError(f"{text!r} is not a market", "Use sim, replay or ccxt:VENUE.", candidates=MARKETS)


def _simulated(
    spec: Spec, symbols: Sequence[str], start: Instant | None, until: Instant | None, grain: str | None
) -> World:
    from tools.facts.simulated import SimulatedFacts
    from tools.simulation.market import SimulatedMarket

    if grain is not None:
        if spec.params.get("grain", grain) != grain:
            raise UsageError(
                f"--grain {grain} and the market's grain={spec.params['grain']} differ", "Give one of them."
            )
        spec = Spec(spec.name, spec.arg, {**spec.params, "grain": grain})
    market = SimulatedMarket(spec)
    begin = market.start if start is None else start
    end = Instant(begin + _SIM_DAYS * DAY) if until is None else until
    if begin < market.start:
        raise UsageError(
            f"--from {iso(begin)} is before the simulated market starts ({iso(market.start)})",
            "Choose a later --from, or give the market another start, as in 'sim?start=2023-01-01'.",
        )
    chosen = choose(symbols, market.symbols)
    series = market.series(end)
    return World(
        market.canonical,
        True,
        market.grain,
        begin,
        end,
        {symbol: series[symbol] for symbol in chosen},
        market.instruments,
        {symbol: market.assets[symbol].narratives for symbol in chosen},
        facts=SimulatedFacts(market.facts),
    )


def _replayed(
    spec: Spec,
    home: Path,
    clock: Clock,
    *,
    symbols: Sequence[str],
    start: Instant | None,
    until: Instant | None,
    grain: Interval,
) -> World:
    from tools.facts.home import HomeFacts
    from tools.store.store import Store

    check_keys(spec.params, {}, "replay")
    with closing(Store.open(home, clock)) as store:
        world = _from_store(store, clock, symbols=symbols, start=start, until=until, grain=grain)
    return replace(world, facts=HomeFacts(home, clock))


def _from_store(
    store: Store,
    clock: Clock,
    *,
    symbols: Sequence[str],
    start: Instant | None,
    until: Instant | None,
    grain: Interval,
) -> World:
    from tools.identity import Registry
    from tools.store import assets

    known = sorted(
        {info.symbol for info in store.series() if info.key.kind == "ohlcv" and info.interval == grain}
    )
    if not known:
        raise NoAnswerError(
            f"the store holds no {grain} candles",
            "Import some with 'tokenwise data import', or change --grain.",
        )
    if not symbols and len(known) > _MOST_SYMBOLS:
        raise UsageError(
            f"the store holds {len(known)} symbols at {grain}",
            "Name those to trade with --symbols A/USDT,B/USDT.",
        )
    chosen = choose(symbols, known)
    at = start if start is not None else clock.now()
    found = {symbol: store.bars(symbol, grain, at) for symbol in chosen}
    series: dict[str, BarSeries] = {}
    for symbol, one in found.items():
        if isinstance(one, Missing):
            raise NoAnswerError(
                f"there are no {grain} candles of {symbol} at {iso(at)}: {one.why}",
                "Choose another window or symbol; 'tokenwise data list' shows what there is.",
            )
        series[symbol] = one
    begin, end = _window(series, grain, start, until)
    filters = {symbol: historical(symbol) for symbol in chosen}
    registry = Registry(assets.known(store.connection))
    narratives = {symbol: registry.narratives(one.asset) for symbol, one in series.items()}
    return World("replay", False, grain, begin, end, series, filters, narratives)


def _window(
    series: Mapping[str, BarSeries], grain: Interval, start: Instant | None, until: Instant | None
) -> tuple[Instant, Instant]:
    """The window asked for, else all that the series hold; refused where none of them has a candle in it."""
    first = min(int(one.bars.opened_at[0]) for one in series.values())
    last = max(int(one.bars.opened_at[-1]) + grain.ms for one in series.values())
    begin = Instant(first) if start is None else start
    end = Instant(last) if until is None else until
    if end <= first or begin >= last:
        raise NoAnswerError(
            f"the store has no candle between {iso(begin)} and {iso(end)}",
            f"What is asked for is held from {iso(Instant(first))} to {iso(Instant(last))}.",
        )
    return begin, min(end, Instant(last))


def assets_of(world: World) -> dict[str, str]:
    """The id of each symbol's asset, under which its facts are kept."""
    return {symbol: one.asset for symbol, one in world.series.items()}


def choose(asked: Sequence[str], known: Sequence[str]) -> list[str]:
    """The symbols *asked* for, or all that are *known*.

    Raises:
        UsageError: one twice, or several quotes.
        NoAnswerError: a symbol that is not known, with those that are near.
    """
    for symbol in asked:
        split_symbol(symbol)
        if symbol not in known:
            raise NoAnswerError(
                f"this market has no {symbol}",
                "Choose among the candidates, or import its candles.",
                code="unknown_symbol",
                candidates=sorted(known, key=lambda one: (one[0] != symbol[0], one))[:20],
            )
    if len(set(asked)) != len(asked):
        raise UsageError("--symbols names one twice", "Name each symbol once.")
    if len({split_symbol(symbol)[1] for symbol in asked or known}) > 1:
        raise UsageError("the symbols have different quotes", "Choose symbols with one quote, such as USDT.")
    return list(asked or known)


def historical(symbol: str) -> Instrument:
    """A venue's filters of years ago are not recorded anywhere: fine steps, and the usual smallest order."""
    return Instrument(symbol, Decimal("1e-8"), Decimal("1e-8"), Decimal("1e-8"), Decimal(5))
