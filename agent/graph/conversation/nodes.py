"""The steps of one turn. Each reads the state and answers with what changes of it."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from agent.graph.conversation.claims import GroundCheck
from agent.graph.conversation.horizons import assets_looked_at, in_words
from agent.graph.conversation.offline.mentions import mentions
from agent.graph.conversation.plain import plain_arguments, plain_text
from agent.graph.conversation.state import MOST_CALLS, Aids, Talk, spoken
from agent.graph.conversation.toolbelt import Puzzle, Toolbelt
from agent.graph.conversation.voice import Voice
from core.errors import ModelError
from prompts import load
from tools.ask import candidates

SYSTEM = "converse_system"
QUESTION = "converse_question"
REPAIR = "converse_repair"
MOST_GRADED = 4
NOTHING_LEFT = "I don't know: nothing that I could say about this is borne out by the data that I have."


async def begin(state: Talk, runtime: Runtime[Aids]) -> dict[str, Any]:
    """Lays out a new turn; a name in the question that may mean several assets is asked back at once."""
    belt = runtime.context.toolbelt
    named = mentions(state["question"], belt.context.symbols, belt.context.others)
    for name in named.ambiguous:
        belt.puzzles.append(Puzzle(name, "ambiguous_asset", candidates(belt.context, name)))
    text = load(QUESTION).fill(heading=state["heading"], question=state["question"])
    return {
        "messages": [{"role": "user", "content": text}],
        "wanted": [],
        "asked": 0,
        "draft": "",
        "repaired": False,
        "answer": "",
        "claims": [],
        "dropped": 0,
        "asked_back": _ambiguous(belt),
    }


async def think(state: Talk, runtime: Runtime[Aids]) -> dict[str, Any]:
    """Asks the model: it calls tools, or answers."""
    aids, belt = runtime.context, runtime.context.toolbelt
    may_call = state["asked"] < MOST_CALLS
    bound = aids.model.bind_tools(belt.schemas, tool_choice="auto" if may_call else "none")
    voice = None
    # without any evidence a question may still go back, so nothing is said aloud
    if belt.evidence and not state["repaired"]:
        voice = Voice(_check(aids), lambda text: aids.listen("token", {"text": text}))
    heard: Any = None
    async for piece in bound.astream(spoken(load(SYSTEM).text, state.get("turns", []), state["messages"])):
        heard = piece if heard is None else heard + piece
        if voice is not None and isinstance(piece.content, str):
            voice.hear(plain_text(piece.content))
    if not isinstance(heard, AIMessage):
        raise ModelError("the model answered nothing", "Ask again, or choose another model.", code="empty")
    wanted = _wanted(heard, state["asked"]) if may_call else []
    text = plain_text(heard.text).strip()
    if not wanted and not text:
        raise ModelError(
            f"the model asked for {state['asked']} tools and gave no answer",
            "Ask a narrower question, or choose another model.",
            code="empty",
        )
    if voice is not None and not wanted:
        voice.end()
    message = {"role": "assistant", "content": text, "calls": wanted}
    return {
        "messages": [*state["messages"], message],
        "wanted": wanted,
        "draft": "" if wanted else text,
    }


def _wanted(heard: AIMessage, made: int) -> list[dict[str, Any]]:
    """The calls of a message under ids of ours: a model's own may be empty or the same twice."""
    calls: list[tuple[str, Any]] = [(call["name"], call["args"]) for call in heard.tool_calls]
    calls += [(call["name"] or "", None) for call in heard.invalid_tool_calls]
    wanted = []
    for number, (name, given) in enumerate(calls[: MOST_CALLS - made], 1):
        arguments = plain_arguments(given)
        call = {"id": f"call_{made + number}", "name": plain_text(name), "args": arguments or {}}
        wanted.append(call | ({"broken": True} if arguments is None else {}))
    return wanted


async def act(state: Talk, runtime: Runtime[Aids]) -> dict[str, Any]:
    """Makes the calls that the model wants; what comes back enters as data."""
    aids, belt = runtime.context, runtime.context.toolbelt
    messages = list(state["messages"])
    for call in state["wanted"]:
        aids.listen("tool_start", {"name": call["name"], "arguments": call["args"]})
        text, made = belt.call(call["name"], None if call.get("broken") else call["args"])
        aids.listen("tool_end", made)
        messages.append({"role": "tool", "call_id": call["id"], "content": text})
    return {
        "messages": messages,
        "asked": state["asked"] + len(state["wanted"]),
        "wanted": [],
        "asked_back": _ambiguous(belt),
    }


def _ambiguous(belt: Toolbelt) -> dict[str, Any] | None:
    return next((one.told() for one in belt.puzzles if one.why == "ambiguous_asset"), None)


async def check(state: Talk, runtime: Runtime[Aids]) -> dict[str, Any]:
    """Holds the draft against the evidence: what does not stand is complained of once, then left out."""
    checked = _check(runtime.context).answer(state["draft"])
    if checked.faults and not state["repaired"]:
        told = "\n".join(f"- {sentence} ({', '.join(strange)})" for sentence, strange in checked.faults[:8])
        text = load(REPAIR).fill(complaint=told)
        return {"messages": [*state["messages"], {"role": "user", "content": text}], "repaired": True}
    return {
        "answer": checked.text or NOTHING_LEFT,
        "claims": checked.claims,
        "dropped": len(checked.faults),
        "repaired": True,
    }


async def close(state: Talk, runtime: Runtime[Aids]) -> dict[str, Any]:
    """Asks back where no asset was found, says both horizons of those that were, keeps the turn for later ones."""
    belt = runtime.context.toolbelt
    asked_back = state["asked_back"]
    if asked_back is None and not belt.evidence:
        asked_back = next((one.told() for one in belt.puzzles), None)
    answer, claims = state["answer"], state.get("claims", [])
    if asked_back is not None:
        answer = _question_back(asked_back)
    else:
        answer, claims = _with_horizons(runtime.context, answer, claims)
    changed: dict[str, Any] = {
        "answer": answer,
        "asked_back": asked_back,
        "messages": [],
        "turns": [{"question": state["question"], "answer": answer}],
    }
    return changed | ({"claims": [], "dropped": 0} if asked_back else {"claims": claims})


def _with_horizons(aids: Aids, answer: str, claims: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """The *answer* and, where it does not say so itself, what both horizons say of each asset looked at."""
    belt = aids.toolbelt
    for asset in assets_looked_at(belt)[:MOST_GRADED]:
        graded = belt.grade(asset)
        if graded is None or (said := in_words(belt.title(asset), graded)) in answer:
            continue
        checked = _check(aids).answer(said)
        if checked.text:
            answer, claims = f"{answer}\n\n{checked.text}", [*claims, *checked.claims]
    return answer, claims


def _question_back(asked: dict[str, Any]) -> str:
    listed = ", ".join(asked["candidates"])
    return f"{asked['question']} {'Candidates: ' + listed + '.' if listed else 'Nothing here is called like it.'}"


def _check(aids: Aids) -> GroundCheck:
    belt = aids.toolbelt
    return GroundCheck(belt.evidence, belt.context, belt.names, belt.moments)
