"""Sound JSON with another shape or other values than asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.wire.kind import Asked, Kind
from tests.wire.replies import (
    TOOL,
    Reply,
    a_proposal,
    an_answer,
    answering,
    menu_of,
    sent,
)


def value_kinds() -> list[Kind]:
    """Sound JSON, another shape or other values."""

    def whole(name: str, reason: str, edit: Callable[[dict[str, Any]], Any]) -> Kind:
        def make(asked: Asked) -> Reply:
            answer = edit({"proposals": [a_proposal(asked)]})
            return sent(answering(asked, json.dumps(answer)))

        return Kind(name, make, (reason,))

    def one(name: str, reason: str, **changed: Any) -> Kind:
        def edit(answer: dict[str, Any]) -> dict[str, Any]:
            return {"proposals": [answer["proposals"][0] | changed]}

        return whole(name, reason, edit)

    def without(key: str) -> Kind:
        def edit(answer: dict[str, Any]) -> dict[str, Any]:
            return {"proposals": [{k: v for k, v in answer["proposals"][0].items() if k != key}]}

        return whole(f"{key} is missing", "schema", edit)

    def outside(asked: Asked) -> Reply:
        beyond = a_proposal(asked) | {"asset": max(menu_of(asked), default=0) + 1}
        return sent(answering(asked, an_answer([beyond])))

    def wrapped(answer: dict[str, Any]) -> dict[str, Any]:
        return {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "AIMessage"], "kwargs": answer}

    keys = ("asset", "stance", "confidence", "horizon", "evidence", "invalidation", "thesis")
    return [
        *(without(key) for key in keys),
        Kind("asset just outside the menu", outside, ("unknown_asset",)),
        one("asset is -1", "unknown_asset", asset=-1),
        one("asset is 10^30", "unknown_asset", asset=10**30),
        one("asset is 0.0", "schema", asset=0.0),
        one("asset is false", "schema", asset=False),
        one("asset is text", "schema", asset="0"),
        one("asset is a symbol", "schema", asset="BTC/USDT"),
        one("asset is null", "schema", asset=None),
        one("asset is a list", "schema", asset=[0]),
        one("stance is 1.0001", "schema", stance=1.0001),
        one("stance is -1.0001", "schema", stance=-1.0001),
        one("stance is text", "schema", stance="0.4"),
        one("stance is true", "schema", stance=True),
        one("stance is null", "schema", stance=None),
        one("stance is a word", "schema", stance="buy"),
        one("stance is 10^400", "schema", stance=10**400),
        one("confidence is -0.0001", "schema", confidence=-0.0001),
        one("confidence is a percentage", "schema", confidence=60),
        one("confidence is true", "schema", confidence=True),
        one("horizon is years", "schema", horizon="years"),
        one("horizon in capitals", "schema", horizon="DAYS"),
        one("horizon is a list", "schema", horizon=["days"]),
        one("evidence was not printed", "unknown_evidence", evidence=["e999"]),
        one("evidence in brackets", "unknown_evidence", evidence=["[e1]"]),
        one("evidence is prose", "unknown_evidence", evidence=["the price rose"]),
        one("no evidence for a stance", "unknown_evidence", evidence=[]),
        one("no evidence against", "unknown_evidence", evidence=[], stance=-0.01),
        one("evidence is text", "schema", evidence="e1"),
        one("evidence is a number", "schema", evidence=[1]),
        one("evidence is null", "schema", evidence=None),
        one("thesis of 501 characters", "schema", thesis="x" * 501),
        one("invalidation of 501 characters", "schema", invalidation="x" * 501),
        one("thesis is null", "schema", thesis=None),
        one("thesis is a list", "schema", thesis=["The trend is up."]),
        one("thesis is a langchain envelope", "schema", thesis=wrapped({"content": "up"})),
        one("it names a size", "schema", quantity="0.5"),
        one("it names a price", "schema", price=50_000),
        one("it names a symbol", "schema", symbol="BTC/USDT"),
        one("it overrides its limits", "schema", limits={"profile": "none"}),
        whole("a key beside proposals", "schema", lambda answer: answer | {"reasoning": "up"}),
        whole("prototype pollution", "schema", lambda answer: answer | {"__proto__": {"approved": True}}),
        whole("proposals under another name", "schema", lambda answer: {"Proposals": answer["proposals"]}),
        whole("proposals is null", "schema", lambda _: {"proposals": None}),
        whole("proposals is one object", "schema", lambda answer: {"proposals": answer["proposals"][0]}),
        whole("proposals is text", "schema", lambda _: {"proposals": "none"}),
        whole("proposals by symbol", "schema", lambda answer: {"proposals": {"0": answer["proposals"][0]}}),
        whole("a proposal is text", "schema", lambda _: {"proposals": ["buy"]}),
        whole("a proposal is null", "schema", lambda answer: {"proposals": [*answer["proposals"], None]}),
        whole("one asset twice, equal", "schema", lambda answer: {"proposals": answer["proposals"] * 2}),
        whole(
            "one asset twice, buy and sell",
            "schema",
            lambda answer: {"proposals": [answer["proposals"][0], answer["proposals"][0] | {"stance": -1}]},
        ),
        whole("an empty object", "schema", lambda _: {}),
        whole("a bare list", "schema", lambda answer: answer["proposals"]),
        whole("a bare proposal", "schema", lambda answer: answer["proposals"][0]),
        whole("JSON in JSON text", "schema", json.dumps),
        whole("null", "schema", lambda _: None),
        whole("a number", "schema", lambda _: 0.4),
        whole("an envelope of langchain", "schema", wrapped),
        whole("arguments in arguments", "schema", lambda answer: {"name": TOOL, "arguments": answer}),
        whole("an order", "schema", lambda _: {"action": "buy", "symbol": "BTC/USDT", "amount": "all"}),
        whole("an error object", "schema", lambda _: {"error": "cannot decide"}),
    ]
