"""Every rule fires, each has a case of its own, and without the rule that case passes."""

from __future__ import annotations

from dataclasses import replace
from decimal import InvalidOperation
from typing import Any

import numpy as np
import pytest

from core.observation import Missing
from core.orders import Finding, Purpose
from strategies.risk.case import Case, Inputs
from strategies.risk.engine import needed_inputs, review
from strategies.risk.in_force import modes
from strategies.risk.limits import limits_from, profile
from strategies.risk.registry import registered
from strategies.risk.rule import ENTRIES, Draft, Rule
from tests.strategies.risk.cases import (
    BTC,
    FIRES,
    ORDER,
    QUIET,
    Fire,
    codes,
    daily,
    entry,
    judged,
    with_inputs,
)

RULES = {rule.code: rule for rule in registered()}
CONTRACT_CODES = set(
    """state.halted state.reducing not_armed not_allowed data.stale data.gate duplicate precision quantity.min
    quantity.max notional.min notional.max cash exposure.order exposure.asset exposure.narrative exposure.gross correlation
    volatility cvar pace.hour pace.day pace.hold pace.cooldown collar.mid collar.second liquidity depeg
    loss.day loss.drawdown edge horizon""".split()
)


def ids(fire: Fire) -> str:
    return fire.code


def test_every_reason_code_of_the_contract_has_a_rule_and_every_rule_a_case() -> None:
    assert set(RULES) == CONTRACT_CODES
    assert len(RULES) == len(registered())
    assert {fire.code for fire in FIRES} == set(RULES)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_quiet_case_passes_whole_and_without_a_word(purpose: Purpose) -> None:
    verdict = judged(QUIET[purpose]())
    assert verdict.order is not None
    assert verdict.findings == ()


@pytest.mark.parametrize("fire", FIRES, ids=ids)
def test_a_rule_fires_with_both_values_in_its_words(fire: Fire) -> None:
    verdict = judged(fire.breach(QUIET[fire.by]()))
    quiet = judged(QUIET[fire.by]())
    assert codes(verdict) == {fire.code}
    assert verdict.order is None or verdict.order != quiet.order
    finding = verdict.findings[0]
    assert finding.message
    assert finding.limit in finding.message


@pytest.mark.parametrize("fire", FIRES, ids=ids)
def test_without_the_rule_its_case_passes(fire: Fire) -> None:
    others = tuple(rule for rule in registered() if rule.code != fire.code)
    verdict = judged(fire.breach(QUIET[fire.by]()), others)
    assert verdict.order is not None
    assert verdict.findings == ()


def test_all_findings_are_reported_and_not_the_first() -> None:
    case = entry("5000", armed=False, known_orders={ORDER})
    assert {"not_armed", "duplicate", "exposure.order", "exposure.asset"} <= codes(judged(case))


def test_a_message_gives_both_values_unrounded() -> None:
    (finding,) = judged(entry("1000.01")).findings
    assert finding == Finding(
        "exposure.order", "order worth 1000.01 USDT; at most 1000 USDT", "1000", "1000.01"
    )


def test_what_a_cap_leaves_below_the_venues_least_is_refused_with_both_findings() -> None:
    verdict = judged(with_inputs(entry(), bar_volume_quote=entry().equity / 100))
    assert verdict.order is None
    assert codes(verdict) == {"liquidity", "notional.min"}


REQUIRED = [
    (rule.code, name)
    for rule in registered()
    if rule.mode(profile("balanced")) == "required"
    for name in rule.inputs
]


@pytest.mark.parametrize(("code", "name"), [*REQUIRED, ("data.stale", "price_at")])
def test_a_required_input_that_is_missing_refuses_the_entry(code: str, name: str) -> None:
    verdict = judged(with_inputs(entry(), **{name: Missing(name, "no_data")}))
    assert verdict.order is None
    assert f"input.missing:{code}" in codes(verdict)


AVAILABLE = [
    ("second_source", "collar.second", "second_price"),
    ("depeg", "depeg", "quote_peg"),
    ("liquidity", "liquidity", "bar_volume_quote"),
    ("horizon", "horizon", "horizon_signal"),
]


