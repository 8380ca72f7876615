"""Figures: long and wide files, when each was known, and what a reader at T is told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.errors import LookAheadError
from core.instant import DAY, HOUR, Instant, instant
from core.observation import Missing, Observation
from tests.tools.store.candles import NOW, START, a_store
from tools.store.importer import ImportReport, Job, import_files
from tools.store.manifest import entry
from tools.store.store import Store


def put(store: Store, file: Path, text: str = "", **more: Any) -> ImportReport:
    if text:
        file.write_text(text)
    plain = {"path": "x", "kind": "onchain", "asset": "bitcoin", "source": "test"} | more
    one = entry({name: value for name, value in plain.items() if value is not None}, "test")
    return import_files(store, [Job(one, file)], file.parent)


def read(store: Store, metric: str, at: str, count: int = 9) -> list[tuple[int, str]]:
    """What a reader at *at* sees: days after START, and values."""
    found = store.facts("bitcoin", metric, instant(at), count)
    if isinstance(found, Missing):
        return []
    return [((one.as_of - START) // DAY, str(one.value)) for one in found]


LONG = """ts,metric,value,unit
2024-01-01,addresses,10,count
2024-01-02,addresses,11,count
2024-01-01,fees,2.5,BTC
2024-01-02,fees,3.5,BTC
"""


def test_a_long_file_is_served_as_it_was_known(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    report = put(store, tmp_path / "a.csv", LONG)
    assert report.refused == []
    assert [(i.key.metric, i.rows, i.unit) for i in store.series()] == [
        ("addresses", 2, "count"),
        ("fees", 2, "BTC"),
    ]
    assert store.facts("bitcoin", "addresses", Instant(START + 2 * DAY), 5) == (
        Observation(
            "bitcoin", "addresses", Decimal("10.0"), "count", START, Instant(START + 2 * DAY), "test"
        ),
    )
    assert read(store, "addresses", "2024-01-02T23:59:59Z") == []
    assert read(store, "addresses", "2024-01-03") == [(0, "10.0")]
    assert read(store, "fees", "2024-01-04") == [(0, "2.5"), (1, "3.5")]
    assert read(store, "fees", "2024-01-04", count=1) == [(1, "3.5")]


def test_what_nobody_has_is_missing_and_the_future_is_refused(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.csv", LONG)
    assert store.facts("bitcoin", "tvl", Instant(NOW), 1) == Missing("tvl", "no_data")
    assert store.facts("ethereum", "fees", Instant(NOW), 1) == Missing("fees", "no_data")
    assert store.facts("bitcoin", "fees", Instant(NOW), 0) == Missing("fees", "no_data")
    with pytest.raises(LookAheadError, match="was asked for at"):
        store.facts("bitcoin", "fees", Instant(NOW + 1), 1)


def test_a_wide_file_holds_a_series_for_each_metric_and_an_empty_cell_is_no_figure(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    rows = pl.DataFrame(
        {
            "day": ["2024-01-01", "2024-01-02", "2024-01-03"],
            "Adr": [1.0, None, 3.0],
            "Tx": [4, 5, 6],
            "Never": [None, None, None],
        }
    )
    rows.write_parquet(tmp_path / "a.parquet")
    metrics = {"addresses": "Adr", "tx_count": "Tx", "never": "Never"}
    put(store, tmp_path / "a.parquet", columns={"ts": "day"}, metrics=metrics, units={"tx_count": "count"})
    assert read(store, "addresses", "2024-02-01") == [(0, "1.0"), (2, "3.0")]
    assert read(store, "tx_count", "2024-02-01") == [(0, "4.0"), (1, "5.0"), (2, "6.0")]
    assert [(i.key.metric, i.unit) for i in store.series()] == [("addresses", ""), ("tx_count", "count")]


def test_the_manifest_of_the_contract_gates_a_figure_by_its_completion_and_two_days(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    done = [(START + DAY + 2 * HOUR) // 1000, (START + 5 * DAY) // 1000, None]
    rows = pl.DataFrame(
        {"ts": ["2024-01-01", "2024-01-02", "2024-01-03"], "AdrActCnt": [1.0, 2.0, 3.0], "Done": done}
    )
    rows.write_parquet(tmp_path / "a.parquet")
    rule = {"column": "Done", "unit": "s", "at_least": "48h"}
    put(store, tmp_path / "a.parquet", metrics={"addresses": "AdrActCnt"}, known_at=rule)
    found = store.facts("bitcoin", "addresses", Instant(NOW), 9)
    assert not isinstance(found, Missing)
    assert [(one.known_at - START) // DAY for one in found] == [2, 5, 4]
