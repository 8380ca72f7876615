"""A command line of its own for each test, and endpoints that nothing was learned about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.models import configured
from tests.agent.cli.trading_line import Line
from tests.agent.runtime import small_world


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "home", capsys)


@pytest.fixture(autouse=True)
def _nothing_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port may be given out twice; what one server took says nothing of the next."""
    monkeypatch.setattr(configured, "_LEARNED", {})


@pytest.fixture(autouse=True)
def _desks_are_closed(closed_at_the_end: Callable[[object, str], None]) -> None:
    closed_at_the_end(small_world, "wire")
