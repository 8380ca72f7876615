"""A small market, a situation on it, and a model that says what it is told to: for tests of the graph."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from agent.models.adapter import Asked, Proposed
from agent.models.attempts import judged
from agent.models.call import Call
from agent.models.reply import Malformed, from_wire
from core.canonical import canonical, digest
from core.decision import Proposal, Situation
from core.ids import DecisionId
from core.instant import DAY, Instant, instant, interval
from core.market import Bars, BarSeries, Instrument
from core.portfolio import Portfolio, Position
from tools.clocks import SimulatedClock
from tools.market.bar_market import BarMarket
from tools.store.gate import judge

START = instant("2021-03-01")
H4 = interval("4h")
DAYS = 260
NOW = Instant(START + DAYS * DAY)
TEN_THOUSAND = Portfolio(Decimal(10_000), "USDT")


def candles(symbol: str, seed: int, *, drift: float = 0.0005, days: int = DAYS, extra: int = 0) -> Bars:
    """A seeded walk of 4-hour candles from `START`; *extra* days come after `NOW`."""
    rows = (days + extra) * 6
    moves = np.random.default_rng(seed).normal(drift, 0.008, rows)
    close = np.round(100.0 * np.exp(np.cumsum(moves)), 4)
    opened = np.concatenate(([100.0], close[:-1]))
    first = NOW - days * DAY
    return Bars(
        symbol,
        H4,
        first + H4.ms * np.arange(rows, dtype=np.int64),
        opened,
        np.maximum(opened, close) * 1.002,
        np.minimum(opened, close) * 0.998,
        close,
        np.full(rows, 5_000.0),
    )


def series(count: int, **named: Any) -> dict[str, BarSeries]:
    """*count* judged walks: ``A00/USDT``, ``A01/USDT`` …"""
    names = [f"A{index:02d}/USDT" for index in range(count)]
    return {
        name: judge(f"test:{name}", candles(name, seed, **named), "test") for seed, name in enumerate(names)
    }


def market_of(held: Mapping[str, BarSeries], now: Instant = NOW) -> BarMarket:
    """A market over *held* that stands at *now*."""
    step = Decimal("1e-8")
    filters = {symbol: Instrument(symbol, Decimal("0.0001"), step, step, Decimal(5)) for symbol in held}
    market = BarMarket(SimulatedClock(now), H4, held, filters, simulated=True)
    asyncio.run(market.advance(now))
    return market


def situation_of(
    market: BarMarket,
    portfolio: Portfolio = TEN_THOUSAND,
    wished: Mapping[str, float] | None = None,
    menu: tuple[str, ...] | None = None,
) -> Situation:
    """The situation of an account of 4-hour decisions on *market*."""
    return Situation(
        DecisionId("d" * 22), "paper", market.now, H4, menu or market.symbols, market, portfolio, wished or {}
    )


def holding(symbol: str, quantity: str = "10", cost: str = "1000") -> Portfolio:
    """9,000 USDT and a position that was opened a day before `NOW`."""
    position = Position(symbol, Decimal(quantity), Decimal(cost), Instant(NOW - DAY))
    return Portfolio(Decimal(9_000), "USDT", {symbol: position})


def a_proposal(asset: int = 0, stance: float = 0.5, **named: Any) -> dict[str, Any]:
    """One proposal as it stands on the wire; grounded, for it claims no number."""
    made = {
        "asset": asset,
        "stance": stance,
        "confidence": 0.6,
        "horizon": "days",
        "evidence": ["e1"],
        "invalidation": "The trend turns.",
        "thesis": "The trend is up.",
    }
    return {**made, **named}


@dataclass
class Scripted:
    """A proposer that sends the same wire replies every time: one list of proposals per question.

    A text in place of a list is sent as the answer itself; `None` abstains with ``timeout`` without a call.
    """

    script: Mapping[str, Sequence[Mapping[str, Any]] | str | None]
    asked: list[tuple[str, Asked, bool]] = field(default_factory=list)
    checks: bool = True

    def decision(self) -> AbstractContextManager[object]:
        return nullcontext()

    async def propose(self, asked: Asked, *, deep: bool = False, check: Any = None) -> Proposed:
        task = asked.user.partition("\n")[0].removeprefix("task: ")
        self.asked.append((task, asked, deep))
        said = self.script.get(task, [])
        if said is None:
            return Proposed((), "timeout", "scripted", detail="no answer within the deadline")
        answer = said if isinstance(said, str) else json.dumps({"proposals": list(said)})
        call = self._call(asked, answer)
        raw = from_wire(canonical(call.response))
        read = (
            raw if isinstance(raw, Malformed) else judged(raw, "text", asked, check if self.checks else None)
        )
        if isinstance(read, Malformed):
            return Proposed((), read.reason, "scripted", (call,), read.detail)
        return Proposed(read, None, "scripted", (call,))

    def _call(self, asked: Asked, answer: str) -> Call:
        messages = [
            {"role": "system", "content": asked.system},
            {"role": "user", "content": asked.user},
        ]
        request = {"model": "scripted", "messages": messages}
        choice = {"finish_reason": "stop", "message": {"role": "assistant", "content": answer}}
        response = {"choices": [choice]}
        return Call(
            digest(request), "scripted", "text", request, response, 0.25, 100, 20, Decimal("0.001"), "ok"
        )


def proposals_of(*given: Mapping[str, Any]) -> tuple[Proposal, ...]:
    """The same proposals as the graph holds them."""
    from agent.models.proposals import proposals_in

    return proposals_in({"proposals": list(given)}, 99, {f"e{n}" for n in range(1, 500)})
