"""The tools of one turn: calls checked before they are made, results numbered as evidence, as data only."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from core.errors import TokenwiseError, UsageError
from core.instant import instant
from core.observation import Missing
from tools.ask import AskContext, Evidence, Reply, openai_schema, read_arguments, tools

_LONGEST_DATA = 6_000
_UNRESOLVED = ("unknown_asset", "ambiguous_asset", "no_data")
_SHOWN = 80
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_GRADES = "get_grades"


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A name that stands for no one asset: *why* is ``unknown_asset``, ``ambiguous_asset`` or ``no_data``."""

    asked: str
    why: str
    candidates: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        """The ``asked_back`` of an answer."""
        return {
            "question": _QUESTION[self.why].format(name=self.asked[:_SHOWN]),
            "asked": self.asked[:_SHOWN],
            "why": self.why,
            "candidates": list(self.candidates),
        }


_QUESTION = {
    "ambiguous_asset": "Which asset do you mean by {name!r}?",
    "unknown_asset": "I know no asset called {name!r}. Which one do you mean?",
    "no_data": "I know {name!r}, but there are no prices of it here. Do you mean another asset?",
}


@dataclass(slots=True)
class Toolbelt:
    """Every tool over one context. It remembers what was called and what came out.

    *names* and *moments* (ISO) stood in results as well: an answer may repeat them.
    """

    context: AskContext
    evidence: dict[str, Evidence] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    puzzles: list[Puzzle] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    moments: set[str] = field(default_factory=set)
    _told: dict[str, str] = field(default_factory=dict)
    _graded: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def schemas(self) -> list[dict[str, Any]]:
        """Every tool as a model is shown it."""
        return [openai_schema(tool) for tool in tools().values()]

    def call(self, name: str, arguments: Any) -> tuple[str, dict[str, Any]]:
        """What a model is told of one call, and the call as the answer lists it.

        A call that cannot be made is a text as well: how to make it, or to stop asking.
        """
        began = perf_counter()
        text, outcome = self._attempt(name, arguments)
        made = {
            "name": name[:_SHOWN],
            "arguments": arguments if isinstance(arguments, dict) else {},
            "outcome": outcome,
            "ms": round((perf_counter() - began) * 1000),
        }
        self.calls.append(made)
        return text, made

    def grade(self, asset: str) -> Mapping[str, Any] | None:
        """What ``get_grades`` tells of *asset*, asked now where nobody has: every answer says its horizons."""
        if self.graded(asset) is None:
            self.call(_GRADES, {"asset": asset})
        return self.graded(asset)

    def graded(self, asset: str) -> Mapping[str, Any] | None:
        """What ``get_grades`` told of *asset* (an id or a symbol); `None` where it was not asked."""
        return self._graded.get(self._symbol(asset))

    def title(self, asset: str) -> str:
        """What *asset* is called in an answer: its ticker where that is known."""
        return self._symbol(asset).partition("/")[0]

    def _symbol(self, asset: str) -> str:
        return self.context.symbols.get(asset, asset)

    def _attempt(self, name: str, arguments: Any) -> tuple[str, str]:
        tool = tools().get(name)
        if tool is None:
            known = ", ".join(tools())
            return _refusal(
                f"there is no tool {name[:_SHOWN]!r}; stop asking for it. Tools: {known}"
            ), "refused"
        if not isinstance(arguments, dict):
            return _refusal(f"the arguments of {name} are no JSON object; try again with one"), "refused"
        try:
            read = read_arguments(tool, arguments)
        except UsageError as error:
            return _refusal(f"{error.message}; try again like this: {error.mend}"), "refused"
        key = f"{name} {read.model_dump_json()}"
        if key in self._told:
            return self._told[key], "ok"
        try:
            reply = tool.answer(read, self.context)
        except TokenwiseError as error:
            return _refusal(f"{error.message}; stop asking for it"), "failed"
        self._told[key] = told = self._keep(name, reply)
        return told, "missing" if reply.missing and not reply.evidence else "ok"

    def _keep(self, name: str, reply: Reply) -> str:
        self._note_names(reply.data)
        if name == _GRADES and "trader" in reply.data:
            self._graded[reply.data["asset"]["symbol"]] = reply.data
        fresh = {}
        for one in (*reply.evidence, *_quotes(name, reply.data)):
            identity = f"e{len(self.evidence) + 1}"
            self.evidence[identity] = fresh[identity] = one
        for lack in reply.missing:
            if (lack.why in _UNRESOLVED and "asked" in reply.data) or name == "find_asset":
                listed = reply.data.get("candidates") or [m["id"] for m in reply.data.get("matches", ())]
                self.puzzles.append(Puzzle(lack.what, lack.why, tuple(listed)))
            if lack not in self.missing:
                self.missing.append(lack)
        data = json.dumps(reply.data, ensure_ascii=False)
        told = {
            "evidence": [_line(identity, one) for identity, one in fresh.items() if one.metric != QUOTE],
            "missing": [{"what": one.what, "why": one.why} for one in reply.missing],
            "data": reply.data if len(data) <= _LONGEST_DATA else "too long to show; ask for less",
        }
        return json.dumps(told, ensure_ascii=False)

    def _note_names(self, data: Any) -> None:
        """Ids, symbols and names may hold digits that are no claims; moments are told beside evidence."""
        if isinstance(data, dict):
            for key, value in data.items():
                if isinstance(value, str):
                    if key in ("id", "asset", "symbol", "account", "narrative"):
                        self.names.add(value)
                    if _MOMENT.fullmatch(value):
                        self.moments.add(value)
                if key == "credits" and isinstance(value, list):
                    self.names.update(one for one in value if isinstance(one, str))
                self._note_names(value)
        elif isinstance(data, list):
            for one in data:
                self._note_names(one)


QUOTE = "said"
"""The metric of a text that an answer may quote from."""


def _quotes(name: str, data: Mapping[str, Any]) -> list[Evidence]:
    """What the journal or a headline says in words is evidence as well: it may be quoted to the letter."""
    if name == "get_news":
        return [
            Evidence(
                name,
                one["asset"],
                QUOTE,
                one["title"],
                "text",
                instant(one["published"]),
                instant(one["known_at"]),
                one["source"],
            )
            for one in data.get("headlines", ())
        ]
    if name != "get_decisions":
        return []
    return [
        Evidence(name, " ".join(one["symbols"]) or "account", QUOTE, one["text"], "text", at, at, "journal")
        for one in data.get("decisions", ())
        for at in (instant(one["at"]),)
    ]


def _line(identity: str, one: Evidence) -> dict[str, str]:
    told = one.told(identity)
    return {key: told[key] for key in ("id", "asset", "metric", "value", "unit", "as_of")}


def _refusal(text: str) -> str:
    return json.dumps({"error": text}, ensure_ascii=False)
