"""Which events a person is told, in order, without the trading ever waiting for it."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from agent.runtime.telling import Telling, told
from core.events import Acknowledged, Alert, Delisted, Ended, Event, Halted, Resumed, Unknown
from core.ids import OrderId

ORDER = OrderId("o" * 22)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (Halted("enough", "person"), "halt"),
        (Halted("drawdown", "breaker", "reducing"), "reducing"),
        (Resumed("person"), "resumed"),
        (Unknown(ORDER, "timeout"), "order.unknown"),
        (Delisted("LUNA/USDT", Decimal("0.1")), "delisted"),
        (Ended("error"), "ended"),
        (Alert("data.stale", "BTC/USDT is 9 minutes old"), "data.stale"),
        (Alert("approval.requested", "May this go out?"), "approval.requested"),
        (Alert("approval.closed", "denied"), None),
        (Ended("until"), None),
        (Acknowledged(ORDER), None),
    ],
)
def test_a_person_is_told_what_needs_one(event: Event, code: str | None) -> None:
    said = told(event)
    assert (said and said[0]) == code


class Slow:
    """A channel that hangs until it is let go."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.go = asyncio.Event()

    async def notify(self, code: str, message: str) -> None:
        await self.go.wait()
        self.heard.append(f"{code} {message}")


def test_nobody_waits_for_a_channel_and_the_order_stays() -> None:
    async def lived() -> list[str]:
        channel = Slow()
        telling = Telling("paper", channel)
        telling.heard(Halted("enough", "person"))
        telling.heard(Acknowledged(ORDER))
        telling.heard(Resumed("person"))
        assert channel.heard == []
        channel.go.set()
        await telling.finish(1)
        return channel.heard

    assert asyncio.run(lived()) == [
        "halt paper: halted by person: enough",
        "resumed paper: trading goes on, lifted by person",
    ]


def test_a_channel_that_hangs_does_not_keep_a_run_from_ending() -> None:
    async def lived() -> list[str]:
        channel = Slow()
        telling = Telling("paper", channel)
        telling.heard(Halted("enough", "person"))
        await telling.finish(0.01)
        return channel.heard

    assert asyncio.run(lived()) == []
