"""The store: importing twice changes nothing, nothing known later is served, nothing is half-written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.instant import DAY, HOUR, Instant, instant
from core.market import BarSeries
from core.observation import Missing
from tests.tools.store.candles import D1, H1, NOW, START, a_store, an_entry, bars, frame, put, wander
from tools.store.audit import audit
from tools.store.importer import ImportReport
from tools.store.merge import Incoming, merged
from tools.store.rows import Rows
from tools.store.store import Store


def only(report: ImportReport) -> tuple[int, int, int, int]:
    (one,) = report.series.values()
    return one.rows_read, one.rows_new, one.rows_same, one.rows_revised


def served(store: Store, at: int = START, symbol: str = "BTC/USDT") -> BarSeries:
    found = store.bars(symbol, H1, Instant(at))
    assert isinstance(found, BarSeries), found
    return found


def test_what_was_imported_is_served_as_it_was(tmp_path: Path) -> None:
    one = bars(wander(100))
    store = a_store(tmp_path)
    assert only(put(store, tmp_path / "a.parquet", frame(one))) == (100, 100, 0, 0)
    series = served(store)
    for name in ("opened_at", "open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(series.bars, name), getattr(one, name)), name
    assert (series.asset, series.source, series.revisions, series.delisted_at) == (
        "bitcoin",
        "test",
        (),
        None,
    )
    assert not series.bars.close.flags.writeable


def test_the_same_rows_again_change_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars(wander(100))))
    before = sorted(p.name for p in (tmp_path / "store/rows").iterdir())
    mark = served(store).fingerprint
    assert only(put(store, tmp_path / "a.parquet")) == (100, 0, 100, 0)
    assert sorted(p.name for p in (tmp_path / "store/rows").iterdir()) == before
    assert served(store).fingerprint == mark


def test_a_changed_value_is_a_vintage_that_nobody_knew_before(tmp_path: Path) -> None:
    first, later = bars(wander(100)), bars([*wander(100)[:-1], 200.0])
    put(a_store(tmp_path), tmp_path / "a.parquet", frame(first))
    store = a_store(tmp_path, NOW + DAY)
    assert only(put(store, tmp_path / "b.parquet", frame(later))) == (100, 0, 99, 1)
    series = served(store)
    assert series.bars.close[-1] == first.close[-1]
    assert [(r.index, r.known_at, r.close) for r in series.revisions] == [(99, NOW + DAY, 200.0)]
    assert only(put(store, tmp_path / "b.parquet")) == (100, 0, 100, 0)
    assert only(put(store, tmp_path / "a.parquet")) == (100, 0, 100, 0)
    assert [f.code for f in audit(store)] == ["revised"]


def test_a_vintage_is_known_from_when_the_file_says(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars([100.0, 101.0])))
    told = frame(bars([100.0, 102.0]), known_at=[None, "2024-03-01T00:00:00Z"])
    assert only(put(store, tmp_path / "b.parquet", told)) == (2, 0, 1, 1)
    (revision,) = served(store).revisions
    assert (revision.known_at, revision.close) == (instant("2024-03-01"), 102.0)
    ruled = frame(bars([100.0, 103.0]))
    assert only(put(store, tmp_path / "c.parquet", ruled, known_at="ts+24h")) == (2, 0, 1, 1)
    assert [r.known_at for r in served(store).revisions] == [START + HOUR + DAY, instant("2024-03-01")]


def test_a_candle_that_was_known_late_is_never_served(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    told = frame(bars([100.0, 101.0, 102.0]), known_at=[None, START + 2 * HOUR + 1, START + 3 * HOUR])
    put(store, tmp_path / "a.parquet", told)
    assert served(store).bars.opened_at.tolist() == [START, START + 2 * HOUR]
    put(
        store,
        tmp_path / "b.parquet",
        frame(bars([1.0, 2.0])),
        known_at="ts+2h",
        source="late",
        symbol="ETH/USDT",
    )
    assert store.bars("ETH/USDT", H1, START) == Missing("ETH/USDT 1h", "known_late")


def test_no_candle_is_known_before_it_closed_whatever_the_file_says(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars([100.0, 101.0]), known_at=[START, START]))
    (info,) = store.series()
    assert store.rows(info).known_at.tolist() == [START + HOUR, START + 2 * HOUR]


def test_a_candle_that_has_not_closed_is_dropped_and_counted(tmp_path: Path) -> None:
    store = a_store(tmp_path, START + 3 * HOUR - 1)
    report = put(store, tmp_path / "a.parquet", frame(bars([100.0, 101.0, 102.0])))
    (one,) = report.series.values()
    assert (one.rows_read, one.rows_new, one.unclosed) == (3, 2, 1)
    assert len(served(store).bars) == 2


def luna(store: Store, folder: Path, **more: object) -> None:
    hours = [START + k * HOUR for k in (0, 1, 2, 500, 501)]
    rows = frame(bars([5.0, 4.0, 3.0, 9.0, 9.5], opened=hours))
    split = [{"until": "2024-01-01T03:00:00Z", "asset": "terra-luna"}, {"asset": "terra-luna-2"}]
    put(store, folder / "l.parquet", rows, symbol="LUNA/USDT", asset=None, split=split, **more)


@pytest.mark.parametrize(
    ("hour", "meant"),
    [
        (-9999, "terra-luna"),
        (2, "terra-luna"),
        (3, None),
        (499, None),
        (500, "terra-luna-2"),
        (9999, "terra-luna-2"),
    ],
)
def test_a_reused_ticker_is_the_asset_that_it_meant_then(
    tmp_path: Path, hour: int, meant: str | None
) -> None:
    store = a_store(tmp_path)
    luna(store, tmp_path)
    found = store.bars("LUNA/USDT", H1, Instant(START + hour * HOUR))
    if meant is None:
        assert found == Missing("LUNA/USDT 1h", "delisted")
        return
    assert isinstance(found, BarSeries)
    assert found.asset == meant
    assert found.delisted_at == (START + 3 * HOUR if meant == "terra-luna" else None)
    assert "ticker_reuse" in {f.code for f in audit(store)}


def test_a_series_is_delisted_only_where_the_others_of_its_source_go_on(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars(wander(100))))
    assert served(store).delisted_at is None
    put(store, tmp_path / "b.parquet", frame(bars(wander(100 + 72))), symbol="ETH/USDT", asset="ethereum")
    assert served(store).delisted_at is None
    put(store, tmp_path / "c.parquet", frame(bars(wander(100 + 73))), symbol="SOL/USDT", asset="solana")
    assert served(store).delisted_at == START + 100 * HOUR
    again = bars(wander(400), opened=[START + k * HOUR for k in range(400)])
    put(store, tmp_path / "d.parquet", frame(again), source="other")
    assert served(store).delisted_at is None


def test_a_collection_that_stops_as_a_whole_delists_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars(wander(100))))
    hours = [START + k * HOUR for k in [*range(100), *range(2000, 2100)]]
    put(
        store,
        tmp_path / "b.parquet",
        frame(bars(wander(200), opened=hours)),
        symbol="ETH/USDT",
        asset="ethereum",
    )
    assert served(store).delisted_at is None


def test_of_several_sources_the_first_is_served_and_a_disagreement_is_told(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    close = wander(50)
    put(store, tmp_path / "a.parquet", frame(bars(close)))
    put(store, tmp_path / "b.parquet", frame(bars([*close[:-1], close[-1] * 1.02])), source="other")
    assert served(store).source == "test"
    (finding,) = audit(store)
    assert (finding.code, finding.severity) == ("disagreement", "warning")


def test_an_unmapped_series_becomes_the_assets_once_it_is_named(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars(wander(50))), asset=None)
    assert served(store).asset == "unmapped:binance:BTC/USDT"
    assert only(put(store, tmp_path / "a.parquet")) == (50, 0, 50, 0)
    assert [info.asset for info in store.series()] == ["bitcoin"]


def test_one_file_may_hold_many_series_and_a_partial_day_is_flagged(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    day = bars([1.0, 2.0, 3.0], width=D1)
    rows = pl.concat(
        [
            frame(day, pair=[name] * 3, hours=[5, 24, 24], dead=[name == "XUSDT"] * 3)
            for name in ("BTCUSDT", "XUSDT")
        ]
    )
    more = {"symbol": None, "symbol_column": "pair", "interval": "1d", "asset": {"BTC": "bitcoin"}}
    put(store, tmp_path / "a.parquet", rows, **more, drop={"dead": [True]})
    (info,) = store.series()
    assert (info.asset, info.symbol, info.flags, info.rows_flagged) == (
        "bitcoin",
        "BTC/USDT",
        {"partial_day": 1},
        1,
    )
    put(store, tmp_path / "a.parquet", **more, where={"pair": ["XUSDT"]})
    assert [i.asset for i in store.series()] == ["bitcoin", "unmapped:binance:X/USDT"]


def test_reading_what_is_not_there_is_missing_and_no_error(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    assert store.bars("BTC/USDT", H1, START) == Missing("BTC/USDT 1h", "no_data")
    put(store, tmp_path / "a.parquet", frame(bars(wander(5))))
    assert store.bars("BTC/USDT", D1, START) == Missing("BTC/USDT 1d", "no_data")
    assert store.bars("BTC/USDT", H1, START, "kraken") == Missing("BTC/USDT 1h", "no_data")


@given(st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3)), max_size=6), max_size=5))
def test_vintages_are_only_ever_added_and_any_import_again_adds_none(
    imports: list[list[tuple[int, int]]],
) -> None:
    stored: Rows | None = None
    files = []
    for number, cells in enumerate(imports):
        values = {START + k * HOUR: float(v) for k, v in cells}
        opened = np.array(sorted(values), np.int64)
        if not len(opened):
            continue
        matrix = np.array([[values[t]] * 5 for t in opened.tolist()])
        files.append(
            Incoming(
                opened,
                opened + HOUR,
                np.zeros(len(opened), np.bool_),
                matrix,
                np.zeros(len(opened), np.uint32),
            )
        )
        before = stored
        result = merged(stored, files[-1], Instant(NOW + number))
        assert result.new + result.same + result.revised == len(opened)
        stored = result.rows
        if before is not None:
            held = set(
                zip(
                    stored.as_of.tolist(), stored.known_at.tolist(), stored.values[:, 0].tolist(), strict=True
                )
            )
            assert (
                set(
                    zip(
                        before.as_of.tolist(),
                        before.known_at.tolist(),
                        before.values[:, 0].tolist(),
                        strict=True,
                    )
                )
                <= held
            )
    for file in files:
        again = merged(stored, file, Instant(NOW + 99))
        assert (again.new, again.revised) == (0, 0)


def test_a_row_that_two_imports_revise_keeps_its_history_in_order(tmp_path: Path) -> None:
    one = bars([100.0, 101.0])
    for number, last in enumerate((101.0, 102.0, 103.0)):
        store = a_store(tmp_path, NOW + number)
        changed = replace(one, close=np.array([100.0, last]), high=np.array([100.0, last]))
        put(store, tmp_path / f"{number}.parquet", frame(changed))
    assert [(r.known_at, r.close) for r in served(store).revisions] == [(NOW + 1, 102.0), (NOW + 2, 103.0)]


def test_an_entry_needs_no_file_to_be_checked() -> None:
    with pytest.raises(UsageError, match="exactly one of symbol"):
        an_entry(symbol_column="pair")
