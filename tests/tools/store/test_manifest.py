"""The manifest and the files it names: strict about keys, generous about forms."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from core.errors import NoAnswerError, UsageError
from core.instant import HOUR
from tests.tools.store.candles import START, a_store, bars, frame, put, wander
from tools.store import assets
from tools.store.importer import Refusal, import_files, jobs
from tools.store.manifest import known_at_rule, matching, read_manifest

ENTRY = """
[[series]]
path = "{base}USDT_1h.parquet"
kind = "ohlcv"
symbol = "{base}/USDT"
venue = "binance"
interval = "1h"
source = "test"
"""


def manifest(folder: Path, text: str) -> Path:
    path = folder / "m.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ENTRY + 'colour = "red"\n', "unknown key 'colour'"),
        (ENTRY + "[other]\n", "unknown key 'other'"),
        (ENTRY + "path = 1\n", "not TOML"),
        ("x = [", "not TOML"),
        ("", r"no \[\[series\]\]"),
        (ENTRY.replace('"1h"', '"7h"'), "'7h' is not an interval"),
        (ENTRY.replace('"ohlcv"', '"candles"'), "kind"),
        (
            ENTRY.replace('"ohlcv"', '"onchain"') + 'metrics = { a = "b" }\n',
            "asset is needed for kind 'onchain'",
        ),
        (ENTRY.replace('"ohlcv"', '"news"'), "interval does not go with kind 'news'"),
        (ENTRY + 'metrics = { a = "b" }\n', "metrics does not go with kind 'ohlcv'"),
        (ENTRY.replace('venue = "binance"\n', ""), "venue"),
        (ENTRY + 'symbol_column = "s"\n', "exactly one"),
        (ENTRY + 'known_at = { at_least = "soon" }\n', "'soon' is not a duration"),
        (ENTRY + 'known_at = { colum = "x" }\n', "unknown key 'known_at.colum'"),
        (ENTRY + 'split = [{ asset = "a" }, { asset = "b" }]\n', "ordered by until"),
        (ENTRY + 'split = [{ asset = "a", until = "later" }]\n', "'later' is not a time"),
        (ENTRY + 'split = [{ asset = "a" }]\nasset = "b"\n', "cannot stand beside"),
    ],
)
def test_a_wrong_manifest_is_refused_and_says_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_manifest(manifest(tmp_path, text))


def test_a_manifest_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no manifest"):
        read_manifest(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="folder"):
        read_manifest(tmp_path)


def test_names_bind_globs_match_and_filters_choose_files(tmp_path: Path) -> None:
    for name in ("a/BTCUSDT_1h.parquet", "a/ETHUSDT_1h.parquet", "b/deep/SOLUSDT_1h.parquet"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = {(p.name, b["base"]) for p, b in matching("a/{base}USDT_1h.parquet", tmp_path)}
    assert found == {("BTCUSDT_1h.parquet", "BTC"), ("ETHUSDT_1h.parquet", "ETH")}
    assert [b["base"] for _, b in matching("**/{base}USDT_1h.parquet", tmp_path)] == ["BTC", "ETH", "SOL"]
    assert [b["base"] for _, b in matching("?/[!B]{base}USDT_1h.parquet", tmp_path)] == ["TH"]
    assert [b["base"] for _, b in matching("a/{base}[TU]SDT_*.parquet", tmp_path)] == ["BTC", "ETH"]
    one = read_manifest(
        manifest(tmp_path, ENTRY.replace('"{base}', '"a/{base}') + 'drop = { base = ["BTC"] }\n')
    )
    assert [job.bound["base"] for job in jobs(one, tmp_path)] == ["ETH"]


def test_a_path_that_fits_no_file_imports_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file fits"):
        jobs(read_manifest(manifest(tmp_path, ENTRY)), tmp_path)


def test_an_until_may_be_a_time_of_toml(tmp_path: Path) -> None:
    text = ENTRY + 'split = [{ until = 2022-05-13T01:00:00Z, asset = "a" }, { asset = "b" }]\n'
    (one,) = read_manifest(manifest(tmp_path, text))
    assert one.split[0].until == int(datetime(2022, 5, 13, 1, tzinfo=UTC).timestamp() * 1000)


def test_known_at_rules() -> None:
    assert known_at_rule("ts+24h").lag == 24 * HOUR
    assert known_at_rule("seen").column == "seen"
    with pytest.raises(UsageError):
        known_at_rule("ts-1h")


PER_HOUR = {"s": 3600, "ms": 3_600_000, "us": 3_600_000_000, "ns": 3_600_000_000_000}


@pytest.mark.parametrize("unit", PER_HOUR)
@pytest.mark.parametrize("text", [False, True])
def test_an_epoch_is_read_by_its_magnitude(tmp_path: Path, unit: str, text: bool) -> None:
    store = a_store(tmp_path)
    epochs = [(START // HOUR + k) * PER_HOUR[unit] for k in range(3)]
    rows = frame(bars([1.0, 2.0, 3.0])).with_columns(
        ts=pl.Series([str(e) for e in epochs] if text else epochs)
    )
    put(store, tmp_path / "a.parquet", rows)
    (info,) = store.series()
    assert (info.first, info.last) == (START, START + 2 * HOUR)


@pytest.mark.parametrize(
    "stamps",
    [
        ["2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z"],
        ["2024-01-01 00:00:00", "2024-01-01 01:00"],
        ["2024-01-01T02:00:00+02:00", "2024-01-01T01:00:00"],
        [datetime(2024, 1, 1), datetime(2024, 1, 1, 1)],  # noqa: DTZ001 - that is the case
    ],
)
def test_a_time_may_be_written_in_many_ways(tmp_path: Path, stamps: list[object]) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", frame(bars([1.0, 2.0])).with_columns(ts=pl.Series(stamps)))
    (info,) = store.series()
    assert (info.first, info.last) == (START, START + HOUR)


@pytest.mark.parametrize("form", ["csv", "csv.gz", "feather", "arrow", "parquet"])
def test_every_form_of_file_holds_the_same_rows(tmp_path: Path, form: str) -> None:
    one = frame(bars(wander(30)))
    file = tmp_path / f"a.{form}"
    if form == "parquet":
        one.write_parquet(file)
    elif form in ("feather", "arrow"):
        one.write_ipc(file)
    else:
        raw = one.write_csv().encode()
        file.write_bytes(gzip.compress(raw) if form == "csv.gz" else raw)
    store = a_store(tmp_path)
    put(store, file)
    (info,) = store.series()
    assert store.rows(info).values[:, 3].tolist() == one["close"].to_list()


GOOD = "ts,open,high,low,close,volume\n2024-01-01T00:00:00Z,1,2,1,2,5\n2024-01-01T01:00:00Z,2,3,2,3,5\n"


@pytest.mark.parametrize(
    ("name", "raw", "code", "row"),
    [
        ("a.csv", b"", "not_rows", None),
        ("a.csv", b"ts,open,high,low,close,volume\n", "not_rows", None),
        ("a.parquet", b"PAR1 is what it begins with", "not_rows", None),
        ("a.csv.gz", b"\x1f\x8b\x08 no gzip after all", "not_rows", None),
        ("a.feather", b"ARROW1 and no more", "not_rows", None),
        ("a.txt", GOOD.encode(), "not_rows", None),
        ("a.csv", GOOD.replace("volume", "amount").encode(), "wrong_columns", None),
        ("a.csv", GOOD.replace("3,5", "3,much").encode(), "wrong_columns", 2),
        ("a.csv", GOOD.replace("2024-01-01T01", "tomorrow").encode(), "wrong_columns", 2),
        ("a.csv", GOOD.replace("2024-01-01T01:00:00Z", "+12024-01-01").encode(), "wrong_columns", 2),
        ("a.csv", b"ts,open,high,low,close,volume\n9e30,1,2,1,2,5\n", "wrong_columns", 1),
        ("a.csv", GOOD.replace("3,5", "3,").encode(), "null", 2),
        ("a.csv", GOOD.replace("3,5", "3,NaN").encode(), "nan", 2),
        ("a.csv", GOOD.replace("3,5", "3,inf").encode(), "infinite", 2),
        ("a.csv", GOOD.replace("01T01", "01T00").encode(), "duplicate", 2),
        ("a.csv", GOOD.replace("2,3,2,3,5", "2,3,-2,3,5").encode(), "nonpositive_price", 2),
    ],
)
def test_a_bad_file_is_refused_with_its_row_and_the_others_are_kept(
    tmp_path: Path, name: str, raw: bytes, code: str, row: int | None
) -> None:
    (tmp_path / name).write_bytes(raw)
    store = a_store(tmp_path)
    report = put(store, tmp_path / name)
    assert [(one.file, one.row, one.code) for one in report.refused] == [(name, row, code)]
    assert report.refused[0].message
    assert store.series() == ()


def test_one_refused_file_stops_no_other(tmp_path: Path) -> None:
    frame(bars(wander(30))).write_parquet(tmp_path / "BTCUSDT_1h.parquet")
    (tmp_path / "ETHUSDT_1h.parquet").write_bytes(b"rubbish")
    frame(bars(wander(30))).write_parquet(tmp_path / "SOLUSDT_1h.parquet")
    store = a_store(tmp_path)
    todo = jobs(read_manifest(manifest(tmp_path, ENTRY)), tmp_path)
    report = import_files(store, todo, tmp_path)
    assert (report.files, [info.symbol for info in store.series()]) == (2, ["BTC/USDT", "SOL/USDT"])
    assert [type(one) for one in report.refused] == [Refusal]
    assert report.refused[0].file == "ETHUSDT_1h.parquet"


def test_the_row_of_a_filtered_file_is_counted_in_the_file(tmp_path: Path) -> None:
    close = wander(30)
    rows = frame(bars(close), src=["a", "b"] * 15).with_columns(
        volume=pl.when(pl.int_range(30) == 20).then(-1.0).otherwise(pl.col("volume"))
    )
    report = put(a_store(tmp_path), tmp_path / "a.parquet", rows, where={"src": ["a"]}, interval="15m")
    assert (report.refused[0].row, report.refused[0].code) == (21, "negative_volume")


def test_columns_are_ours_by_theirs(tmp_path: Path) -> None:
    rows = frame(bars(wander(30))).rename({"ts": "Date", "open": "O"})
    store = a_store(tmp_path)
    put(store, tmp_path / "a.parquet", rows, columns={"ts": "Date", "open": "O"})
    assert store.series()[0].rows == 30


def test_an_asset_is_found_by_id_ticker_or_name_and_never_guessed() -> None:
    known = assets.built_in()
    for asked in ("bitcoin", "BTC", "btc", "Bitcoin"):
        assert assets.resolve(known, asked).id == "bitcoin"
    with pytest.raises(NoAnswerError) as unknown:
        assets.resolve(known, "bitcon")
    assert (unknown.value.code, unknown.value.candidates[0]) == ("unknown_asset", "bitcoin")
    twice = {**known, "luna-other": known["terra-luna-2"]}
    with pytest.raises(NoAnswerError) as several:
        assets.resolve(twice, "LUNA")
    assert several.value.code == "ambiguous_asset"


def test_a_file_that_is_read_for_several_series_is_counted_once(tmp_path: Path) -> None:
    frame(bars(wander(30))).write_parquet(tmp_path / "BTCUSDT_1h.parquet")
    twice = manifest(tmp_path, ENTRY + ENTRY.replace('"test"', '"other"'))
    report = import_files(a_store(tmp_path), jobs(read_manifest(twice), tmp_path), tmp_path)
    assert (report.files, len(report.series)) == (1, 2)
