"""The model of a conversation: the client library's, inside our deadline, budget and cassettes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.exceptions import LangChainException
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI

from agent.models.budget import Budget
from agent.models.call import Call
from agent.models.conversation import Conversing, Desk
from agent.models.library import library_options
from agent.models.prices import Prices
from agent.models.stream import Unanswered
from agent.models.transport import Line
from core.errors import ModelError

# what the library raises for an answer that it cannot read, besides its own errors
_UNREADABLE = (
    openai.OpenAIError,
    LangChainException,
    Unanswered,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
)


class ConversationModel(ChatOpenAI):
    """A `ChatOpenAI` whose every failure is a `ModelError`: one sentence and a mend. Asynchronous only."""

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        try:
            return await super()._agenerate(messages, stop, run_manager, **kwargs)
        except _UNREADABLE as error:
            raise _told(error, self.model_name) from None

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        *,
        stream_usage: bool | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        is_empty = True
        try:
            async for chunk in super()._astream(
                messages, stop, run_manager, stream_usage=stream_usage, **kwargs
            ):
                is_empty = False
                yield chunk
        except _UNREADABLE as error:
            raise _told(error, self.model_name) from None
        if is_empty:
            raise ModelError(f"{self.model_name}: the answer is empty", "Try again, or another model.")


def chat_model(
    line: Line,
    model: str,
    *,
    prices: Prices,
    budget: Budget | None,
    deadline_s: float = 30.0,
    on_call: Callable[[Call], None] = lambda _: None,
) -> BaseChatModel:
    """A model for the conversation graph: tools, streaming with usage, asynchronous only.

    Its calls raise `ModelError` and nothing else for what an endpoint does. Several calls made inside one
    `agent.models.deadline.episode` share its deadline and its budget; a call outside has its own.

    Args:
        line: The way to the endpoint.
        model: Its name there.
        prices: What its calls cost.
        budget: What they may cost; `None` in a playback.
        deadline_s: Seconds for one answer.
        on_call: Told of each call when it is over, streamed ones included.
    """
    transport = Conversing(Desk(line, model, prices, budget, deadline_s, on_call))
    return ConversationModel(stream_usage=True, **library_options(line, model, transport))


def _told(error: BaseException, model: str) -> ModelError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Unanswered):
            return cause.error
        cause = cause.__cause__ or cause.__context__
    return ModelError(
        f"{model}: the answer cannot be read ({type(error).__name__})", "Try again, or another model."
    )
