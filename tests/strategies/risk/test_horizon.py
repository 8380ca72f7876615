"""An entry against the grade of its own horizon: refused, unless a person who was told of it says yes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.grades import Signal
from core.observation import Missing
from core.orders import Purpose
from strategies.risk.case import Case, HorizonSignal
from strategies.risk.engine import review_again
from strategies.risk.limits import limits_from, profile
from strategies.risk.registry import overrulable, registered
from tests.strategies.risk.cases import QUIET, D, codes, entry, judged, with_inputs

ASKED = frozenset({"horizon"})


def signalling(signal: Signal, case: Case | None = None, grade: str = "trader", value: float = 28.44) -> Case:
    return with_inputs(case or entry(), horizon_signal=HorizonSignal(grade, signal, value))


@pytest.mark.parametrize("signal", Signal)
def test_only_a_signal_to_sell_refuses(signal: Signal) -> None:
    refused = codes(judged(signalling(signal))) == {"horizon"}
    assert refused is (signal in {Signal.SELL, Signal.STRONG_SELL})


def test_the_finding_names_the_grade_its_value_and_its_signal() -> None:
    (finding,) = judged(signalling(Signal.STRONG_SELL, grade="investor", value=12.0)).findings
    assert finding.message == (
        "the investor grade is 12.0 (strong_sell), and an entry asks for neutral or better"
    )
    assert (finding.limit, finding.value) == ("neutral", "strong_sell")


@pytest.mark.parametrize("purpose", [Purpose.REDUCTION, Purpose.EXIT])
def test_what_reduces_is_never_refused(purpose: Purpose) -> None:
    verdict = judged(signalling(Signal.STRONG_SELL, QUIET[purpose]()))
    assert verdict.order is not None
    assert verdict.findings == ()


@pytest.mark.parametrize(
    ("name", "mode"),
    [(name, "if_available") for name in ("cautious", "balanced", "bold")] + [("none", "off")],
)
def test_it_is_asked_where_a_grade_is_there_except_under_the_profile_none(name: str, mode: str) -> None:
    (rule,) = (one for one in registered() if one.code == "horizon")
    assert rule.mode(profile(name)) == mode


def test_a_grade_that_must_be_there_refuses_where_it_is_not_and_no_person_overrules_that() -> None:
    absent = with_inputs(entry(), horizon_signal=Missing("horizon_signal", "coverage 0.41"))
    required = replace(absent, limits=limits_from({"rules": {"horizon": "required"}}))
    assert codes(judged(absent)) == set()
    assert codes(judged(required)) == {"input.missing:horizon"}
    assert judged(replace(required, overruled=ASKED)).order is None


def test_a_person_who_is_asked_is_told_of_it_and_the_order_waits_for_the_answer() -> None:
    verdict = judged(replace(signalling(Signal.SELL), overruled=ASKED))
    assert verdict.order == judged(entry()).order
    assert codes(verdict) == {"horizon"}


def test_what_was_told_and_approved_goes_when_it_is_reviewed_again() -> None:
    case = replace(signalling(Signal.SELL), overruled=ASKED)
    order = judged(case).order
    assert order is not None
    verdict = review_again(case, order)
    assert verdict.order is not None
    assert verdict.findings == ()


def test_a_signal_that_turned_after_the_person_was_asked_refuses() -> None:
    order = judged(entry()).order
    assert order is not None
    assert codes(review_again(signalling(Signal.SELL), order)) == {"horizon"}


def test_a_person_overrules_no_other_rule() -> None:
    everything = frozenset(rule.code for rule in registered())
    assert overrulable() == ASKED
    case = replace(signalling(Signal.SELL, entry("5000")), armed=False, day_start_equity=D(20_000))
    verdict = judged(replace(case, overruled=everything))
    assert verdict.order is None
    assert {"horizon", "not_armed", "loss.day", "exposure.order"} <= codes(verdict)
