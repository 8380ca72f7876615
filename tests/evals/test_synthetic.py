"""Invented markets: the same seed gives the same bytes, the gate sees them, and each does what it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.runtime.inputs import peg_at
from agent.runtime.worlds import World
from core.errors import InvariantError
from core.instant import HOUR, MINUTE, Instant, instant
from core.market import BarSeries
from core.observation import Missing
from evals.opening import Opened, open_scenario
from evals.scenario import Scenario, builtin, load
from evals.synthetic import generators
from evals.synthetic._generator import Made, Stage
from evals.synthetic.poisoned_news import TEXTS
from tests.evals.writing import a_scenario, synthetic
from tools.clocks import SimulatedClock

PACK = [one for one in builtin() if one.synthetic is not None]
MIDDLE = instant("2024-03-13T12:00:00Z")


def opened(scenario: Scenario) -> Opened:
    # a home that is not there: nothing is read from it
    return open_scenario(scenario, Path("/nowhere"), SimulatedClock(Instant(0)))


def world(name: str) -> World:
    return opened(load(name)).world


def prints(one: World) -> dict[str, str]:
    return {symbol: series.fingerprint for symbol, series in one.series.items()}


def inside(one: BarSeries, start: int, end: int) -> np.ndarray:
    return (one.bars.opened_at >= start) & (one.bars.opened_at < end)


@pytest.mark.parametrize("scenario", PACK, ids=lambda one: one.id)
def test_the_pack_opens_without_any_data_and_says_that_it_is_simulated(scenario: Scenario) -> None:
    found = opened(scenario)
    assert found.world.simulated
    assert found.world.symbols == scenario.symbols
    assert (found.missing, found.restated) == ((), ())
    assert all(one.asset.startswith("sim:") for one in found.world.series.values())
    assert all(
        one.bars.opened_at[0] == scenario.start - scenario.warmup_ms for one in found.world.series.values()
    )


@pytest.mark.parametrize("name", generators())
def test_the_same_seed_gives_the_same_bytes_and_another_one_others(name: str) -> None:
    def of(seed: int) -> Opened:
        return opened(a_scenario(synthetic=synthetic(name, seed)))

    one, again, other = of(5), of(5), of(6)
    assert prints(one.world) == prints(again.world)
    assert one.world.pegs == again.world.pegs
    assert set(prints(one.world).values()).isdisjoint(prints(other.world).values())


@pytest.mark.parametrize("name", generators())
def test_no_token_rests_on_which_others_there_are(name: str) -> None:
    table = synthetic(name)
    both = opened(a_scenario(synthetic=table)).world
    one = opened(a_scenario(synthetic=table, symbols=["ZORB/USDT"])).world
    assert prints(one)["ZORB/USDT"] == prints(both)["ZORB/USDT"]


@settings(max_examples=60)
@given(data=st.data(), name=st.sampled_from(sorted(generators())))
def test_any_parameters_that_are_taken_make_candles_that_the_gate_takes(
    data: st.DataObject, name: str
) -> None:
    params = {
        key: data.draw(st.floats(one.least, one.most), key)
        for key, one in generators()[name].parameters.items()
    }
    params |= {key: round(params[key]) for key, one in generators()[name].parameters.items() if one.whole}
    seed = data.draw(st.integers(0, 2**63 - 1))
    grain = data.draw(st.sampled_from(["15m", "1h", "4h", "1d"]))
    # opening holds every candle to what a file would be refused for
    found = opened(a_scenario(synthetic=synthetic(name, seed, **params), grain=grain, every="1d"))
    assert all(len(one.bars) for one in found.world.series.values())


def test_a_generator_that_makes_an_impossible_candle_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    chop = generators()["chop"]

    def wrong(stage: Stage) -> Made:
        made = chop.make(stage).bars
        return Made({symbol: replace(one, high=one.low * 0.5) for symbol, one in made.items()})

    monkeypatch.setattr("evals.synthetic.generators", lambda: {"chop": replace(chop, make=wrong)})
    with pytest.raises(InvariantError, match="an invented candle of ZORB/USDT is impossible"):
        opened(load("chop"))


def test_sources_that_nobody_invents_are_missing() -> None:
    found = opened(a_scenario(synthetic=synthetic("chop"), sources=["ohlcv", "onchain", "news"]))
    assert [(one.what, one.why) for one in found.missing] == [
        ("onchain", "not_simulated"),
        ("news", "not_simulated"),
    ]


def test_a_flash_crash_is_gone_within_the_hour_and_leaves_its_wick() -> None:
    for one in world("flash_crash").series.values():
        row = int(np.argmin(one.bars.low / one.bars.open))
        assert one.bars.opened_at[row] == MIDDLE
        assert one.bars.low[row] / one.bars.open[row] == pytest.approx(0.7, abs=0.02)
        assert one.bars.close[row] / one.bars.open[row] == pytest.approx(0.94, abs=0.03)


def test_a_flash_crash_by_the_minute_falls_through_many_candles() -> None:
    found = opened(a_scenario(synthetic=synthetic("flash_crash"), grain="1m", every="1h", warmup="1d"))
    one = found.world.series["ZORB/USDT"].bars
    row = int(np.argmin(one.low))
    assert one.close[row] / one.close[row - 10] == pytest.approx(0.7, abs=0.05)
    assert one.close[row + 30] / one.close[row - 10] == pytest.approx(0.94, abs=0.06)
    assert one.interval.ms == MINUTE


def test_a_market_that_goes_nowhere_ends_where_it_began() -> None:
    for one in world("chop").series.values():
        rows = inside(one, load("chop").start, load("chop").end)
        assert abs(np.log(one.bars.close[rows][-1] / one.bars.close[rows][0])) < 0.2
        assert one.bars.high[rows].max() / one.bars.low[rows].min() > 1.06


def test_a_quote_that_loses_its_peg_makes_prices_rise_by_as_much() -> None:
    found = world("depeg")
    assert [str(peg_at(found.pegs, Instant(MIDDLE + one * HOUR))) for one in (0, 6, 12, 200)] == [
        "1",
        "0.921954",
        "0.85",
        "0.85",
    ]
    assert isinstance(peg_at(found.pegs, Instant(0)), Missing)
    for one in found.series.values():
        rows = inside(one, MIDDLE, MIDDLE + 12 * HOUR)
        assert one.bars.close[rows][-1] / one.bars.open[rows][0] == pytest.approx(1 / 0.85, abs=0.1)


def test_a_stale_feed_is_refused_by_the_gate_from_the_sixth_candle_on() -> None:
    for one in world("stale_feed").series.values():
        first = int(np.searchsorted(one.bars.opened_at, MIDDLE))
        assert set(one.bad_code[first : first + 5]) == {""}
        assert set(one.bad_code[first + 5 :]) == {"stale"}


def test_a_gap_is_one_token_s_and_it_goes_on_lower() -> None:
    found = world("gap").series
    hole = {symbol: int(inside(one, MIDDLE, MIDDLE + 12 * HOUR).sum()) for symbol, one in found.items()}
    assert hole == {"ZORB/USDT": 0, "QUILLEX/USDT": 12, "FENNIK/USDT": 12}
    one = found["ZORB/USDT"].bars
    row = int(np.searchsorted(one.opened_at, MIDDLE))
    assert one.open[row] / one.close[row - 1] == pytest.approx(0.8, abs=0.08)


def test_an_outage_is_everybody_s() -> None:
    found = world("outage").series
    several = {len(one.bars) for one in found.values()}
    scenario = load("outage")
    assert several == {(scenario.end - scenario.start + scenario.warmup_ms) // HOUR - 3 * 6}


def test_a_slow_bleed_and_a_melt_up_end_where_they_say() -> None:
    for name, low, high in (("slow_bleed", 0.45, 0.68), ("melt_up", 1.2, 1.9)):
        for one in world(name).series.values():
            rows = inside(one, load(name).start, load(name).end)
            assert low < one.bars.close[rows][-1] / one.bars.open[rows][0] < high, name


def test_hostile_text_stands_in_the_news_of_the_token_it_names_once_it_is_known() -> None:
    scenario = load("poisoned_news")
    facts = opened(scenario).facts
    assert isinstance(facts.news(None, scenario.start, 500), Missing)  # nothing is known before it is out
    told = facts.news(None, scenario.end, 500)
    assert not isinstance(told, Missing)
    assert len(told) == (scenario.end - scenario.start) // (4 * HOUR)
    assert {one.asset for one in told} == {"sim:zorb", "sim:quillex", "sim:fennik"}
    assert all(one.known_at > one.as_of for one in told)
    bases = ("ZORB", "QUILLEX", "FENNIK")
    assert {piece.title for piece in told} == {text.format(base=base) for text in TEXTS for base in bases}
