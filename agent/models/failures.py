"""What a call that did not succeed means: in words for a person, and whether asking again can help."""

from __future__ import annotations

from agent.models.heard import Heard
from core.errors import ModelError

STYLE_NOT_TAKEN = frozenset({400, 404, 422})
PASSING = frozenset({0, 408, 409, 429, 500, 502, 503, 504, 529})
"""Statuses that may be gone in a moment; 0 is a connection that failed."""

_STATUS = {
    401: ("the endpoint refused the key", "Check OPENAI_API_KEY."),
    403: ("the endpoint does not allow this key that model", "Check OPENAI_API_KEY and TOKENWISE_MODEL."),
    404: ("the endpoint does not know the model or the path", "Check TOKENWISE_MODEL and OPENAI_BASE_URL."),
    429: ("the endpoint limits the rate, or the account has no credit", "Try again later."),
}
_LATER = "Try again later, or check OPENAI_BASE_URL."


def told(heard: Heard, model: str) -> tuple[str, str]:
    """One sentence about a failed call of *model*, and its mend."""
    if heard.failed == "timeout":
        return f"{model}: no answer within the deadline", "Raise TOKENWISE_LLM_DEADLINE, or try again later."
    if heard.failed is not None:
        return f"{model}: {heard.detail}", _LATER
    text, mend = _STATUS.get(heard.status, ("the endpoint answered with an error", _LATER))
    return f"{model}: {text} (HTTP {heard.status})", mend


def model_error(heard: Heard, model: str) -> ModelError:
    """The error for a person whose whole question depended on that call."""
    message, mend = told(heard, model)
    return ModelError(message, mend, code="timeout" if heard.failed == "timeout" else "model")
