"""Everything that may be asked of the world: one file an answer, each with one `TOOL`.

The command line, the model's tools, HTTP and MCP are skins over these objects and compute nothing.
An answer reads only, never raises for what is missing, and tells of every value when it was known.
"""

from __future__ import annotations

from tools.ask._facts import Facts
from tools.ask._names import candidates, resolve
from tools.ask._skins import ask, openai_schema, read_arguments, tool_named, tools
from tools.ask._text import price, ratio
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool
from tools.ask._windows import newest_bars

__all__ = [
    "AskContext",
    "Evidence",
    "Facts",
    "Reply",
    "Tool",
    "ask",
    "candidates",
    "newest_bars",
    "openai_schema",
    "price",
    "ratio",
    "read_arguments",
    "resolve",
    "tool_named",
    "tools",
]
