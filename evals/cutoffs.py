"""Until when a model's training text reaches, where its maker has said so; everything else is unknown."""

from __future__ import annotations

import re
from typing import Literal

from agent.runtime.deciders import LLM
from core.instant import Instant, instant
from core.spec import parse_spec
from evals.scenario import Scenario

Label = Literal["before", "after", "unknown"]

# The first instant after the month (or day) that the maker's model pages name.
_ENDS = {
    "gpt-3.5-turbo": "2021-10-01",
    "gpt-4-turbo": "2024-01-01",
    "gpt-4o": "2023-10-02",
    "gpt-4o-mini": "2023-10-02",
    "gpt-4.1": "2024-06-02",
    "gpt-4.1-mini": "2024-06-02",
    "gpt-4.1-nano": "2024-06-02",
    "gpt-5": "2024-10-01",
    "gpt-5-mini": "2024-06-01",
    "gpt-5-nano": "2024-06-01",
}
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def cutoff_of(model: str) -> Instant | None:
    """The instant from which on *model* has read nothing; `None` where nobody said."""
    known = _ENDS.get(_DATED.sub("", model.rpartition("/")[2]))
    return None if known is None else instant(known)


def label(decider: str, scenario: Scenario) -> Label:
    """Whether *scenario* lies before or after the training of the model that *decider* names.

    A window that holds the cut-off itself is of neither side, and so is an invented one: ``unknown``.
    """
    spec = parse_spec(decider)
    cutoff = cutoff_of(spec.arg or "") if spec.name == LLM else None
    if cutoff is None or scenario.synthetic is not None:
        return "unknown"
    if scenario.end <= cutoff:
        return "before"
    return "after" if scenario.start >= cutoff else "unknown"
