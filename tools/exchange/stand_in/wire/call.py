"""One request as the server received it, and who signed it until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.instant import Instant
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.wire.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Call:
    """*raw* is the query string or the body exactly as it was signed."""

    endpoint: Endpoint
    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    raw: str
    at: Instant

    def need(self, name: str) -> str:
        """The parameter *name*.

        Raises:
            Refused: it was not sent.
        """
        value = self.params.get(name, "")
        if not value:
            raise Refused(Refusal.BAD_PARAMETER, name)
        return value

    def whole(self, name: str, default: int, most: int | None = None) -> int:
        """The parameter *name* as a whole number, at most *most*.

        Raises:
            Refused: it is not one.
        """
        text = self.params.get(name)
        if text is None or text == "":
            return default
        try:
            value = int(float(text))
        except (ValueError, OverflowError):
            raise Refused(Refusal.BAD_PARAMETER, name) from None
        return value if most is None else min(value, most)


@dataclass(frozen=True, slots=True)
class Signed:
    """What a valid signature grants: *until* is the last instant at which the request may still be executed."""

    until: Instant | None
    trade: bool = True
    withdraw: bool = False
    too_late: Refusal = Refusal.CLOCK

    def check(self, now: Instant) -> None:
        """Raises where the request has expired by *now*.

        Raises:
            Refused: too late.
        """
        if self.until is not None and now > self.until:
            raise Refused(self.too_late)


@dataclass(slots=True)
class Answer:
    """What goes back: a status, a JSON body, headers."""

    status: int
    body: Any
    headers: Mapping[str, str]
