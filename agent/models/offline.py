"""The offline analyst: a chat model made of rules. It is not an LLM, needs no network, and says so.

It reads the same prompt as any model and answers in the same form, so that the same graph, parser and
ground-check stand between it and the account. The same prompt always gets the same answer.
"""

from __future__ import annotations

import json
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from agent.models.lines import read
from agent.models.offline_views import answer
from agent.models.reply import TOOL

NAME = "offline-analyst-1"


class OfflineAnalyst(BaseChatModel):
    """Answers the deciding prompts with one call of ``submit_decision``, by rules a person can follow."""

    name: str | None = NAME

    @property
    def _llm_type(self) -> str:
        return NAME

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": NAME, "is_llm": False}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 - the base class's form
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - the base class's form
        **kwargs: Any,  # noqa: ARG002 - the base class's form
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.reply(messages))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 - the base class's form
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - the base class's form
        **kwargs: Any,  # noqa: ARG002 - the base class's form
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.reply(messages))])

    def reply(self, messages: list[BaseMessage]) -> AIMessage:
        """The answer to the first message of a person; what a repair asks for changes nothing."""
        asked = next((one for one in messages if isinstance(one, HumanMessage)), None)
        given = answer(read(str(asked.content) if asked is not None else ""))
        arguments = json.dumps(given, ensure_ascii=False)
        return AIMessage(
            content="",
            tool_calls=[{"name": TOOL, "args": given, "id": "call_1", "type": "tool_call"}],
            additional_kwargs={
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": TOOL, "arguments": arguments},
                    }
                ]
            },
            response_metadata={"finish_reason": "tool_calls", "model_name": NAME},
            usage_metadata={"input_tokens": 0, "output_tokens": 0, "total_tokens": 0},
        )
