"""Tells a web address: one JSON object per message, tried a few times, never waited for."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.errors import UsageError
from core.instant import SECOND, Instant, iso
from core.ports import Clock
from tools.notify.channel import Channel

_LOG = logging.getLogger("tokenwise")
for _chatty in ("httpx", "httpcore"):  # they write whole addresses into the log
    logging.getLogger(_chatty).setLevel(logging.WARNING)
_PAUSES_S = (1, 5, 25)
_TIMEOUT_S = 5.0
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Webhook:
    """POSTs ``{"code", "message", "text", "at"}`` to *url*, which is a secret and never shown."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._host = urlsplit(url).hostname
        self._clock = clock

    def __repr__(self) -> str:
        return f"Webhook({self._host})"

    async def notify(self, code: str, message: str) -> None:
        """Delivers, or says in the log that it could not; a refusal (4xx) is not tried again."""
        body = {
            "code": code,
            "message": message,
            "text": f"tokenwise {code}: {message}",
            "at": iso(self._clock.now()),
        }
        why = ""
        for pause in (0, *_PAUSES_S):
            if pause:
                await self._clock.sleep_until(Instant(self._clock.now() + pause * SECOND))
            try:
                async with httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False) as client:
                    status = (await client.post(self._url, json=body)).status_code
            except httpx.HTTPError as error:
                why = type(error).__name__
                continue
            if status < 300:
                return
            why = f"HTTP {status}"
            if status < 500 and status != 429:
                break
        _LOG.warning("%s was not delivered to %s: %s", code, self._host, why)


def build(value: Any, clock: Clock) -> Webhook:
    """The channel to an https address; plain http only to this machine."""
    parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname:
        raise UsageError(
            "webhook in [notify] is no https address", 'Write webhook = "https://…" in tokenwise.toml.'
        )
    return Webhook(value, clock)


CHANNEL = Channel("webhook", build)
