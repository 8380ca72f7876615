"""However an endpoint fails, a decision costs at most its deadline; one that keeps failing is left alone."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from agent.models.adapter import Proposed
from agent.models.breaker import FAILURES, FIRST_PAUSE, Breaker
from core.instant import Instant
from tests.agent.models.asking import ASKED, NOON, an_adapter, proposed, settings, together
from tests.wire.openai_server import Script, openai_server
from tests.wire.replies import Reply
from tests.wire.scripts import (
    answers,
    hang,
    in_turn,
    only_text,
    rate_limited,
    refusing,
    slow,
    slow_trickle,
    sound,
)
from tools.clocks import SimulatedClock, SystemClock

DEADLINE = 0.5
ROOM = 1.0  # the promise is a second; what is above it on a busy machine is the machine's


def seconds_of(url: str, **changes: object) -> tuple[Proposed, float]:
    adapter = an_adapter(settings(url, deadline_s=DEADLINE, **changes), clock=SystemClock())
    began = time.monotonic()
    return proposed(adapter), time.monotonic() - began


@pytest.mark.parametrize(
    "script",
    [
        hang,
        slow_trickle,
        slow(2.0),
        lambda _: Reply(b"{", claimed_length=5_000),
        lambda _: Reply(b"x" * 5_000, piece=1, pause=0.05),
    ],
    ids=["hang", "trickle", "slow", "stuck", "drip"],
)
def test_an_answer_that_does_not_come_is_a_timeout_at_the_deadline(script: Script) -> None:
    with openai_server(script) as server:
        answer, took = seconds_of(server.url)
    assert answer.abstained == "timeout"
    assert answer.calls[-1].outcome == "timeout"
    assert 0 < answer.calls[-1].latency_s <= took
    assert DEADLINE <= took < DEADLINE + ROOM


def test_the_deadline_is_for_all_attempts_together() -> None:
    with openai_server(slow(0.15, answers("nonsense"))) as server:
        answer, took = seconds_of(server.url, output="text")
    assert answer.abstained in {"not_json", "timeout"}
    assert took < DEADLINE + ROOM
    with openai_server(slow(0.25, only_text())) as server:
        assert seconds_of(server.url)[0].abstained in {"http", "timeout"}


@pytest.mark.parametrize("script", [refusing(401), refusing(500), rate_limited("1"), answers("looping")])
def test_an_endpoint_that_answers_badly_costs_at_most_the_deadline(script: Script) -> None:
    with openai_server(script) as server:
        answer, took = seconds_of(server.url)
    assert answer.abstained
    assert took < DEADLINE + ROOM


def test_a_dead_endpoint_costs_at_most_the_deadline() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        answer, took = seconds_of(f"http://127.0.0.1:{free.getsockname()[1]}/v1")
    assert (answer.abstained, took < DEADLINE + ROOM) == ("http", True)
    assert "connection failed" in answer.detail


def test_an_endpoint_that_accepts_no_connection_costs_at_most_the_deadline() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        answer, took = seconds_of(f"http://127.0.0.1:{deaf.getsockname()[1]}/v1")
    assert (answer.abstained, took < DEADLINE + ROOM) == ("timeout", True)


def test_an_endpoint_that_never_stops_sending_is_not_read_to_its_end() -> None:
    with openai_server(lambda _: Reply(b" " * 30_000_000)) as server:
        # long enough that even a busy machine reads as far as it will
        answer = proposed(an_adapter(settings(server.url, deadline_s=20.0), clock=SystemClock()))
    assert answer.abstained == "schema"
    assert len(str(answer.calls[0].response)) < 70_000


def test_the_questions_of_one_decision_share_its_deadline() -> None:
    async def two() -> tuple[Proposed, Proposed]:
        with adapter.decision():
            return await adapter.propose(ASKED), await adapter.propose(ASKED)

    with openai_server(slow(DEADLINE * 0.7)) as server:
        adapter = an_adapter(settings(server.url, deadline_s=DEADLINE), clock=SystemClock())
        first, second = together(two, adapter)
    assert (first.abstained, second.abstained) == (None, "timeout")


def test_who_is_cancelled_is_cancelled() -> None:
    async def cut() -> None:
        task = asyncio.ensure_future(adapter.propose(ASKED))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with openai_server(hang) as server:
        adapter = an_adapter(settings(server.url))
        together(cut, adapter)


def test_an_endpoint_that_failed_five_times_in_a_row_is_left_alone_for_a_growing_while() -> None:
    clock = SimulatedClock(NOON)
    with openai_server(refusing(401)) as server:
        adapter = an_adapter(settings(server.url, output="tools"), clock=clock)
        assert [proposed(adapter).abstained for _ in range(FAILURES + 2)] == ["http"] * 5 + ["breaker"] * 2
        assert len(server.asked) == FAILURES

        asyncio.run(clock.sleep_until(Instant(NOON + FIRST_PAUSE)))
        assert [proposed(adapter).abstained for _ in range(2)] == ["http", "breaker"]
        asyncio.run(clock.sleep_until(Instant(NOON + 2 * FIRST_PAUSE)))
        assert proposed(adapter).abstained == "breaker"
        asyncio.run(clock.sleep_until(Instant(NOON + 3 * FIRST_PAUSE)))
        server.script = sound
        assert [proposed(adapter).abstained for _ in range(2)] == [None, None]


def test_who_is_cancelled_while_trying_leaves_the_try_to_the_next() -> None:
    async def cut() -> None:
        task = asyncio.ensure_future(adapter.propose(ASKED))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    clock = SimulatedClock(NOON)
    with openai_server(refusing(401)) as server:
        adapter = an_adapter(settings(server.url, output="tools"), clock=clock)
        for _ in range(FAILURES):
            proposed(adapter)
        asyncio.run(clock.sleep_until(Instant(NOON + FIRST_PAUSE)))
        server.script = hang
        together(cut, adapter)
        server.script = sound
        assert proposed(adapter).abstained is None


def test_a_usable_answer_in_between_starts_the_count_anew() -> None:
    no = refusing(401)
    with openai_server(in_turn(no, no, no, no, sound, no, no, no, no, sound)) as server:
        adapter = an_adapter(settings(server.url, output="tools"))
        assert "breaker" not in [proposed(adapter).abstained for _ in range(12)]


def test_nonsense_is_no_failure_of_the_endpoint() -> None:
    with openai_server(answers("nonsense")) as server:
        adapter = an_adapter(settings(server.url, output="text"))
        assert {proposed(adapter).abstained for _ in range(FAILURES + 1)} == {"not_json"}


def test_only_one_may_try_whether_an_endpoint_is_back() -> None:
    clock = SimulatedClock(NOON)
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        assert breaker.admits()
        breaker.failed()
    assert not breaker.admits()
    asyncio.run(clock.sleep_until(Instant(NOON + FIRST_PAUSE)))
    assert (breaker.admits(), breaker.admits()) == (True, False)
    breaker.left()
    assert breaker.admits()
    breaker.succeeded()
    assert (breaker.admits(), breaker.admits()) == (True, True)
