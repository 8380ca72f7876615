"""What the deciding graph costs per decision, without a model: 1, 5 and 12 assets, medians in
milliseconds of processor time (so that what else runs on the machine does not count).

Run: python benchmarks/graph_overhead.py [decisions]. ``whole``: a decision from the situation to the record,
with a model that answers at once; ``gather``: of that, reading the account and measuring the candles;
``beyond``: the rest, which is the graph, the prompts, the parser and the ground-check. ``new day``: a whole
decision where a day has closed since the one before, which grades every asset anew; the others are of the rest
of a day. ``first``: reading and grading where nothing is remembered. ``offline``: one answer of the analyst.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median

import numpy as np
from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from agent.graph.build import Deliberation, compiled
from agent.graph.decider import GraphDecider
from agent.graph.evidence import assessed
from agent.graph.gather import gathered
from agent.graph.questions import question
from agent.graph.state import Reading
from agent.models.adapter import Adapter
from agent.models.offline import OfflineAnalyst
from agent.models.reply import TOOL
from agent.runtime.graded import RunGrades
from core.decision import Situation
from core.ids import DecisionId
from core.instant import DAY, Instant, instant, interval
from core.market import Bars, Instrument
from core.portfolio import Portfolio
from tools.clocks import SimulatedClock
from tools.market.bar_market import BarMarket
from tools.store.gate import judge

START = instant("2021-03-01")
EVERY = interval("4h")
DAYS = 320
COLUMNS = ("whole", "gather", "beyond", "new day", "first", "offline")
FRESH_EVERY = 30
ANSWER = {
    "proposals": [
        {
            "asset": 0,
            "stance": 0.5,
            "confidence": 0.6,
            "horizon": "days",
            "evidence": ["e1"],
            "invalidation": "The trend turns.",
            "thesis": "The trend is up.",
        }
    ]
}


def walk(symbol: str, seed: int) -> Bars:
    """A seeded walk of 4-hour candles."""
    rows = DAYS * 6
    close = 100.0 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0.0003, 0.008, rows)))
    opened = np.concatenate(([100.0], close[:-1]))
    at = START + EVERY.ms * np.arange(rows, dtype=np.int64)
    high, low = np.maximum(opened, close) * 1.002, np.minimum(opened, close) * 0.998
    return Bars(symbol, EVERY, at, opened, high, low, close, np.full(rows, 1e6))


def a_market(assets: int) -> tuple[BarMarket, SimulatedClock]:
    """A market of *assets* walks that stands some weeks before its end."""
    series = {f"A{n}/USDT": judge(f"a{n}", walk(f"A{n}/USDT", n), "seeded") for n in range(assets)}
    step = Decimal("1e-8")
    filters = {one: Instrument(one, step, step, step, Decimal(5)) for one in series}
    clock = SimulatedClock(Instant(START + 270 * DAY))
    return BarMarket(clock, EVERY, series, filters, simulated=True), clock


def situation(market: BarMarket) -> Situation:
    """An account without a position."""
    books = Portfolio(Decimal(10_000), "USDT")
    return Situation(DecisionId("0" * 22), "bench", market.now, EVERY, market.symbols, market, books, {})


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    started = time.thread_time()
    work()
    return 1000 * (time.thread_time() - started)


async def measured(assets: int, decisions: int) -> dict[str, float]:
    """Medians over *decisions* instants, 4 hours apart."""
    call = {"name": TOOL, "args": ANSWER, "id": "c", "type": "tool_call"}
    instant_model = FakeMessagesListChatModel(responses=[AIMessage(content="", tool_calls=[call])])
    decider = GraphDecider("llm:none", Adapter(None, offline=instant_model), grades=RunGrades({}))
    offline, grades, proposer = OfflineAnalyst(), RunGrades({}), Adapter(None)
    market, clock = a_market(assets)
    rows: dict[str, list[float]] = {name: [] for name in COLUMNS}
    remembered: dict[object, object] = {}
    for step in range(decisions):
        now = Instant(START + 270 * DAY + (step % 290) * EVERY.ms)
        await clock.sleep_until(now)
        await market.advance(now)
        at = situation(market)
        gather = timed(lambda at=at: gathered(Reading(proposer, at, grades, None, remembered)))  # type: ignore[misc]  # bound now
        started = time.thread_time()
        decision = await decider.decide(at)
        whole = 1000 * (time.thread_time() - started)
        if decision.abstained is not None:
            raise SystemExit(f"the graph abstained: {decision.abstained}")
        if step % FRESH_EVERY == 0:
            fresh = Reading(proposer, at, RunGrades({}))
            rows["first"].append(timed(lambda fresh=fresh: gathered(fresh)))  # type: ignore[misc]  # bound now
        if now % DAY == 0:
            rows["new day"].append(whole)
            continue
        for name, value in (("whole", whole), ("gather", gather), ("beyond", whole - gather)):
            rows[name].append(value)
        found = decision.inputs["gathered"]
        asked = question("decide", {"gathered": found, **assessed(found)})
        messages = [SystemMessage(asked.system), HumanMessage(asked.user)]
        started = time.thread_time()
        await offline.ainvoke(messages)
        rows["offline"].append(1000 * (time.thread_time() - started))
    return {name: median(values) for name, values in rows.items()}


async def main(decisions: int) -> None:
    compiled(Deliberation.SINGLE)
    print(f"{'assets':>8}" + "".join(f"{name:>10}" for name in COLUMNS))
    for assets in (1, 5, 12):
        found = await measured(assets, decisions)
        print(f"{assets:>8}" + "".join(f"{value:>10.2f}" for value in found.values()))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 120))
