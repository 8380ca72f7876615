"""Keeps what a graph is told from being sent to a tracing service that a shell was set up for."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import cast

from langchain_core.tracers import context


def untraced() -> AbstractContextManager[object]:
    """Inside, langchain traces nothing, whatever ``LANGSMITH_TRACING`` says: no one is told of a decision."""
    # the switch is langsmith's, which we neither use nor declare: it comes with langchain-core
    tracing = context.ls_rh.tracing_context  # type: ignore[attr-defined]  # not exported on purpose
    return cast("AbstractContextManager[object]", tracing(enabled=False))
