"""A mistake anywhere in the product that lets it look ahead is found: each guard is taken away once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.runtime.minds import Thinking
from core.instant import DAY, HOUR, Instant, instant, interval
from core.money import money
from evals.lookahead.findings import Findings
from evals.lookahead.proof import Depth, check
from evals.lookahead.scene import Scene, candidate
from evals.lookahead.sources import CANDLES, FIGURES
from evals.scenario import Scenario
from tests.evals.lookahead.scenes import a_subject, a_world, looking, proven
from tests.tools.store import figures_by_hand
from tests.tools.store.candles import START, a_store, bars, frame, put, wander
from tools.ask import AskContext, Reply, ask
from tools.clocks import SimulatedClock
from tools.facts import stored
from tools.market.track import Track
from tools.store.articles import Articles
from tools.store.rows import Rows

TODAY = SimulatedClock(instant("2025-01-01"))
BEGIN = Instant(START + 12 * DAY)
WINDOW = Scenario(
    "window",
    "A week of two coins",
    BEGIN,
    Instant(BEGIN + 7 * DAY),
    10 * DAY,
    interval("1h"),
    interval("4h"),
    ("BTC/USDT",),
    money("10000 USDT"),
    ("ohlcv", "onchain", "fundamental"),
)
DEPTH = Depth(moments=4, runs=1, answers=1)
NEAR, DEEP = Depth(2, 0, 1), Depth(0, 1, 1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bitcoin by the hour, its addresses by day, and its TVL, of which each day was corrected a month later."""
    folder = tmp_path_factory.mktemp("small")
    with closing(a_store(folder)) as store:
        put(store, folder / "btc.parquet", frame(bars(wander(24 * 24, scale=0.01))))
        stamps = [START + day * DAY for day in range(24)]
        rows = "\n".join(f"{stamp},active_addresses,{1000 + stamp // DAY % 97}" for stamp in stamps)
        figures_by_hand.put(store, folder / "a.csv", f"ts,metric,value\n{rows}\n")
        for factor, lag in ((1.0, 2), (1.25, 5)):
            known = [stamp + lag * DAY for stamp in stamps]
            values = (f"{stamp},tvl,{factor * (1 + stamp // DAY % 89)}" for stamp in stamps)
            text = "\n".join(f"{value},{at}" for value, at in zip(values, known, strict=True))
            file = folder / f"tvl{lag}.csv"
            figures_by_hand.put(store, file, f"ts,metric,value,known_at\n{text}\n", kind="fundamental")
    return folder


def found(home: Path, decider: str = "offline", depth: Depth = DEPTH) -> Findings:
    return check([WINDOW], [decider], home, TODAY, depth=depth)


def leaking(findings: Findings) -> set[str]:
    return {leak.source for leak in findings.leaks}


def test_as_it_is_nothing_leaks(home: Path) -> None:
    clean = found(home)
    assert [str(leak) for leak in clean.leaks] == []
    assert clean.compared.answers > 20


def test_a_cursor_that_takes_in_the_open_candle(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def advance(self: Any, now: Instant) -> None:
        self.newest = bisect_right(self._closes_at, now + 4 * HOUR) - 1

    monkeypatch.setattr(Track, "advance", advance)
    caught = found(home, "rule:sma?window=3")
    assert CANDLES in leaking(caught)
    assert {leak.decider for leak in caught.leaks} == {"rule:sma?window=3", None}


def test_a_figure_that_is_served_on_its_own_day(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = stored.known
    monkeypatch.setattr(stored, "known", lambda rows, now: known(rows, Instant(now + 2 * DAY)))
    assert leaking(found(home, depth=NEAR)) - {"its evidence"} == {FIGURES}


def test_a_figure_that_is_served_as_it_reads_today(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def known(rows: Rows | Articles, now: Instant) -> Any:
        newest = np.flatnonzero(rows.is_newest())
        return newest[rows.as_of[newest] + 2 * DAY <= now]

    monkeypatch.setattr(stored, "known", known)
    assert leaking(found(home, depth=DEEP)) - {"its evidence"} == {FIGURES}


def test_a_memory_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two guards stand here, and both have to fall."""

    def hindsight(name: str, raw: Mapping[str, Any], context: AskContext) -> Reply:
        later = replace(context, now=Instant(context.now + 2 * DAY))
        return ask(name, raw, later if name == "get_decisions" else context)

    monkeypatch.setattr("evals.lookahead.answers.ask", hindsight)
    depth = Depth(1, 0, 2)
    assert proven(a_subject(Scene(a_world())), looking(lambda *_: 0), depth=depth).leaks == []
    monkeypatch.setattr("evals.lookahead.answers.Until", lambda journal, _: journal)
    caught = proven(a_subject(Scene(a_world())), looking(lambda *_: 0), depth=depth)
    assert leaking(caught) == {"its evidence"}
    assert all(leak.path.startswith("/get_decisions/50/evidence/") for leak in caught.leaks)


def test_a_mark_of_tomorrow_shows_in_what_is_ordered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decider sees nothing of it: only a whole run, lived again, tells."""

    def close(self: Any) -> tuple[float, Instant]:
        row = min(self.newest + 5, len(self.series.bars) - 1)
        return float(self.series.bars.close[row]), Instant(self._closes_at[self.newest])

    monkeypatch.setattr(Track, "close", close)
    rule = candidate("rule:sma?window=3", None, TODAY, Thinking())
    caught = proven(a_subject(Scene(a_world())), rule, depth=Depth(0, 12, 0))
    assert leaking(caught) == {CANDLES}
    assert {leak.path.split("/")[1] for leak in caught.leaks} == {"events"}


def test_no_file_makes_a_figure_known_before_the_moment_it_describes(tmp_path: Path) -> None:
    """The store's part against shuffled times; a row whose time is not told waits for its source's lag."""
    with closing(a_store(tmp_path)) as store:
        stamps = [START + day * DAY for day in range(12)]
        shuffled = np.random.default_rng(3).permutation(stamps).tolist()
        rows = "\n".join(
            f"{s},addresses,{n},{at}" for n, (s, at) in enumerate(zip(stamps, shuffled, strict=True))
        )
        figures_by_hand.put(store, tmp_path / "a.csv", f"ts,metric,value,known_at\n{rows}\n")
        for now in range(START, START + 14 * DAY, 6 * HOUR):
            told = store.facts("bitcoin", "addresses", Instant(now), 99)
            for one in told if isinstance(told, tuple) else ():
                assert one.as_of <= one.known_at <= now
