"""Every number of a thesis, and of what would break it, is evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from agent.models.grounding import unsupported
from agent.runtime.asking import asking
from core.instant import instant
from tools.ask import AskContext, Evidence, Reply, ask
from tools.clocks import SimulatedClock

NOW = instant("2024-03-31")
HORIZONS = ("long_term", "short_term")
ENDS = {
    "strong buy": "below 77.0",
    "buy": "below 57.0",
    "neutral": "to 40.0 or less",
    "sell": "to 20.0 or less",
}
KINDS = {"long_term": "investor", "short_term": "trader"}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AskContext]:
    """Twelve invented tokens after a year of candles."""
    home = tmp_path_factory.mktemp("home")
    with ExitStack() as held:
        yield held.enter_context(
            asking("sim?assets=12&grain=1d", home, SimulatedClock(NOW), as_of=NOW)
        ).context


@pytest.fixture(scope="module")
def picks(context: AskContext) -> dict[str, Reply]:
    """Everybody who has a grade, whatever it is, by horizon."""
    return {
        horizon: ask("get_screen", {"picks": horizon, "filters": [f"{kind}>=0"], "limit": 100}, context)
        for horizon, kind in KINDS.items()
    }


def of(reply: Reply, row: dict[str, Any]) -> list[Evidence]:
    return [one for one in reply.evidence if one.asset == row["asset"]["id"]]


def without_names(text: str, facts: list[Evidence], narratives: list[str]) -> str:
    """*text* without the digits that are part of a name: of an indicator that is evidence, of a narrative."""
    for name in (*(one.metric.removesuffix("_points") for one in facts), *narratives):
        text = re.sub(rf"\b{re.escape(name)}\b", "it", text)
    return text


@pytest.mark.parametrize("horizon", HORIZONS)
def test_every_number_of_a_thesis_is_evidence_of_that_asset(picks: dict[str, Reply], horizon: str) -> None:
    reply = picks[horizon]
    assert len(reply.data["rows"]) >= 8
    for row in reply.data["rows"]:
        facts = of(reply, row)
        for text in (row["thesis"], *row["breaks"]):
            assert unsupported(without_names(text, facts, row["narratives"]), facts) == (), text


@pytest.mark.parametrize("horizon", HORIZONS)
def test_a_thesis_without_its_evidence_is_noticed(picks: dict[str, Reply], horizon: str) -> None:
    reply = picks[horizon]
    row = reply.data["rows"][0]
    other = [one for one in reply.evidence if one.asset != row["asset"]["id"]]
    assert len(unsupported(row["thesis"], other, ())) > 3


@pytest.mark.parametrize("horizon", HORIZONS)
def test_every_pick_says_what_would_break_it(picks: dict[str, Reply], horizon: str) -> None:
    kind, ends = KINDS[horizon], set()
    for row in picks[horizon].data["rows"]:
        found = re.search(r"\((strong buy|buy|neutral|sell|strong sell)\)", row["thesis"])
        assert found
        signal = found[1]
        ends.add(signal)
        told = [one for one in row["breaks"] if one.startswith(f"The {kind} grade falls")]
        bound = ENDS.get(signal)
        assert told == ([f"The {kind} grade falls {bound}, where its {signal} signal ends."] if bound else [])
        assert row["breaks"]
    assert "buy" in ends


def test_picks_come_best_first_by_the_grade_of_their_horizon(picks: dict[str, Reply]) -> None:
    for horizon, kind in KINDS.items():
        grades = [row["values"][kind] for row in picks[horizon].data["rows"]]
        assert grades == sorted(grades, reverse=True)
        assert picks[horizon].data["sort"] == kind


def test_a_long_view_speaks_of_traction_price_supply_and_standing(picks: dict[str, Reply]) -> None:
    for row in picks["long_term"].data["rows"]:
        for word in ("Revenue of 30 days", "TVL", "active addresses", "FDV", "supply", "days without a hole"):
            assert word in row["thesis"], row
    text = " ".join(row["thesis"] for row in picks["long_term"].data["rows"])
    assert "Number 1 of 2 in" in text
    assert "(emission)" in text


def test_a_short_view_speaks_of_drivers_and_levels(picks: dict[str, Reply]) -> None:
    rows = picks["short_term"].data["rows"]
    assert all("in points:" in row["thesis"] for row in rows)
    assert any("resistance" in row["thesis"] for row in rows)
    assert any(one.startswith("A daily close below") for row in rows for one in row["breaks"])


def test_what_is_not_known_is_said_and_never_made_up(context: AskContext) -> None:
    bare = replace(context, facts=None)
    row = ask("get_screen", {"picks": "long_term", "filters": ["investor>=0"]}, bare).data["rows"][0]
    assert "Not known: revenue, TVL, active addresses, FDV and supply." in row["thesis"]
    assert all("revenue" not in one and "TVL" not in one for one in row["breaks"])


def test_nothing_of_a_thesis_was_known_later(picks: dict[str, Reply]) -> None:
    for reply in picks.values():
        assert all(one.as_of <= one.known_at <= NOW for one in reply.evidence)
