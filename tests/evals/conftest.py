"""A home whose store holds the real data: made once per session, whoever of the workers comes first."""

from __future__ import annotations

import fcntl
import os
from contextlib import closing
from pathlib import Path

import pytest

from core.instant import instant
from tests.conftest import SHARED
from tools.clocks import SimulatedClock
from tools.store.importer import import_files, jobs
from tools.store.manifest import Entry, read_manifest
from tools.store.store import Store

TODAY = instant("2026-01-01")
MANIFEST = Path(__file__).parents[1] / "data/shared.toml"


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home; the test is skipped where the data is absent. Nothing may be imported into it."""
    if not SHARED.is_dir():
        pytest.skip(f"real data is absent: {SHARED}")
    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home, done = root / "shared_home", root / "shared_home.done"
    with (root / "shared_home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            home.mkdir()
            entries = [one for one in read_manifest(MANIFEST) if _is_needed(one)]
            with closing(Store.open(home, SimulatedClock(TODAY))) as store:
                report = import_files(store, jobs(entries, SHARED), SHARED)
            assert report.refused == []
            done.touch()
    return home


def _is_needed(entry: Entry) -> bool:
    """Hours, and what is no candle; days and all pairs of the venue take the longest and no scenario asks for them."""
    return entry.kind != "ohlcv" or entry.interval == "1h"
