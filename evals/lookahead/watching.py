"""What a decision read, was asked and answered, as bytes that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

import numpy as np

from agent.graph.evidence import assessed
from agent.graph.questions import question
from core.canonical import canonical, digest_bytes
from core.codec import encode
from core.decision import Decision, Situation, Unchanged
from core.instant import Instant
from core.market import Bars, BarSeries
from core.observation import Missing
from core.portfolio import Portfolio
from core.ports import Decider, MarketData
from strategies.risk.breaker import Watermarks
from strategies.risk.case import State

_READS = frozenset(
    {
        "candle",
        "window",
        "column",
        "series_since",
        "close",
        "instrument",
        "delisted_at",
        "fingerprints",
        "known",
    }
)


class WatchedMarket:
    """`core.ports.MarketData` that keeps all that was read of it, under ``<method>/<arguments>``."""

    def __init__(self, market: MarketData) -> None:
        self._market = market
        self.read: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._market, name)
        if name not in _READS:
            return found

        def reading(*arguments: Any, **named: Any) -> Any:
            answer = found(*arguments, **named)
            self.read[" ".join(map(str, (name, *arguments, *named.values())))] = plainly(answer)
            return answer

        return reading


def plainly(value: Any) -> Any:
    """*value* as JSON: columns as lists, objects as their fields, whatever else as its text."""
    if isinstance(value, Bars):
        names = ("opened_at", "open", "high", "low", "close", "volume")
        return {name: getattr(value, name).tolist() for name in names}
    if isinstance(value, BarSeries):
        judged = {"segment": value.segment.tolist(), "last_bad": value.last_bad.tolist()}
        return {**plainly(value.bars), **judged, "bad_code": list(value.bad_code)}
    if isinstance(value, Missing):
        return {"missing": value.why}
    if isinstance(value, Mapping):
        return {str(key): plainly(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plainly(one) for one in value]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return plainly(asdict(value))
    return str(value)


def answered(answer: Decision | Unchanged) -> dict[str, Any]:
    """All of an answer: proposals, inputs, model calls with their exact messages; and the prompt in words."""
    if isinstance(answer, Unchanged):
        return {"unchanged": answer.fingerprint.hex()}
    told = {
        "proposals": [encode(one) for one in answer.proposals],
        "decided_by": answer.decided_by,
        "abstained": answer.abstained,
        "inputs": plainly(answer.inputs),
        "prompt": plainly(answer.prompt),
        "model": plainly(answer.model),
    }
    gathered = answer.inputs.get("gathered")
    if gathered is not None:
        asked = question("decide", {"gathered": gathered, **assessed(gathered)})  # type: ignore[typeddict-item]  # as `assess` does
        told["asked"] = {"system": asked.system.splitlines(), "user": asked.user.splitlines()}
    return told


@dataclass(frozen=True, slots=True)
class Moment:
    """How an account stood when it was asked: enough to ask the same again, elsewhere."""

    situation: Situation
    state: State
    watermarks: Watermarks

    @property
    def at(self) -> Instant:
        """When."""
        return self.situation.now

    @property
    def portfolio(self) -> Portfolio:
        """What it owned."""
        return self.situation.portfolio

    @property
    def wished(self) -> Mapping[str, float]:
        """Its last stance per symbol."""
        return self.situation.wished


class Watched:
    """A `core.ports.Decider` that lets *inner* decide, and keeps a digest of each answer by its instant.

    Answers at *keep* are kept whole.
    """

    def __init__(self, inner: Decider, moment: Any, keep: frozenset[Instant] = frozenset()) -> None:
        self.spec = inner.spec
        self.digests: dict[Instant, str] = {}
        self.whole: dict[Instant, Any] = {}
        self.moments: list[Moment] = []
        self.bytes = 0
        self._inner = inner
        self._moment = moment
        self._keep = keep

    async def decide(self, situation: Situation) -> Decision | Unchanged:
        """What *inner* decides."""
        self.moments.append(self._moment(situation))
        answer = await self._inner.decide(situation)
        raw = answer.fingerprint if isinstance(answer, Unchanged) else canonical(answered(answer))
        self.bytes += len(raw)
        self.digests[situation.now] = digest_bytes(raw)
        if situation.now in self._keep:
            self.whole[situation.now] = answered(answer)
        return answer
