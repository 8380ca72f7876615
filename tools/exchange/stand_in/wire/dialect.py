"""What a venue's language has to say; the server knows nothing else of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.instant import Instant
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.refusals import Refused
from tools.exchange.stand_in.engine.rules import Rules
from tools.exchange.stand_in.wire.call import Answer, Call, Signed
from tools.exchange.stand_in.wire.endpoint import Endpoint

Handler = Callable[[Desk, Call, Signed], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be asked. A handler answers the JSON body, or raises `Refused`."""

    endpoint: Endpoint
    answer: Handler
    private: bool = False


class Dialect(Protocol):
    """One venue's REST language."""

    name: str
    routes: Mapping[tuple[str, str], Route]

    def rules(self) -> Rules:
        """How this venue trades."""
        ...

    def authenticate(self, desk: Desk, call: Call, now: Instant) -> Signed:
        """Checks key, signature and time.

        Raises:
            Refused: one of them is not good.
        """
        ...

    def refuse(self, refused: Refused) -> Answer:
        """A refusal in this venue's words."""
        ...

    def reply(self, body: Any) -> Answer:
        """An answer in this venue's envelope."""
        ...

    def without_order_id(self, body: Any) -> Any:
        """A new order's answer that names no order."""
        ...

    def with_other_client_id(self, body: Any) -> Any:
        """A new order's answer that names another client id."""
        ...
