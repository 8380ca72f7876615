"""Who belongs to a basket: a pure function of what is known, and everybody else is told why not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.observation import Missing
from strategies.baskets.basket import Basket, Candidate, compose
from strategies.baskets.weights import Scheme


def one(name: str, value: float | Missing, **more: float | Missing) -> Candidate:
    return Candidate(name.lower(), f"{name}/USDT", ("L1",), None, {"traded_value_30": value, **more})


THREE = (one("AAA", 10.0), one("BBB", 30.0), one("CCC", 20.0))


def test_the_leaders_by_what_is_asked_are_members_and_it_says_why() -> None:
    made = compose(Basket(count=2), THREE)
    assert [(member.symbol, member.rank, member.of) for member in made.members] == [
        ("BBB/USDT", 1, 3),
        ("CCC/USDT", 2, 3),
    ]
    assert made.weights == {"BBB/USDT": 0.5, "CCC/USDT": 0.5}
    assert made.members[0].why == "number 1 of 3 by traded_value_30 (30); one of 2 equal weights"
    assert made.left_out == ()


def test_the_lowest_lead_where_they_are_asked_for() -> None:
    assert compose(Basket(count=1, highest=False), THREE).members[0].symbol == "AAA/USDT"


@given(st.permutations(range(8)), st.sampled_from(list(Scheme)))
def test_the_order_in_which_assets_are_told_changes_nothing(order: list[int], weight: Scheme) -> None:
    values = {"realised_volatility_30": 0.5, "trader": 60.0, "market_cap": 1e9}
    several = [one(f"X{number}", float(1 + number % 3), **values) for number in range(8)]
    basket = Basket(count=5, weight=weight, cap=0.3)
    assert compose(basket, [several[place] for place in order]) == compose(basket, several)


def test_who_is_unfit_or_unknown_is_left_out_and_told() -> None:
    stale = replace(one("OLD", 50.0), unfit="stale")
    young = one("NEW", Missing("traded_value_30", "warming_up: 30 days are needed"))
    made = compose(Basket(), (*THREE, stale, young))
    assert {out.symbol: out.why for out in made.left_out} == {
        "OLD/USDT": "stale",
        "NEW/USDT": "traded_value_30: warming_up: 30 days are needed",
    }
    assert len(made.members) == 3


def test_a_narrative_asks_only_those_that_are_bought_for_it() -> None:
    other = replace(one("DDD", 90.0), narratives=("AI",))
    assert [member.asset for member in compose(Basket(narrative="AI"), (*THREE, other)).members] == ["ddd"]
    assert compose(Basket(narrative="meme"), THREE).members == ()


def test_only_the_most_traded_are_looked_at_where_the_rule_says_so() -> None:
    several = (one("BIG", 100.0, trader=50.0), one("MID", 50.0, trader=60.0), one("TINY", 1.0, trader=99.0))
    made = compose(Basket(by="trader", among=2, count=1), several)
    assert made.members[0].asset == "mid"
    assert made.members[0].of == 2


def test_a_wild_asset_weighs_less_than_a_calm_one() -> None:
    calm, wild = one("CALM", 1.0, realised_volatility_30=0.2), one("WILD", 2.0, realised_volatility_30=0.8)
    weights = compose(Basket(weight=Scheme.INVERSE_VOLATILITY), (calm, wild)).weights
    assert weights["CALM/USDT"] == pytest.approx(0.8)


def test_weights_by_grade_leave_out_who_has_none() -> None:
    graded, bare = one("GOOD", 1.0, trader=80.0), one("BARE", 2.0, trader=Missing("trader", "no grade"))
    made = compose(Basket(weight=Scheme.GRADE), (graded, bare))
    assert made.weights == {"GOOD/USDT": 1.0}
    assert made.left_out[0].why == "trader: no grade"


def test_one_cap_that_is_not_known_makes_all_weights_follow_the_value_traded_and_is_told() -> None:
    basket = Basket(weight=Scheme.CAPPED, cap=0.9)
    known = (one("AAA", 10.0, market_cap=300.0), one("BBB", 30.0, market_cap=100.0))
    assert compose(basket, known).weights["AAA/USDT"] == pytest.approx(0.75)
    lacking = (known[0], one("BBB", 30.0, market_cap=Missing("market_cap", "no_data")))
    made = compose(basket, lacking)
    assert made.weights["AAA/USDT"] == pytest.approx(0.25)
    assert made.missing[0].what == "market_cap"
    assert "BBB/USDT" in made.missing[0].why


def test_nobody_known_makes_an_empty_basket_and_no_error() -> None:
    assert compose(Basket(), ()).members == ()
    assert compose(Basket(), ()).weights == {}
