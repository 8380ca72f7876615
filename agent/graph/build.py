"""The deciding graph: gather → assess → [analysts → [debate]] → decide → ground-check.

Compiled without a checkpointer and without interrupts: the journal remembers, approvals are the loop's, and
a decision that crashed is simply made again under the same id.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, cast

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agent.graph import nodes
from agent.graph.state import Deciding, Reading
from agent.graph.untraced import untraced

RECURSION_LIMIT = 25


class Deliberation(StrEnum):
    """How much is thought about before deciding: one call; two analysts first; and a judge where they disagree."""

    SINGLE = "single"
    COMMITTEE = "committee"
    DEBATE = "debate"


Compiled = CompiledStateGraph[Deciding, Reading, Deciding, Deciding]


@cache
def compiled(deliberation: Deliberation) -> Compiled:
    """The graph of *deliberation*, made once per process."""
    graph = StateGraph(Deciding, context_schema=Reading)
    graph.add_node("gather", nodes.gather)
    graph.add_node("assess", nodes.assess)
    graph.add_node("decide", nodes.decide)
    graph.add_node("ground_check", nodes.settle)
    graph.add_conditional_edges(START, _first, ["gather", "assess"])
    graph.add_edge("gather", "assess")
    if deliberation is Deliberation.SINGLE:
        graph.add_edge("assess", "decide")
    else:
        graph.add_node("analysts", nodes.consult)
        graph.add_edge("assess", "analysts")
        if deliberation is Deliberation.COMMITTEE:
            graph.add_edge("analysts", "decide")
        else:
            graph.add_node("debate", nodes.debate)
            graph.add_conditional_edges("analysts", _after_analysts, ["debate", "decide"])
            graph.add_edge("debate", "decide")
    graph.add_edge("decide", "ground_check")
    graph.add_edge("ground_check", END)
    return graph.compile(name="deciding")


async def run(
    deliberation: Deliberation, reading: Reading, gathered: Mapping[str, Any] | None = None
) -> Deciding:
    """One run of the graph: over what *reading* reads, or over what was *gathered* before."""
    start: Deciding = {} if gathered is None else {"gathered": dict(gathered)}
    with untraced():
        state = await compiled(deliberation).ainvoke(
            start, config={"recursion_limit": RECURSION_LIMIT}, context=reading
        )
    return cast("Deciding", state)


async def _first(state: Deciding) -> str:
    return "assess" if "gathered" in state else "gather"


async def _after_analysts(state: Deciding) -> str:
    return "debate" if state["disputed"] else "decide"
