"""Filters are read by one small grammar: what is not of it is refused in words, and nothing is evaluated."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.assets import NARRATIVES
from core.errors import UsageError
from tools.desk.screening.filters import Filter, known_metric, narrative_named, read_filter

METRICS = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True).filter(lambda name: name != "narrative")
SIGNS = st.sampled_from([">=", "<=", ">", "<"])
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6)
SPACES = st.sampled_from(["", " ", "  "])


@given(metric=METRICS, sign=SIGNS, bound=NUMBERS, spaces=st.tuples(SPACES, SPACES, SPACES, SPACES))
def test_a_filter_is_read_as_it_was_written(
    metric: str, sign: str, bound: Decimal, spaces: tuple[str, ...]
) -> None:
    before, left, right, after = spaces
    found = read_filter(f"{before}{metric}{left}{sign}{right}{bound}{after}")
    assert found == Filter(metric, sign, bound)
    assert read_filter(str(found)) == found


@given(text=st.text(max_size=60))
def test_any_text_is_a_filter_or_refused_in_words(text: str) -> None:
    with suppress(UsageError):
        found = read_filter(text)
        assert read_filter(str(found)) == found


@given(bound=NUMBERS, value=NUMBERS)
def test_a_filter_compares_exactly_where_it_is_money(bound: Decimal, value: Decimal) -> None:
    held = {sign: Filter("tvl", sign, bound).passes(value) for sign in (">=", "<=", ">", "<")}
    assert held == {">=": value >= bound, "<=": value <= bound, ">": value > bound, "<": value < bound}
    assert Filter("trader", ">", bound).passes(float(value)) == (float(value) > float(bound))


@pytest.mark.parametrize("name", NARRATIVES)
def test_a_narrative_is_named_however_it_is_capitalised(name: str) -> None:
    assert read_filter(f"narrative={name.upper()}") == Filter("narrative", "=", name)
    assert read_filter(f"narrative != {name.lower()}").admits(("something else",))
    assert not read_filter(f"narrative!={name}").admits((name,))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("trader", "is no filter"),
        ("", "is no filter"),
        ("trader=60", "a number, which '=' does not compare"),
        ("trader!=60", "does not compare"),
        ("return_30>10%", "10 % is 0.1"),
        ("fdv<1bn", "1e9"),
        ("fdv<1_000", "is no number"),
        ("x>nan", "is no number"),
        ("x>1e999", "is no number"),
        ("x>1 or 1", "is no number"),
        ("__import__('os')>1", "is no filter"),
        ("x>__import__('os').getpid()", "is no number"),
        ("narrative>AI", "cannot be compared with '>'"),
        ("narrative=blockchain", "there is no narrative 'blockchain'"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_mend(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_filter(text)
    assert said in f"{caught.value.message} {caught.value.mend}"
    assert caught.value.exit_status == 2


def test_an_unknown_name_is_told_with_the_near_ones() -> None:
    with pytest.raises(UsageError) as metric:
        known_metric("tvll", ["tvl", "trader", "investor", "tvl_growth_30"])
    assert metric.value.candidates[0] == "tvl"
    with pytest.raises(UsageError) as narrative:
        narrative_named("DeFAI")
    assert set(narrative.value.candidates) == set(NARRATIVES)
