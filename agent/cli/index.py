"""``tokenwise index``: a rule-based basket, its constituents as they were known, and what holding it would have done."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from agent.cli.session import answer, session
from core.errors import NoAnswerError, UsageError

if TYPE_CHECKING:
    from agent.runtime.asking import Asking
    from agent.runtime.index_run import BackComputed
    from core.instant import Instant
    from strategies.baskets.basket import Basket, Composition


@click.command(name="index")
@click.argument("name", required=False, metavar="[NAME|SPEC]")
@click.option("--market", default="auto", show_default=True, metavar="M", help="auto, replay or sim?…")
@click.option("--from", "start", metavar="T", help="Hold it from here on, and say what that did.")
@click.option("--until", metavar="T", help="End, exclusive (default: as far as there are candles).")
@click.option("--rebalance", metavar="SPAN", help="How often it is put together again, such as 30d.")
@click.option("--cash", default="10000 USDT", show_default=True, help="What is invested.")
@click.option("--costs", help="maker=…&taker=…&slippage_bps=…&impact=…&latency=…&participation=…, or none.")
@click.option("--as-of", metavar="T", help="Constituents as they were known at this time (default: --until).")
def app(
    name: str | None,
    market: str,
    start: str | None,
    until: str | None,
    rebalance: str | None,
    cash: str,
    costs: str | None,
    as_of: str | None,
) -> None:
    """A basket by its rule: constituents, weights and why; with --from what holding it would have done.

    Without NAME: the indices that have one. A rule: 'top?by=return_90&count=10&weight=equal' or 'narrative:AI?weight=capped&cap=0.25'.
    """
    from agent.cli.index_tables import tell_index, tell_names
    from agent.runtime.asking import asking
    from core.instant import instant, iso
    from tools.clocks import SystemClock
    from tools.desk.indices.index import index_of
    from tools.desk.indices.spec import NAMED, canonical_index

    if name is None:
        rows = [{"name": one, "index": canonical_index(one)[0]} for one in NAMED]
        answer("index", {"indices": rows}, lambda: tell_names(rows))
        return
    spec, basket = canonical_index(name, rebalance)
    begin = None if start is None else instant(start)
    end = None if until is None else instant(until)
    if begin is None and end is not None:
        raise UsageError("--until is the end of a window that has no beginning", "Give --from as well.")
    if begin is not None and end is not None and begin >= end:
        raise UsageError(f"--from {iso(begin)} is not before --until {iso(end)}", "Choose a wider window.")
    moment = end if as_of is None else instant(as_of)
    if end is not None and moment is not None and end > moment:
        raise UsageError(
            f"--until {iso(end)} is after --as-of {iso(moment)}", "What comes later is not known then."
        )
    wall = SystemClock()
    with asking(market, session().home, wall, as_of=moment) as asked:
        composition = index_of(basket, asked.context)
        now = asked.context.now
    if not composition.members and begin is None:
        raise _nobody(name, composition, asked)
    lived = None
    if begin is not None:
        lived = _lived(spec, basket, market, (begin, now if end is None else end), cash=cash, costs=costs)
    data = _data(spec, basket, composition, lived, now)
    answer(
        "index",
        data,
        lambda: tell_index(name, data, simulated=asked.simulated),
        as_of=now,
        simulated=asked.simulated,
    )


def _lived(
    spec: str, basket: Basket, market: str, window: tuple[Instant, Instant], *, cash: str, costs: str | None
) -> BackComputed:
    import asyncio

    from agent.cli.progress import Progress
    from agent.runtime.index_run import back_compute
    from agent.runtime.index_world import index_world
    from agent.runtime.schedule import Schedule
    from core.market import Costs
    from core.money import money
    from tools.clocks import SystemClock
    from tools.exchange.paper.costs import parse_costs

    wall, invested = SystemClock(), money(cash)
    start, until = window
    place = index_world(market, session().home, wall, start=start, until=until, quote=invested.asset)
    world = place.world
    schedule = Schedule(world.start, world.until, world.grain, world.grain)
    with Progress(schedule, wall) as progress:
        return asyncio.run(
            back_compute(
                spec,
                basket,
                place,
                cash=invested,
                costs=Costs() if costs is None else parse_costs(costs),
                wall=wall,
                progress=progress,
            )
        )


def _data(
    spec: str, basket: Basket, composition: Composition, lived: BackComputed | None, now: Instant
) -> dict[str, Any]:
    from agent.report.index_story import performance_of, rebalances_of
    from core.instant import duration_text, iso
    from tools.desk.indices.index import told

    return {
        "index": spec,
        "universe": basket.narrative or "all",
        "weights": str(basket.weight),
        "rebalance": duration_text(basket.rebalance_ms),
        "as_of": iso(now),
        **told(composition, basket.by),
        "performance": None if lived is None else performance_of(lived),
        "rebalances": [] if lived is None else rebalances_of(lived),
    }


def _nobody(name: str, composition: Composition, asked: Asking) -> NoAnswerError:
    from core.instant import iso

    counted = Counter(one.why.partition(":")[0] for one in composition.left_out)
    reasons = ", ".join(f"{count:,} {why.replace('_', ' ')}" for why, count in counted.most_common(4))
    told = f" ({reasons})" if reasons else ""
    return NoAnswerError(
        f"no asset of this market belongs to {name} at {iso(asked.context.now)}{told}",
        "Choose another --as-of or --market, import candles, or loosen the rule.",
        code="no_constituents",
    )
