"""News: text from outside, bounded and cleaned, told once a day and never before it was known."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from core.instant import DAY, HOUR, Instant, instant
from core.observation import Missing
from tests.tools.store.candles import NOW, START, a_store
from tests.tools.store.figures_by_hand import counts, put, put_news
from tools.store.articles import LONGEST, clean
from tools.store.readings import NewsItem
from tools.store.store import Store

PIECE = {"published": "2024-01-01T07:00:00Z", "title": "Bitcoin moves", "content": "It did."}


def told(store: Store, at: int = NOW, count: int = 99, asset: str | None = "bitcoin") -> tuple[NewsItem, ...]:
    found = store.news(asset, Instant(at), count)
    return () if isinstance(found, Missing) else found


def test_news_of_a_day_is_known_at_eight_of_the_next(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put_news(store, tmp_path / "a.jsonl", PIECE | {"url": "https://example.org/1", "lang": "en"})
    known = Instant(START + DAY + 8 * HOUR)
    assert told(store, known - 1) == ()
    assert told(store, known) == (
        NewsItem(
            "bitcoin",
            "Bitcoin moves",
            "It did.",
            "https://example.org/1",
            "en",
            instant("2024-01-01T07:00"),
            known,
            "test",
        ),
    )


@pytest.mark.parametrize(
    ("more", "rule", "hours"),
    [
        ({"known_at": "2024-01-01T07:30:00Z"}, None, 7.5),
        ({"known_at": "2023-01-01T00:00:00Z"}, None, 7),
        ({"known_at": None}, None, 32),
        ({}, "ts+3h", 10),
        ({"seen": "2024-01-01T09:00:00Z"}, "seen", 9),
        ({"seen": "2024-01-01T09:00:00Z"}, {"column": "seen", "at_least": "4h"}, 11),
    ],
)
def test_news_is_known_when_the_file_or_the_rule_says_but_not_before_it_was_published(
    tmp_path: Path, more: dict[str, object], rule: object, hours: float
) -> None:
    store = a_store(tmp_path)
    report = put_news(store, tmp_path / "a.jsonl", PIECE | more, known_at=rule)
    assert [one.known_at for one in told(store)] == [START + hours * HOUR]
    assert bool(report.early) == (rule == "ts+3h")


def test_a_title_that_stands_there_again_on_the_same_day_is_counted_and_told_once(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    again = PIECE | {"title": " BITCOIN   moves", "content": "Other words."}
    pieces = [PIECE, PIECE, again, PIECE | {"published": "2024-01-02T07:00:00Z"}]
    assert counts(put_news(store, tmp_path / "a.jsonl", *pieces)) == [(4, 0, 0)]
    assert counts(put_news(store, tmp_path / "a.jsonl", *pieces)) == [(0, 4, 0)]
    assert store.series()[0].flags == {"repeated_title": 2}
    assert [one.as_of for one in told(store)] == [START + 7 * HOUR, START + DAY + 7 * HOUR]


def test_a_changed_text_is_a_vintage(tmp_path: Path) -> None:
    put_news(a_store(tmp_path), tmp_path / "a.jsonl", PIECE)
    store = a_store(tmp_path, NOW + DAY)
    assert counts(put_news(store, tmp_path / "a.jsonl", PIECE | {"content": "It did not."})) == [(0, 0, 1)]
    assert [one.content for one in told(store, NOW + DAY - 1)] == ["It did."]
    (new,) = told(store, NOW + DAY)
    assert (new.content, new.flags) == ("It did not.", ("revised",))
    assert counts(put_news(store, tmp_path / "a.jsonl", PIECE)) == [(0, 1, 0)]


def test_news_of_all_assets_is_one_stream_without_repetitions(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    put_news(store, tmp_path / "a.jsonl", PIECE)
    other = PIECE | {"title": "Ether moves", "published": "2024-01-01T06:00:00Z"}
    put_news(store, tmp_path / "b.jsonl", PIECE, other, asset="ethereum")
    put_news(store, tmp_path / "c.jsonl", PIECE | {"title": "All move"}, asset=None)
    stream = told(store, asset=None)
    assert [(one.asset, one.title) for one in stream] == [
        ("ethereum", "Ether moves"),
        ("bitcoin", "Bitcoin moves"),
        ("market", "All move"),
    ]
    assert told(store, asset=None, count=1) == stream[-1:]
    assert told(store, asset="solana") == ()


def test_what_cannot_be_seen_is_taken_out_and_what_is_long_is_cut(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    hidden = "Buy\x1b[31m \u202enow\u200b\nor\x00 never\ttoday"
    long = {"title": hidden, "content": hidden + "x" * 9_999, "url": "javascript:alert(1)", "lang": None}
    put_news(store, tmp_path / "a.jsonl", PIECE | long)
    (one,) = told(store)
    assert one.title == "Buy[31m now or never today"
    assert one.content.startswith("Buy[31m now\nor never today")
    assert (len(one.content), one.content[-1], one.url, one.lang) == (LONGEST["content"], "…", "", "")
    assert clean("a\r\nb\rc", 9) == "a\nb\nc"
    assert clean("\ud800é", 9) == "é"


def test_a_gzipped_file_with_other_names_is_filtered_by_its_columns(tmp_path: Path) -> None:
    rows = [{"day": "2024-01-01", "head": f"Number {k}", "coin": coin} for k, coin in enumerate("ABA")]
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.write("\n\n".join(map(json.dumps, rows)))
    store = a_store(tmp_path)
    columns = {"published": "day", "title": "head"}
    put(store, tmp_path / "a.jsonl.gz", kind="news", columns=columns, where={"coin": ["A"]})
    assert [one.title for one in told(store)] == ["Number 0", "Number 2"]


GOOD = json.dumps(PIECE)


@pytest.mark.parametrize(
    ("name", "raw", "code", "row"),
    [
        ("a.jsonl", b"", "not_rows", None),
        ("a.jsonl", b"\n\n", "not_rows", None),
        ("a.csv", GOOD.encode(), "not_rows", None),
        ("a.jsonl.gz", b"\x1f\x8b\x08 no gzip after all", "not_rows", None),
        ("a.jsonl.gz", gzip.compress(GOOD.encode() * 9, mtime=0)[:-9], "not_rows", None),
        ("a.jsonl", b"\xff\xfe\x00", "not_rows", None),
        ("a.jsonl", f"{GOOD}\n".encode() + b" " * 1_000_001, "not_rows", 2),
        ("a.jsonl", f"{GOOD}\n\n{{broken".encode(), "not_rows", 3),
        ("a.jsonl", f"{GOOD}\n[1, 2]".encode(), "not_rows", 2),
        ("a.jsonl", ("[" * 100_000).encode(), "not_rows", 1),
        ("a.jsonl", GOOD.replace("title", "headline").encode(), "wrong_columns", None),
        ("a.jsonl", f'{GOOD}\n{{"published": "2024-01-01", "title": 5}}'.encode(), "wrong_columns", 2),
        ("a.jsonl", GOOD.replace("2024-01-01T07", "yesterday").encode(), "wrong_columns", 1),
        ("a.jsonl", f'{GOOD}\n{{"published": "2024-01-01", "title": " "}}'.encode(), "null", 2),
        ("a.jsonl", f'{GOOD}\n{{"title": "no time"}}'.encode(), "null", 2),
        ("a.jsonl", GOOD.replace("2024", "2034").encode(), "future", 1),
    ],
)
def test_a_bad_file_of_news_is_refused_with_its_line(
    tmp_path: Path, name: str, raw: bytes, code: str, row: int | None
) -> None:
    (tmp_path / name).write_bytes(raw)
    store = a_store(tmp_path)
    report = put(store, tmp_path / name, kind="news")
    assert [(one.file, one.row, one.code) for one in report.refused] == [(name, row, code)]
    assert "\n" not in report.refused[0].message
    assert store.series() == ()


def test_many_days_of_many_repetitions_are_told_as_if_all_were_looked_at(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    pieces = [
        {
            "published": f"2024-01-{day + 1:02}T{number // 2:02}:00:00Z",
            "title": f"Title {number % 3}",
            "content": str(number),
        }
        for day in range(9)
        for number in range(40)
    ]
    put_news(store, tmp_path / "a.jsonl", *pieces)
    every = [(one.as_of, one.title) for one in told(store)]
    assert len(every) == 9 * 3
    for count in range(1, 29):
        assert [(one.as_of, one.title) for one in told(store, count=count)] == every[-count:]
