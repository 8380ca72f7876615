"""Hourly returns of the simulated market look like those of real tokens: every token and pair, in several seeds."""

from __future__ import annotations

import numpy as np
import pytest

from core.instant import DAY, Instant
from core.spec import parse_spec
from tools.simulation import stylised
from tools.simulation.market import SimulatedMarket


@pytest.mark.parametrize("seed", [7, 1, 2])
@pytest.mark.parametrize("window", ["history and a year", "one year"])
def test_every_token_and_pair_lies_inside_the_bands(seed: int, window: str) -> None:
    market = SimulatedMarket(parse_spec(f"sim?seed={seed}"))
    until = Instant(market.start + 400 * DAY)
    hourly = {}
    for symbol, series in market.series(until).items():
        opened, returns = stylised.hourly_returns(series.bars)
        if window == "one year":
            inside = (opened >= market.start) & (opened < market.start + 365 * DAY)
            opened, returns = opened[inside], returns[inside]
        if len(returns) > 330 * 24:
            hourly[symbol] = (opened, returns)
    assert len(hourly) >= 10
    facts = {symbol: stylised.token_facts(returns) for symbol, (_, returns) in hourly.items()}
    assert stylised.outside(facts, stylised.pair_correlations(list(hourly.values()))) == ()


def test_plain_noise_does_not_pass_for_a_market() -> None:
    noise = np.random.default_rng(0).standard_normal((2, 8760)) * 0.01
    hours = np.arange(8760)
    facts = {name: stylised.token_facts(returns) for name, returns in zip("ab", noise, strict=True)}
    strange = " ".join(stylised.outside(facts, stylised.pair_correlations([(hours, one) for one in noise])))
    for fact in (
        "excess_kurtosis",
        "beyond_5_sd",
        "acf_absolute_1",
        "acf_absolute_168",
        "pairs",
        "median pair",
    ):
        assert fact in strange


def test_the_gate_believes_almost_every_genuine_candle() -> None:
    series = SimulatedMarket(parse_spec("sim")).series(
        Instant(SimulatedMarket(parse_spec("sim")).start + 365 * DAY)
    )
    rows = sum(len(one.bars) for one in series.values())
    for_good = sum(
        int(np.sum(one.last_bad[1:] == np.arange(len(one.last_bad) - 1))) for one in series.values()
    )
    while_newest = sum(sum(map(bool, one.bad_code)) for one in series.values())
    assert for_good / rows < 0.0008
    assert while_newest / rows < 0.005
    assert all(one.segment.max() == 0 for one in series.values())
