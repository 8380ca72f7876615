"""What the venue itself saw: the record that an audit reads instead of the client's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.instant import Instant
from tools.exchange.stand_in.wire.endpoint import Endpoint
from tools.exchange.stand_in.wire.faults import Fault


@dataclass(slots=True)
class Seen:
    """One request. *status* is the HTTP status that the venue meant to answer, 0 while it is under way."""

    at: Instant
    endpoint: Endpoint
    method: str
    path: str
    params: Mapping[str, str]
    fault: Fault | None = None
    status: int = 0
    refusal: str = ""
