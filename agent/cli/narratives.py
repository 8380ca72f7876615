"""``tokenwise narratives``: which narratives lead, what flows into them, and where money rotates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agent.cli.session import answer, session

if TYPE_CHECKING:
    from tools.ask import AskContext


@click.command(
    name="narratives",
    help="Narratives by the return of their assets, with breadth, grades, TVL and volume flows, and whether "
    "money moves in or out. With a NAME (AI, DeFi ...) that one, with an ASSET those that it belongs to.",
)
@click.option("--market", default="auto", show_default=True, metavar="M", help="auto, replay or sim?…")
@click.option("--as-of", metavar="T", help="Answer as it was known at this time.")
@click.argument("name", required=False, metavar="[NAME|ASSET]")
def app(name: str | None, market: str, as_of: str | None) -> None:
    """Answers what `get_narratives` answers."""
    from agent.cli.get_facts import no_fact
    from agent.cli.narratives_tables import tell_narratives
    from agent.runtime.asking import asking
    from core.assets import NARRATIVES
    from core.instant import instant
    from tools.ask import read_arguments, tool_named
    from tools.clocks import SystemClock

    tool = tool_named("get_narratives")
    moment = None if as_of is None else instant(as_of)
    with asking(market, session().home, SystemClock(), as_of=moment) as asked:
        chosen = {} if name is None else _chosen(name, asked.context)
        reply = tool.answer(read_arguments(tool, {"limit": len(NARRATIVES), **chosen}), asked.context)
        if not reply.evidence:
            raise no_fact(tool, asked, reply)
        data = reply.told()
        restated = any("restated" in one["flags"] for one in reply.data["narratives"])
        warnings = [{"code": "restated", "message": _RESTATED}] if restated else []
        answer(
            "narratives",
            data,
            lambda: tell_narratives(reply.data, simulated=asked.simulated),
            as_of=asked.context.now,
            simulated=asked.simulated,
            warnings=warnings,
        )


_RESTATED = "tvl: today's revised history, not what was shown then"


def _chosen(name: str, context: AskContext) -> dict[str, str]:
    """Whether *name* is a narrative or an asset.

    Raises:
        UsageError: neither; every narrative is a candidate.
        NoAnswerError: an asset that is not clear, or has no prices here.
    """
    from agent.cli.asset_named import not_found
    from core.assets import NARRATIVES
    from core.observation import Missing
    from tools.ask import candidates, resolve
    from tools.desk.screening.filters import narrative_named

    if name.strip().casefold() in {one.casefold() for one in NARRATIVES}:
        return {"narrative": name}
    symbol = resolve(context, name)
    if isinstance(symbol, Missing):
        if symbol.why == "unknown_asset":
            narrative_named(name)
        raise not_found(name, symbol.why, candidates(context, name))
    return {"asset": name}
