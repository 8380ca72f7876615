"""The scenarios that come with the program: whole, honest, and each where the others say it is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.cli.data_fetch import fetch_command as fetch
from core.assets import split_symbol
from core.instant import DAY, duration, instant, iso
from evals.needs import fetch_command
from evals.scenario import Scenario, builtin, load
from evals.synthetic import generators
from tools.identity import built_in

HISTORY = [one for one in builtin() if one.synthetic is None]
PACK = [one for one in builtin() if one.synthetic is not None]
AT_HAND = (
    *("covid_crash", "defi_summer", "may_2021", "ath_rollover", "luna", "ftx", "usdc_depeg"),
    *(f"ct_{kind}_{coin}" for coin in ("btc", "eth", "sol") for kind in ("bear", "side", "bull")),
    *("tariff_bottom", "sui_rally"),
)
# evaluation.md, Table 1: the end is not included
TABLE_1 = {
    "ct_bear_btc": ("2023-04-12", "2023-06-16"),
    "ct_side_btc": ("2023-06-17", "2023-08-25"),
    "ct_bull_btc": ("2023-10-01", "2023-12-01"),
    "ct_bear_eth": ("2023-04-12", "2023-06-16"),
    "ct_side_eth": ("2023-06-20", "2023-08-31"),
    "ct_bull_eth": ("2023-10-01", "2023-12-01"),
    "ct_bear_sol": ("2023-04-12", "2023-06-16"),
    "ct_side_sol": ("2023-07-08", "2023-08-31"),
    "ct_bull_sol": ("2023-10-01", "2023-12-01"),
}


def each(several: Sequence[Scenario]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("scenario", several, ids=lambda one: one.id)


def test_the_eighteen_windows_at_hand_need_nothing_fetched() -> None:
    assert {one.id for one in HISTORY if one.needs is None} == set(AT_HAND)
    assert len(AT_HAND) == 18


def test_every_generator_has_its_scenario_in_the_pack() -> None:
    assert {one.id for one in PACK} == set(generators())
    assert all(one.synthetic is not None and one.synthetic.generator == one.id for one in PACK)


def test_no_two_are_the_same_and_each_is_found_by_its_id() -> None:
    assert len({one.hash() for one in builtin()}) == len(builtin())
    assert all(load(one.id) is one for one in builtin())


def test_history_comes_first_and_in_time() -> None:
    assert builtin() == (*sorted(HISTORY, key=lambda one: (one.start, one.id)), *PACK)


@pytest.mark.parametrize("name", TABLE_1)
def test_the_windows_of_the_paper_are_its_own(name: str) -> None:
    scenario = load(name)
    assert (iso(scenario.start)[:10], iso(scenario.end)[:10]) == TABLE_1[name]
    assert scenario.symbols == (f"{name[-3:].upper()}/USDT",)
    assert str(scenario.every) == "1d"


@each(HISTORY)
def test_what_was_published_was_known_before_the_end_and_says_who_said_it(scenario: Scenario) -> None:
    for fact in scenario.facts:
        assert fact.as_of <= fact.known_at < scenario.end
        assert fact.source
        if fact.asset not in (None, "market"):
            assert fact.asset in built_in().assets


def test_the_collapsed_are_held_in_the_universe() -> None:
    assert {"LUNA/USDT", "UST/USDT"} <= set(load("luna").symbols)
    assert "FTT/USDT" in load("ftx").symbols
    assert "UNI/USDT" in load("defi_summer").symbols


def test_the_fact_of_the_worked_example_is_an_observation() -> None:
    (tvl,) = [fact for fact in load("sui_rally").facts if fact.metric == "tvl"]
    assert (str(tvl.value), tvl.unit, iso(tvl.known_at)) == ("2110000000", "USD", "2025-05-14T00:00:00Z")


@each([one for one in HISTORY if one.needs is not None])
def test_a_window_that_is_not_at_hand_names_a_command_that_brings_all_of_it(scenario: Scenario) -> None:
    assert scenario.needs == fetch_command(scenario, built_in())
    program, group, command, *words = scenario.needs.split()
    assert (program, group, command) == ("tokenwise", "data", "fetch")
    given = fetch.make_context("fetch", words).params
    assert given["whats"] == ("candles",)
    assert instant(given["since"]) <= scenario.start - scenario.warmup_ms
    assert instant(given["until"]) >= scenario.end
    assert duration(given["width"]) == scenario.grain.ms
    assert len(given["assets"].split(",")) == len(scenario.symbols)


@each(PACK)
def test_an_invented_market_says_that_it_is_one_and_names_nobody_s_token(scenario: Scenario) -> None:
    assert scenario.title.startswith("SIMULATED: ")
    labels = {label.upper() for one in built_in().assets.values() for label in one.labels}
    assert not labels.intersection(split_symbol(symbol)[0] for symbol in scenario.symbols)
    assert scenario.expects
    assert scenario.end - scenario.start <= 30 * DAY
