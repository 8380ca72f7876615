"""A small prompt in the format of the deciding graph, and the request that asks it in each style."""

from __future__ import annotations

from typing import Any

from tests.wire.replies import TOOL

MENU = ("BTC/USDT", "ETH/USDT")
EVIDENCE = ("e1", "e2", "e3")
USER = """task: decide

Menu:
0 BTC/USDT
1 ETH/USDT

Evidence:
[e1] 0 rsi_14 63.2 index
[e2] 1 rsi_14 41.0 index
[e3] account equity 10000 USDT"""

_ASKS: dict[str, dict[str, Any]] = {
    "tools": {"tools": [{"type": "function", "function": {"name": TOOL}}]},
    "schema": {"response_format": {"type": "json_schema", "json_schema": {"name": "decision"}}},
    "text": {},
}


def asked(style: str, user: str = USER) -> dict[str, Any]:
    """The JSON of a request."""
    return {"model": "test-model", "messages": [{"role": "user", "content": user}], **_ASKS[style]}
