"""What refused a wish is told apart from what would only have made it smaller."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest

from core.instant import HOUR, Instant
from core.observation import Missing
from core.orders import Purpose
from strategies.risk.refusals import refusing
from strategies.risk.registry import registered
from strategies.risk.rule import Rule
from tests.strategies.risk.cases import BTC, NOW, books, codes, entry, held, judged, protective, reduction


@pytest.mark.parametrize("rule", registered(), ids=lambda rule: rule.code)
def test_a_rule_that_may_answer_with_a_cap_says_that_it_shrinks(rule: Rule) -> None:
    assert ("Cap" in inspect.signature(rule.check).return_annotation) is rule.shrinks


def test_what_refused_stands_before_the_caps() -> None:
    verdict = judged(entry("5000", armed=False))
    assert verdict.order is None
    assert next(finding.code for finding in verdict.findings) == "not_armed"
    assert {"exposure.order", "exposure.asset"} <= codes(verdict)


def test_a_minimum_that_refused_stands_before_the_caps_that_left_too_little() -> None:
    verdict = judged(replace(entry(), portfolio=books("505")))
    assert [finding.code for finding in verdict.findings][:1] == ["notional.min"]
    assert "cash" in codes(verdict)


def test_a_cap_counts_only_where_too_little_was_left() -> None:
    both = ("not_armed", "exposure.asset", "notional.min")
    assert refusing(both, Purpose.ENTRY) == ("not_armed", "notional.min")
    least = ("quantity.min", "notional.min", "cash", "liquidity")
    assert refusing(least, Purpose.ENTRY) == least
    assert refusing(("input.missing:cash", "cash"), Purpose.ENTRY) == ("input.missing:cash",)


def test_a_flag_on_a_protective_exit_refused_nothing() -> None:
    assert refusing(("notional.min", "data.stale"), Purpose.EXIT) == ("notional.min",)
    assert refusing(("data.stale",), Purpose.REDUCTION) == ("data.stale",)


def test_a_refusal_never_goes_uncounted() -> None:
    assert refusing(("exposure.asset",), Purpose.ENTRY) == ("exposure.asset",)
    assert refusing(("data.stale",), Purpose.EXIT) == ("data.stale",)


def test_what_refused_a_protective_exit_stands_before_its_flags() -> None:
    dust = protective(portfolio=books("9999", held(BTC, "0.05")), data=Missing(BTC, "stale"))
    assert [finding.code for finding in judged(dust).findings] == ["notional.min", "data.stale"]


@pytest.mark.parametrize(("hours", "told"), [(4, "4h"), (23, "23h")])
def test_a_pause_after_a_loss_is_told_as_a_length_of_time(hours: int, told: str) -> None:
    lost = replace(entry().portfolio, last_loss_at=Instant(NOW - hours * HOUR))
    (finding,) = judged(entry(portfolio=lost)).findings
    assert finding.message == f"the last loss was {told} ago; at least 1d"


def test_a_minimum_hold_is_told_as_a_length_of_time() -> None:
    young = books("9000", held(BTC, "10", Instant(NOW - 4 * HOUR)))
    (finding,) = judged(reduction(portfolio=young)).findings
    assert finding.message == "BTC/USDT was held for 4h; at least 12h"
