"""Trading a grade: long from a good one until a bad one, silent where there is none, the same again from the journal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from agent.journal.recorded_view import RecordedView
from agent.runtime.deciders import KINDS, canonical_decider, decider_for
from core.canonical import canonical
from core.decision import Decision, MarketView, Situation, Unchanged
from core.errors import UsageError
from core.grades import Grade, Horizon
from core.ids import DecisionId
from core.instant import Instant, interval
from core.money import ZERO
from core.portfolio import Portfolio
from core.ports import MarketData

NOW = Instant(0)
DAY = interval("1d")
NONE = (None, None)
NOBODY = RecordedView(NOW, DAY, {})


class Written:
    """Stands for a desk and for its sheet: grades as written, ``(trader, investor)`` by symbol."""

    def __init__(self, values: Mapping[str, tuple[float | None, float | None]]) -> None:
        self._values = values

    def __call__(self, market: MarketData) -> Any:
        del market
        return self

    def sheet(self) -> Written:
        return self

    def grade(self, symbol: str, kind: str) -> Grade:
        value = self._values[symbol][kind == "investor"]
        return Grade(symbol, value, None, 1.0, NOW, NOW, "1", why="too little" if value is None else None)


def situation(market: MarketView, wished: Mapping[str, float]) -> Situation:
    menu = ("A", "B")
    return Situation(DecisionId("d" * 22), "paper", NOW, DAY, menu, market, Portfolio(ZERO, "USDT"), wished)


def decided(spec: str, a: Any, b: Any = NONE, **wished: float) -> Decision | Unchanged:
    return asyncio.run(decider_for(spec, Written({"A": a, "B": b})).decide(situation(NOBODY, wished)))


def stances(answer: Decision | Unchanged) -> dict[int, float]:
    return {} if isinstance(answer, Unchanged) else {one.asset: one.stance for one in answer.proposals}


@pytest.mark.parametrize(
    ("spec", "grades", "wished", "stance"),
    [
        ("grade:trader", (60.0, None), None, 1.0),
        ("grade:trader", (59.9, 99.0), None, None),
        ("grade:trader", (59.9, None), 1.0, None),
        ("grade:trader", (40.1, None), 1.0, None),
        ("grade:trader", (40.0, None), 1.0, 0.0),
        ("grade:trader", (40.0, None), 0.0, None),
        ("grade:trader", (40.0, None), None, None),
        ("grade:trader", (99.0, None), 1.0, None),
        ("grade:trader", (61.0, None), 0.0, 1.0),
        ("grade:trader", (None, 99.0), None, None),
        ("grade:trader", (None, 0.0), 1.0, None),
        ("grade:trader?buy=80&sell=70", (75.0, None), None, None),
        ("grade:trader?buy=80&sell=70", (70.0, None), 1.0, 0.0),
        ("grade:investor", (0.0, 60.0), None, 1.0),
        ("grade:investor", (99.0, 40.0), 1.0, 0.0),
        ("grade:both", (60.0, 60.0), None, 1.0),
        ("grade:both", (99.0, 59.0), None, None),
        ("grade:both", (99.0, None), None, None),
        ("grade:both", (99.0, 40.0), 1.0, 0.0),
        ("grade:both", (40.0, None), 1.0, 0.0),
        ("grade:both", (41.0, None), 1.0, None),
        ("grade:both", (None, None), 1.0, None),
    ],
)
def test_a_good_grade_is_bought_and_a_bad_one_sold(
    spec: str, grades: tuple[float | None, float | None], wished: float | None, stance: float | None
) -> None:
    before = {} if wished is None else {"A": wished}
    assert stances(decided(spec, grades, **before)) == ({} if stance is None else {0: stance})


@pytest.mark.parametrize(
    ("kind", "horizon"),
    [("trader", Horizon.WEEKS), ("investor", Horizon.MONTHS), ("both", Horizon.WEEKS)],
)
def test_a_proposal_speaks_to_its_grades_horizon_and_says_what_would_end_it(
    kind: str, horizon: Horizon
) -> None:
    answer = decided(f"grade:{kind}", (70.0, 70.0))
    assert isinstance(answer, Decision)
    (one,) = answer.proposals
    assert one.horizon is horizon
    assert "70.0" in one.thesis
    assert one.invalidation == "a grade of 40 or less"


@pytest.mark.parametrize("kind", ["trader", "investor", "both"])
def test_a_decision_is_made_again_from_what_was_recorded(kind: str) -> None:
    spec = f"grade:{kind}"
    for a, b, wished in (
        ((70.3, 61.7), (None, 30.1), {"B": 1.0}),
        ((30.000000000000004, 61.7), (None, None), {"A": 1.0}),
        ((70.3, 61.7), (None, 12.5), {"B": 1.0}),
    ):
        answer = decided(spec, a, b, **wished)
        if isinstance(answer, Unchanged):
            continue
        inputs = json.loads(canonical(answer.inputs))
        view = RecordedView(NOW, DAY, inputs["market"])
        assert asyncio.run(decider_for(spec).decide(situation(view, wished))) == answer


def test_where_nothing_changes_the_grades_are_the_fingerprint() -> None:
    first, second = (decided("grade:both", (50.0, value)) for value in (50.0, 50.000001))
    assert isinstance(first, Unchanged)
    assert isinstance(second, Unchanged)
    assert first.fingerprint != second.fingerprint
    assert decided("grade:both", (50.0, 50.0)) == first
    assert decided("grade:both", NONE) != first


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("grade:trader", "grade:trader?buy=60&sell=40"),
        ("grade:both?sell=35.0", "grade:both?buy=60&sell=35"),
        ("grade:investor?buy=72.5&sell=10", "grade:investor?buy=72.5&sell=10"),
    ],
)
def test_a_spec_is_told_with_its_defaults(text: str, named: str) -> None:
    assert canonical_decider(text) == named == canonical_decider(named)


@pytest.mark.parametrize(
    ("text", "why", "candidates"),
    [
        ("grade:trader?sel=3", "knows no key 'sel'", ["buy", "sell"]),
        ("grade:trader?buy=40", "is not above", None),
        ("grade:trader?buy=high", "is no grade", None),
        ("grade:trader?buy=nan", "is no grade", None),
        ("grade:trader?buy=101", "is no grade", None),
        ("grade:day", "names no grade", ["grade:trader", "grade:investor", "grade:both"]),
        ("grade", "names no grade", ["grade:trader", "grade:investor", "grade:both"]),
    ],
)
def test_a_spec_that_is_none_is_refused_with_what_there_is(
    text: str, why: str, candidates: list[str] | None
) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        canonical_decider(text)
    if candidates is not None:
        assert list(refused.value.candidates) == candidates
    assert refused.value.exit_status == 2


def test_bounds_the_wrong_way_round_are_mended_in_plain_words() -> None:
    with pytest.raises(UsageError) as refused:
        canonical_decider("grade:both?buy=40&sell=60")
    assert refused.value.mend == "buy must be above sell, as in buy=60&sell=40."


def test_every_kind_is_listed() -> None:
    assert {"grade:trader", "grade:investor", "grade:both"} <= set(KINDS)


@pytest.mark.parametrize("kind", ["trader", "both"])
def test_a_run_by_grades_replays_decision_by_decision(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path), "--json"]
    spec = f"grade:{kind}?buy=52&sell=48"
    run = ["paper", "--market", "sim?assets=3&grain=4h", "--until", "2024-01-13", "--every", "12h"]
    assert main([*home, *run, "--decider", spec, "--report", "none"]) == 0
    traded = json.loads(capsys.readouterr().out)["data"]
    assert traded["fills"] > 0
    assert main([*home, "journal", "replay", "all"]) == 0
    replayed = json.loads(capsys.readouterr().out)["data"]
    assert replayed["first_difference"] is None
    assert replayed["checked"] == replayed["same"] > 2
