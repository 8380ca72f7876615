"""The real figures: answers about them are bounded by their lags, Coin Metrics' by its own completion times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.instant import DAY, SECOND, Instant, instant
from tests.conftest import SHARED
from tests.tools.ask.worlds import START, context_at, paths
from tests.tools.store.candles import a_store
from tools.ask import AskContext, Reply, ask
from tools.facts.stored import StoredFacts
from tools.store.importer import import_files, jobs
from tools.store.manifest import read_manifest
from tools.store.store import Store

TODAY = instant("2026-01-01")
MANIFEST = Path(__file__).parents[2] / "data/shared.toml"
COINMETRICS = SHARED / "onchain/coinmetrics_BTC.parquet"
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("get_onchain", {"asset": "bitcoin"}),
    ("get_onchain", {"asset": "market"}),
    ("get_fundamentals", {"asset": "bitcoin"}),
    ("get_derivatives", {"asset": "bitcoin"}),
    ("get_sentiment", {}),
    ("get_news", {"asset": "bitcoin", "count": 20}),
)


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoredFacts]:
    """Everything of the shared data that is no candle."""
    if not SHARED.is_dir():
        pytest.skip(f"real data is absent: {SHARED}")
    manifest = [entry for entry in read_manifest(MANIFEST) if entry.kind != "ohlcv"]
    with closing(a_store(tmp_path_factory.mktemp("real"), TODAY)) as store:
        assert not import_files(store, jobs(manifest, SHARED), SHARED).refused
        yield reader(store)


def reader(store: Store) -> StoredFacts:
    return StoredFacts(store.series(), store.rows, store.articles)


def told(facts: StoredFacts, now: Instant, name: str, raw: dict[str, Any]) -> Reply:
    context: AskContext = replace(context_at(paths(), START), now=now, facts=facts)
    return ask(name, raw, context)


@pytest.mark.parametrize(("name", "raw"), ASKED)
def test_no_real_answer_rests_on_what_came_later(facts: StoredFacts, name: str, raw: dict[str, Any]) -> None:
    chance = np.random.default_rng(11)
    for hours in chance.integers(0, 9 * 365 * 24, 25).tolist():
        now = Instant(instant("2016-01-01") + hours * 3_600_000)
        for one in told(facts, now, name, raw).evidence:
            assert one.as_of <= one.known_at <= now, one


def test_coin_metrics_is_known_when_its_day_was_complete_and_never_before_two_days(
    facts: StoredFacts,
) -> None:
    frame = pl.read_parquet(COINMETRICS, columns=["ts", "AssetEODCompletionTime"]).sort("ts")
    days = frame["ts"].dt.epoch("ms").to_numpy()
    completed = frame["AssetEODCompletionTime"].cast(pl.Float64).fill_null(0).to_numpy() * SECOND
    late = np.flatnonzero(completed > days + 2 * DAY)
    chosen = [*late[-20:].tolist(), *range(3000, len(days) - 5, 311)]
    assert len(chosen) > 5
    for row in chosen:
        known_at = Instant(int(max(days[row] + 2 * DAY, completed[row])))
        found = facts.at("bitcoin", "active_addresses", known_at, Instant(int(days[row])))
        assert found is not None
        assert (found.as_of, found.known_at) == (days[row], known_at)
        before = told(facts, Instant(known_at - 1), "get_onchain", {"asset": "bitcoin"})
        assert all(one.as_of < days[row] for one in before.evidence)


def test_the_market_as_it_was_told_in_the_summer_of_2022(facts: StoredFacts) -> None:
    now = instant("2022-06-20")
    mood = told(facts, now, "get_sentiment", {})
    assert mood.data["mood"] == "extreme_fear"
    locked = told(facts, now, "get_onchain", {"asset": "market"}).data["figures"]
    assert [one["metric"] for one in locked] == ["tvl", "stablecoin_supply"]
    assert all("restated" in one["flags"] for one in locked)
    funding = told(facts, now, "get_derivatives", {"asset": "bitcoin"}).data
    assert [one["venue"] for one in funding["venues"]] == [
        "binance", "bybit", "dydx", "gate", "htx", "kucoin", "mexc",
    ]  # fmt: skip
    assert -0.001 < funding["funding_per_8h"] < 0.001
