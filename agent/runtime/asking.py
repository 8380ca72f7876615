"""Opens a market for a command that only asks: which prices, which names, which account, as of when."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.runtime.account_then import AccountThen, account_then
from core.errors import UsageError
from core.instant import DAY, Instant, interval, iso
from core.money import published
from core.observation import Missing
from core.ports import Clock, MarketData
from core.spec import Spec, check_keys, parse_spec
from tools.ask import AskContext, Facts
from tools.clocks import SimulatedClock
from tools.identity import Registry
from tools.market.names import Names, names_in_store, names_of

if TYPE_CHECKING:
    from tools.desk.grading.grades import GradeDesk

MARKETS = ("auto", "replay", "sim")
_SIM_DAYS = 90
_MOST_SIM_DAYS = 20 * 365
_FOREVER = Instant(2**62)
_EVERY = interval("1d")


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question is asked of. *market*: its canonical spec.

    *reach*: from and until when a symbol's candles are held, where that has an end; of facts under
    ``<kind>:<asset>``.
    """

    market: str
    simulated: bool
    context: AskContext
    reach: Mapping[str, tuple[Instant, Instant]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Opened:
    spec: str
    market: MarketData
    names: Names
    source: str
    reach: Mapping[str, tuple[Instant, Instant]] = field(default_factory=dict)
    registry: Registry | None = None
    facts: Facts | None = None


@contextmanager
def asking(
    market: str,
    home: Path,
    clock: Clock,
    *,
    as_of: Instant | None = None,
    asset: str | None = None,
    account: str | None = None,
    of_account: bool = False,
) -> Iterator[Asking]:
    """The market that *market* names (``sim…``, ``replay`` or ``auto``) as it was known at *as_of*.

    Without *as_of* it is now; in ``replay`` the end of what the store holds (of *asset*), in ``sim``
    where the account stands that trades there, else 90 days after the start. ``auto`` is the store;
    for what *of_account* is asked of it is the account's own market.

    Raises:
        UsageError: no such market, or a time that has not come yet.
    """
    with ExitStack() as held:
        then: AccountThen | None = None
        if account is not None and (of_account or market.startswith("sim")):
            then = held.enter_context(account_then(home, account, _FOREVER if as_of is None else as_of))
        spec = parse_spec(then.market if of_account and market == "auto" and then else market)
        present = then.at if then is not None and as_of is None and _trades_on(then, spec) else as_of
        opened = _open(spec, home, clock, present, asset, held)
        now = opened.market.now
        if account is not None and (then is None or then.at > now):
            then = held.enter_context(account_then(home, account, now))
        context = AskContext(
            now=now,
            market=opened.market,
            every=_EVERY,
            symbols=opened.names.symbols,
            source=opened.source,
            assets=opened.names.assets,
            sources=opened.names.sources,
            others=opened.names.others,
            registry=opened.registry,
            facts=opened.facts,
            grades=_desk(opened),
            account=account,
            **({} if account is None else _account_part(then, opened, home, clock, held)),
        )
        yield Asking(opened.spec, opened.market.simulated, context, opened.reach)


def _desk(opened: _Opened) -> GradeDesk:
    """One working of the grades for all questions."""
    from tools.desk.grading.grades import (
        GradeDesk,  # the indicators: nothing that only reads prices waits for them
    )

    assets = {symbol: one.id for symbol, one in opened.names.assets.items()}
    return GradeDesk(opened.market, assets, opened.facts, refs=opened.names.assets)


def _trades_on(then: AccountThen, spec: Spec) -> bool:
    return then.market in {str(spec), _canonical(spec)}


def _canonical(spec: Spec) -> str:
    if spec.name != "sim":
        return str(spec)
    from tools.simulation.settings import settings_from

    return settings_from(spec).canonical


def _open(
    spec: Spec, home: Path, clock: Clock, as_of: Instant | None, asset: str | None, held: ExitStack
) -> _Opened:
    if spec.name == "sim":
        return _simulated(spec, as_of)
    if spec.name in {"auto", "replay"} and spec.arg is None:
        check_keys(spec.params, {}, spec.name)
        return _stored(spec.name, home, clock, as_of, asset, held)
    raise UsageError(
        f"{str(spec)!r} is not a market to ask of", "Use auto, replay or sim.", candidates=MARKETS
    )


def _simulated(spec: Spec, as_of: Instant | None) -> _Opened:
    from tools.facts.simulated import SimulatedFacts
    from tools.market.bar_market import BarMarket
    from tools.market.stored_market import advance_at_once
    from tools.simulation.market import SimulatedMarket

    world = SimulatedMarket(spec)
    now = Instant(world.start + _SIM_DAYS * DAY) if as_of is None else as_of
    if now > world.start + _MOST_SIM_DAYS * DAY:
        raise UsageError(
            f"{iso(now)} is more than 20 years after the simulated market's start of {iso(world.start)}",
            "Ask for an earlier time, or give the market a later start, as in 'sim?start=2030-01-01'.",
        )
    market = BarMarket(SimulatedClock(now), world.grain, world.series(now), world.instruments, simulated=True)
    advance_at_once(market, now)
    facts = SimulatedFacts(world.facts)
    return _Opened(world.canonical, market, names_of(world.assets, {}), "simulated", facts=facts)


def _stored(
    name: str, home: Path, clock: Clock, as_of: Instant | None, asset: str | None, held: ExitStack
) -> _Opened:
    from tools.facts.credits import credit
    from tools.facts.stored import StoredFacts
    from tools.identity.spelling import folded
    from tools.market.stored_market import StoredMarket
    from tools.store.assets import known
    from tools.store.store import Store

    today = clock.now()
    if as_of is not None and as_of > today:
        raise UsageError(
            f"{iso(as_of)} has not come yet", "Ask as of a time that has passed; 'sim' alone has a future."
        )
    store = held.enter_context(closing(Store.open(home, clock)))
    series, assets = store.series(), known(store.connection)
    reach: dict[str, tuple[Instant, Instant]] = {}
    for info in (one for one in series if one.key.kind == "ohlcv"):
        end = Instant(info.last + info.interval.ms)
        first, last = reach.get(info.symbol, (info.first, end))
        reach[info.symbol] = min(first, info.first), max(last, end)
    now = today if as_of is None else as_of
    if as_of is None and name == "replay" and reach:
        symbol = names_in_store(series, assets, today).symbols.get(folded(asset or ""))
        ends = [reach[symbol]] if symbol is not None else reach.values()
        now = min(today, max(last for _, last in ends))
    for info in (one for one in series if one.key.kind != "ohlcv"):
        name_of = f"{info.key.kind}:{info.asset}"
        first, last = reach.get(name_of, (info.first, info.last))
        reach[name_of] = min(first, info.first), max(last, info.last)
    market = StoredMarket(store, SimulatedClock(now), series, now)
    facts = StoredFacts(series, store.rows, store.articles, credit)
    names = names_in_store(series, assets, now)
    return _Opened(name, market, names, "store", reach, Registry(assets), facts)


def _account_part(
    then: AccountThen | None, opened: _Opened, home: Path, clock: Clock, held: ExitStack
) -> dict[str, Any]:
    """The account's fields of `AskContext`; without one only the limits that it would trade under."""
    if then is None:
        return {"limits": _limits_of(home)}
    marks: dict[str, Decimal] = {}
    if then.portfolio.positions:
        market = opened.market
        if then.market != opened.spec or then.at != market.now:
            market = _open(parse_spec(then.market), home, clock, then.at, None, held).market
        for symbol in then.portfolio.positions:
            close = market.close(symbol) if symbol in market.symbols else Missing(symbol, "no_data")
            if not isinstance(close, Missing):
                marks[symbol] = published(close[0])
    whole = all(symbol in marks for symbol in then.portfolio.positions)
    return {
        "portfolio": then.portfolio,
        "marks": marks,
        "equity": then.portfolio.equity(marks) if whole else None,
        "peak": then.peak,
        "state": then.state,
        "limits": then.limits,
        "records": then.records,
        "account_at": then.at,
        "account_simulated": then.simulated,
    }


def _limits_of(home: Path) -> dict[str, Any]:
    from strategies.risk.in_force import describe
    from strategies.risk.limits import limits_from

    file = home / "limits.toml"
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is not TOML: {error}", "Mend that line.") from error
    return describe(limits_from(raw))