@pytest.mark.parametrize(("switch", "code", "name"), AVAILABLE)
def test_a_switchable_rule_is_required_if_available_or_off(switch: str, code: str, name: str) -> None:
    def under(mode: str, case: Case) -> set[str]:
        return codes(judged(replace(case, limits=limits_from({"rules": {switch: mode}}))))

    fire = next(fire for fire in FIRES if fire.code == code)
    absent = with_inputs(entry(), **{name: Missing(name, "no_data")})
    assert under("if_available", absent) == set()
    assert under("required", absent) == {f"input.missing:{code}"}
    assert under("if_available", fire.breach(entry())) == {code}
    assert under("required", fire.breach(entry())) == {code}
    assert under("off", fire.breach(entry())) == set()


def test_an_asset_whose_own_returns_are_missing_is_refused_though_others_have_some() -> None:
    returns: Any = entry().inputs.daily_returns
    verdict = judged(with_inputs(entry(), daily_returns={"ETH/USDT": returns["ETH/USDT"]}))
    assert verdict.order is None
    assert {finding.code: finding.message for finding in verdict.findings} == {
        f"input.missing:{code}": f"{code} cannot be judged: daily returns of BTC/USDT are missing"
        for code in ("volatility", "cvar")
    }


@pytest.mark.parametrize("returns", [[0.0] * 29, [float("nan")] * 90])
def test_too_few_or_unsound_returns_are_no_returns(returns: list[float]) -> None:
    verdict = judged(with_inputs(entry(), daily_returns=daily({BTC: np.array(returns)})))
    assert codes(verdict) == {"input.missing:volatility", "input.missing:cvar"}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (LookupError("nothing is known of it"), "nothing is known of it"),
        (ValueError("-1 is not a price"), "-1 is not a price"),
        (ZeroDivisionError("a bug"), "it failed unexpectedly (ZeroDivisionError: a bug)"),
        (KeyError("BTC"), "it failed unexpectedly (KeyError: BTC)"),
        (InvalidOperation([InvalidOperation]), "it failed unexpectedly (InvalidOperation)"),
    ],
)
def test_a_rule_that_breaks_refuses_and_says_why_in_words(fault: Exception, told: str) -> None:
    def broken(_: Case, __: Draft) -> None:
        raise fault

    verdict = judged(entry(), (*registered(), Rule("broken", broken, ENTRIES)))
    assert verdict.order is None
    assert verdict.findings == (Finding("input.missing:broken", f"broken cannot be judged: {told}"),)


@pytest.mark.parametrize(
    "field",
    [
        "wish",
        "marks",
        "equity",
        "portfolio",
        "instrument",
        "inputs",
        "allowed",
        "known_orders",
        "recent_orders",
        "pending",
        "day_start_equity",
        "peak_equity",
        "costs",
        "data",
        "now",
    ],
)
def test_a_field_of_rubbish_refuses_and_raises_nothing(field: str) -> None:
    rubbish: Any = object()
    verdict = review(replace(entry(), **{field: rubbish}), ORDER)
    assert verdict.order is None
    assert verdict.findings


def test_only_what_the_rules_in_force_declare_is_needed() -> None:
    fields = set(Inputs.__dataclass_fields__)
    assert needed_inputs(profile("balanced")) == fields
    assert needed_inputs(profile("none")) == frozenset()
    assert needed_inputs(limits_from({"profile": "none", "exits": {"stop_atr": "2"}})) == {"atr"}
    off = {"second_source": "off", "depeg": "off", "liquidity": "off"}
    assert needed_inputs(limits_from({"rules": off})) == fields - {
        "second_price",
        "quote_peg",
        "bar_volume_quote",
    }


def test_profile_none_keeps_only_what_a_venue_and_a_person_insist_on() -> None:
    in_force = {code for code, mode in modes(profile("none")).items() if mode != "off"}
    assert in_force == set(
        """state.halted state.reducing not_allowed not_armed data.stale data.gate duplicate precision
        quantity.min quantity.max notional.min notional.max cash""".split()
    )
