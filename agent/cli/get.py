"""``tokenwise get NAME [ASSET] [--key value]``: one answer, as everybody else gets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from agent.cli.asset_named import not_found, within
from agent.cli.session import answer, session
from core.errors import NoAnswerError, UsageError

if TYPE_CHECKING:
    from agent.runtime.asking import Asking
    from tools.ask import Reply, Tool


@click.command(
    name="get",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True},
    help="One answer: tokenwise get price SUI. Without NAME, all of them.",
)
@click.option("--market", default="auto", show_default=True, metavar="M", help="auto, replay or sim?…")
@click.option("--as-of", metavar="T", help="Answer as it was known at this time.")
@click.option("--account", default="paper", show_default=True, metavar="A", help="Whose portfolio it is.")
@click.argument("name", required=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[ASSET] [--key value]...")
def app(name: str | None, words: Sequence[str], market: str, as_of: str | None, account: str) -> None:
    """Answers, or says why it cannot."""
    from agent.cli.get_tables import tell_reply, tell_tools
    from tools.ask import read_arguments, tool_named, tools

    if name is None:
        listed = [{"name": tool.name, "about": tool.about} for tool in tools().values()]
        answer("get", {"tools": listed}, lambda: tell_tools([*tools().values()]))
        return
    tool = tool_named(name)
    arguments = read_arguments(tool, _arguments(tool, words))
    from agent.runtime.asking import asking
    from core.instant import instant
    from tools.clocks import SystemClock

    with asking(
        market,
        session().home,
        SystemClock(),
        as_of=None if as_of is None else instant(as_of),
        asset=getattr(arguments, "asset", None),
        account=account if tool.of_account or market.startswith("sim") else None,
        of_account=tool.of_account,
    ) as asked:
        reply = tool.answer(arguments, asked.context)
        if reply.missing and not reply.evidence:
            raise _no_answer(tool, asked, reply)
        data = reply.told()
        simulated = asked.context.account_simulated if tool.of_account else asked.simulated
        answer(
            "get",
            data,
            lambda: tell_reply(reply, simulated),
            as_of=asked.context.now,
            simulated=simulated,
        )


def _arguments(tool: Tool, words: Sequence[str]) -> dict[str, Any]:
    """``[ASSET] --key value …`` as the tool's arguments."""
    found: dict[str, Any] = {}
    plain: list[str] = []
    feed = iter(words)
    for word in feed:
        if not word.startswith("--"):
            plain.append(word)
            continue
        key, equals, value = word[2:].partition("=")
        given = value if equals else next(feed, None)
        if given is None:
            raise UsageError(f"--{key} needs a value", f"Write it as --{key} VALUE.")
        _put(found, key.replace("-", "_"), given)
    first = next(iter(tool.Args.model_fields), None)
    if plain and first == "filters":
        _put(found, first, plain)
        plain = []
    elif plain and first in _UNNAMED:
        _put(found, first, plain.pop(0))
    if plain:
        raise UsageError(
            f"{tool.name} does not know what to do with {plain[0]!r}",
            f"Write it as: tokenwise get {_usage(tool)}",
        )
    return found


_UNNAMED = frozenset({"asset", "query", "index", "filters"})
"""First arguments that a plain word stands for."""


def _put(found: dict[str, Any], key: str, value: Any) -> None:
    if key in found:
        raise UsageError(f"{key} is given twice", "Give it once.")
    found[key] = value


def _usage(tool: Tool) -> str:
    keys = [*tool.Args.model_fields]
    head = [keys.pop(0).upper()] if keys and keys[0] in _UNNAMED else []
    return " ".join([tool.name.removeprefix("get_"), *head, *(f"[--{key} VALUE]" for key in keys)])


def _no_answer(tool: Tool, asked: Asking, reply: Reply) -> NoAnswerError:
    """The sentence, the mend and the candidates of a reply that tells nothing."""
    from agent.cli.get_facts import KINDS, no_fact
    from core.instant import iso

    why = reply.missing[0]
    if "candidates" in reply.data or tool.name == "find_asset":
        of = "data" if tool.name in KINDS else "prices"
        return _unknown(why.what, why.why, reply.data, of)
    if why.why == "no_account":
        return NoAnswerError(
            f"the account {asked.context.account!r} had not started by {iso(asked.context.now)}",
            "Start it with 'tokenwise paper', or name another with --account.",
            code="unknown_account",
        )
    if tool.name in KINDS:
        return no_fact(tool, asked, reply)
    if tool.name == "get_index":
        return NoAnswerError(
            f"no asset of this market belongs to {reply.data['index']} at {iso(asked.context.now)}",
            "Choose another --as-of or --market, import candles, or loosen the rule.",
            code="no_constituents",
        )
    symbol = str(reply.data.get("symbol") or reply.data.get("asset", {}).get("symbol"))
    what, told = why.what.replace("_", " "), why.why.replace("_", " ")
    return NoAnswerError(
        f"{symbol} has no {what} at {iso(asked.context.now)}: {told}",
        _LIVE_ONLY if why.what == "order_book" else within(asked, symbol),
        code=why.why.replace(":", "_"),
    )


_LIVE_ONLY = "Simulated and replayed markets keep candles only; ask for candles or the price."


def _unknown(name: str, why: str, data: Mapping[str, Any], of: str) -> NoAnswerError:
    near = data.get("candidates") or [match["id"] for match in data.get("matches", [])]
    return not_found(name, why, near, of)
