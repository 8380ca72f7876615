"""Bad replies by the thousand: to the parser alone, then over the wire through the real client and adapter.

    python benchmarks/malformed_replies.py [N] [--style all|tools|schema|text] [--parser N] [--seed N]

N (10,000) replies come from a local OpenAI-compatible server: two hundred named kinds, sound answers with
values near and beyond their bounds, and mutated bytes, seeded. Every one must end as an abstention with a
reason that fits, or as proposals inside the bounds; nothing may be raised, no decision may ask more than
three times, and none may outlive its deadline by a second. Exit status 1 otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agent.models.adapter import Adapter, Asked, Proposed, Routes, Way
from agent.models.attempts import Attempts
from agent.models.endpoint import Endpoint
from agent.models.prices import Prices
from agent.models.reply import Malformed, Style, from_wire, proposals_of
from agent.models.styles import Taken
from agent.models.transport import Line
from core.decision import Proposal
from core.instant import Instant
from tests.wire.asking import EVIDENCE, MENU, USER
from tests.wire.cases import REASONS, Case, a_case, bounds_broken
from tests.wire.malformed import STYLES
from tests.wire.openai_server import OpenAIServer, openai_server
from tests.wire.replies import Reply
from tools.clocks import SystemClock

DEADLINE_S = 20.0
SHORT_DEADLINE_S = 0.3
ATTEMPTS = 3
ASKED = Asked("You decide.", USER, MENU, dict.fromkeys(EVIDENCE))


@dataclass
class Tally:
    """What came of all cases, and what should not have."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    asked: int = 0

    def judge(self, case: Case, reason: str | None, proposals: tuple[Proposal, ...]) -> None:
        self.outcomes[reason or "proposals"] += 1
        if reason is None:
            broken = "it was accepted" if case.reasons else bounds_broken(proposals)
        else:
            allowed = case.reasons or REASONS
            broken = None if reason in allowed and not proposals else f"{reason}, not {' or '.join(allowed)}"
        if broken is not None:
            self.faults.append(f"{case.name}: {broken}")


class Unhurried(SystemClock):
    """The wall's time; a pause before another attempt takes none."""

    async def sleep_until(self, moment: Instant) -> None:
        del moment


def adapter(server: OpenAIServer, style: Style, deadline_s: float) -> Adapter:
    """The real adapter on *server*, without breaker and budget: those would hide what a reply does."""
    clock = Unhurried()
    line = Line(clock, Endpoint(server.url, None))
    attempts = Attempts(line, clock, Taken(style), Prices(), None)
    return Adapter(
        Way(line, attempts, Routes("test-model", "test-model"), None, has_budget=False), deadline_s=deadline_s
    )


def parse(count: int, styles: Sequence[Style], seed: int) -> tuple[Tally, float]:
    """*count* replies to the parser alone, and the seconds of CPU that it took."""
    draw, tally, took = np.random.default_rng(seed), Tally(), 0.0
    for number in range(count):
        style = styles[number % len(styles)]
        case = a_case(draw, style)
        began = time.process_time()
        raw = from_wire(case.reply.body)
        read = raw if isinstance(raw, Malformed) else proposals_of(raw, style, len(MENU), EVIDENCE)
        took += time.process_time() - began
        reason, proposals = (read.reason, ()) if isinstance(read, Malformed) else (None, read)
        tally.judge(case, reason, proposals)
    return tally, took


async def over_the_wire(count: int, styles: Sequence[Style], seed: int) -> Tally:
    """*count* decisions, each answered with one bad reply as often as it asks."""
    draw, tally, reply = np.random.default_rng(seed), Tally(), Reply()

    def script(request: dict[str, Any]) -> Reply:
        tally.asked += bool(request["messages"])
        return reply

    with openai_server(script) as server:
        usual = {style: adapter(server, style, DEADLINE_S) for style in styles}
        short = {style: adapter(server, style, SHORT_DEADLINE_S) for style in styles}
        for number in range(count):
            style = styles[number % len(styles)]
            case = a_case(draw, style, wire=True)
            reply, asked_before, began = case.reply, tally.asked, time.perf_counter()
            adapters, deadline = (short, SHORT_DEADLINE_S) if case.slow else (usual, DEADLINE_S)
            try:
                answer = await adapters[style].propose(ASKED)
            except Exception as error:
                tally.faults.append(f"{case.name}: raised {error!r}")
                continue
            tally.judge(case, answer.abstained, answer.proposals)
            _watch(tally, case, answer, tally.asked - asked_before, time.perf_counter() - began - deadline)
        for made in (*usual.values(), *short.values()):
            await made.aclose()
    return tally


def _watch(tally: Tally, case: Case, answer: Proposed, asked: int, over_s: float) -> None:
    if asked > ATTEMPTS or len(answer.calls) > ATTEMPTS:
        tally.faults.append(f"{case.name}: asked {asked} times")
    if over_s > 1:
        tally.faults.append(f"{case.name}: {over_s:.1f} s over its deadline")


def _told(name: str, count: int, took: float, tally: Tally) -> None:
    print(f"{name}: {count:,} replies in {took:.1f} s ({took / max(count, 1) * 1e6:,.0f} microseconds each)")
    print("   " + ", ".join(f"{outcome} {times:,}" for outcome, times in tally.outcomes.most_common()))
    for fault, times in Counter(tally.faults).most_common(20):
        print(f"   FAULT x{times}: {fault}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("--style", choices=("all", *STYLES), default="all")
    parser.add_argument("--parser", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    styles: Sequence[Style] = [style for style in STYLES if given.style in ("all", style)]
    alone, took = parse(given.parser, styles, given.seed)
    _told("parser", given.parser, took, alone)
    began = time.perf_counter()
    wired = asyncio.run(over_the_wire(given.count, styles, given.seed))
    _told("wire", given.count, time.perf_counter() - began, wired)
    print(f"   {wired.asked:,} requests arrived")
    return 1 if alone.faults or wired.faults else 0


if __name__ == "__main__":
    sys.exit(main())
