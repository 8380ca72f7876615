"""``tokenwise data fetch``: from the public sources into the store; a plan first, then polite, then told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from agent.cli import data_fetch_tables as tables
from agent.cli.session import answer, session
from core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.assets import AssetRef
    from core.instant import Instant
    from tools.fetching.asking import Asked
    from tools.fetching.report import Report
    from tools.fetching.step import Step
    from tools.fetching.world import World
    from tools.identity import Registry
    from tools.store.store import Store

_NOTHING_CAME = 3
_CUT = 130
_USUAL_ASSETS = ("bitcoin", "ethereum", "solana", "sui")
_USUAL_DAYS = 365
_OPT_INS = ("coinmetrics",)

_HELP = """Fetch from the public sources into the store.

WHAT is one or more of:

\b
{whats}

Without WHAT all of them but assets and grades. Nothing is fetched twice: the same command goes on where it
was left, also after Ctrl-C; -v tells each series. Keys come from the environment: TOKENWISE_KEY_COINGECKO, TOKENWISE_KEY_TOKENMETRICS.
"""


def _help() -> str:
    from tools.fetching.whats import WHATS

    width = max(map(len, WHATS))
    return _HELP.format(whats="\n".join(f"  {what:<{width}}  {about}" for what, about in WHATS.items()))


@click.command("fetch", help=_help(), short_help="Fetch from the public sources into the store.")
@click.argument("whats", nargs=-1, metavar="[WHAT]...")
@click.option(
    "--assets", metavar="ID,...", help="Which assets (those of the store, else BTC, ETH, SOL, SUI)."
)
@click.option("--from", "since", metavar="T", help=f"From when on ({_USUAL_DAYS} days ago).")
@click.option("--until", metavar="T", help="Until before when (now).")
@click.option("--interval", "width", default="1h", show_default=True, metavar="I", help="Width of candles.")
@click.option("--venue", metavar="V", help="Only this exchange (binance, else okx, kraken, coinbase).")
@click.option("--top", default=500, show_default=True, metavar="N", help="How many coins 'assets' takes.")
@click.option("--opt-in", metavar="NAME,...", help="Say yes to a licence: coinmetrics (CC BY-NC 4.0).")
@click.option("--refresh", is_flag=True, help="Ask again for what is there, to see what was changed since.")
@click.option("--plan", "only_plan", is_flag=True, help="Print the plan and fetch nothing.")
@click.option("--yes", is_flag=True, help="Do not ask whether to begin.")
def fetch_command(
    whats: Sequence[str], *, opt_in: str | None, only_plan: bool, yes: bool, **flags: Any
) -> None:
    """Plans, fetches, tells."""
    from agent.settings import provider_keys, provider_urls
    from tools.clocks import SystemClock
    from tools.fetching.planning import plan
    from tools.fetching.world import opened

    chosen = _whats(whats)
    opted_in = _opted_in(opt_in)
    clock = SystemClock()
    with opened(
        session().home,
        clock,
        lambda store, registry: _asked(chosen, flags, store, registry, clock.now()),
        urls=provider_urls(),
        keys=provider_keys(),
        opted_in=opted_in,
    ) as world:
        steps = plan(world)
        if not session().json or only_plan:
            tables.tell_plan(steps, quiet=session().json)
        if not only_plan and _may_begin(steps, yes=yes):
            _fetch(world, steps)
        report, now = world.report, clock.now()
    data = {"plan": [_planned(step) for step in steps], **_told(report)}
    warnings = [{"code": code, "message": message} for code, message in report.findings]
    everything = session().verbose
    answer(
        *(
            "data_fetch",
            data,
            lambda: None if only_plan else tables.tell_report(report, everything=everything),
        ),
        as_of=now,
        warnings=warnings,
    )
    if report.is_cut:
        raise click.exceptions.Exit(_CUT)
    if report.is_empty:
        raise click.exceptions.Exit(_NOTHING_CAME)


def _fetch(world: World, steps: Sequence[Step]) -> None:
    from tools.fetching.running import run

    with tables.Progress(steps, world.clock) as progress:
        world.listener = progress
        try:
            asyncio.run(run(world, steps))
        except (KeyboardInterrupt, asyncio.CancelledError):
            world.report.is_cut = True


def _may_begin(steps: Sequence[Step], *, yes: bool) -> bool:
    """Whether a person says yes, where one is there and there is something to say yes to."""
    if yes or session().json or not any(step.skipped is None for step in steps):
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    return click.confirm("Begin?", default=True, err=True)


def _whats(given: Sequence[str]) -> tuple[str, ...]:
    from tools.fetching.whats import USUAL, WHATS

    for what in given:
        if what not in WHATS:
            raise UsageError(
                f"there is no {what!r} to fetch", f"Fetch {', '.join(WHATS)}.", candidates=[*WHATS]
            )
    return tuple(what for what in WHATS if what in given) or USUAL


def _opted_in(given: str | None) -> frozenset[str]:
    names = {name.strip() for name in (given or "").split(",") if name.strip()}
    unknown = sorted(names.difference(_OPT_INS))
    if unknown:
        raise UsageError(
            f"there is no {unknown[0]!r} to opt in to",
            f"It can be {', '.join(_OPT_INS)}.",
            candidates=_OPT_INS,
        )
    return frozenset(names)


def _asked(
    whats: Sequence[str], flags: Mapping[str, Any], store: Store, registry: Registry, now: Instant
) -> Asked:
    from core.instant import DAY, Instant, instant, interval, iso
    from tools.fetching.asking import Asked, Span

    width = interval(flags["width"])
    until = now if flags["until"] is None else instant(flags["until"])
    if until > now:
        raise UsageError(f"--until {iso(until)} is after now", "What is to come cannot be fetched.")
    since = (
        Instant(until - until % DAY - _USUAL_DAYS * DAY)
        if flags["since"] is None
        else instant(flags["since"])
    )
    if since >= until:
        raise UsageError(f"--from {iso(since)} is not before {iso(until)}", "Give an earlier --from.")
    if flags["top"] < 1:
        raise UsageError(f"--top {flags['top']} is no number of coins", "Give 1 or more.")
    venue = flags["venue"]
    if venue is not None:
        from tools.market.live_wire import client_of

        client_of(venue, None, ("spot",))
    assets = _assets(flags["assets"], store, registry)
    return Asked(whats, assets, Span(since, until), width, venue, flags["refresh"], flags["top"])


def _assets(given: str | None, store: Store, registry: Registry) -> tuple[AssetRef, ...]:
    if given is not None:
        names = [name.strip() for name in given.split(",") if name.strip()]
        if not names:
            raise UsageError("--assets names none", "Write it as --assets bitcoin,sui.")
        mend = "Say it by its id at CoinGecko; 'data fetch assets' makes more assets known."
        found = [registry.the_one(name, mend=mend) for name in names]
        return tuple({one.id: one for one in found}.values())
    stored = [info.asset for info in store.series() if info.key.kind == "ohlcv"]
    named = [asset for asset in dict.fromkeys(stored) if asset in registry.assets]
    return tuple(registry.assets[asset] for asset in named or _USUAL_ASSETS)


def _planned(step: Step) -> dict[str, Any]:
    return {
        "what": step.what,
        "asset": step.about,
        "source": step.source,
        "calls": step.calls,
        "key": step.key or None,
        "skipped": None if step.skipped is None else step.skipped[0],
    }


def _told(report: Report) -> dict[str, Any]:
    told: dict[str, Any] = {
        "fetched": [
            {
                "asset": key.asset,
                "kind": key.kind,
                "metric": key.metric or None,
                "venue": key.venue or None,
                "symbol": key.symbol or None,
                "interval": str(key.interval) if key.interval.ms else None,
                "source": key.source,
                "rows_new": one.new,
                "rows_same": one.same,
                "rows_revised": one.revised,
            }
            for key, one in report.fetched.items()
        ],
        "failed": [{"what": one.what, "why": one.why, "code": one.code} for one in report.failed],
        "attribution": [
            {"source": source, "attribution": attribution, "licence": licence}
            for source, (attribution, licence) in report.notices.items()
        ],
        "interrupted": report.is_cut,
    }
    if report.assets is not None:
        counts = report.assets
        one = {"asset": "market", "kind": "assets", "metric": None, "venue": None, "symbol": None}
        rows = {"rows_new": counts.new, "rows_same": counts.same, "rows_revised": counts.revised}
        told["fetched"].insert(0, {**one, "interval": None, "source": "coingecko", **rows})
    return told
