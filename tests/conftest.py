"""No network, no keys, no wall clock, no float in money: enforced for every test."""

from __future__ import annotations

import decimal
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

SHARED = Path(os.environ.get("TOKENWISE_TEST_DATA", Path(__file__).parents[1] / "../shared/data")).resolve()

# "dev" explores and remembers; "ci" (--hypothesis-profile ci) tries the same examples on every machine
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, database=None, print_blob=True)
settings.load_profile("dev")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp()))  # ~/.tokenwise is nobody's real one
    for name in [n for n in os.environ if n.startswith(("TOKENWISE_", "OPENAI_"))]:
        if name != "TOKENWISE_TEST_DATA":
            monkeypatch.delenv(name)


class _Counted(sqlite3.Connection):
    """A connection that can be asked whether it was closed."""

    is_open = True

    def close(self) -> None:
        super().close()
        self.is_open = False


@pytest.fixture(autouse=True)
def _every_database_is_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test that leaves a SQLite connection to the collector; Python warns of it from 3.13 on."""
    made: list[_Counted] = []
    connect = sqlite3.connect

    def counting(*arguments: Any, **named: Any) -> _Counted:
        connection = connect(*arguments, factory=_Counted, **named)
        made.append(connection)
        return connection

    monkeypatch.setattr(sqlite3, "connect", counting)
    yield
    left = sum(connection.is_open for connection in made)
    assert left == 0, f"{left} of {len(made)} SQLite connections were left open"


@pytest.fixture
def closed_at_the_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[object, str], None]]:
    """Called with an owner and a name: all that ``owner.name(...)`` makes is closed when the test ends."""
    with ExitStack() as stack:

        def watch(owner: object, name: str) -> None:
            make = getattr(owner, name)

            def made(*arguments: Any, **named: Any) -> Any:
                one = make(*arguments, **named)
                stack.callback(one.close)
                return one

            monkeypatch.setattr(owner, name, made)

        yield watch


@pytest.fixture(autouse=True)
def _no_float_becomes_money() -> Iterator[None]:
    """``Decimal(0.1)`` and ``Decimal < float`` raise; only what is written as money may be compared with money."""
    with decimal.localcontext() as context:
        context.traps[decimal.FloatOperation] = True
        yield


@pytest.fixture
def shared_data() -> Path:
    """The folder of real market data; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"real data is absent: {SHARED}")
    return SHARED
