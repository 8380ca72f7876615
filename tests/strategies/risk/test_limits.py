"""limits.toml: four profiles, every key optional, nothing half right accepted."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

import pytest

from core.canonical import digest
from core.errors import UsageError
from core.instant import HOUR, SECOND
from strategies.risk.in_force import describe, limits_hash, modes
from strategies.risk.limits import PROFILES, limits_from, profile
from strategies.risk.reading import SECTIONS
from strategies.risk.registry import registered

CONTRACT = """
profile   = "balanced"
exposure  = { per_order = "0.10", per_asset = "0.25", per_narrative = "0.40", gross = "0.80", cash_reserve = "0.05", correlation = "0.90" }
pace      = { orders_per_hour = 6, orders_per_day = 20, min_hold = "12h", cooldown_after_loss = "24h" }
loss      = { per_day = "0.03", drawdown_reduce = "0.10", drawdown_halt = "0.20" }
price     = { max_age = "90s", collar_bps = 100, depeg_bps = 100 }
liquidity = { share_of_bar = "0.02" }
sizing    = { mode = "volatility", target_volatility = "0.40", cvar95_per_day = "0.05", no_trade_band = "0.02" }
exits     = { stop_atr = "3", target_atr = "0", trailing_atr = "0", time = "0d" }
edge      = { multiple = "1.5" }
rules     = { second_source = "if_available", depeg = "if_available", liquidity = "if_available" }
allow     = { symbols = [] }
"""


def test_balanced_is_what_the_contract_prints() -> None:
    assert limits_from(tomllib.loads(CONTRACT)) == profile("balanced") == limits_from({})


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_what_a_file_that_names_it_means(name: str) -> None:
    limits = limits_from({"profile": name})
    assert limits == profile(name)
    assert limits_hash(limits) == limits_hash(profile(name))


def test_the_profiles_are_ordered_from_cautious_to_bold() -> None:
    cautious, balanced, bold = profile("cautious"), profile("balanced"), profile("bold")
    for section, rising in (("exposure", "per_order per_asset gross correlation"), ("loss", "per_day")):
        for name in rising.split():
            values = [getattr(getattr(limits, section), name) for limits in (cautious, balanced, bold)]
            assert values == sorted(values)
            assert len(set(values)) == 3


def test_a_file_changes_what_it_names_and_leaves_the_rest_to_its_profile() -> None:
    raw: dict[str, object] = {
        "profile": "bold",
        "exposure": {"per_asset": "0.3"},
        "pace": {"min_hold": "6h"},
        "allow": {"symbols": ["SUI/USDT"]},
    }
    limits = limits_from(raw)
    assert limits.exposure.per_asset == Decimal("0.3")
    assert limits.exposure.gross == profile("bold").exposure.gross
    assert limits.pace.min_hold == 6 * HOUR
    assert limits.price.max_age == 90 * SECOND
    assert limits.allow.symbols == ("SUI/USDT",)
    assert limits != profile("bold")
    assert limits_hash(limits) != limits_hash(profile("bold"))


def test_a_limit_that_is_set_is_in_force_even_on_profile_none() -> None:
    assert modes(profile("none"))["exposure.asset"] == "off"
    limits = limits_from({"profile": "none", "exposure": {"per_asset": "0.5"}})
    assert modes(limits)["exposure.asset"] == "required"


WRONG: list[tuple[dict[str, object], str]] = [
    ({"profil": "bold"}, "profil"),
    ({"profile": "reckless"}, "reckless"),
    ({"profile": 3}, "profile"),
    ({"exposure": {"per_oder": "0.1"}}, "exposure.per_oder"),
    ({"exposure": "0.1"}, "exposure"),
    ({"exposure": {"per_order": 0.1}}, "exposure.per_order"),
    ({"exposure": {"per_order": True}}, "exposure.per_order"),
    ({"exposure": {"per_order": "a tenth"}}, "exposure.per_order"),
    ({"exposure": {"per_order": "NaN"}}, "exposure.per_order"),
    ({"exposure": {"per_order": "0"}}, "exposure.per_order"),
    ({"exposure": {"per_order": "-0.1"}}, "exposure.per_order"),
    ({"exposure": {"gross": "1.01"}}, "exposure.gross"),
    ({"exposure": {"per_order": ["0.1"]}}, "exposure.per_order"),
    ({"pace": {"orders_per_hour": "6"}}, "pace.orders_per_hour"),
    ({"pace": {"orders_per_hour": 0}}, "pace.orders_per_hour"),
    ({"pace": {"orders_per_day": 20.0}}, "pace.orders_per_day"),
    ({"pace": {"orders_per_day": True}}, "pace.orders_per_day"),
    ({"pace": {"min_hold": 12}}, "pace.min_hold"),
    ({"pace": {"min_hold": "12 hours"}}, "pace.min_hold"),
    ({"pace": {"min_hold": "99999d"}}, "pace.min_hold"),
    ({"price": {"max_age": "0s"}}, "price.max_age"),
    ({"price": {"collar_bps": 0}}, "price.collar_bps"),
    ({"price": {"collar_bps": 10_001}}, "price.collar_bps"),
    ({"exposure": {"per_narrative": "1.5"}}, "exposure.per_narrative"),
    ({"exposure": {"per_narrative": 0.4}}, "exposure.per_narrative"),
    ({"loss": {"drawdown_reduce": "0.3"}}, "loss.drawdown_reduce"),
    ({"sizing": {"mode": "martingale"}}, "sizing.mode"),
    ({"sizing": {"mode": 1}}, "sizing.mode"),
    ({"rules": {"depeg": "sometimes"}}, "rules.depeg"),
    ({"rules": {"cash": "off"}}, "rules.cash"),
    ({"allow": {"symbols": "BTC/USDT"}}, "allow.symbols"),
    ({"allow": {"symbols": [1]}}, "allow.symbols"),
    ({"allow": {"symbols": ["BTCUSDT"]}}, "allow.symbols"),
    ({"allow": {"symbols": ["BTC/USDT", "BTC/USDT"]}}, "allow.symbols"),
    ({"profile": "none", "rules": {"depeg": "required"}}, "rules.depeg"),
    ({"profile": "none", "rules": {"second_source": "if_available"}}, "rules.second_source"),
    ({"profile": "none", "rules": {"liquidity": "required"}}, "rules.liquidity"),
    ({"profile": "none", "sizing": {"mode": "volatility"}}, "sizing.mode"),
]


@pytest.mark.parametrize(("raw", "named"), WRONG)
def test_what_is_wrong_is_refused_by_name_with_its_mend(raw: dict[str, object], named: str) -> None:
    with pytest.raises(UsageError) as refused:
        limits_from(raw)
    assert named in refused.value.message
    assert refused.value.mend


def test_a_binary_fraction_is_mended_to_text() -> None:
    with pytest.raises(UsageError) as refused:
        limits_from(tomllib.loads("exposure = { per_order = 0.1 }"))
    assert refused.value.mend == 'Write it as text: per_order = "0.1".'


@pytest.mark.parametrize("name", PROFILES)
def test_the_description_is_plain_json_that_the_hash_is_over(name: str) -> None:
    limits = profile(name)
    told = describe(limits)
    assert json.loads(json.dumps(told)) == told
    assert limits_hash(limits) == digest(told)
    assert set(told) == {"profile", *SECTIONS}
    assert set(told["rules"].values()) <= {"required", "if_available", "off"}
    assert told["rules"]["state.halted"] == "required"


@pytest.mark.parametrize("name", PROFILES)
def test_the_rules_in_force_are_those_that_there_are(name: str) -> None:
    assert describe(profile(name))["rules"].keys() == {rule.code for rule in registered()}


@pytest.mark.parametrize(
    ("raw", "limit", "mode"),
    [
        ({}, "0.4", "required"),
        ({"exposure": {"per_narrative": "0.15"}}, "0.15", "required"),
        ({"profile": "none", "exposure": {"per_narrative": "1"}}, "1", "required"),
        ({"profile": "none"}, None, "off"),
    ],
)
def test_the_limit_per_narrative_is_set_and_shown_as_in_force(
    raw: dict[str, object], limit: str | None, mode: str
) -> None:
    told = describe(limits_from(raw))
    assert told["exposure"]["per_narrative"] == limit
    assert told["rules"]["exposure.narrative"] == mode


def test_what_is_in_force_says_what_each_symbol_counts_in() -> None:
    told = describe(profile("balanced"), {"BTC/USDT": ("L1", "payments"), "ODD/USDT": ()})
    assert told["narratives"] == {"BTC/USDT": ["L1", "payments"], "ODD/USDT": []}
    assert limits_hash(profile("balanced")) == digest(describe(profile("balanced")))


def test_every_section_and_key_of_the_limits_can_be_read_from_a_file() -> None:
    limits = profile("balanced")
    for section in fields(limits):
        held: Any = getattr(limits, section.name)
        if is_dataclass(held):
            assert [field.name for field in fields(held)] == list(SECTIONS[section.name])


def test_limits_cannot_be_changed() -> None:
    limits: Any = profile("balanced")
    with pytest.raises(AttributeError):
        limits.profile = "none"
    with pytest.raises(AttributeError):
        limits.exposure.gross = Decimal(2)
