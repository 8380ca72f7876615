"""The three ways to ask for an answer (CONTRACT §5), and which of them an endpoint takes."""

from __future__ import annotations

from typing import Any, Literal, get_args

from agent.models.reply import TOOL, Style

Output = Style | Literal["auto"]
"""A style, or whichever the endpoint takes first."""

STYLES: tuple[Style, ...] = get_args(Style)
NAME = "decision"

_TEXT = {"type": "string", "description": "at most 500 characters"}
_WISH: dict[str, Any] = {
    "asset": {"type": "integer", "description": "index of the menu"},
    "stance": {"type": "number", "description": "-1 to 1; 1 is the full target, 0 or less is flat"},
    "confidence": {"type": "number", "description": "0 to 1"},
    "horizon": {"type": "string", "enum": ["days", "weeks", "months"]},
    "evidence": {"type": "array", "items": {"type": "string"}, "description": "ids such as e1"},
    "invalidation": _TEXT,
    "thesis": _TEXT,
}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


# written out, not derived from the parser's model: a new version of a library must not change a request
SCHEMA = _closed({"proposals": {"type": "array", "items": _closed(_WISH)}})


def asking(style: Style) -> dict[str, Any]:
    """The part of a request that asks for an answer in *style*."""
    if style == "tools":
        function = {
            "name": TOOL,
            "description": "Submit the proposals of this decision.",
            "parameters": SCHEMA,
            "strict": True,
        }
        return {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": TOOL}},
        }
    if style == "schema":
        schema = {"name": NAME, "schema": SCHEMA, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": schema}}
    return {}


class Taken:
    """Which style each model of one endpoint took, where `auto` was asked for."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._taken: dict[str, Style] = {}

    def candidates(self, model: str) -> tuple[Style, ...]:
        """The styles to try, in order."""
        if self._output != "auto":
            return (self._output,)
        return (self._taken[model],) if model in self._taken else STYLES

    def take(self, model: str, style: Style) -> None:
        """Remembers that the endpoint answered *model* in *style*."""
        self._taken[model] = style
