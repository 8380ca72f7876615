"""Gone at every point of an order's way, again and again: the account ends with nothing lost and nothing twice.

The points: before the intent, after it, before and after the venue has the order, after the reply is
known, after a fill is in the ledger, and in the middle of holding the books against the venue.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.runtime.desk import Desk
from core.events import Event, Filled, Started, Submitted
from tests.crashes.audit import audited
from tests.crashes.worker import setting, work

ROWS, DEATHS = 48, 20


class Killed(BaseException):
    """The process is gone."""


def writes(wanted: type, *, after: bool) -> Callable[[Desk], None]:
    """Dies before or after a write that holds an event of the kind *wanted*."""

    def prepare(desk: Desk) -> None:
        real = desk.recorder.write

        def write(at: int, *events: Event, **named: object) -> None:
            is_it = any(isinstance(event, wanted) for event in events)
            if is_it and not after:
                raise Killed
            real(at, *events, **named)  # type: ignore[arg-type]
            if is_it:
                raise Killed

        desk.recorder.write = write  # type: ignore[method-assign, assignment]

    return prepare


def calls(name: str, *, after: bool) -> Callable[[Desk], None]:
    """Dies before or after a call to the venue."""

    def prepare(desk: Desk) -> None:
        real = getattr(desk.exchange, name)

        async def called(*arguments: object) -> object:
            if not after:
                raise Killed
            try:
                return await real(*arguments)
            finally:
                raise Killed

        setattr(desk.exchange, name, called)

    return prepare


def acknowledges(desk: Desk) -> None:
    """Dies when the reply is known and has not been written down."""

    def later(*_: object) -> None:
        raise Killed

    desk.recorder.later = later  # type: ignore[method-assign]


def reconciles(desk: Desk) -> None:
    """Dies between the second and the third question of a pass."""
    real, asked = desk.exchange.balances, 0

    async def balances() -> object:
        nonlocal asked
        asked += 1
        if asked > 1 or not desk.account.beat:
            raise Killed
        return await real()

    desk.exchange.balances = balances  # type: ignore[method-assign, assignment]


POINTS: dict[str, Callable[[Desk], None]] = {
    "before the intent": writes(Submitted, after=False),
    "after the intent": writes(Submitted, after=True),
    "before the wire": calls("submit", after=False),
    "after the send": calls("submit", after=True),
    "after the reply": acknowledges,
    "before the ledger": writes(Filled, after=False),
    "after the ledger": writes(Filled, after=True),
    "after the start": writes(Started, after=True),
    "in mid-reconcile": reconciles,
    "before a cancel": calls("cancel", after=False),
    "after a cancel": calls("cancel", after=True),
}


@pytest.mark.parametrize("point", POINTS)
def test_whoever_dies_there_again_and_again_loses_and_doubles_nothing(point: str, tmp_path: Path) -> None:
    chosen, deaths = setting(3, rows=ROWS), 0
    for death in range(DEATHS):
        try:
            # every other life goes on a little before it dies
            work(tmp_path, chosen, POINTS[point] if death % 2 else lively(POINTS[point]))
        except Killed:
            deaths += 1
    work(tmp_path, chosen)
    found = audited(tmp_path)
    assert deaths > DEATHS // 4
    assert found.approved > 10
    assert found.is_clean, found


def lively(point: Callable[[Desk], None]) -> Callable[[Desk], None]:
    """*point*, from the tenth beat on."""

    def prepare(desk: Desk) -> None:
        beats = 0

        def progress(_: int) -> None:
            nonlocal beats
            beats += 1
            if beats == 4:
                point(desk)

        desk.progress = progress

    return prepare
