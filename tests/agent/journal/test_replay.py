"""A decision made again from its recorded inputs is the same decision."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agent.journal.difference import Difference, first_difference
from agent.journal.memory_journal import MemoryJournal
from agent.journal.recorded_view import RecordedView
from agent.journal.replay import SpanChecker, replay
from core.decision import Decision, Proposal, Situation, Unchanged
from core.errors import JournalError, NoAnswerError
from core.events import Span
from core.instant import HOUR, Interval, interval
from core.market import Bars, Candle
from core.observation import Missing
from core.ports import Decider, Entry, Record
from tests.agent.journal.scenes import (
    NOON,
    STREAM,
    AboveMean,
    at,
    decided,
    decision_name,
    filled,
    journalled_decision,
    market_of,
    started,
)


def always(decider: Decider) -> Any:
    return lambda _: decider


@pytest.fixture
def journal() -> MemoryJournal:
    made = MemoryJournal()
    made.append(STREAM, [started(every="1h")])
    for number in range(1, 6):
        journalled_decision(made, number, market_of(1.0, 2.0, 3.0, float(number)))
    return made


def replayed(journal: MemoryJournal, wanted: str, decider: Decider | None = None, **how: Any) -> Any:
    return asyncio.run(replay(journal, wanted, always(decider or AboveMean()), **how))


def test_every_decision_of_a_run_replays_identically(journal: MemoryJournal) -> None:
    assert replayed(journal, "all") == {"checked": 5, "same": 5, "first_difference": None}


def test_one_decision_replays_by_its_id(journal: MemoryJournal) -> None:
    assert replayed(journal, decision_name(2)) == {"checked": 1, "same": 1, "first_difference": None}


def test_a_decider_that_answers_otherwise_is_found_at_the_place(journal: MemoryJournal) -> None:
    assert replayed(journal, "all", AboveMean(stance=0.5)) == {
        "checked": 5,
        "same": 2,
        "first_difference": {
            "id": decision_name(3), "path": "/proposals/0/stance", "recorded": 1.0, "replayed": 0.5,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"proposals": (Proposal(0, 0.25, thesis="the close is above its mean"),)}, "/proposals/0/stance"),
        ({"proposals": ()}, "/proposals/0"),
        ({"abstained": "budget", "proposals": (Proposal(0, 1.0, thesis="the close is above its mean"),)}, "/abstained"),
        ({"decided_by": "offline", "proposals": (Proposal(0, 1.0, thesis="the close is above its mean"),)}, "/decided_by"),
    ],
)  # fmt: skip
def test_an_altered_record_is_found_at_its_path(changes: dict[str, Any], path: str) -> None:
    journal = MemoryJournal()
    journal.append(STREAM, [started(), decided(1, market_of(1.0, 2.0, 3.0, 4.0), **changes)])
    found = replayed(journal, decision_name(1))
    assert (found["checked"], found["same"]) == (1, 0)
    assert found["first_difference"]["path"] == path


def test_inputs_that_the_decider_did_not_ask_for_are_a_difference() -> None:
    journal = MemoryJournal()
    market = market_of(9.0, 1.0, 2.0, 3.0, 4.0)
    thesis = "the close is above its mean"
    journal.append(STREAM, [started(), decided(1, market, Proposal(0, 1.0, thesis=thesis))])
    found = replayed(journal, decision_name(1))["first_difference"]
    assert found["path"] == "/inputs/market/BTC~1USDT/close/0"


def test_a_rule_that_now_sees_no_change_is_a_difference(journal: MemoryJournal) -> None:
    class Content:
        spec = "rule:test"

        async def decide(self, situation: Situation) -> Decision | Unchanged:
            return Unchanged(b"")

    assert replayed(journal, "all", Content())["first_difference"]["replayed"] == "unchanged"


def test_a_decider_is_shown_the_situation_as_it_was() -> None:
    journal = MemoryJournal()
    journal.append(STREAM, [started(every="1h"), filled(1)])
    journalled_decision(journal, 2, market_of(1.0, 2.0, 3.0, 4.0))
    seen: list[Situation] = []

    class Watching(AboveMean):
        async def decide(self, situation: Situation) -> Decision:
            seen.append(situation)
            return await super().decide(situation)

    assert replayed(journal, "all", Watching())["same"] == 1
    (situation,) = seen
    assert situation.decision_id == decision_name(2)
    assert (situation.now, situation.market.now, situation.every) == (at(2), at(2), Interval(HOUR))
    assert situation.wished == {"BTC/USDT": 0.0}
    assert str(situation.portfolio.quantity("BTC/USDT")) == "0.02"


def test_a_model_s_decision_is_not_counted(journal: MemoryJournal) -> None:
    journal.append(STREAM, [decided(9, market_of(1.0), model={"name": "gpt", "calls": []})])
    assert replayed(journal, "all")["checked"] == 5
    with pytest.raises(NoAnswerError, match="alone can replay"):
        replayed(journal, decision_name(9))


def checker_that_finds(found: Difference | None) -> SpanChecker:
    async def checker(record: Record) -> Difference | None:
        return found

    return checker


def test_spans_whose_market_is_gone_are_not_counted(journal: MemoryJournal) -> None:
    async def gone(record: Record) -> Difference | None:
        raise NoAnswerError("the store is empty")

    journal.append(STREAM, [Entry(at(50), Span("rule:test", at(40), at(50), 3, "e" * 64))])
    assert replayed(journal, "all", span_checker=gone)["checked"] == 5


def test_spans_are_checked_where_a_market_is_given(journal: MemoryJournal) -> None:
    journal.append(STREAM, [Entry(at(50), Span("rule:test", at(40), at(50), 3, "e" * 64))])
    assert replayed(journal, "all")["checked"] == 5
    same = replayed(journal, "all", span_checker=checker_that_finds(None))
    assert (same["checked"], same["same"]) == (6, 6)
    wrong = Difference("/inputs_hash", "e" * 64, "f" * 64)
    found = replayed(journal, "all", span_checker=checker_that_finds(wrong))
    assert found["first_difference"] == {
        "id": f"{STREAM}#7", "path": "/inputs_hash", "recorded": "e" * 64, "replayed": "f" * 64,
    }  # fmt: skip


def test_inputs_that_were_changed_are_not_replayed(journal: MemoryJournal) -> None:
    name = next(iter(journal._blobs))
    del journal._blobs[name]
    with pytest.raises(JournalError):
        replayed(journal, "all")


def test_the_recorded_view_answers_what_was_seen_and_nothing_else() -> None:
    hour = interval("1h")
    columns = ("open", "high", "low", "close", "volume")
    market = {"BTC/USDT": {name: [1.0, 2.0, 3.0] for name in columns}, **market_of(1.0)}
    market["SOL/USDT"] = market.pop("BTC/USDT")
    market["BTC/USDT"] = {name: [1.0, 2.0, 3.0] for name in columns}
    view = RecordedView(at(0), hour, market)
    assert view.column("BTC/USDT", hour, "close", 2) == [2.0, 3.0]
    assert view.column("BTC/USDT", hour, "close", 4) == Missing("BTC/USDT", "not_recorded")
    assert view.column("ETH/USDT", hour, "close", 1) == Missing("ETH/USDT", "warming_up")
    assert view.column("DOGE/USDT", hour, "close", 1) == Missing("DOGE/USDT", "not_recorded")
    bars = view.window("BTC/USDT", hour, 2)
    assert isinstance(bars, Bars)
    assert [*bars.opened_at] == [NOON - 2 * HOUR, NOON - HOUR]
    candle = view.candle("BTC/USDT")
    assert isinstance(candle, Candle)
    assert (candle.close, candle.closed_at) == (3.0, NOON)
    assert view.window("ETH/USDT", hour, 2) == Missing("ETH/USDT", "warming_up")


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ({"a": 1}, {"a": 1}, None),
        ({"a": 1}, {"a": 1.0}, "/a"),
        ({"a": [1, 2]}, {"a": [1]}, "/a/1"),
        ({"a": [1]}, {"a": [1, 2]}, "/a/1"),
        ({"a/b": {"c~d": 1}}, {"a/b": {"c~d": 2}}, "/a~1b/c~0d"),
        ({}, {"new": None}, "/new"),
        ({"a": None}, {}, "/a"),
        ({"a": {}}, {"a": []}, "/a"),
        (1, 2, ""),
    ],
)
def test_the_first_difference_is_named_by_its_pointer(one: Any, other: Any, path: str | None) -> None:
    found = first_difference(one, other)
    assert (None if found is None else found.path) == path
