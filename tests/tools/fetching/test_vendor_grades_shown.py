"""What is fetched of Token Metrics' grades is shown beside ours, from the noon on at which it is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.instant import iso
from tests.agent.cli.trading_line import Line
from tests.tools.fetching.a_world import NOW, AWorld
from tests.tools.fetching.conftest import Fetch
from tools.exchange.stand_in import StandIn

pytestmark = pytest.mark.parts


def shown(line: Line, at: str) -> Any:
    return line.data("grades", "show", "bitcoin", "--market", "replay", "--as-of", at)


def test_what_is_fetched_is_shown_from_its_noon_on_and_of_no_other_token(
    world: AWorld,
    binance: Callable[..., StandIn],
    fetch: Fetch,
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    binance()
    fetch("candles", "--assets", "bitcoin", "--from", "2026-02-20")
    bare = shown(line, iso(NOW))
    assert bare["vendor"] is None
    monkeypatch.setenv("TOKENWISE_KEY_TOKENMETRICS", "tm-canary-167a5e21-9d3b-4f00-8888-000000000000")
    fetch("grades", "--assets", "bitcoin", "--from", "2026-02-20")
    now = shown(line, iso(NOW))
    assert {**now, "vendor": None, "evidence": []} == {**bare, "evidence": []}
    theirs = now["vendor"]["trader"]
    assert theirs["source"] == "tokenmetrics"
    assert theirs["known_at"] <= iso(NOW)
    assert theirs["as_of"] < theirs["known_at"]
    assert theirs["known_at"][11:] == "12:00:00Z"
    before = shown(line, theirs["as_of"])
    assert before["vendor"] is None or before["vendor"]["trader"]["as_of"] < theirs["as_of"]
    line("grades", "show", "bitcoin", "--market", "replay", "--as-of", iso(NOW))
    assert "Token Metrics" in line.out
    assert "not part of ours" in line.out
