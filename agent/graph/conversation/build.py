"""The conversation graph: think, look, answer, check. Compiled once; threads come from the checkpointer."""

from __future__ import annotations

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agent.graph.conversation import nodes
from agent.graph.conversation.state import Aids, Talk

RECURSION_LIMIT = 25


def build(threads: BaseCheckpointSaver[Any] | None) -> CompiledStateGraph[Talk, Aids, Talk, Talk]:
    """The graph of one turn; *threads* keep what was said before, `None`: nothing is kept."""
    graph = StateGraph(Talk, context_schema=Aids)
    graph.add_node("begin", nodes.begin)
    graph.add_node("think", nodes.think)
    graph.add_node("act", nodes.act)
    graph.add_node("check", nodes.check)
    graph.add_node("close", nodes.close)
    graph.add_edge(START, "begin")
    graph.add_conditional_edges("begin", _asks_back, {True: "close", False: "think"})
    graph.add_conditional_edges("think", lambda state: bool(state["wanted"]), {True: "act", False: "check"})
    graph.add_conditional_edges("act", _asks_back, {True: "close", False: "think"})
    graph.add_conditional_edges("check", lambda state: bool(state["answer"]), {True: "close", False: "think"})
    graph.add_edge("close", END)
    return graph.compile(checkpointer=threads)


def _asks_back(state: Talk) -> bool:
    return state["asked_back"] is not None
