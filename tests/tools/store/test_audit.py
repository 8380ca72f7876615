"""Every finding of `data check` appears where its cause does, and only there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.instant import DAY, HOUR, MINUTE, Instant, iso
from tests.tools.store import candles
from tests.tools.store.candles import D1, NOW, START, a_store, bars, frame, wander
from tests.tools.store.figures_by_hand import put, put_news
from tools.store.audit import Finding, audit, revisions
from tools.store.gate import CODES, Reaction, quote_fault
from tools.store.store import Store


def found(store: Store, code: str) -> list[Finding]:
    return [one for one in audit(store) if one.code == code]


def put_candles(store: Store, tmp_path: Path, close: Sequence[float], **more: Any) -> None:
    shape = {name: more.pop(name) for name in ("volume", "opened", "width", "first_open") if name in more}
    columns = more.pop("with_columns", {})
    candles.put(store, tmp_path / "a.parquet", frame(bars(close, **shape), **columns), **more)


def holed(count: int, hole: int) -> list[int]:
    return [START + (k + (hole if k >= count // 2 else 0)) * HOUR for k in range(count)]


def spike() -> list[float]:
    close = wander(24 * 8)
    close[150] *= 1.5
    return close


CANDLES: dict[str, tuple[str, Sequence[float], dict[str, Any]]] = {
    "stale": ("warning", [100.0] * 8, {}),
    "gap": ("warning", wander(20), {"opened": holed(20, 3)}),
    "zero_volume_run": ("warning", wander(8), {"volume": 0.0}),
    "jump": ("info", spike(), {}),
    "wrong_unit": ("warning", [100.0, 100.5, 1005.0, 1006.0], {}),
    "redenomination": ("warning", [1.0, 1.0, 100.0], {"volume": [1e6, 1e6, 1e4]}),
    "ticker_reuse": ("warning", [1.0, 1.0, 50.0, 50.0], {"opened": holed(4, 200)}),
    "partial_day": (
        "info",
        [1.0, 2.0, 3.0],
        {"width": D1, "interval": "1d", "with_columns": {"hours": [5, 24, 24]}},
    ),
    "perpetual": ("warning", wander(3), {"with_columns": {"src": ["spot_a", "binance_perp", "spot_b"]}}),
}


@pytest.mark.parametrize("code", CANDLES)
def test_what_is_wrong_with_candles_is_found(tmp_path: Path, code: str) -> None:
    severity, close, more = CANDLES[code]
    store = a_store(tmp_path)
    if code in ("wrong_unit", "redenomination", "ticker_reuse"):
        one = bars(close, more.get("volume", 100.0), opened=more.get("opened"))
        opens = np.array(close)  # the step lies between the candles
        one = replace(one, open=opens, high=opens, low=opens)
        candles.put(store, tmp_path / "a.parquet", frame(one))
    else:
        put_candles(store, tmp_path, close, **more)
    (finding,) = found(store, code)
    assert (finding.severity, finding.asset) == (severity, "bitcoin")
    assert "\n" not in finding.message
    assert START <= (finding.since or 0) < (finding.until or 0) <= NOW


def test_sound_candles_figures_rates_and_news_leave_nothing_to_say(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put_candles(store, tmp_path, wander(50))
    put(store, tmp_path / "a.csv", "ts,metric,value\n2024-01-01,a,1\n2024-01-02,a,2\n2024-01-03,a,2\n")
    put(store, tmp_path / "b.csv", "ts,rate\n2024-01-01,0.1\n", kind="funding", venue="x")
    put_news(store, tmp_path / "a.jsonl", {"published": "2024-01-01", "title": "t"})
    assert list(audit(store)) == []
    assert list(revisions(store)) == []


def test_a_leveraged_token_is_known_by_the_ticker_that_it_is_on(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for base in ("BTC", "BTCUP", "JUP", "BTC3L"):
        put_candles(store, tmp_path, wander(9), symbol=f"{base}/USDT", asset=None)
    assert [one.series.split()[1] for one in found(store, "leveraged")] == ["BTCUP/USDT", "BTC3L/USDT"]


def test_a_series_that_ends_while_the_others_go_on_was_delisted(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put_candles(store, tmp_path, wander(24 * 9))
    put_candles(store, tmp_path, wander(24), symbol="FTT/USDT", asset="ftx-token")
    (finding,) = found(store, "delisted")
    assert (finding.asset, finding.since, finding.severity) == ("ftx-token", START + DAY, "info")


def test_a_hole_a_leap_and_another_unit_among_figures_are_found(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    rows = "".join(f"{iso(Instant(START + day * DAY))},a,{v},USD\n" for day, v in ((0, 1), (1, 1), (2, 9)))
    more = "".join(f"{iso(Instant(START + day * DAY))},a,9,EUR\n" for day in (5, 6, 17))
    put(store, tmp_path / "a.csv", f"ts,metric,value,unit\n{rows}{more}")
    short, long = found(store, "gap")
    assert (short.since, short.until) == (START + 3 * DAY, START + 5 * DAY)
    assert short.message == "2 values absent (2d)"
    assert long.message == "10 values absent (10d); a new segment begins"
    assert [one.message[:7] for one in found(store, "jump")] == ["1 value"]
    (unit,) = found(store, "wrong_unit")
    assert (unit.severity, unit.message[:8]) == ("warning", "3 values")
    assert unit.series == "onchain bitcoin a test"


def test_two_sources_of_one_metric_that_disagree_are_found(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put(store, tmp_path / "a.csv", "ts,metric,value\n2024-01-01,a,100\n2024-01-02,a,0\n2024-01-03,a,5\n")
    text = "ts,metric,value\n2024-01-01,a,100.9\n2024-01-02,a,0\n2024-01-03,a,6\n"
    put(store, tmp_path / "b.csv", text, kind="fundamental", source="other")
    (finding,) = found(store, "disagreement")
    assert finding.message == "1 of 3 values differ from test by more than 1%, at most by 20.00%"


def test_a_repeated_title_is_found(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put_news(store, tmp_path / "a.jsonl", *[{"published": "2024-01-01", "title": "t"}] * 3)
    (finding,) = found(store, "repeated_title")
    assert finding.message == "2 of 3 repeat a title of the same day; each is served once"


def test_revisions_are_counted_and_told_one_by_one(tmp_path: Path) -> None:
    text = "ts,metric,value,known_at\n2024-01-01,a,10,2024-01-02\n2024-01-02,a,20,2024-01-03\n"
    later = text.replace(",10,2024-01-02", ",11,2024-02-01").replace(",20,2024-01-03", ",30,2024-03-01")
    store = a_store(tmp_path)
    put(store, tmp_path / "a.csv", text)
    put(store, tmp_path / "b.csv", later)
    put_news(store, tmp_path / "a.jsonl", {"published": "2024-01-01", "title": "t", "content": "one"})
    put_news(store, tmp_path / "a.jsonl", {"published": "2024-01-01", "title": "t", "content": "two"})
    assert [one.message for one in found(store, "revised")] == [
        "2 rows revised later; --revisions tells each",
        "1 row revised later; --revisions tells each",
    ]
    assert [one.message for one in revisions(store)] == [
        "from 2024-02-01T00:00:00Z on 1 row read otherwise, value at most by 10.00%"
        " (2024-01-01T00:00:00Z: 10.0 became 11.0)",
        "from 2024-03-01T00:00:00Z on 1 row read otherwise, value at most by 50.00%"
        " (2024-01-02T00:00:00Z: 20.0 became 30.0)",
        "from 2025-01-01T00:00:00Z on 1 row read otherwise",
    ]


@pytest.mark.parametrize("kind", ["onchain", "funding", "news"])
def test_a_damaged_file_of_any_kind_is_an_error(tmp_path: Path, kind: str) -> None:
    store = a_store(tmp_path)
    if kind == "news":
        put_news(store, tmp_path / "a.jsonl", {"published": "2024-01-01", "title": "t"})
    elif kind == "funding":
        put(store, tmp_path / "a.csv", "ts,rate\n2024-01-01,1\n", kind=kind, venue="x")
    else:
        put(store, tmp_path / "a.csv", "ts,metric,value\n2024-01-01,a,1\n")
    (info,) = store.series()
    store.path(info).write_bytes(b"gone wrong")
    (finding,) = audit(store)
    assert (finding.code, finding.severity) == ("not_rows", "error")
    store.path(info).unlink()
    assert [one.code for one in audit(store)] == ["not_rows"]


@pytest.mark.parametrize(
    ("bid", "ask", "age", "code"),
    [
        (1, 2, 0, None),
        (2, 2, 0, "crossed_book"),
        (3, 2, 0, "crossed_book"),
        (None, 2, 0, "empty_book"),
        (1, 0, 0, "empty_book"),
        (1, 2, MINUTE, None),
        (1, 2, MINUTE + 1, "stale_ticker"),
        (1, 2, -1_001, "stale_ticker"),
        (1, 2, None, None),
    ],
)
def test_a_live_quote_is_judged_where_it_is_read(
    bid: int | None, ask: int, age: int | None, code: str | None
) -> None:
    best = None if bid is None else Decimal(bid)
    at = None if age is None else Instant(NOW - age)
    assert quote_fault(best, Decimal(ask), at, NOW) == code


def test_every_code_that_is_not_structural_has_a_test_here() -> None:
    quotes = {"crossed_book", "empty_book", "stale_ticker"}
    elsewhere = {"unclosed", "repeated_title"}  # counted at import; news
    flagged = {name for name, code in CODES.items() if code.reaction is not Reaction.STRUCTURAL}
    assert flagged == set(CANDLES) | quotes | elsewhere
