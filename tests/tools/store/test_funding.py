"""Funding rates: one series a venue, known at settlement, a day's mean when the day has ended."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from core.instant import DAY, HOUR, Instant
from core.observation import Missing
from tests.tools.store.candles import NOW, START, a_store
from tests.tools.store.figures_by_hand import counts, put
from tools.store.readings import FundingRate
from tools.store.store import Store

RATES = """ts,venue,rate,interval_hours
2024-01-01T00:00:00Z,binance,0.0001,8
2024-01-01T00:00:00Z,dydx,-0.00002,1
2024-01-01T01:00:00Z,dydx,0.00003,1
2024-01-01T08:00:00Z,binance,0.0002,8
"""
DAILY = "ts,rate\n2024-01-01,0.001\n2024-01-02,0.002\n2024-01-03,0.003\n"


def told(store: Store, hours: float, count: int = 99, venue: str | None = None) -> tuple[FundingRate, ...]:
    found = store.funding("bitcoin", Instant(int(START + hours * HOUR)), count, venue)
    return () if isinstance(found, Missing) else found


def test_each_venue_is_a_series_and_a_rate_is_known_at_its_settlement(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    assert counts(put(store, tmp_path / "a.csv", RATES, kind="funding")) == [(2, 0, 0), (2, 0, 0)]
    assert [(one.venue, str(one.rate)) for one in told(store, 7.99)] == [
        ("binance", "0.0001"),
        ("dydx", "-0.00002"),
        ("dydx", "0.00003"),
    ]
    at = Instant(START + 8 * HOUR)
    assert told(store, 8, 1, "binance") == (
        FundingRate("bitcoin", "binance", Decimal("0.0002"), Decimal("8.0"), at, at, "test"),
    )
    assert [one.venue for one in told(store, 8, 1)] == ["dydx", "binance"]
    assert store.funding("bitcoin", Instant(NOW), 9, "okx") == Missing("funding", "no_data")
    assert store.funding("ethereum", Instant(NOW), 9) == Missing("funding", "no_data")
    assert counts(put(store, tmp_path / "a.csv", kind="funding")) == [(0, 2, 0), (0, 2, 0)]


@pytest.mark.parametrize("interval", ["1d", None])
def test_the_mean_of_a_day_is_known_when_the_day_has_ended(tmp_path: Path, interval: str | None) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.csv", DAILY, kind="funding", venue="binance", interval=interval)
    assert [one.known_at - one.as_of for one in told(store, 99)] == [DAY] * 3
    assert len(told(store, 23.99)) == 0
    assert len(told(store, 24)) == 1


def test_settlements_are_served_before_the_daily_mean_where_both_are_there(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.csv", RATES, kind="funding")
    put(store, tmp_path / "b.csv", DAILY, kind="funding", venue="binance", interval="1d", source="mean")
    assert {one.source for one in told(store, 30, venue="binance")} == {"test"}
    assert {one.source for one in told(store, 100, venue="binance")} == {"test"}


def test_the_hours_of_a_rate_come_from_the_file_the_manifest_or_nobody(tmp_path: Path) -> None:
    bare = "ts,rate\n2024-01-01,0.1\n2024-01-01T08:00,0.2\n"
    for interval, hours in ((None, None), ("8h", Decimal("8.0"))):
        store = a_store(tmp_path / str(interval))
        put(store, tmp_path / "a.csv", bare, kind="funding", venue="x", interval=interval)
        assert {one.interval_hours for one in told(store, 99)} == {hours}


@pytest.mark.parametrize(
    ("old", "new", "code", "row"),
    [
        (RATES, "ts,rate\n2024-01-01,1\n", "wrong_columns", None),
        ("rate,", "share,", "wrong_columns", None),
        (",8\n2024-01-01T00", ",-8\n2024-01-01T00", "wrong_columns", 1),
        (",dydx,-0", ",,-0", "null", 2),
        ("0.00003", "", "null", 3),
        ("0.00003", "nan", "nan", 3),
        ("0.00003", "-inf", "infinite", 3),
        ("0.00003", "high", "wrong_columns", 3),
        ("01T01", "01T00", "duplicate", 3),
        ("2024-01-01T08", "2023-12-31T23", "out_of_order", 4),
        ("2024-01-01T08", "2034-01-01T08", "future", 4),
    ],
)
def test_a_bad_file_of_rates_is_refused_with_its_row(
    tmp_path: Path, old: str, new: str, code: str, row: int | None
) -> None:
    store = a_store(tmp_path)
    report = put(store, tmp_path / "a.csv", RATES.replace(old, new), kind="funding")
    assert [(one.code, one.row) for one in report.refused] == [(code, row)]
    assert store.series() == ()
