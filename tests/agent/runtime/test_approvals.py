"""`--approve ask`: nothing goes out before a person says yes to exactly it, and no yes is used twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.journal.store import SqlJournal
from agent.runtime.answering import Answers, answer
from agent.runtime.config import RunConfig
from agent.runtime.desk import Desk
from agent.runtime.halt_switch import HaltSwitch
from agent.runtime.pending import find, pending
from agent.runtime.waiting import terms_of
from agent.runtime.worlds import World
from core.codec import decode
from core.errors import NoAnswerError
from core.instant import HOUR, Instant
from core.orders import ApprovedOrder
from strategies.risk.limits import limits_from
from tests.agent.runtime.small_world import START, Run, config_of, live, world_of

FLAT = [100.0] * 60
BEGAN = Instant(START + 24 * HOUR)
LIMITS = limits_from({"profile": "none"})


def asking() -> tuple[RunConfig, World]:
    world = world_of({"AAA/USDT": FLAT}, warm=24)
    return replace(config_of(world, "rule:hold", limits=LIMITS, every="4h"), approve="ask"), world


def step(home: Path, prepare: object = None) -> Run:
    """One more decision of the account in *home*."""
    return live(*asking(), home, decisions=1, prepare=prepare)


def journal(home: Path) -> SqlJournal:
    return SqlJournal.open(home / "journal.db", home / "heads.json", durable=False)


def say(home: Path, *, yes: bool) -> None:
    with journal(home) as opened:
        (one,) = pending(opened, START)
        answer(opened, one.account, one.request, yes=yes, at=START)


def sent(run: Run) -> list[str]:
    return [str(record.body["order_id"]) for record in run.of("submitted")]


def test_nothing_goes_out_while_nobody_has_answered(tmp_path: Path) -> None:
    asked = step(tmp_path)
    assert (sent(asked), len(asked.desk.account.waiting)) == ([], 1)
    assert asked.desk.exchange._book.working == {}  # type: ignore[attr-defined]  # the venue's own book


def test_a_yes_sends_exactly_what_was_asked_even_after_a_restart(tmp_path: Path) -> None:
    (request,) = step(tmp_path).desk.account.waiting.values()
    say(tmp_path, yes=True)
    went = step(tmp_path)
    assert sent(went) == [request.order.id]
    assert terms_of(decode(ApprovedOrder, went.of("approved")[0].body["order"])) == request.terms
    assert went.desk.account.portfolio.quantity("AAA/USDT") > 0
    assert went.desk.account.waiting == {}


def test_a_yes_is_used_once_however_often_the_account_starts(tmp_path: Path) -> None:
    step(tmp_path)
    say(tmp_path, yes=True)
    for _ in range(3):
        last = step(tmp_path)
    assert len(sent(last)) == 1


def test_a_no_refuses_and_says_so(tmp_path: Path) -> None:
    step(tmp_path)
    say(tmp_path, yes=False)
    refused = step(tmp_path)
    assert (sent(refused), refused.refusals()) == ([], {"approval.denied"})


def test_without_an_answer_it_expires_when_the_next_decision_is_due(tmp_path: Path) -> None:
    (request,) = step(tmp_path).desk.account.waiting.values()
    assert request.expires_at == Instant(BEGAN + 4 * HOUR)
    assert step(tmp_path).refusals() == {"approval.expired"}


def test_a_yes_that_comes_too_late_sends_nothing(tmp_path: Path) -> None:
    (request,) = step(tmp_path).desk.account.waiting.values()
    step(tmp_path)
    with journal(tmp_path) as opened:
        answer(opened, "paper", request, yes=True, at=START)
    assert sent(step(tmp_path)) == []


def test_what_is_answered_or_expired_waits_no_more(tmp_path: Path) -> None:
    (request,) = step(tmp_path).desk.account.waiting.values()
    say(tmp_path, yes=True)
    with journal(tmp_path) as opened, pytest.raises(NoAnswerError, match="unknown, answered or expired"):
        find(opened, START, request.order.id)


def test_the_first_answer_counts(tmp_path: Path) -> None:
    (request,) = step(tmp_path).desk.account.waiting.values()
    with journal(tmp_path) as opened:
        answer(opened, "paper", request, yes=False, at=START)
        answer(opened, "paper", request, yes=True, at=START)
    assert step(tmp_path).refusals() == {"approval.denied"}


def test_a_yes_to_other_terms_is_a_yes_to_nothing(tmp_path: Path) -> None:
    (request,) = step(tmp_path).desk.account.waiting.values()
    with journal(tmp_path) as opened:
        answer(opened, "paper", replace(request, terms="0" * 64), yes=True, at=START)
    assert sent(step(tmp_path)) == []


def test_it_is_reviewed_again_as_things_stand_when_the_answer_is_taken(tmp_path: Path) -> None:
    """The price is gone by then: what was let through when it was asked is refused now."""

    def poorer(desk: Desk) -> None:
        desk.account.portfolio = replace(desk.account.portfolio, cash=desk.account.portfolio.cash / 2)

    step(tmp_path)
    say(tmp_path, yes=True)
    refused = step(tmp_path, prepare=poorer)
    assert sent(refused) == []
    assert "cash" in refused.refusals()


def test_while_the_halt_stands_no_answer_is_taken(tmp_path: Path) -> None:
    step(tmp_path)
    say(tmp_path, yes=True)
    HaltSwitch(tmp_path).set("stop")
    halted = step(tmp_path)
    assert (sent(halted), halted.reason) == ([], "halted")


def test_protective_exits_ask_nobody(tmp_path: Path) -> None:
    world = world_of({"AAA/USDT": [100.0 + hour % 2 for hour in range(600)] + [50.0] * 10}, warm=590)
    limits = limits_from({"profile": "none", "exits": {"stop_atr": "3"}})
    config = replace(config_of(world, "rule:hold", limits=limits, every="4h"), approve="ask")
    live(config, world, tmp_path, decisions=1)
    with journal(tmp_path) as opened:
        (one,) = pending(opened, world.start)
        answer(opened, "paper", one.request, yes=True, at=START)
    run = live(config, world, tmp_path)
    assert [record.body["trigger"] for record in run.of("exit")] == ["stop"]


@given(
    answers=st.lists(st.tuples(st.booleans(), st.booleans()), max_size=4),
    starts=st.integers(1, 3),
)
def test_however_answers_and_restarts_fall_at_most_the_asked_order_goes_once(
    tmp_path_factory: pytest.TempPathFactory, answers: list[tuple[bool, bool]], starts: int
) -> None:
    """*answers*: yes or no, and whether to the right terms."""
    home = tmp_path_factory.mktemp("asked")
    (request,) = step(home).desk.account.waiting.values()
    with journal(home) as opened:
        for yes, is_right in answers:
            told = request if is_right else replace(request, terms="f" * 64)
            answer(opened, "paper", told, yes=yes, at=START)
        counted = Answers(opened).to(request.order)
    for _ in range(starts):
        last = step(home)
    # the first answer of all stands, and only if it was to these very terms
    assert sent(last) == ([request.order.id] if answers and answers[0] == (True, True) else [])
    assert (counted is not None) == (bool(answers) and answers[0][1])
