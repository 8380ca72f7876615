"""Tells on stderr, through the standard logger ``tokenwise``: what a terminal or the system's journal shows."""

from __future__ import annotations

import logging
from typing import Any

from core.errors import UsageError
from core.ports import Clock
from tools.notify.channel import Channel

_LOG = logging.getLogger("tokenwise")


class Log:
    """One line per message; nothing where *on* is false."""

    def __init__(self, *, on: bool) -> None:
        self._on = on

    async def notify(self, code: str, message: str) -> None:
        """Writes a warning."""
        if self._on:
            _LOG.warning("%s: %s", code, message)


def build(value: Any, _: Clock) -> Log:
    """The channel, on or off."""
    if not isinstance(value, bool):
        raise UsageError(f"log in [notify] is {value!r}", "Write log = true or log = false.")
    return Log(on=value)


CHANNEL = Channel("log", build)
