"""Files of figures that cannot be taken: each class refused with its row and one sentence, the others kept."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.errors import UsageError
from tests.tools.store.candles import a_store
from tests.tools.store.figures_by_hand import days, put
from tools.store.importer import Job, import_files
from tools.store.manifest import entry

LONG = "ts,metric,value\n2024-01-01,a,1\n2024-01-02,a,2\n2024-01-01,b,3\n"


@pytest.mark.parametrize(
    ("name", "text", "more", "code", "row"),
    [
        ("a.csv", "", {}, "not_rows", None),
        ("a.csv", "ts,metric,value\n", {}, "not_rows", None),
        ("a.jsonl", LONG, {}, "not_rows", None),
        ("a.parquet", LONG, {}, "not_rows", None),
        ("a.csv", LONG.replace("metric", "what"), {}, "wrong_columns", None),
        ("a.csv", LONG.replace("ts,", "when,"), {"metrics": {"a": "value"}}, "wrong_columns", None),
        ("a.csv", LONG, {"metrics": {"a": "Adr"}}, "wrong_columns", None),
        ("a.csv", LONG, {"columns": {"ts": "day"}}, "wrong_columns", None),
        ("a.csv", LONG, {"where": {"chain": ["x"]}}, "wrong_columns", None),
        ("a.csv", LONG, {"known_at": "seen"}, "wrong_columns", None),
        ("a.csv", LONG.replace(",2\n", ",much\n"), {}, "wrong_columns", 2),
        ("a.csv", LONG.replace("01-02", "02-30"), {}, "wrong_columns", 2),
        ("a.csv", LONG.replace(",3\n", ",\n"), {}, "null", 3),
        ("a.csv", LONG.replace(",b,", ",,"), {}, "null", 3),
        ("a.csv", LONG.replace("2024-01-02", ""), {}, "null", 2),
        ("a.csv", LONG.replace(",2\n", ",NaN\n"), {}, "nan", 2),
        ("a.csv", LONG.replace(",3\n", ",-inf\n"), {}, "infinite", 3),
        ("a.csv", LONG.replace("01-02", "01-01"), {}, "duplicate", 2),
        ("a.csv", LONG + "2024-01-01,a,1\n", {}, "duplicate", 4),
        ("a.csv", LONG.replace("01-02", "01-03") + "2024-01-02,a,1\n", {}, "out_of_order", 4),
        ("a.csv", LONG.replace("2024-01-02", "2034-01-02"), {}, "future", 2),
        ("a.csv", LONG.replace("01-02", "01-02T03:00"), {"interval": "1d"}, "misaligned", 2),
    ],
)
def test_a_bad_file_of_figures_is_refused_with_its_row(
    tmp_path: Path, name: str, text: str, more: dict[str, object], code: str, row: int | None
) -> None:
    (tmp_path / name).write_text(text)
    store = a_store(tmp_path)
    report = put(store, tmp_path / name, **more)
    assert [(one.file, one.row, one.code) for one in report.refused] == [(name, row, code)]
    assert report.refused[0].message
    assert "\n" not in report.refused[0].message
    assert store.series() == ()


def test_a_row_that_stands_there_twice_with_a_vintage_in_between_is_a_duplicate(tmp_path: Path) -> None:
    rows = "2024-01-02,a,1,2024-02-01\n2024-01-01,a,1,2024-02-02\n2024-01-02,a,2,2024-02-01\n"
    report = put(a_store(tmp_path), tmp_path / "a.csv", f"ts,metric,value,known_at\n{rows}")
    assert [(one.code, one.row) for one in report.refused] == [("duplicate", 3)]


def test_rows_another_interval_apart_are_refused(tmp_path: Path) -> None:
    text = "ts,metric,value\n" + "".join(f"2024-01-01T0{hour},a,1\n" for hour in range(9))
    report = put(a_store(tmp_path), tmp_path / "a.csv", text, interval="1d")
    assert [(one.code, one.row) for one in report.refused] == [("wrong_interval", 2)]


@pytest.mark.parametrize(("bad", "code"), [(float("nan"), "nan"), (float("inf"), "infinite")])
def test_a_bad_cell_of_a_wide_file_refuses_it_and_names_the_column(
    tmp_path: Path, bad: float, code: str
) -> None:
    stamps = ["2024-01-01", "2024-01-02"]
    pl.DataFrame({"ts": stamps, "Adr": [1.0, 2.0], "Tx": [1.0, bad]}).write_parquet(tmp_path / "a.parquet")
    report = put(a_store(tmp_path), tmp_path / "a.parquet", metrics={"a": "Adr", "b": "Tx"})
    (one,) = report.refused
    assert (one.code, one.row) == (code, 2)
    assert one.message.startswith("Tx is ")


def test_a_file_that_is_neither_long_nor_wide_is_told_both_ways_out(tmp_path: Path) -> None:
    report = put(a_store(tmp_path), tmp_path / "a.csv", "ts,AdrActCnt\n2024-01-01,1\n")
    assert report.refused[0].message.endswith("or say which columns are metrics with --metrics name=column")


def test_the_row_of_a_filtered_file_is_counted_in_the_file(tmp_path: Path) -> None:
    text = "ts,metric,value,chain\n2024-01-01,a,1,x\n2024-01-01,a,9,y\n2024-01-02,a,nan,x\n"
    report = put(a_store(tmp_path), tmp_path / "a.csv", text, where={"chain": ["x"]})
    assert [(one.code, one.row) for one in report.refused] == [("nan", 3)]


def test_a_refused_file_stops_no_other_and_loses_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.csv", LONG)
    (tmp_path / "a.csv").write_text(LONG.replace(",2\n", ",nan\n"))
    (tmp_path / "b.csv").write_text("ts,metric,value\n2024-01-03,a,7\n")
    one = entry({"path": "x", "kind": "onchain", "asset": "bitcoin", "source": "test"}, "test")
    report = import_files(store, [Job(one, tmp_path / name) for name in ("a.csv", "b.csv")], tmp_path)
    assert (report.files, [r.file for r in report.refused]) == (1, ["a.csv"])
    assert days(store, "a", "2024-02-01") == [(0, 1.0), (1, 2.0), (2, 7.0)]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"asset": None}, "asset is needed for kind 'onchain'"),
        ({"symbol_column": "pair"}, "symbol_column does not go with kind 'onchain'"),
        ({"split": ({"asset": "a"},)}, "split does not go with kind 'onchain'"),
        ({"kind": "funding", "metrics": {"a": "b"}}, "metrics does not go with kind 'funding'"),
        ({"kind": "news", "venue": "x"}, "venue does not go with kind 'news'"),
        ({"kind": "weather"}, "kind"),
        ({"metrics": {"": "b"}}, "metrics"),
        ({"known_at": "ts-1h"}, "known_at rule"),
    ],
)
def test_an_entry_that_means_nothing_is_refused_with_its_key(more: dict[str, object], said: str) -> None:
    plain = {"path": "x", "kind": "onchain", "asset": "bitcoin", "source": "test"} | more
    with pytest.raises(UsageError, match=said):
        entry({name: value for name, value in plain.items() if value is not None}, "test")
