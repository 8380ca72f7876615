"""What the two formulas are made of, and that the document says the same."""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from strategies.grades.formula import Formula, Input
from strategies.grades.investor import INVESTOR
from strategies.grades.trader import TRADER
from strategies.indicators.universe.definition import Family
from strategies.indicators.universe.frame import BENCHMARK
from strategies.indicators.universe.registry import REGISTRY, measure_universe
from tests.strategies.indicators.universe.frames import walks

DOCUMENT = (Path(__file__).parents[3] / "docs/grades.md").read_text(encoding="utf-8")
both = pytest.mark.parametrize("formula", [TRADER, INVESTOR], ids=["trader", "investor"])
# how much a coin moves and trades is declared of coins, not of walks
OF_COINS = {
    "atr_14", "realised_volatility_30", "downside_deviation_30", "yang_zhang_30", "traded_value_30",
    "corwin_schultz_spread_20", "volume_ratio_20", "upper_wick_14", "lower_wick_14", "down_capture_60",
    "max_drawdown_30", "max_drawdown_60", "value_at_risk_60", "expected_shortfall_60", "skew_60",
    "excess_kurtosis_60",
}  # fmt: skip


def test_the_trader_grade_rests_on_more_than_eighty_indicators_of_price_in_seven_families() -> None:
    assert len(TRADER.inputs) >= 80
    assert TRADER.needs == {BENCHMARK}
    families = Counter(one.family for one in TRADER.inputs)
    assert set(families) == {
        Family.TREND, Family.MOMENTUM, Family.VOLATILITY, Family.VOLUME, Family.STRUCTURE, Family.RELATIVE, Family.QUANT,
    }  # fmt: skip
    assert min(families.values()) >= 9


@both
def test_each_indicator_is_one_input_and_none_compares_with_the_universe_by_itself(formula: Formula) -> None:
    names = [one.indicator for one in formula.inputs]
    assert len(set(names)) == len(names)
    for one in formula.inputs:
        assert not REGISTRY[one.indicator].in_universe
        assert one.sign in (-1, 1)
        assert one.spread > 0
        assert one.weight > 0
        assert one.part in formula.parts
        if one.in_ranges:
            assert REGISTRY[one.indicator].unit in ("fraction", "percent")
    assert math.fsum(formula.parts.values()) == 1.0
    for part in formula.parts:
        assert math.fsum(one.weight for one in formula.inputs if one.part == part) == pytest.approx(1.0)


def test_most_of_it_speaks_of_an_asset_of_two_months() -> None:
    for part in TRADER.parts:
        heard = sum(
            one.weight for one in TRADER.inputs if one.part == part and REGISTRY[one.indicator].warm_up <= 65
        )
        assert heard >= 0.85


def test_what_is_usual_is_what_a_random_walk_shows_within_a_factor_of_two() -> None:
    """Round numbers from no market at all: nothing that paid has had a say in them."""
    measured = measure_universe(walks(400, 21), TRADER.names)
    for one in TRADER.inputs:
        if one.indicator not in OF_COINS:
            values = measured[one.indicator][:, 1:]
            if one.in_ranges:
                values = values / (measured["atr_14"][:, 1:] / 100 * one.of_one)
            low, middle, high = np.nanpercentile(values, [16, 50, 84])
            # between these two lie 3.32 spreads of a logistic distribution
            spread = (high - low) / 2 / math.log(84 / 16)
            assert 0.5 < one.spread / spread < 2.0, one.indicator
            assert abs(middle - one.centre) < one.spread, one.indicator


def rows_of(heading: str) -> list[list[str]]:
    after = DOCUMENT.partition(heading)[2]
    found = re.search(r"(^\|.*\|\n)+", after, re.MULTILINE)
    assert found, heading
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in found[0].splitlines()[2:]]


def row_of(one: Input) -> list[str]:
    sign = "+" if one.sign > 0 else "−"
    ranges = "ranges" if one.in_ranges else ""
    return [
        f"`{one.indicator}`", one.part, one.family, sign, f"{100 * one.weight:.2f} %", f"{one.centre:g}",
        f"{one.spread:g}", ranges, str(REGISTRY[one.indicator].warm_up),
    ]  # fmt: skip


@both
def test_the_document_lists_the_very_inputs(formula: Formula) -> None:
    assert rows_of(f"### Inputs of the {formula.kind} grade") == [row_of(one) for one in formula.inputs]


@both
def test_the_document_tells_the_weights_of_the_parts_and_the_version(formula: Formula) -> None:
    told = ", ".join(f"{name} {share:g}" for name, share in formula.parts.items())
    assert told in DOCUMENT
    assert f"`{formula.version}`" in DOCUMENT
    assert f"{len(formula.inputs)} inputs" in DOCUMENT
