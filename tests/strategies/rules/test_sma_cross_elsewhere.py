"""The crosses that backtesting.py finds are the ones that the rule acts on."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from core.instant import HOUR, Instant, Interval
from core.spec import parse_spec
from strategies.decider import rule_decider
from strategies.rules import Moment

with warnings.catch_warnings():
    # The library warns of its own when it is imported (plotting, multiprocessing).
    warnings.simplefilter("ignore")
    lib = pytest.importorskip("backtesting.lib")
    pd = pytest.importorskip("pandas")

FAST, SLOW = 20, 50


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sma_cross_acts_exactly_where_backtesting_py_sees_a_crossover(seed: int) -> None:
    closes = 20_000 * np.cumprod(1 + np.random.default_rng(seed).normal(0, 0.008, 6_000))
    fast = pd.Series(closes).rolling(FAST).mean().to_numpy()
    slow = pd.Series(closes).rolling(SLOW).mean().to_numpy()
    expected = {}
    for bar in range(SLOW, len(closes)):
        if lib.crossover(fast[: bar + 1], slow[: bar + 1]):
            expected[bar] = 1.0
        elif expected and lib.crossover(slow[: bar + 1], fast[: bar + 1]):
            expected[bar] = 0.0  # before the first entry there is nothing to leave

    strategy = rule_decider(parse_spec(f"rule:sma_cross?fast={FAST}&slow={SLOW}")).strategy
    (need,) = strategy.needs
    plain, acted, wished = closes.tolist(), {}, None
    for bar in range(need.count - 1, len(plain)):
        window = plain[bar - need.count + 1 : bar + 1]
        stance = strategy.stance((window,), Moment("A/USDT", Instant(bar * HOUR), Interval(HOUR), wished))
        if stance is not None:
            acted[bar] = wished = stance

    assert acted == expected
    assert len(acted) > 100
