"""Every reader at T against an oracle that reads the files by brute force; what comes after T changes nothing at T."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from core.instant import DAY, HOUR, Instant, iso
from core.observation import Missing
from tests.tools.store.candles import START, a_store
from tests.tools.store.figures_by_hand import days, put
from tools.store.store import Store

Vintage = tuple[int, int, int]  # day, hours after it until known, value

vintages = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 200), st.integers(1, 4)),
    min_size=1,
    max_size=25,
    unique_by=lambda one: one[:2],
)
moments = st.integers(0, 16 * 24).map(lambda hours: START + hours * HOUR)


def known(one: Vintage) -> int:
    return START + one[0] * DAY + one[1] * HOUR


def csv(metric: str, rows: Sequence[Vintage]) -> str:
    lines = [
        f"{iso(Instant(START + one[0] * DAY))},{metric},{one[2]},{iso(Instant(known(one)))}"
        for one in sorted(rows)
    ]
    return "ts,metric,value,known_at\n" + "\n".join(lines) + "\n"


def oracle(rows: Sequence[Vintage], at: int) -> list[tuple[int, float]]:
    """Of each day the value that was known last."""
    seen: dict[int, tuple[int, int]] = {}
    for one in rows:
        if known(one) <= at:
            seen[one[0]] = max(seen.get(one[0], (-1, 0)), one[1:])
    return [(day, float(value)) for day, (_, value) in sorted(seen.items())]


def keep(store: Store, folder: Path, metric: str, *files: Sequence[Vintage]) -> None:
    for rows in filter(None, files):
        assert put(store, folder / "a.csv", csv(metric, rows)).refused == []


def test_a_reader_sees_exactly_what_was_known(tmp_path: Path) -> None:
    store, numbers = a_store(tmp_path), count()

    @settings(max_examples=40)
    @given(vintages, st.lists(moments, min_size=1, max_size=9), st.integers(1, 9))
    def check(rows: list[Vintage], times: list[int], newest: int) -> None:
        metric = f"m{next(numbers)}"
        keep(store, tmp_path, metric, rows)
        for at in times:
            assert days(store, metric, at, newest) == oracle(rows, at)[-newest:]
            found = store.facts("bitcoin", metric, Instant(at), newest)
            assert isinstance(found, Missing) or all(one.as_of <= one.known_at <= at for one in found)

    check()


def test_files_that_tell_of_the_same_days_in_turn_are_one_history(tmp_path: Path) -> None:
    store, numbers = a_store(tmp_path), count()

    @settings(max_examples=25)
    @given(vintages, st.data(), st.lists(moments, min_size=1, max_size=9))
    def check(rows: list[Vintage], data: st.DataObject, times: list[int]) -> None:
        metric = f"m{next(numbers)}"
        first = data.draw(st.lists(st.sampled_from(rows), unique=True))
        parts = [part for part in (first, [one for one in rows if one not in first]) if part]
        keep(store, tmp_path, metric, *parts)
        again = [put(store, tmp_path / "a.csv", csv(metric, part)) for part in parts]
        assert [(s.rows_new, s.rows_revised) for one in again for s in one.series.values()] == [
            (0, 0) for _ in parts
        ]
        for at in times:
            assert days(store, metric, at) == oracle(rows, at)

    check()


def test_garbage_after_t_changes_nothing_at_t(tmp_path: Path) -> None:
    store, numbers = a_store(tmp_path), count()

    @settings(max_examples=25)
    @given(vintages, vintages, moments)
    def check(rows: list[Vintage], garbage: list[Vintage], at: int) -> None:
        metric = f"m{next(numbers)}"
        keep(store, tmp_path, metric, [one for one in rows if known(one) <= at])
        before = [store.facts("bitcoin", metric, Instant(at), number) for number in (1, 3, 99)]
        after = {one[:2]: one for one in (*rows, *garbage) if known(one) > at}
        keep(store, tmp_path, metric, [(day, hours, value * -99_991) for day, hours, value in after.values()])
        assert [store.facts("bitcoin", metric, Instant(at), number) for number in (1, 3, 99)] == before

    check()


pieces = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 60), st.sampled_from("xyz"), st.sampled_from("pq")),
    min_size=1,
    max_size=15,
)


def test_no_news_is_told_before_it_was_known_and_no_title_twice_a_day(tmp_path: Path) -> None:
    store, numbers = a_store(tmp_path), count()

    @settings(max_examples=25)
    @given(pieces, st.lists(moments, min_size=1, max_size=9), st.integers(1, 9))
    def check(rows: list[tuple[int, int, str, str]], times: list[int], newest: int) -> None:
        asset, file = f"coin-{next(numbers)}", tmp_path / "a.jsonl"
        told = [
            {
                "published": iso(Instant(START + day * DAY)),
                "title": title,
                "content": text,
                "known_at": iso(Instant(START + day * DAY + hours * HOUR)),
            }
            for day, hours, title, text in rows
        ]
        put(store, file, "\n".join(map(json.dumps, told)), kind="news", asset=asset)
        for at in times:
            found = store.news(asset, Instant(at), newest)
            expected = {(d, t) for d, h, t, _ in rows if START + d * DAY + h * HOUR <= at}
            shown = () if isinstance(found, Missing) else found
            names = [((one.as_of - START) // DAY, one.title) for one in shown]
            assert len(names) == min(newest, len(expected)) == len(set(names))
            assert set(names) <= expected
            assert [day for day, _ in names] == sorted(day for day, _ in expected)[-newest:]
            assert all(one.known_at <= at for one in shown)
        again = put(store, file, kind="news", asset=asset).series.popitem()[1]
        assert (again.rows_new, again.rows_revised) == (0, 0)

    check()


def test_a_funding_rate_is_told_as_it_was_known(tmp_path: Path) -> None:
    store, numbers = a_store(tmp_path), count()

    @settings(max_examples=20)
    @given(vintages, st.lists(moments, min_size=1, max_size=9))
    def check(rows: list[Vintage], times: list[int]) -> None:
        venue = f"v{next(numbers)}"
        text = csv(venue, rows).replace("ts,metric,value", "ts,venue,rate")
        assert put(store, tmp_path / "a.csv", text, kind="funding").refused == []
        for at in times:
            found = store.funding("bitcoin", Instant(at), 99, venue)
            told = () if isinstance(found, Missing) else found
            assert [((one.as_of - START) // DAY, float(one.rate)) for one in told] == oracle(rows, at)

    check()
