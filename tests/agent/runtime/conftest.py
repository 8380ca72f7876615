"""What these tests open is closed when each of them ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.agent.runtime import fake_venue, small_world


@pytest.fixture(autouse=True)
def _desks_are_closed(closed_at_the_end: Callable[[object, str], None]) -> None:
    closed_at_the_end(small_world, "wire")
    closed_at_the_end(fake_venue, "wire")
