"""Figures: long and wide files, when each was known, and what a reader at T is told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.errors import LookAheadError
from core.instant import DAY, HOUR, MINUTE, Instant, instant, iso
from core.observation import Missing, Observation
from tests.tools.store.candles import NOW, START, a_store
from tests.tools.store.figures_by_hand import counts, days, put
from tools.store.store import Store

LONG = """ts,metric,value,unit
2024-01-01,addresses,10,count
2024-01-02,addresses,11,count
2024-01-01,fees,2.5,BTC
2024-01-02,fees,3.5,BTC
"""


def test_a_long_file_is_served_as_it_was_known(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    assert put(store, tmp_path / "a.csv", LONG).refused == []
    assert [(i.key.metric, i.rows, i.unit) for i in store.series()] == [
        ("addresses", 2, "count"),
        ("fees", 2, "BTC"),
    ]
    known = Instant(START + 2 * DAY)
    assert store.facts("bitcoin", "addresses", known, 5) == (
        Observation("bitcoin", "addresses", Decimal("10.0"), "count", START, known, "test"),
    )
    assert days(store, "addresses", known - 1) == []
    assert days(store, "fees", "2024-01-04") == [(0, 2.5), (1, 3.5)]
    assert days(store, "fees", "2024-01-04", count=1) == [(1, 3.5)]


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
    rows = {"day": ["2024-01-01", "2024-01-02", "2024-01-03"], "Adr": [1.0, None, 3.0], "Tx": [4, 5, 6]}
    pl.DataFrame(rows | {"Never": [None] * 3}).write_parquet(tmp_path / "a.parquet")
    metrics = {"addresses": "Adr", "tx_count": "Tx", "never": "Never"}
    put(store, tmp_path / "a.parquet", columns={"ts": "day"}, metrics=metrics, units={"tx_count": "count"})
    assert days(store, "addresses", "2024-02-01") == [(0, 1.0), (2, 3.0)]
    assert days(store, "tx_count", "2024-02-01") == [(0, 4.0), (1, 5.0), (2, 6.0)]
    assert [(i.key.metric, i.unit) for i in store.series()] == [("addresses", ""), ("tx_count", "count")]


def completed(tmp_path: Path, store: Store, **more: Any) -> list[float]:
    """Days after START at which each of three days was known whose completion is early, late and untold."""
    done = [(START + DAY + 2 * HOUR) // 1000, (START + 5 * DAY) // 1000, None]
    stamps = ["2024-01-01", "2024-01-02", "2024-01-03"]
    rows = pl.DataFrame({"ts": stamps, "Adr": [1.0, 2.0, 3.0], "AssetEODCompletionTime": done})
    rows.write_parquet(tmp_path / "a.parquet")
    put(store, tmp_path / "a.parquet", metrics={"addresses": "Adr"}, **more)
    found = store.facts("bitcoin", "addresses", Instant(NOW), 9)
    assert not isinstance(found, Missing)
    return [(one.known_at - START) / DAY for one in found]


@pytest.mark.parametrize(
    ("rule", "known"),
    [
        ({"column": "AssetEODCompletionTime", "unit": "s", "at_least": "48h"}, [2, 5, 4]),
        ({"column": "AssetEODCompletionTime", "unit": "s"}, [1 + 2 / 24, 5, 4]),
        (None, [2, 5, 4]),
        ("ts+24h", [1, 2, 3]),
        ("ts+72h", [3, 4, 5]),
    ],
)
def test_a_day_of_coin_metrics_is_known_when_it_was_complete_and_two_days_later_at_the_earliest(
    tmp_path: Path, rule: object, known: list[float]
) -> None:
    assert completed(tmp_path, a_store(tmp_path), known_at=rule) == known


@pytest.mark.parametrize(
    ("more", "metric", "lag"),
    [
        ({}, "active_addresses", 2 * DAY),
        ({"kind": "fundamental", "source": "defillama"}, "fees", 2 * DAY),
        ({"kind": "fundamental", "source": "coingecko"}, "price", 40 * MINUTE),
        ({"kind": "fundamental", "source": "coinbase"}, "close", DAY),
        ({"kind": "sentiment", "source": "mine"}, "fear_greed", 6 * HOUR),
        ({"kind": "sentiment", "source": "alternative.me"}, "index", 6 * HOUR),
        ({"kind": "sentiment", "source": "mine"}, "mood", 2 * DAY),
        ({"kind": "fundamental", "source": "tokenmetrics"}, "trader", DAY + 12 * HOUR),
        ({"kind": "fundamental", "source": "mine"}, "trader_grade", DAY + 12 * HOUR),
        ({"kind": "fundamental", "source": "mine"}, "upgrades_pending", 2 * DAY),
    ],
)
def test_where_a_file_does_not_say_the_table_of_lags_does(
    tmp_path: Path, more: dict[str, str], metric: str, lag: int
) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.csv", f"ts,metric,value\n2024-01-01,{metric},1\n", **more)
    found = store.facts("bitcoin", metric, Instant(NOW), 1)
    assert not isinstance(found, Missing)
    assert found[0].known_at - found[0].as_of == lag
    assert store.facts("bitcoin", metric, Instant(START + lag - 1), 1) == Missing(metric, "no_data")


def test_a_column_known_at_holds_but_never_before_the_moment_itself(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    text = "ts,metric,value,known_at\n2024-01-01,a,1,2024-01-01T09:00\n2024-01-02,a,2,2023-01-01\n2024-01-03,a,3,\n"
    put(store, tmp_path / "a.csv", text)
    assert days(store, "a", "2024-01-01T08:59:59") == []
    assert days(store, "a", "2024-01-01T09:00") == [(0, 1.0)]
    assert days(store, "a", "2024-01-02") == [(0, 1.0), (1, 2.0)]
    assert days(store, "a", "2024-01-04T23:59:59") == [(0, 1.0), (1, 2.0)]
    assert days(store, "a", "2024-01-05") == [(0, 1.0), (1, 2.0), (2, 3.0)]


def test_a_grade_that_moves_with_its_day_is_of_no_use_by_default_and_one_read_at_once_is_told(
    tmp_path: Path,
) -> None:
    """A grade dated D that is made of the return of D predicts nothing once it is read when it was known."""
    moves = np.random.default_rng(3).normal(0, 0.03, 300)
    rows = "".join(f"{iso(Instant(START + k * DAY))},grade,{50 + 900 * m}\n" for k, m in enumerate(moves))
    earned = {}
    for rule in (None, "ts+0s"):
        store = a_store(tmp_path / str(rule))
        report = put(store, tmp_path / "a.csv", f"ts,metric,value\n{rows}", kind="fundamental", known_at=rule)
        earned[rule] = 0.0
        for day, move in enumerate(moves):
            seen = store.facts("bitcoin", "grade", Instant(START + day * DAY), 1)
            if not isinstance(seen, Missing) and seen[0].value > 50:
                earned[rule] += move / len(moves)
        assert bool(report.early) == (rule is not None)
    assert earned["ts+0s"] > 0.01
    assert abs(earned[None]) < 0.003


def test_a_rule_that_looks_ahead_is_told(tmp_path: Path) -> None:
    assert list(put(a_store(tmp_path / "a"), tmp_path / "a.csv", LONG).early.values()) == []
    early = put(a_store(tmp_path / "b"), tmp_path / "a.csv", known_at="ts+0s").early
    assert list(early.values()) == [2, 2]


def test_the_same_file_again_changes_nothing_and_a_changed_value_is_a_vintage(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    assert counts(put(store, tmp_path / "a.csv", LONG)) == [(2, 0, 0), (2, 0, 0)]
    assert counts(put(store, tmp_path / "a.csv", LONG)) == [(0, 2, 0), (0, 2, 0)]
    later = a_store(tmp_path, NOW + DAY)
    assert counts(put(later, tmp_path / "a.csv", LONG.replace("11,", "12,"))) == [(0, 1, 1), (0, 2, 0)]
    assert days(later, "addresses", NOW + DAY - 1) == [(0, 10.0), (1, 11.0)]
    assert days(later, "addresses", NOW + DAY) == [(0, 10.0), (1, 12.0)]
    newest = later.facts("bitcoin", "addresses", Instant(NOW + DAY), 2)
    assert not isinstance(newest, Missing)
    assert [one.flags for one in newest] == [(), ("revised",)]
    assert counts(put(later, tmp_path / "a.csv", LONG)) == [(0, 2, 0), (0, 2, 0)]


@pytest.mark.parametrize("metric", ["tvl", "stablecoin_supply", "fees"])
def test_history_that_a_source_refills_is_marked_as_restated_and_what_came_in_time_is_not(
    tmp_path: Path, metric: str
) -> None:
    store = a_store(tmp_path, instant("2024-01-04T12:00"))
    text = f"ts,metric,value\n2024-01-01,{metric},1\n2024-01-02,{metric},2\n"
    put(store, tmp_path / "a.csv", text, kind="fundamental", source="defillama")
    found = store.facts("bitcoin", metric, instant("2024-01-04T12:00"), 2)
    assert not isinstance(found, Missing)
    assert [one.flags for one in found] == [("restated",), ()]
    assert store.series()[0].restated


def test_rows_that_are_said_to_be_restated_are_marked_as_such(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.csv", LONG, restated=True)
    found = store.facts("bitcoin", "fees", Instant(NOW), 9)
    assert not isinstance(found, Missing)
    assert {one.flags for one in found} == {("restated",)}


def test_a_figure_in_another_unit_makes_the_window_missing_from_then_on(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.csv", LONG)
    put(store, tmp_path / "b.csv", "ts,metric,value,unit\n2024-01-03,fees,9000,USD\n2024-01-04,fees,4,BTC\n")
    assert days(store, "fees", "2024-01-04") == [(0, 2.5), (1, 3.5)]
    assert store.facts("bitcoin", "fees", instant("2024-01-05"), 2) == Missing("fees", "gate:wrong_unit")
    assert days(store, "fees", "2024-01-06", 1) == []
    (info,) = [one for one in store.series() if one.key.metric == "fees"]
    assert info.flags == {"wrong_unit": 2, "jump": 2}


def test_a_leap_is_pointed_out_as_judged_from_what_was_known_before(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    rows = "".join(f"2024-01-0{k + 1},tvl,{v}\n" for k, v in enumerate((1, 1, 100, 1)))
    put(store, tmp_path / "a.csv", f"ts,metric,value\n{rows}")
    found = store.facts("bitcoin", "tvl", Instant(NOW), 2)
    assert not isinstance(found, Missing)
    assert [one.flags for one in found] == [("restated", "jump"), ("restated", "jump")]


def test_of_several_sources_the_first_is_served_while_it_is_up_to_date(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.csv", "ts,metric,value\n2024-01-01,a,1\n2024-01-02,a,2\n")
    rows = "".join(f"2024-01-{day:02},a,{day * 10}\n" for day in range(1, 10))
    put(store, tmp_path / "b.csv", f"ts,metric,value\n{rows}", source="other")
    assert days(store, "a", "2024-01-07")[-1] == (1, 2.0)
    assert days(store, "a", "2024-01-08")[-1] == (5, 60.0)
