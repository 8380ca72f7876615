"""Which events a person is told, in which words; delivered beside the trading, which never waits for it."""

from __future__ import annotations

import asyncio
from collections import deque

from agent.runtime.waiting import CLOSED
from core.events import Alert, Delisted, Ended, Event, Halted, Resumed, Unknown
from core.money import plain
from core.ports import Notifier

_MOST = 1_000
_UNTOLD = {CLOSED}


def told(event: Event) -> tuple[str, str] | None:
    """The code and words of *event* for a person; `None` for what needs no person."""
    match event:
        case Halted(reason=reason, by=by, state=state):
            return ("halt" if state == "halted" else "reducing"), f"{state} by {by}: {reason}"
        case Resumed(by=by):
            return "resumed", f"trading goes on, lifted by {by}"
        case Unknown(order_id=order, why=why):
            return "order.unknown", f"nobody knows whether order {order} arrived: {why}"
        case Delisted(symbol=symbol, last_price=price):
            return "delisted", f"{symbol} ended{'' if price is None else f' at {plain(price)}'}"
        case Ended(reason="error"):
            return "ended", "the run ended with an error"
        case Alert(code=code, message=message) if code not in _UNTOLD:
            return code, message
    return None


class Telling:
    """Hears what is journalled and tells it, in order, in a task of its own.

    What cannot be delivered is dropped once more than a thousand messages wait: the journal has it all.
    """

    def __init__(self, account: str, notifier: Notifier) -> None:
        self._account = account
        self._notifier = notifier
        self._waiting: deque[tuple[str, str]] = deque(maxlen=_MOST)
        self._task: asyncio.Task[None] | None = None

    def heard(self, event: Event) -> None:
        """Takes *event* in; returns at once."""
        message = told(event)
        if message is None:
            return
        self._waiting.append((message[0], f"{self._account}: {message[1]}"))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._tell())

    async def finish(self, seconds: float) -> None:
        """Waits at most *seconds* for what is still on its way."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=seconds)
            self._task.cancel()

    async def _tell(self) -> None:
        while self._waiting:
            code, message = self._waiting.popleft()
            await self._notifier.notify(code, message)
