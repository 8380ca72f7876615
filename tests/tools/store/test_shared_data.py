"""The real data: imported whole, its known faults found, and nothing of it told before it was known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.instant import DAY, HOUR, Instant, instant
from core.market import BarSeries
from core.observation import Missing, Observation
from tests.conftest import SHARED
from tests.tools.store.candles import H1, a_store
from tools.store.audit import Finding, audit
from tools.store.catalog import FIGURES
from tools.store.importer import ImportReport, import_files, jobs
from tools.store.manifest import read_manifest
from tools.store.store import Store

TODAY = instant("2026-01-01")
MANIFEST = Path(__file__).parents[2] / "data/shared.toml"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, ImportReport]]:
    """All of it in one store."""
    if not SHARED.is_dir():
        pytest.skip(f"real data is absent: {SHARED}")
    with closing(a_store(tmp_path_factory.mktemp("whole"), TODAY)) as store:
        yield store, import_files(store, jobs(read_manifest(MANIFEST), SHARED), SHARED)


@pytest.fixture(scope="module")
def findings(whole: tuple[Store, ImportReport]) -> list[Finding]:
    return list(audit(whole[0]))


def served(store: Store, at: int, symbol: str) -> BarSeries:
    found = store.bars(symbol, H1, Instant(at))
    assert isinstance(found, BarSeries), found
    return found


def told(store: Store, asset: str, metric: str, at: int, count: int = 1) -> tuple[Observation, ...]:
    found = store.facts(asset, metric, Instant(at), count)
    return () if isinstance(found, Missing) else found


def test_every_file_is_taken(whole: tuple[Store, ImportReport]) -> None:
    store, report = whole
    assert (report.refused, report.new_assets, report.mismatches, report.early) == ([], [], [], {})
    named = {path for entry in read_manifest(MANIFEST) for path in SHARED.glob(_wild(entry.path))}
    there = {p for p in SHARED.rglob("*") if p.is_file() and p.suffix in (".parquet", ".gz")}
    assert named == there
    rows = dict.fromkeys(("ohlcv", "onchain", "fundamental", "sentiment", "funding", "news"), 0)
    for info in store.series():
        rows[info.key.kind] += info.rows
    assert all(rows.values())
    assert sum(rows.values()) == sum(one.rows_new for one in report.series.values()) > 1_800_000


def _wild(path: str) -> str:
    return path.replace("{base}", "*")


def test_the_other_kinds_again_change_nothing(whole: tuple[Store, ImportReport]) -> None:
    todo = [job for job in jobs(read_manifest(MANIFEST), SHARED) if job.entry.kind != "ohlcv"]
    again = import_files(whole[0], todo, SHARED)
    assert {(one.rows_new, one.rows_revised) for one in again.series.values()} == {(0, 0)}
    assert sum(one.rows_same for one in again.series.values()) > 270_000


def test_the_first_entries_serve_the_replay_of_2022(whole: tuple[Store, ImportReport]) -> None:
    store, at = whole[0], instant("2022-04-25")
    for symbol in ("BTC/USDT", "ETH/USDT", "SOL/USDT", "BNB/USDT", "LUNA/USDT"):
        assert served(store, at, symbol).bars.opened_at[0] < at
    assert served(store, at, "LUNA/USDT").delisted_at == instant("2022-05-13T01:00:00Z")
    btc = served(store, at, "BTC/USDT").bars
    row = int(np.searchsorted(btc.opened_at, instant("2021-11-10")))
    assert btc.high[row : row + 24].max() == 69_000
    assert len(btc) == 58_255
    assert served(store, at, "BNB/USDT").delisted_at is None


def test_its_known_faults_are_found(findings: list[Finding]) -> None:
    assert not [f for f in findings if f.severity == "error"]
    holes = {(f.asset, f.since, f.until) for f in findings if f.code == "gap"}
    assert ("bitcoin", instant("2023-03-24T13:00:00Z"), instant("2023-03-24T14:00:00Z")) in holes
    assert ("bitcoin", instant("2023-12-30T19:00:00Z"), instant("2025-02-15")) in holes
    absent = {f.asset for f in findings if f.code == "gap" and "segment" in f.message}
    assert {"bitcoin", "ethereum", "solana", "sui", "usd-coin", "ftx-token"} <= absent
    scaled = {f.series.split()[1] for f in findings if f.code == "redenomination"}
    assert scaled == {"SUN/USDT", "VIDT/USDT", "BNX/USDT", "QUICK/USDT"}
    assert [f.asset for f in findings if f.code == "ticker_reuse"] == ["terra-luna"]


def test_perpetual_rows_leveraged_tokens_partial_days_and_repeated_titles_are_found(
    findings: list[Finding],
) -> None:
    perpetual = {f.asset: f.message.split()[0] for f in findings if f.code == "perpetual"}
    rows = {"binancecoin": "29", "bitcoin": "30", "ethereum": "29", "solana": "29", "sui": "27"}
    assert perpetual == rows
    panel = pl.read_parquet(SHARED / "panel/binance_spot_2021_2023_daily_all.parquet")
    flagged = set(panel.filter("leveraged")["symbol"].cast(pl.String))
    assert {f.series.split()[1].replace("/", "") for f in findings if f.code == "leveraged"} == flagged
    assert len([f for f in findings if f.code == "partial_day"]) > 400
    repeated = {f.asset: f.message.split(" repeat")[0] for f in findings if f.code == "repeated_title"}
    assert repeated["bitcoin"] == "317 of 1984"
    assert len(repeated) == 5


def test_nothing_is_told_before_it_was_known(whole: tuple[Store, ImportReport]) -> None:
    store = whole[0]
    times = np.random.default_rng(5).integers(instant("2015-01-01"), instant("2024-03-01"), 12).tolist()
    seen = 0
    for info in store.series():
        for at in times:
            if info.key.kind in FIGURES:
                for one in told(store, info.asset, info.key.metric, at, 3):
                    assert one.as_of <= one.known_at <= at
                    seen += 1
            elif info.key.kind == "funding":
                rates = store.funding(info.asset, at, 3, info.venue)
                for rate in () if isinstance(rates, Missing) else rates:
                    assert rate.as_of <= rate.known_at <= at
            elif info.key.kind == "news":
                news = store.news(info.asset, at, 3)
                for item in () if isinstance(news, Missing) else news:
                    assert item.as_of < item.known_at <= at
    assert seen > 1_000


def test_coin_metrics_is_known_at_its_completion_and_two_days_after_the_day_at_the_earliest(
    whole: tuple[Store, ImportReport],
) -> None:
    frame = pl.read_parquet(SHARED / "onchain/coinmetrics_BTC.parquet").sort("ts")
    as_of = frame["ts"].dt.timestamp("ms").to_numpy()
    known = np.maximum(as_of + 2 * DAY, (frame["AssetEODCompletionTime"].to_numpy() * 1000).astype(np.int64))
    values = frame["AdrActCnt"].to_numpy()
    for day in ("2021-02-26", "2021-02-27", "2022-06-19", "2023-03-12", "2024-01-02"):
        at = instant(day) + 3 * HOUR
        seen = told(whole[0], "bitcoin", "active_addresses", at, 100_000)
        expected = [(t, v) for t, k, v in zip(as_of, known, values, strict=True) if k <= at]
        assert [(one.as_of, float(one.value)) for one in seen] == expected


def test_refilled_history_says_so_and_the_rest_does_not(whole: tuple[Store, ImportReport]) -> None:
    store = whole[0]
    restated = {(i.asset, i.key.metric) for i in store.series() if i.restated}
    assert restated == {("market", "tvl"), ("market", "stablecoin_supply")}
    (tvl,) = told(store, "market", "tvl", instant("2023-06-03"))
    assert (tvl.as_of, tvl.unit, tvl.flags) == (instant("2023-06-01"), "USD", ("restated",))
    (fear,) = told(store, "market", "fear_greed", instant("2022-06-18T05:59:59Z"))
    assert fear.as_of == instant("2022-06-17")
    (fear,) = told(store, "market", "fear_greed", instant("2022-06-18T06:00:00Z"))
    assert fear.as_of == instant("2022-06-18")
