"""One question to one endpoint: its address, its headers, and what its answer says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from core.observation import NoData, Ok, Outcome, Unreachable
from tools.sources.answer import Answer, LeftOut
from tools.sources.http.body import UnreadableError, is_page, parsed
from tools.sources.http.cache import Kept, key_of
from tools.sources.http.endpoint import Asked, Endpoint, Form, address, target
from tools.sources.http.network import Heard
from tools.sources.http.redaction import Key
from tools.sources.http.verdict import Failed, of_error, of_status, words_of
from tools.sources.reading import MalformedError

R = TypeVar("R")

_AGENT = "tokenwise/0.1 (research)"
_SHOWN = 20
_BIG = 250_000


class Call(Generic[R]):
    """What is asked. *key* names it in the cache; *name* names it to people, without what was given.

    Raises:
        ValueError: *given* makes no address.
    """

    def __init__(
        self,
        endpoint: Endpoint[R],
        origin: str,
        given: Mapping[str, str],
        about: Mapping[str, str],
        key: Key | None,
    ) -> None:
        self.endpoint = endpoint
        self.origin = origin
        self.name = f"{endpoint.provider.name} {endpoint.path}"
        self._key = key
        self._about = about
        self._given = given
        path, query = target(endpoint, given)
        plan = "keyed" if key is not None and endpoint.provider.key_header else "open"
        self.key = key_of(origin, endpoint.provider.name, path, query, plan)
        self.is_kept = endpoint.method == "GET"
        self.url = address(origin, path, query if self.is_kept else {})

    def headers(self, kept: Kept | None) -> dict[str, str]:
        """What the request says of itself; the key, and the marks of what was *kept*."""
        said = {"accept": self.endpoint.form.value, "accept-encoding": "gzip", "user-agent": _AGENT}
        header = self.endpoint.provider.key_header
        if header is not None and self._key is not None:
            said[header] = self._key.reveal()
        if not self.is_kept:
            said["content-type"] = "application/json"
        return said | (kept.conditions if kept is not None else {})

    def content(self) -> bytes | None:
        """The body of the request."""
        if self.is_kept:
            return None
        packed = self.endpoint.pack(self._given) if self.endpoint.pack else dict(self._given)
        return json.dumps(packed, allow_nan=False).encode()

    def refusal(self, heard: Heard, pause_ms: int | None) -> Failed:
        """What an answer other than 200 means."""
        said = ""
        page = is_page(heard.headers.get("content-type", ""), heard.body)
        if not page:
            try:
                said = words_of(parsed(heard.body))
            except UnreadableError:
                said = ""
        return of_status(
            heard.status,
            self.name,
            said,
            is_page=page,
            names_something=self.endpoint.names_something,
            pause_ms=pause_ms,
        )

    async def read(self, kept: Kept) -> Outcome[Answer[R]]:
        """The rows of a body, or why it holds none; a big one is read beside the event loop."""
        return await asyncio.to_thread(self._read, kept) if len(kept.body) > _BIG else self._read(kept)

    def _read(self, kept: Kept) -> Outcome[Answer[R]]:
        asked = Asked(self.endpoint.provider.name, kept.fetched_at, self._given, self._about)
        try:
            body: Any = kept.body
            if self.endpoint.form is Form.JSON:
                body = parsed(kept.body)
                refusal = of_error(self.name, body)
                if refusal is not None:
                    return refusal
            return self._collected(body, asked)
        except (UnreadableError, MalformedError) as error:
            return Unreachable(f"{self.name}: {error}")

    def _collected(self, body: Any, asked: Asked) -> Outcome[Answer[R]]:
        rows: list[R] = []
        left: list[LeftOut] = []
        for row in self.endpoint.read(body, asked):
            if isinstance(row, LeftOut):
                left.append(row)
            else:
                rows.append(row)
        broken = sum(row.broken for row in left)
        if broken > len(rows):
            why = next(row.why for row in left if row.broken)
            return Unreachable(f"{self.name}: {broken} of {broken + len(rows)} rows cannot be read: {why}")
        whys = [row.why for row in left]
        if not rows:
            return NoData(f"{self.name}: " + (whys[0] if whys else "nothing"))
        if len(whys) > _SHOWN:
            whys = [*whys[:_SHOWN], f"and {len(whys) - _SHOWN} more"]
        provider = self.endpoint.provider
        return Ok(
            Answer(
                tuple(rows),
                provider.name,
                asked.fetched_at,
                provider.attribution,
                provider.licence,
                tuple(whys),
                len(rows) + len(left),
            )
        )
