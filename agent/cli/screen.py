"""``tokenwise screen``: who passes your filters, and the picks for a horizon with what would break each."""

from __future__ import annotations

from collections.abc import Sequence

import click

from agent.cli.session import answer, session

_MOST = 100


@click.command(
    name="screen",
    help="Assets that pass every FILTER, the best first.\n\n"
    "FILTER compares a grade (trader, investor, technical, quant, fundamental, valuation, usage, coverage, "
    "change_7d), an indicator (return_30) or a fact (fdv, market_cap, revenue, tvl) with a number, or names a "
    "narrative. Quote it: tokenwise screen 'trader>=60' 'fdv<1e9' narrative=AI 'return_30>0.1'. "
    "Fractions are fractions (0.1 is 10 %), money is in USD; fees, revenue and volumes are of a day.",
)
@click.option("--sort", metavar="METRIC", help="Most of it first; the trader grade unless told.")
@click.option(
    "--limit", type=click.IntRange(1, _MOST), default=20, show_default=True, help="How many assets at most."
)
@click.option(
    "--picks",
    type=click.Choice(["long_term", "short_term"]),
    help="The best by the investor or the trader grade (60 or more unless a filter says so), with a thesis each.",
)
@click.option("--narrative", metavar="N", help="Only assets of this narrative.")
@click.option("--market", default="auto", show_default=True, metavar="M", help="auto, replay or sim?…")
@click.option("--as-of", metavar="T", help="Answer as it was known at this time.")
@click.argument("filters", nargs=-1, metavar="[FILTER]...")
def app(
    filters: Sequence[str],
    sort: str | None,
    limit: int,
    picks: str | None,
    narrative: str | None,
    market: str,
    as_of: str | None,
) -> None:
    """Answers what `get_screen` answers."""
    from agent.cli.get_facts import no_fact
    from agent.cli.screen_tables import tell_screen
    from agent.runtime.asking import asking
    from core.instant import instant
    from tools.ask import read_arguments, tool_named
    from tools.clocks import SystemClock
    from tools.desk.screening.filters import narrative_named, read_filter

    for text in filters:
        read_filter(text)  # refused before a market is opened
    if narrative is not None:
        narrative_named(narrative)
    tool = tool_named("get_screen")
    given = {"sort": sort, "picks": picks, "narrative": narrative}
    raw = {key: value for key, value in given.items() if value is not None}
    arguments = read_arguments(tool, {"filters": list(filters), "limit": limit, **raw})
    moment = None if as_of is None else instant(as_of)
    with asking(market, session().home, SystemClock(), as_of=moment) as asked:
        reply = tool.answer(arguments, asked.context)
        if not reply.evidence:
            raise no_fact(tool, asked, reply)
        data = reply.told()
        restated = reply.data["restated"]
        warnings = [{"code": "restated", "message": _restated(restated)}] if restated else []
        answer(
            "screen",
            data,
            lambda: tell_screen(reply.data, simulated=asked.simulated),
            as_of=asked.context.now,
            simulated=asked.simulated,
            warnings=warnings,
        )


def _restated(names: Sequence[str]) -> str:
    return f"{', '.join(names)}: today's revised history, not what was shown then"
