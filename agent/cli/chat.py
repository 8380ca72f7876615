"""``tokenwise chat``: question after question in one thread; with a question on the line, just that one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from agent.cli.ask import flags_from, one_answer, options
from agent.cli.session import answer, complain, session
from core.errors import ModelError, NoAnswerError, UsageError

if TYPE_CHECKING:
    from agent.cli.talking import Talking

_QUIT = {"/quit", "/exit", "/q"}
_HELP = "Ask in your own words. /quit ends; the thread can be taken up again with --thread."


@click.command("chat")
@options
@click.argument("question", required=False)
def app(question: str | None, **flags: object) -> None:
    """Talk about prices, trends, on-chain facts, news, your portfolio, decisions and limits. /quit ends."""
    if question is not None:
        one_answer("chat", question, flags)
        return
    from agent.cli.talking import Talking

    show_evidence = bool(flags.pop("show_evidence"))
    with Talking(flags_from(flags)) as talking:
        told = list(_turns(talking, show_evidence=show_evidence))
        thread = talking.thread
    if session().json:
        answer("chat", {"thread": thread, "answers": told}, lambda: None)


def _turns(talking: Talking, *, show_evidence: bool) -> Iterator[dict[str, Any]]:
    from agent.cli.talking import Printer

    for question in _questions(talking.thread):
        printer = Printer()
        listen = (lambda _event, _about: None) if session().json else printer.listen
        try:
            answered, simulated = talking.ask(question, listen)
        except (UsageError, ModelError, NoAnswerError) as error:
            # a conversation outlives a question that could not be answered
            complain(error, as_json=False)
            continue
        if not session().json:
            printer.finish(answered, simulated=simulated, show_evidence=show_evidence)
            print(flush=True)
        yield answered.data


def _questions(thread: str) -> Iterator[str]:
    """What a person types until /quit or the end of the input; empty lines are passed over."""
    is_terminal = sys.stdin.isatty()
    if is_terminal:
        print(f"thread {thread}. {_HELP}", file=sys.stderr)
    while True:
        try:
            line = input("you> ") if is_terminal else input()
        except EOFError:
            return
        text = line.strip()
        if text in _QUIT:
            return
        if text in {"/help", "/?"}:
            print(_HELP, file=sys.stderr)
        elif text:
            yield text
