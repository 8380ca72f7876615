"""A model's run is proven from recorded answers, with nobody to ask."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.models import configured
from agent.runtime.minds import Thinking
from core.instant import DAY, HOUR, Instant, instant
from evals.lookahead.findings import Findings
from evals.lookahead.living import live
from evals.lookahead.proof import Depth, Manner, check, stage
from evals.lookahead.scene import candidate
from evals.scenario import Scenario, load
from tests.wire.openai_server import openai_server
from tests.wire.scripts import sound
from tools.clocks import SimulatedClock
from tools.market.track import Track

pytestmark = pytest.mark.parts

TODAY = SimulatedClock(instant("2026-01-01"))
MODEL = "llm:test-model"


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Scenario, Path]:
    """A day of a crash, decided by a model, and the answers that it gave."""
    monkeypatch.setattr(configured, "_LEARNED", {})
    crash = load("flash_crash")
    scenario = replace(crash, end=Instant(crash.start + DAY))
    cassettes = tmp_path / "cassettes"
    manner = Manner(thinking=Thinking("record", cassettes))
    subject = stage(scenario, tmp_path, TODAY, manner, Depth(), Findings([], ()))
    with openai_server(sound) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        lived = asyncio.run(live(subject, candidate(MODEL, tmp_path, TODAY, manner.thinking), subject.scene))
        assert len(server.asked) == len(lived.moments) == 6
    return scenario, cassettes


def proof(tmp_path: Path, recorded: tuple[Scenario, Path]) -> Findings:
    scenario, cassettes = recorded
    manner = Manner(thinking=Thinking("replay", cassettes))
    return check([scenario], [MODEL], tmp_path, TODAY, manner=manner, depth=Depth(48, 1, 0))


def test_the_exact_prompts_stay_the_same(tmp_path: Path, recorded: tuple[Scenario, Path]) -> None:
    found = proof(tmp_path, recorded)
    assert found.leaks == []
    assert (found.compared.moments, found.compared.runs, found.compared.decisions) == (6, 1, 12)


def test_a_prompt_that_holds_the_open_candle_is_a_leak(
    tmp_path: Path, recorded: tuple[Scenario, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def advance(self: Any, now: Instant) -> None:
        self.newest = bisect_right(self._closes_at, now + 4 * HOUR) - 1

    monkeypatch.setattr(Track, "advance", advance)
    found = proof(tmp_path, recorded)
    assert {leak.source for leak in found.leaks} == {"candles"}
    assert all(leak.decider == MODEL for leak in found.leaks)
