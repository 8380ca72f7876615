"""The risk rule ``horizon`` in the loop: real grades of a falling market, and a person who may overrule it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.graph.decider import GraphDecider
from agent.journal.store import SqlJournal
from agent.runtime.answering import answer
from agent.runtime.config import RunConfig
from agent.runtime.graded import RunGrades, grades_of
from agent.runtime.pending import pending
from agent.runtime.worlds import World
from core.decision import Decision, Proposal, Situation
from core.grades import Horizon
from strategies.risk import engine
from strategies.risk.limits import limits_from
from strategies.risk.registry import registered
from tests.agent.graph.scene import Scripted
from tests.agent.runtime.small_world import START, Run, config_of, live, walk, world_of

LIMITS = limits_from({"profile": "none", "rules": {"horizon": "if_available"}})
DAYS, LAST = 80, 30
FALLING, RISING = -0.0008, 0.0008
WEEKS, MONTHS = Horizon.WEEKS, Horizon.MONTHS


@cache
def world(drift: float) -> World:
    """A walk that has moved by *drift* an hour for a month."""
    before = walk(DAYS * 24, step=0.004)
    moves = np.random.default_rng(3).normal(drift, 0.003, (LAST + 1) * 24)
    after = before[-1] * np.exp(np.cumsum(moves))
    path = before + [round(float(price), 4) for price in after]
    return world_of({"AAA/USDT": path}, warm=(DAYS + LAST) * 24)


class Wishing:
    """Wishes one stance after the other, an hour apart, each with its horizon."""

    spec = "rule:hold"

    def __init__(self, *wishes: tuple[float, Horizon]) -> None:
        self._wishes = list(wishes)

    async def decide(self, situation: Situation) -> Decision:
        stance, horizon = self._wishes.pop(0) if self._wishes else (None, WEEKS)
        wished = () if stance is None else (Proposal(0, stance, horizon=horizon),)
        return Decision(wished, decided_by="test", inputs={})


def asking(drift: float, **changed: Any) -> RunConfig:
    return replace(config_of(world(drift), "rule:hold", limits=LIMITS), **changed)


def lived(drift: float, *wishes: tuple[float, Horizon], limits: Any = LIMITS) -> Run:
    return live(asking(drift, limits=limits), world(drift), decider=Wishing(*wishes), decisions=4)


def test_an_entry_for_weeks_is_refused_where_the_trader_grade_says_sell_and_goes_where_it_says_buy() -> None:
    refused = lived(FALLING, (1.0, WEEKS))
    assert refused.of("submitted") == []
    ((finding,),) = [record.body["findings"] for record in refused.of("refused")]
    assert finding["code"] == "horizon"
    assert finding["message"].startswith("the trader grade is ")
    assert finding["value"] in {"sell", "strong_sell"}
    assert len(lived(RISING, (1.0, WEEKS)).of("submitted")) == 1


def test_without_the_rule_the_entry_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = tuple(rule for rule in registered() if rule.code != "horizon")
    monkeypatch.setattr(engine, "registered", lambda: rest)
    engine._plans.cache_clear()
    try:
        assert len(lived(FALLING, (1.0, WEEKS)).of("submitted")) == 1
    finally:
        monkeypatch.undo()
        engine._plans.cache_clear()


def test_months_are_the_investor_grades_and_a_grade_that_is_not_there_says_nothing() -> None:
    assert len(lived(FALLING, (1.0, MONTHS)).of("submitted")) == 1


def test_what_reduces_is_never_refused() -> None:
    run = lived(FALLING, (1.0, MONTHS), (0.5, WEEKS), (0.0, WEEKS))
    assert len(run.of("submitted")) == 3
    assert run.desk.account.portfolio.positions == {}


def test_nothing_is_graded_before_an_entry_is_wished_nor_where_the_rule_is_off() -> None:
    def made(run: Run) -> bool:
        assert isinstance(run.desk.grades, RunGrades)
        return run.desk.grades._made is not None

    assert not made(lived(FALLING, (0.0, WEEKS)))
    assert not made(lived(RISING, (1.0, WEEKS), limits=limits_from({"profile": "none"})))
    assert made(lived(RISING, (1.0, WEEKS)))


def test_a_decider_that_reads_grades_and_the_rule_read_the_same_desk() -> None:
    grades = RunGrades({})
    decider = GraphDecider("llm", Scripted({"decide": []}), grades=grades)
    assert grades_of(decider, {}, None) is grades
    desk = live(asking(RISING), world(RISING), decider=decider, decisions=1).desk
    assert desk.grades is grades


def step(home: Path, drift: float = FALLING, approve: str = "ask") -> Run:
    config = asking(drift, approve=approve, every=config_of(world(drift), "rule:hold", every="4h").every)
    return live(config, world(drift), home, decisions=1)


def say_yes(home: Path) -> None:
    journal = SqlJournal.open(home / "journal.db", home / "heads.json", durable=False)
    try:
        (one,) = pending(journal, START)
        assert one.told["findings"] == ["horizon"]
        assert one.told["against"] == list(one.request.against)
        answer(journal, one.account, one.request, yes=True, at=START)
    finally:
        journal.close()


def test_a_person_is_asked_with_the_finding_shown_and_a_yes_lets_it_go(tmp_path: Path) -> None:
    asked = step(tmp_path)
    assert asked.of("submitted") == []
    (request,) = asked.desk.account.waiting.values()
    assert [finding.code for finding in request.findings] == ["horizon"]
    (said,) = [
        record.body["message"] for record in asked.of("alert") if "May this go out" in record.body["message"]
    ]
    assert "against it: the trader grade is " in said
    say_yes(tmp_path)
    went = step(tmp_path)
    assert [record.body["order_id"] for record in went.of("submitted")] == [request.order.id]
    assert [one["code"] for one in went.of("approved")[0].body["findings"]] == ["horizon"]


def test_without_a_person_it_is_refused(tmp_path: Path) -> None:
    run = step(tmp_path, approve="auto")
    assert (run.of("submitted"), run.refusals()) == ([], {"horizon"})
