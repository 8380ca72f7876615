"""Answers that come in pages, as one answer: whole, or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import replace
from typing import TypeVar

from core.observation import NoData, Ok, Outcome
from tools.sources.answer import Answer

R = TypeVar("R")


async def pages(
    ask: Callable[[int], Awaitable[Outcome[Answer[R]]]],
    full: int,
    most: int,
    same: Callable[[R], Hashable],
) -> Outcome[Answer[R]]:
    """Pages 1, 2 … until one is not *full*, or *most* of them; a row met before (by *same*) counts once.

    A page that fails fails the whole: half a list looks like a whole one. A server that sends a page again
    has no more.
    """
    found: list[Answer[R]] = []
    for page in range(1, most + 1):
        outcome = await ask(page)
        if not isinstance(outcome, Ok):
            if isinstance(outcome, NoData) and found:
                break
            return outcome
        is_again = bool(found) and {same(r) for r in outcome.value.rows} <= {
            same(r) for a in found for r in a.rows
        }
        found.append(outcome.value)
        if is_again or outcome.value.received < full:
            break
    return Ok(joined(found, same))


def joined(answers: Sequence[Answer[R]], same: Callable[[R], Hashable]) -> Answer[R]:
    """Several answers of one source as one, as old as the oldest; a row met before counts once."""
    rows = {same(row): row for answer in reversed(answers) for row in reversed(answer.rows)}
    return replace(
        answers[0],
        rows=tuple(reversed(rows.values())),
        fetched_at=min(answer.fetched_at for answer in answers),
        left_out=tuple(why for answer in answers for why in answer.left_out),
        received=sum(answer.received for answer in answers),
    )
