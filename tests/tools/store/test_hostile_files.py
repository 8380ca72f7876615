"""Files in which anything may stand anywhere: taken or refused in one sentence, and whatever is taken can be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.instant import Instant
from core.observation import Missing
from tests.tools.store.candles import NOW, START, a_store
from tests.tools.store.figures_by_hand import put
from tools.store.audit import audit, has_errors, revisions
from tools.store.gate import CODES

TABLES: dict[str, tuple[list[list[str]], dict[str, Any]]] = {
    "long": (
        [
            ["ts", "metric", "value", "unit", "known_at"],
            ["2024-01-01", "a", "1", "u", "2024-01-03"],
            ["2024-01-02", "a", "2", "u", ""],
            ["2024-01-02", "b", "3", "", "2024-01-09"],
        ],
        {},
    ),
    "wide": (
        [
            ["ts", "Adr", "Tx", "AssetEODCompletionTime"],
            ["2024-01-01", "1", "2", "1704200000"],
            ["2024-01-02", "", "3", ""],
        ],
        {"metrics": {"a": "Adr", "b": "Tx"}},
    ),
    "funding": (
        [
            ["ts", "rate", "interval_hours", "venue"],
            ["2024-01-01", "0.1", "8", "x"],
            ["2024-01-02", "0.2", "", "y"],
        ],
        {"kind": "funding"},
    ),
}
CELLS = [
    *(
        "",
        "nan",
        "-inf",
        "1e400",
        "-1",
        "0",
        "9" * 30,
        "-" + "9" * 14,
        "0001-01-01",
        "9999-12-31",
        "2024-02-30",
    ),
    *(
        "1704067200",
        "1704067200000000000",
        "true",
        "null",
        "\x00",
        "\u202e",
        "é",
        "2024-01-01T00:00:00+25:00",
    ),
]
TEXTS = [None, "", 5, 1.5, True, [], {}, "nan", "\u202e\x00", "\ud800", "x" * 5_000, -1e300, *CELLS[8:14]]


def sound(store_file: Path, **more: Any) -> None:
    store = a_store(store_file.parent / store_file.stem)
    report = put(store, store_file, **more)
    for one in report.refused:
        assert one.code in CODES
        assert one.message
        assert "\n" not in one.message
    assert bool(report.refused) == (not report.files)
    assert not has_errors([*audit(store), *revisions(store)])
    for at in (0, START, NOW):
        for info in store.series():
            readers = (
                store.facts(info.asset, info.key.metric, Instant(at), 9),
                store.funding(info.asset, Instant(at), 9),
                store.news(info.asset, Instant(at), 9),
            )
            for found in readers:
                assert isinstance(found, Missing) or all(one.known_at <= at for one in found)
    again = put(store, store_file, **more)
    assert sum(one.rows_new + one.rows_revised for one in again.series.values()) == 0
    store.close()


def test_any_cell_of_a_table_may_hold_anything(tmp_path: Path) -> None:
    numbers = iter(range(10_000))

    @settings(max_examples=60)
    @given(st.sampled_from(sorted(TABLES)), st.data())
    def check(name: str, data: st.DataObject) -> None:
        table, more = TABLES[name]
        rows = [list(row) for row in table]
        for _ in range(data.draw(st.integers(1, 3))):
            row = data.draw(st.integers(1, len(rows) - 1))
            rows[row][data.draw(st.integers(0, len(rows[row]) - 1))] = data.draw(st.sampled_from(CELLS))
        file = tmp_path / f"{next(numbers)}.csv"
        file.write_text("\n".join(",".join(row) for row in rows) + "\n")
        sound(file, **more)

    check()


def test_any_field_of_news_may_hold_anything(tmp_path: Path) -> None:
    numbers = iter(range(10_000))
    fields = ["published", "title", "content", "url", "lang", "known_at", "new", ""]

    @settings(max_examples=40)
    @given(
        st.lists(
            st.dictionaries(st.sampled_from(fields), st.sampled_from(TEXTS), max_size=2),
            min_size=1,
            max_size=4,
        )
    )
    def check(changes: list[dict[str, Any]]) -> None:
        piece = {"published": "2024-01-01", "title": "t", "known_at": "2024-01-02"}
        file = tmp_path / f"{next(numbers)}.jsonl"
        file.write_text("\n".join(json.dumps(piece | change) for change in changes))
        sound(file, kind="news")

    check()
