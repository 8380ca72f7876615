"""Once a day a person is told what the day came to: once, and again only the next day."""

from __future__ import annotations

from agent.runtime.daily import sum_up
from agent.runtime.desk import Desk
from agent.runtime.remembered import SUMMARY, Remembered
from core.events import Alert
from core.instant import DAY, HOUR, Instant
from tests.agent.runtime.small_world import START, config_of, live, world_of

WORLD = world_of({"AAA/USDT": [100.0] * 30 + [110.0] * 30}, warm=2)


def a_desk() -> Desk:
    return live(config_of(WORLD, "rule:hold"), WORLD).desk


def told(desk: Desk) -> list[str]:
    said: list[str] = []
    desk.recorder.heard = lambda event: said.append(event.message)  # type: ignore[union-attr]  # only alerts here
    for hours in (0, 1, 23, 24, 25):
        sum_up(desk, Instant(START + 3 * DAY + hours * HOUR))
    return said


def test_a_day_that_is_over_is_summed_up_once_in_words() -> None:
    first, _ = told(a_desk())  # three looks on one day, two on the next
    assert first.startswith("2024-01-03: equity ")
    assert "AAA" in first


def test_what_was_summed_up_is_known_after_a_restart() -> None:
    desk = a_desk()
    sum_up(desk, Instant(START + 3 * DAY))
    again = Remembered()
    again.take(Alert(SUMMARY, "", {"day": desk.account.remembered.summed_up}))
    assert again.summed_up == (START + 3 * DAY) // DAY
