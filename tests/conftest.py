"""No network, no keys, no wall clock, no float in money: enforced for every test."""

from __future__ import annotations

import decimal
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SHARED = Path(os.environ.get("TOKENWISE_TEST_DATA", Path(__file__).parents[1] / "../shared/data")).resolve()

# "dev" explores and remembers; "ci" (--hypothesis-profile ci) tries the same examples on every machine
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, database=None, print_blob=True)
settings.load_profile("dev")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith(("TOKENWISE_", "OPENAI_"))]:
        if name != "TOKENWISE_TEST_DATA":
            monkeypatch.delenv(name)


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
