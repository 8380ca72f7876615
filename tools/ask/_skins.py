"""What every skin needs of a tool: to find it, to read its arguments, to show it to a model."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from core.errors import UsageError
from core.registry import discover
from tools.ask._vocabulary import AskContext, Reply, Tool


@cache
def tools() -> Mapping[str, Tool]:
    """Every tool by its name, alphabetically."""
    return {name: cast("Tool", tool) for name, tool in discover("tools.ask", "TOOL").items()}


def tool_named(name: str) -> Tool:
    """The tool called *name*; its ``get_`` may be left out, and ``-`` stands for ``_``.

    Raises:
        UsageError: no such tool; all of them are candidates, the nearest first.
    """
    wanted = name.strip().casefold().replace("-", "_")
    known = tools()
    found = known.get(wanted) or known.get(f"get_{wanted}")
    if found is None:
        raise UsageError(
            f"there is no answer called {name!r}",
            "Ask for one of the candidates.",
            code="unknown_name",
            candidates=_nearest(wanted, known),
        )
    return found


def _nearest(wanted: str, known: Mapping[str, Tool]) -> list[str]:
    from difflib import SequenceMatcher

    def likeness(name: str) -> float:
        return SequenceMatcher(None, wanted.removeprefix("get_"), name.removeprefix("get_")).ratio()

    return sorted(known, key=lambda name: (-likeness(name), name))


def read_arguments(tool: Tool, raw: Mapping[str, Any]) -> BaseModel:
    """The arguments of one call; texts are read as what is declared.

    Raises:
        UsageError: an unknown key, one left out or a value that does not fit; one sentence.
    """
    try:
        return tool.Args.model_validate(raw)
    except ValidationError as error:
        raise _unfit(tool, error) from error


def _unfit(tool: Tool, error: ValidationError) -> UsageError:
    first = error.errors(include_url=False, include_context=False, include_input=True)[0]
    key = ".".join(map(str, first["loc"]))
    keys = list(tool.Args.model_fields)
    mend = f"Its arguments are: {', '.join(keys) or 'none'}."
    if first["type"] == "extra_forbidden":
        return UsageError(f"{tool.name} knows no argument {key!r}", mend, code="arguments", candidates=keys)
    if first["type"] == "missing":
        return UsageError(f"{tool.name} needs {key!r}", mend, code="arguments", candidates=[key])
    why = first["msg"][:1].lower() + first["msg"][1:]
    return UsageError(f"{key} of {tool.name} is {first['input']!r}: {why}", mend, code="arguments")


def ask(name: str, raw: Mapping[str, Any], context: AskContext) -> Reply:
    """The reply of the tool called *name* to the arguments *raw*.

    Raises:
        UsageError: no such tool, or arguments that do not fit it.
    """
    tool = tool_named(name)
    return tool.answer(read_arguments(tool, raw), context)


def openai_schema(tool: Tool) -> dict[str, Any]:
    """The tool as an entry of ``tools`` in a request to ``/chat/completions``."""
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.about, "parameters": _bare(_schema(tool))},
    }


def _schema(tool: Tool) -> dict[str, Any]:
    schema = tool.Args.model_json_schema()
    return {"type": "object", "properties": {}, **schema, "additionalProperties": False}


def _bare(schema: Any) -> Any:
    """*schema* without the titles and docstrings that pydantic makes up: a model pays for every word."""
    if isinstance(schema, list):
        return [_bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key != "title" or not isinstance(value, str)}
    if "properties" in kept:
        kept.pop("description", None)
    return {key: _bare(value) for key, value in kept.items()}
