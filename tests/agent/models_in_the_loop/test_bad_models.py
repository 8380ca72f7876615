"""Whatever a model answers, the loop lives on: an abstention with its reason, and no order past the limits."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.hostile_models import DEADLINE_S, SPEC, Closing, attack
from benchmarks.malformed_replies import adapter
from core.decision import Decision, Situation
from core.instant import HOUR, Instant
from core.ports import Decider
from tests.agent.models_in_the_loop.attackers import ATTACKS, AtTheSeam, attacking, everything, rotate
from tests.agent.models_in_the_loop.model_run import REASONS
from tests.agent.runtime.auditing import COSTS, LIMITS, Watch, market
from tests.agent.runtime.small_world import Run, config_of, live
from tests.wire.asking import asked
from tests.wire.cases import a_case
from tests.wire.malformed import KINDS, STYLES, Kind
from tests.wire.openai_server import openai_server
from tests.wire.replies import Reply, a_proposal, answering, good, sent, style_of

# those that only a deadline ends have tests of their own
QUICK = [kind for kind in KINDS if "timeout" not in kind.reasons]
HOURS = 27


def lived(decider: Decider, watch: Watch, hours: int = HOURS, *, kind: int = 1) -> Run:
    """An account that asks *decider* every hour, its orders and books checked at the venue's door."""
    world = market(kind)
    until = Instant(world.start + hours * HOUR)
    config = config_of(world, SPEC, limits=LIMITS, costs=COSTS, until=until)
    run = live(config, world, decider=decider, prepare=watch.attach)
    assert run.reason == "until"
    assert len(run.of("decided")) == hours
    for record in run.of("decided"):
        assert record.body["abstained"] is None or record.body["abstained"] in REASONS
        assert not (record.body["abstained"] and record.body["proposals"])
    return run


@dataclass
class Relapsing:
    """A model that trades every third time and goes wrong at all others, each time in the next way."""

    style: str
    turn: int = -1
    sent: list[Kind] = field(default_factory=list)
    seen: dict[int, Kind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._kinds: Iterator[Kind] = cycle([kind for kind in QUICK if self.style in kind.styles])
        self._attack = attacking(rotate, seed=3)

    def __call__(self, request: dict[str, Any]) -> Reply:
        assert style_of(request) == self.style
        if self.turn % 3 == 0:
            return self._attack(request)
        self.seen[self.turn] = kind = next(self._kinds)
        self.sent.append(kind)
        return kind.make(request)


class Counting:
    """Tells *model* which decision it is asked about."""

    spec = SPEC

    def __init__(self, inner: Decider, model: Relapsing) -> None:
        self._inner, self._model = inner, model

    async def decide(self, situation: Situation) -> Decision:
        self._model.turn += 1
        decision = await self._inner.decide(situation)
        assert isinstance(decision, Decision)
        return decision


@pytest.mark.parts
def test_every_kind_of_malformed_reply_is_an_abstention_with_its_reason_and_trading_goes_on() -> None:
    sent_kinds: set[str] = set()
    for style in STYLES:
        model, watch = Relapsing(style), Watch()
        with openai_server(model) as server:
            decider = Counting(Closing(adapter(server, style, DEADLINE_S)), model)
            run = lived(decider, watch, HOURS * 2 if style == "tools" else HOURS)
        sent_kinds |= {kind.name for kind in model.sent}
        for turn, record in enumerate(run.of("decided")):
            why = record.body["abstained"]
            assert (why is None) if turn % 3 == 0 else why in model.seen[turn].reasons, (turn, why)
        assert watch.sent > 3
        assert len(run.of("filled")) > 3
        assert run.of("filled")[-1].at > run.desk.config.start + HOURS // 2 * HOUR, "trading did not go on"
    everywhere = {kind.name for kind in QUICK if set(kind.styles) == set(STYLES)}
    assert len(sent_kinds) >= 60
    assert len(sent_kinds & everywhere) > 0.6 * len(everywhere)


def test_arbitrary_bytes_in_the_place_of_a_reply_are_abstentions() -> None:
    draw, turn, told = np.random.default_rng(5), count(), Counter[str]()

    def script(request: dict[str, Any]) -> Reply:
        if next(turn) % 4 == 0:
            return good(request, everything(draw, 0, request))
        case = a_case(draw, "text")
        told[case.name] += 1
        return case.reply

    watch = Watch()
    run = lived(Closing(AtTheSeam(script)), watch, hours=60)
    assert told["mutated bytes"] > 5
    assert told["wild values"] > 5
    abstained = sum(record.body["abstained"] is not None for record in run.of("decided"))
    assert abstained > 25
    assert len(run.of("filled")) > 0
    assert watch.sent > 0


_NUMBER = st.one_of(
    st.floats(-1, 1), st.sampled_from([0, 1, -1, -0.0, 5e-324, 1e999, 2, "1", None]), st.floats()
)
_WISH = st.fixed_dictionaries(
    {
        "asset": st.one_of(st.integers(0, 2), st.integers(-2, 99), st.sampled_from([True, "0", 1.0, None])),
        "stance": _NUMBER,
        "confidence": _NUMBER,
        "horizon": st.sampled_from(["days", "weeks", "months", "forever"]),
        "evidence": st.lists(st.sampled_from(["e1", "e2", "e3", "e9999", ""]), max_size=3),
        "invalidation": st.text(max_size=40),
        "thesis": st.sampled_from(["It rises.", "RSI is 12345.6.", "x" * 501, ""]),
    }
)
_SOUND_WISH = st.builds(
    lambda asset, stance, confidence: a_proposal(asked("text"), asset, stance) | {"confidence": confidence},
    st.integers(0, 2),
    st.floats(-1, 1),
    st.floats(0, 1),
)
_SAID = st.one_of(
    st.binary(max_size=200),
    st.lists(_WISH, max_size=4),
    st.lists(_SOUND_WISH, max_size=3),
    st.lists(_SOUND_WISH, max_size=3, unique_by=lambda wish: wish["asset"]),
    st.builds(lambda wish, asset: [wish | {"asset": asset}], _SOUND_WISH, st.integers(-1, 4)),
)


def _reply(said: bytes | list[dict[str, Any]]) -> Reply:
    if isinstance(said, bytes):
        return Reply(said)
    return sent(answering(asked("text"), json.dumps({"proposals": said})))


@settings(max_examples=30)
@given(st.lists(_SAID, min_size=6, max_size=6))
def test_no_answer_that_can_be_written_gets_past_the_limits_or_ends_the_run(
    said: list[bytes | list[dict[str, Any]]],
) -> None:
    turn = iter(said)
    lived(Closing(AtTheSeam(lambda _: _reply(next(turn)))), Watch(), hours=6)


@pytest.mark.parametrize("hostile", ATTACKS, ids=lambda one: one.__name__)
def test_an_attack_is_an_attack(hostile: Any) -> None:
    """A bound that nobody runs into proves nothing: every attacker gets orders as far as the venue."""
    watch = Watch()
    run = lived(Closing(AtTheSeam(attacking(hostile, seed=7))), watch, hours=24)
    assert watch.sent > 0
    assert len(run.of("refused")) > 0


@pytest.mark.parts
def test_thirty_episodes_of_a_hostile_model_lose_no_more_than_the_bound() -> None:
    tally = attack(30, seed=7, wired=2, every=("4h",))
    assert tally.orders > 100
    assert tally.bad_days, "a bound that no day reaches proves nothing"
    assert tally.ratio <= 1
