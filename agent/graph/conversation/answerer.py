"""Who answers: the offline analyst, or the model that is configured or named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from langchain_core.language_models import BaseChatModel

from agent.graph.conversation.offline.analyst import NAME
from agent.models.call import Call
from agent.settings import ModelSettings
from core.errors import ModelError, UsageError
from core.ports import Clock
from core.spec import parse_spec

DECIDERS = ("offline", "llm", "llm:MODEL")


def answerer(
    decider: str | None, settings: ModelSettings, home: Path, clock: Clock, on_call: Callable[[Call], None]
) -> tuple[BaseChatModel | None, str]:
    """The model that *decider* names (`None`: the offline analyst), and what it is called.

    Without a *decider* it is the configured model where there is a key or a base URL, else the analyst.

    Raises:
        UsageError: a decider that does not answer questions, or no model is named or reachable by settings.
        ModelError: models are switched off.
    """
    has_way = settings.key is not None or settings.base_url is not None
    if decider is None and (not has_way or settings.mode == "off"):
        return None, NAME
    spec = parse_spec(decider or "llm")
    if spec.params or spec.name not in ("offline", "llm") or (spec.name == "offline" and spec.arg):
        raise UsageError(
            f"{decider!r} does not answer questions",
            f"Use {', '.join(DECIDERS)}.",
            code="unknown_decider",
            candidates=DECIDERS,
        )
    if spec.name == "offline":
        return None, NAME
    from agent.models.configured import chat_from

    model = chat_from(settings, home, clock, model=spec.arg, on_call=on_call)
    if model is None:
        raise ModelError("models are switched off", "Unset TOKENWISE_LLM, or use --decider offline.")
    return model, spec.arg or settings.model or "llm"
