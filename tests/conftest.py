"""No network, no keys, no wall clock: enforced for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("TOKENWISE_TEST_DATA", Path(__file__).parents[1] / "../shared/data")).resolve()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith(("TOKENWISE_", "OPENAI_"))]:
        if name != "TOKENWISE_TEST_DATA":
            monkeypatch.delenv(name)


@pytest.fixture
def shared_data() -> Path:
    """The folder of real market data; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"real data is absent: {SHARED}")
    return SHARED
