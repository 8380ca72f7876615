"""``tokenwise ask "…"``: one question, one answer with its evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from agent.cli.session import answer, session
from core.errors import NoAnswerError

if TYPE_CHECKING:
    from agent.cli.talking import Flags

_OPTIONS = (
    click.option("--as-of", metavar="T", help="Answer as it was known at this time."),
    click.option("--market", default="auto", show_default=True, metavar="M", help="auto, replay or sim?…"),
    click.option("--thread", metavar="ID", help="Go on with this conversation."),
    click.option(
        "--decider", metavar="D", help="offline, llm or llm:MODEL (default: llm where one is configured)."
    ),
    click.option("--account", default="paper", show_default=True, metavar="A", help="Whose portfolio it is."),
    click.option("--show-evidence", is_flag=True, help="Print every fact that the answer may rest on."),
)


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives *command* the flags that ``ask`` and ``chat`` share."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("ask")
@options
@click.argument("question")
def app(question: str, **flags: object) -> None:
    """Ask about a price, trend, levels, on-chain facts, funding, mood, news, your portfolio, decisions or limits."""
    one_answer("ask", question, flags)


def one_answer(name: str, question: str, flags: dict[str, object]) -> None:
    """Asks once and tells the answer; exit 3 where the answer is a question back."""
    from agent.cli.talking import Printer, Talking
    from agent.graph.conversation.talk import check_question

    check_question(question)
    show_evidence = bool(flags.pop("show_evidence"))
    printer = Printer()
    with Talking(flags_from(flags)) as talking:
        listen = (lambda _event, _about: None) if session().json else printer.listen
        answered, simulated = talking.ask(question, listen)
    answer(
        name,
        answered.data,
        lambda: printer.finish(answered, simulated=simulated, show_evidence=show_evidence),
        as_of=answered.now,
        simulated=simulated,
        warnings=[*_warnings(answered.data), *answered.warnings],
    )
    if answered.unresolved:
        raise click.exceptions.Exit(NoAnswerError.exit_status)


def _warnings(data: dict[str, Any]) -> list[dict[str, str]]:
    if not any(one["why"] == "stale" for one in data["missing"]):
        return []
    text = "the newest prices here are too old for that time; --market replay or --as-of T asks of another"
    return [{"code": "stale", "message": text}]


def flags_from(given: dict[str, object]) -> Flags:
    """The flags, read."""
    from agent.cli.talking import Flags
    from core.instant import instant

    as_of = given.pop("as_of")
    return Flags(**given, as_of=None if as_of is None else instant(str(as_of)))  # type: ignore[arg-type]  # click's types
