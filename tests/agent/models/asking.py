"""Adapters over a local server, and the question that is put to them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from agent.models import configured
from agent.models.adapter import Adapter, Asked, Proposed
from agent.settings import ModelSettings
from core.instant import instant
from core.ports import Clock
from tools.clocks import SimulatedClock

NOON = instant("2025-05-14T12:00:00Z")
T = TypeVar("T")

ASKED = Asked(
    system="You decide.",
    user="Menu:\n0 BTC/USDT\n1 ETH/USDT\n\nEvidence:\n[e1] 0 rsi_14 63.2 index\n[e2] 1 rsi_14 41.0 index\n",
    menu=("BTC/USDT", "ETH/USDT"),
    evidence={"e1": "63.2", "e2": "41.0"},
)


class Analyst(BaseChatModel):
    """Answers without a model, as the offline analyst does."""

    stance: float = 0.2
    asked: int = 0

    @property
    def _llm_type(self) -> str:
        return "analyst"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.asked += 1
        wish = {"asset": 0, "stance": self.stance, "confidence": 0.5, "horizon": "days", "evidence": ["e1"]}
        answer = {"proposals": [wish | {"invalidation": "It falls.", "thesis": "It rises."}]}
        call = {"name": "submit_decision", "args": answer, "id": "call_1", "type": "tool_call"}
        return ChatResult(generations=[ChatGeneration(message=AIMessage("", tool_calls=[call]))])


def settings(url: str | None = None, **changes: Any) -> ModelSettings:
    return replace(ModelSettings(base_url=url, model="test-model", deadline_s=5.0), **changes)


def an_adapter(
    given: ModelSettings, home: Path | None = None, clock: Clock | None = None, **options: Any
) -> Adapter:
    """An adapter that has learned nothing from the tests before it."""
    configured._LEARNED.clear()
    return configured.adapter_from(given, home, clock or SimulatedClock(NOON), **options)


def proposed(adapter: Adapter, asked: Asked = ASKED, **options: Any) -> Proposed:
    return together(lambda: adapter.propose(asked, **options), adapter)


def together(work: Callable[[], Awaitable[T]], adapter: Adapter) -> T:
    """Runs *work* in an event loop of its own, and closes what *adapter* opened in it."""

    async def run() -> T:
        try:
            return await work()
        finally:
            await adapter.aclose()

    return asyncio.run(run())
