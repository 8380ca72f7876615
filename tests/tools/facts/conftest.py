"""What these tests open is closed when each of them ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tools.store.store import Store


@pytest.fixture(autouse=True)
def _stores_are_closed(closed_at_the_end: Callable[[object, str], None]) -> None:
    closed_at_the_end(Store, "open")
