"""What a channel is, and all of them at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError
from core.ports import Clock, Notifier
from core.registry import discover


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to tell: *key* is its name in ``[notify]`` of ``tokenwise.toml``, *build* takes that key's value.

    *build* raises `UsageError` for a value that cannot be used.
    """

    key: str
    build: Callable[[Any, Clock], Notifier]


class Everyone:
    """Every configured channel at once; one that fails keeps no other from telling."""

    def __init__(self, channels: tuple[Notifier, ...]) -> None:
        self._channels = channels

    async def notify(self, code: str, message: str) -> None:
        """Tells on all channels."""
        await asyncio.gather(*(channel.notify(code, message) for channel in self._channels))


def notifiers(asked: Mapping[str, Any], clock: Clock) -> Notifier:
    """The channels that *asked* (the table ``[notify]``) names; the log is always one of them.

    Raises:
        UsageError: an unknown channel, or a value that it cannot use.
    """
    found = discover("tools.notify.channels", "CHANNEL").values()
    known = {channel.key: channel for channel in found if isinstance(channel, Channel)}
    unknown = sorted(set(asked) - set(known))
    if unknown:
        raise UsageError(
            f"[notify] in tokenwise.toml has {unknown[0]!r}, which is no channel",
            f"Use {', '.join(sorted(known))}.",
            candidates=sorted(known),
        )
    return Everyone(tuple(known[key].build(value, clock) for key, value in {"log": True, **asked}.items()))
