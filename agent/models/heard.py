"""What an endpoint answered to one call, and the form of it that a cassette and the journal keep.

A completion that is plain JSON is kept as that JSON. Everything else that can be heard (an error status,
a stream, bytes that are no text, nothing at all) has a form of its own, so that a replay hears the same.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from agent.models.strict_json import Unacceptable, parse
from core.instant import Instant

OK = 200


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer, or why there was none.

    *failed*: `None` where the endpoint answered, with whatever *status*. *detail*: one sentence about a
    failure, never with a secret. *pause_s*: how long the endpoint asked to wait before the next call.
    *is_sent*: whether the question can have reached the model, and so can have cost something.
    *is_unrecorded*: nobody was asked, and no cassette knows.
    """

    status: int = OK
    body: bytes = b""
    failed: Literal["http", "timeout"] | None = None
    detail: str = ""
    latency_s: float = 0.0
    at: Instant | None = None
    pause_s: float | None = None
    is_sent: bool = True
    is_unrecorded: bool = False

    @property
    def is_reply(self) -> bool:
        """Whether there is a body to be read as a completion."""
        return self.failed is None and self.status == OK


def form(heard: Heard) -> dict[str, Any]:
    """*heard* as JSON that UTF-8 can hold."""
    if heard.failed is not None:
        return {"failed": heard.failed, "detail": heard.detail}
    if heard.status == OK:
        try:
            body = parse(heard.body, name="the body", largest=len(heard.body))
        except Unacceptable:
            body = None
        if isinstance(body, dict) and not body.keys() & {"status", "failed"}:
            return body
    try:
        return {"status": heard.status, "text": heard.body.decode()}
    except UnicodeDecodeError:
        return {"status": heard.status, "base64": base64.b64encode(heard.body).decode()}


def heard_from(response: Mapping[str, Any], body: bytes, latency_s: float, at: Instant | None) -> Heard:
    """What `form` was made from. *body*: the JSON of *response*, for where it is a completion itself.

    Raises:
        ValueError: *response* has none of the forms.
    """
    failed = response.get("failed")
    if failed in ("http", "timeout"):
        return Heard(0, b"", failed, str(response.get("detail", "")), latency_s, at)
    status = response.get("status")
    if not isinstance(status, int):
        return Heard(OK, body, latency_s=latency_s, at=at)
    if isinstance(text := response.get("text"), str):
        return Heard(status, text.encode(), latency_s=latency_s, at=at)
    try:
        return Heard(
            status, base64.b64decode(str(response["base64"]), validate=True), None, "", latency_s, at
        )
    except (KeyError, binascii.Error):
        raise ValueError("a response with a status needs a text or base64") from None
