"""No reply of any kind gets more out of the adapter than a reasoned abstention, over a real connection."""

from __future__ import annotations

import asyncio
import time

import pytest

from agent.models.adapter import Proposed
from agent.models.reply import Style
from benchmarks.malformed_replies import ASKED, ATTEMPTS, SHORT_DEADLINE_S, adapter, over_the_wire
from tests.wire.malformed import KINDS, STYLES, Kind
from tests.wire.openai_server import OpenAIServer, openai_server
from tests.wire.scripts import sound

pytestmark = pytest.mark.parts


def propose(server: OpenAIServer, style: Style, deadline_s: float) -> Proposed:
    async def proposed() -> Proposed:
        made = adapter(server, style, deadline_s)
        answer = await made.propose(ASKED)
        await made.aclose()
        return answer

    return asyncio.run(proposed())


@pytest.mark.parametrize("style", STYLES)
def test_a_sound_reply_passes_this_way(style: Style) -> None:
    with openai_server(sound) as server:
        answer = propose(server, style, 10.0)
    assert (answer.abstained, [proposal.asset for proposal in answer.proposals]) == (None, [0])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.wire], ids=str)
def test_what_breaks_on_the_wire_is_an_abstention_within_the_deadline(kind: Kind) -> None:
    began = time.monotonic()
    with openai_server(kind.make) as server:
        answer = propose(server, "tools", SHORT_DEADLINE_S if "timeout" in kind.reasons else 10.0)
    assert answer.abstained in kind.reasons
    assert answer.proposals == ()
    assert 1 <= len(server.asked) <= ATTEMPTS
    assert time.monotonic() - began < 5
    assert "sk-test-secret" not in answer.detail


def test_a_hundred_and_fifty_bad_replies_of_every_kind() -> None:
    tally = asyncio.run(over_the_wire(150, STYLES, seed=34))
    assert tally.faults == []
    assert tally.outcomes.total() == 150
    assert tally.outcomes["proposals"] < 30
