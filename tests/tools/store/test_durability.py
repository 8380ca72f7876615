"""What a full disk, a kill, damage or another version leaves behind."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from core.errors import FaultError, UsageError
from core.instant import Instant
from core.market import BarSeries
from tests.tools.store.candles import H1, START, a_store, bars, frame, put, wander
from tests.tools.store.figures_by_hand import put as put_figures
from tools.store import writing
from tools.store.audit import audit
from tools.store.importer import ImportReport
from tools.store.store import Store


def only(report: ImportReport) -> tuple[int, int, int, int]:
    (one,) = report.series.values()
    return one.rows_read, one.rows_new, one.rows_same, one.rows_revised


def served(store: Store, at: int = START, symbol: str = "BTC/USDT") -> BarSeries:
    found = store.bars(symbol, H1, Instant(at))
    assert isinstance(found, BarSeries), found
    return found


@pytest.mark.parametrize("broken", ["write", "rename", "commit"])
def test_a_full_disk_leaves_the_old_state_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars(wander(50))))
    before = (
        store.series(),
        sorted(p.name for p in (tmp_path / "store/rows").iterdir()),
        served(store).fingerprint,
    )

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def no_room(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    if broken == "commit":
        monkeypatch.setattr("tools.store.catalog.put", no_room)
    else:
        monkeypatch.setattr("os.fsync" if broken == "write" else "pathlib.Path.replace", full)
    with pytest.raises((OSError, FaultError)):
        put(store, tmp_path / "b.parquet", frame(bars(wander(60))))
    monkeypatch.undo()
    after = (
        store.series(),
        sorted(p.name for p in (tmp_path / "store/rows").iterdir()),
        served(store).fingerprint,
    )
    assert after == before
    assert only(put(store, tmp_path / "b.parquet")) == (60, 10, 50, 0)


def test_what_a_killed_import_left_is_swept_by_the_next(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars(wander(50))))
    rows = tmp_path / "store/rows"
    for name in ("orphan.parquet", "half.parquet.part"):
        (rows / name).write_bytes(b"x")
    put(store, tmp_path / "a.parquet")
    assert len(list(rows.iterdir())) == 1


def test_only_one_import_runs_at_a_time(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    with writing.importing(store), pytest.raises(UsageError, match="another import"):
        put(a_store(tmp_path), tmp_path / "a.parquet", frame(bars(wander(5))))


def test_a_damaged_stored_file_is_an_error_of_check_and_a_fault_of_reading(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars(wander(50))))
    (file,) = (tmp_path / "store/rows").iterdir()
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    assert [(f.code, f.severity) for f in audit(store)] == [("not_rows", "error")]
    file.write_bytes(raw[:100])
    with pytest.raises(FaultError, match="damaged"):
        store.bars("BTC/USDT", H1, START)
    file.unlink()
    assert [(f.code, f.severity) for f in audit(store)] == [("not_rows", "error")]


def test_a_newer_schema_is_refused_untouched(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.connection.execute("UPDATE schema_version SET version = 99")
    store.close()
    before = (tmp_path / "store/store.db").read_bytes()
    with pytest.raises(UsageError, match="schema 99"):
        a_store(tmp_path)
    assert (tmp_path / "store/store.db").read_bytes() == before


def test_a_store_of_candles_alone_is_copied_and_takes_figures_from_then_on(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars(wander(30))))
    store.connection.execute("ALTER TABLE series DROP COLUMN unit")
    store.connection.execute("ALTER TABLE assets DROP COLUMN row")
    store.connection.execute("UPDATE schema_version SET version = 1")
    store.close()
    newer = a_store(tmp_path)
    assert (tmp_path / "store/store.db.v1").exists()
    assert [(info.rows, info.unit) for info in newer.series()] == [(30, "")]
    put_figures(newer, tmp_path / "b.csv", "ts,metric,value,unit\n2024-01-01,tvl,1,USD\n")
    assert [info.unit for info in newer.series()] == ["", "USD"]


def test_a_store_where_nothing_can_be_written_is_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars(wander(50))))
    listed, before = store.series(), served(store).fingerprint
    store.close()
    for place in ("tools.database.can_write", "tools.store.store.can_write"):
        monkeypatch.setattr(place, lambda _: False)
    names = sorted(path.name for path in (tmp_path / "store").iterdir())
    reading = Store.open(tmp_path, store.clock, readonly=True)
    assert (reading.series(), served(reading).fingerprint) == (listed, before)
    assert [finding for finding in audit(reading) if finding.severity == "error"] == []
    reading.close()
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == names
    with pytest.raises(FaultError, match=r"is read-only: store\.db cannot be written"):
        Store.open(tmp_path, store.clock)


def test_a_store_that_is_only_read_is_not_made(tmp_path: Path) -> None:
    reading = Store.open(tmp_path / "none", a_store(tmp_path).clock, readonly=True)
    assert reading.series() == ()
    reading.close()
    assert not (tmp_path / "none").exists()
