"""One call of a model, as the journal keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, what came back, what it took.

    *key*: SHA-256 of the canonical *request*, which names no host and holds no header. *response*: a form
    of `agent.models.heard`. *tokens_in*, *tokens_out*: as the endpoint counted them, 0 where it did not.
    *usd*: `None` where the model has no known price. *outcome*: ``ok``, or the reason for an abstention.
    """

    key: str
    model: str
    style: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    latency_s: float
    tokens_in: int
    tokens_out: int
    usd: Decimal | None
    outcome: str
