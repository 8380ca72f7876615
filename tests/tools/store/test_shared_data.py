"""The real candles: imported whole, their known faults found."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.instant import Instant, instant
from core.market import BarSeries
from tests.tools.store.candles import H1, START, a_store
from tools.store.audit import audit
from tools.store.importer import jobs
from tools.store.store import Store


def served(store: Store, at: int = START, symbol: str = "BTC/USDT") -> BarSeries:
    found = store.bars(symbol, H1, Instant(at))
    assert isinstance(found, BarSeries), found
    return found


def test_the_first_entries_of_the_shared_manifest_serve_the_replay_of_2022(
    shared_data: Path, tmp_path: Path
) -> None:
    from tools.store.importer import import_files
    from tools.store.manifest import read_manifest

    store = a_store(tmp_path, instant("2026-01-01"))
    entries = read_manifest(Path(__file__).parents[2] / "data/shared.toml")[:2]
    report = import_files(store, jobs(entries, shared_data), shared_data)
    assert report.refused == []
    at = instant("2022-04-25")
    for symbol in ("BTC/USDT", "ETH/USDT", "SOL/USDT", "BNB/USDT", "LUNA/USDT"):
        series = served(store, at, symbol)
        assert series.bars.opened_at[0] < at
    assert served(store, at, "LUNA/USDT").delisted_at == instant("2022-05-13T01:00:00Z")
    btc = served(store, at).bars
    row = int(np.searchsorted(btc.opened_at, instant("2021-11-10")))
    assert btc.high[row : row + 24].max() == 69_000
    assert len(btc) == 58_255
    assert served(store, at, "BNB/USDT").delisted_at is None


def test_the_whole_shared_manifest_is_imported_and_its_known_faults_are_found(
    shared_data: Path, tmp_path: Path
) -> None:
    from tools.store.importer import import_files
    from tools.store.manifest import read_manifest

    store = a_store(tmp_path, instant("2026-01-01"))
    todo = jobs(read_manifest(Path(__file__).parents[2] / "data/shared.toml"), shared_data)
    report = import_files(store, todo, shared_data)
    assert (report.refused, report.new_assets) == ([], [])
    findings = list(audit(store))
    assert not [f for f in findings if f.severity == "error"]
    holes = {(f.asset, f.since, f.until) for f in findings if f.code == "gap"}
    assert ("bitcoin", instant("2023-03-24T13:00:00Z"), instant("2023-03-24T14:00:00Z")) in holes
    assert ("bitcoin", instant("2023-12-30T19:00:00Z"), instant("2025-02-15")) in holes
    absent = {f.asset for f in findings if f.code == "gap" and "segment" in f.message}
    assert {"bitcoin", "ethereum", "solana", "sui", "usd-coin", "ftx-token"} <= absent
    assert len([f for f in findings if f.code == "redenomination"]) == 4
    assert [f.asset for f in findings if f.code == "ticker_reuse"] == ["terra-luna"]
