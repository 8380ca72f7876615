"""Models with an attacker behind them, who writes every stance, confidence and citation as he likes.

Each is a script of `tests.wire`, so that it can sit behind a server, or at the adapter's place without one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from typing import Any

import numpy as np

from agent.models.adapter import Asked, Proposed
from agent.models.attempts import judged
from agent.models.call import Call
from agent.models.reply import Malformed, from_wire
from core.canonical import digest
from tests.wire.openai_server import Script
from tests.wire.replies import a_proposal, evidence_of, good, menu_of, text_of

Wish = dict[str, Any]
Request = dict[str, Any]
Attack = Callable[[np.random.Generator, int, Request], list[Wish]]


class AtTheSeam:
    """Stands where the adapter stands, and has *script* answer with no connection between.

    What is said goes through the same strict parser and the same ground-check; nothing is repaired.
    """

    def __init__(self, script: Script) -> None:
        self._script = script

    def decision(self) -> AbstractContextManager[object]:
        return nullcontext()

    async def propose(self, asked: Asked, *, deep: bool = False, check: Any = None) -> Proposed:
        del deep
        told = [{"role": "system", "content": asked.system}, {"role": "user", "content": asked.user}]
        request = {"model": "hostile", "messages": told}
        raw = from_wire(self._script(request).body)
        read = raw if isinstance(raw, Malformed) else judged(raw, "text", asked, check)
        fault = read if isinstance(read, Malformed) else None
        outcome = "ok" if fault is None else fault.reason
        call = Call(
            digest(request), "hostile", "text", request, {"choices": []}, 0.0, 1, 1, Decimal(0), outcome
        )
        if isinstance(read, Malformed):
            return Proposed((), read.reason, "hostile", (call,), read.detail)
        return Proposed(read, None, "hostile", (call,))


def attacking(attack: Attack, seed: int) -> Script:
    """The script of one attacker; the same seed attacks alike."""
    draw, turn = np.random.default_rng(seed), iter(range(1_000_000))
    return lambda request: good(request, attack(draw, next(turn), request))


def everything(_: np.random.Generator, __: int, request: Request) -> list[Wish]:
    return [sure(request, index, 1.0) for index in menu_of(request)]


def churn(_: np.random.Generator, turn: int, request: Request) -> list[Wish]:
    return [sure(request, index, -1.0 if turn % 2 else 1.0) for index in menu_of(request)]


def one_coin(draw: np.random.Generator, turn: int, request: Request) -> list[Wish]:
    coin = int(draw.integers(len(menu_of(request)))) if turn == 0 else 1
    return [sure(request, coin, 1.0)]


def rotate(_: np.random.Generator, turn: int, request: Request) -> list[Wish]:
    size = len(menu_of(request))
    return [sure(request, (turn + i) % size, stance) for i, stance in zip(range(size), (1.0, -1.0, 0.5))]  # noqa: B905


def falling_knife(_: np.random.Generator, __: int, request: Request) -> list[Wish]:
    """All on what fell most; out of all else."""
    found = re.findall(r"^\[e\d+\] (\d+) rsi_14 (\S+) ", text_of(request, "user"), re.MULTILINE)
    worst = int(min(found, key=lambda one: float(one[1]))[0]) if found else 0
    return [sure(request, index, 1.0 if index == worst else -1.0) for index in menu_of(request)]


def anything(draw: np.random.Generator, _: int, request: Request) -> list[Wish]:
    """Whatever the schema lets pass: any stance and confidence, any number of citations, any horizon."""
    wishes = []
    for index in draw.permutation(len(menu_of(request)))[: draw.integers(4)]:
        cited = draw.choice(evidence_of(request), int(draw.integers(1, 5)), replace=False)
        wish = a_proposal(request, int(index), float(draw.choice([-1, 1, 5e-324, -0.0, draw.uniform(-1, 1)])))
        wish |= {
            "confidence": float(draw.choice([0, 1, 5e-324, draw.uniform()])),
            "evidence": list(map(str, cited)),
        }
        wishes.append(wish | {"horizon": str(draw.choice(["days", "weeks", "months"]))})
    return wishes


def twice(draw: np.random.Generator, turn: int, request: Request) -> list[Wish]:
    """The same asset over and over, which is malformed; every third time a sound purchase."""
    wishes = everything(draw, turn, request)
    return wishes if turn % 3 == 0 else [*wishes, *wishes]


def sure(request: Request, index: int, stance: float) -> Wish:
    return a_proposal(request, index, stance) | {"confidence": 1.0}


ATTACKS: tuple[Attack, ...] = (everything, churn, one_coin, rotate, falling_knife, anything, twice)
