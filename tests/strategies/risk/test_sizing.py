"""From a stance to a wish."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decision import Proposal
from core.orders import Purpose, Side, Wish
from core.portfolio import Portfolio
from strategies.risk.case import NO_INPUTS, Inputs
from strategies.risk.confidence import used_confidence
from strategies.risk.engine import review, review_exit
from strategies.risk.limits import limits_from, profile
from strategies.risk.sizing import target_weight, wish_for
from tests.strategies.risk.cases import (
    BTC,
    ETH,
    ORDER,
    D,
    books,
    calm,
    daily,
    entry,
    held,
    judged,
    protective,
    swings,
)

NONE = profile("none")
WIDE = Inputs(daily_returns=daily({BTC: swings(0.1)}))


def wished(stance: float, portfolio: Portfolio, confidence: float = 1.0, **changes: Any) -> Wish | None:
    asked: dict[str, Any] = {
        "marks": {BTC: D(100)},
        "equity": D(10_000),
        "limits": NONE,
        "inputs": NO_INPUTS,
        "menu_size": 1,
    }
    return wish_for(Proposal(0, stance, confidence), BTC, portfolio, **{**asked, **changes})


def test_full_size_in_one_asset_wishes_all_there_is_to_the_last_digit() -> None:
    wish = wished(1.0, books("9999.123456789012"), equity=D("9999.123456789012"))
    assert wish is not None
    assert (wish.side, wish.purpose, wish.notional) == (Side.BUY, Purpose.ENTRY, D("9999.123456789012"))


def test_full_size_is_an_equal_sleeve_of_the_menu_whatever_the_confidence() -> None:
    wish = wished(1.0, books("10000"), confidence=0.1, menu_size=4)
    assert wish is not None
    assert wish.notional == 2500
    half = wished(0.5, books("10000"), menu_size=4)
    assert half is not None
    assert half.notional == 1250


def test_the_order_is_target_minus_position_minus_what_is_on_its_way() -> None:
    portfolio = books("8000", held(BTC, "20"))
    more = wished(0.5, portfolio)
    assert more is not None
    assert (more.side, more.notional) == (Side.BUY, 3000)
    order = judged(entry("1000")).order
    assert order is not None
    less = wished(0.5, portfolio, pending=(order,))
    assert less is not None
    assert less.notional == 2000
    sale = wished(0.1, portfolio)
    assert sale is not None
    assert (sale.side, sale.purpose, sale.notional) == (Side.SELL, Purpose.REDUCTION, 1000)


@pytest.mark.parametrize("stance", [0.0, -0.3, -1.0])
def test_a_stance_of_zero_or_less_sells_everything_and_opens_nothing(stance: float) -> None:
    assert wished(stance, books("10000")) is None
    wish = wished(stance, books("0", held(BTC, "0.123456789")), marks={BTC: D("43210.12")})
    assert wish is not None
    assert (wish.side, wish.notional) == (Side.SELL, D("0.123456789") * D("43210.12"))


def test_flattening_sells_only_what_no_sale_has_claimed_and_a_resting_stop_claims_nothing() -> None:
    portfolio = books("9000", held(BTC, "10"))
    sale = review_exit(protective(), ORDER).order
    stop = review_exit(protective(), ORDER, stop_price=D(90)).order
    assert sale is not None
    assert stop is not None
    assert wished(0.0, portfolio, pending=(sale,)) is None
    wish = wished(0.0, portfolio, pending=(stop,))
    assert wish is not None
    assert wish.notional == 1000


@pytest.mark.parametrize(
    ("held_now", "sent"), [("24.01", False), ("23", True), ("27.01", True), ("26.99", False)]
)
def test_below_the_no_trade_band_nothing_is_sent(held_now: str, sent: bool) -> None:
    limits = limits_from({"sizing": {"mode": "full"}})
    assert (wished(1.0, books("7000", held(BTC, held_now)), limits=limits) is not None) is sent


def test_flat_is_always_sent_even_inside_the_band() -> None:
    limits = profile("balanced")
    assert wished(0.0, books("9990", held(BTC, "0.1")), limits=limits, inputs=WIDE) is not None


def test_volatility_sizing_shrinks_with_doubt_volatility_and_a_longer_menu() -> None:
    def weight(confidence: float = 1.0, move: float = 0.1, menu: int = 1, resolved: int = 200) -> float:
        inputs = Inputs(daily_returns=daily({BTC: swings(move)}))
        proposal = Proposal(0, 1.0, confidence)
        return float(
            target_weight(
                proposal,
                BTC,
                limits=profile("balanced"),
                inputs=inputs,
                menu_size=menu,
                resolved_decisions=resolved,
            )
        )

    annual = 0.1 * (90 / 89) ** 0.5 * 365**0.5
    assert weight() == pytest.approx(0.40 / annual)
    assert weight(menu=4) == pytest.approx(0.40 / annual / 2)
    assert weight(move=0.2) == pytest.approx(0.40 / annual / 2)
    assert weight(confidence=0.6) == pytest.approx(0.40 / annual * 0.6)
    assert weight(resolved=0) == pytest.approx(0.40 / annual * 0.75)
    assert weight(move=0.001) == 0.25


def test_an_unknown_volatility_wishes_the_cap_and_the_engine_then_refuses() -> None:
    limits = profile("balanced")
    wish = wished(1.0, books("10000"), limits=limits, inputs=NO_INPUTS)
    assert wish is not None
    assert wish.notional == D(10_000) * D("0.25") * D("0.75")
    verdict = review(replace(entry(), wish=wish, inputs=NO_INPUTS), ORDER)
    assert verdict.order is None
    assert "input.missing:volatility" in {finding.code for finding in verdict.findings}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_stance_or_confidence_that_is_no_number_wishes_nothing(number: float) -> None:
    assert wished(number, books("0", held(BTC, "100"))) is None
    assert wished(1.0, books("0", held(BTC, "50")), confidence=number) is None


def test_confidence_is_half_believed_until_two_hundred_decisions_are_resolved() -> None:
    assert used_confidence(0.9, 199) == pytest.approx(0.7)
    assert used_confidence(0.1, 0) == pytest.approx(0.3)
    assert used_confidence(0.9, 200) == 0.9


def test_a_wish_is_made_even_without_a_price_so_that_its_refusal_is_on_record() -> None:
    wish = wished(0.0, books("0", held(BTC, "2")), marks={})
    assert wish is not None
    assert wish.notional == 200


@given(
    stance=st.floats(-2, 2),
    confidence=st.floats(-1, 2),
    move=st.floats(0, 1),
    menu=st.integers(1, 50),
    name=st.sampled_from(["cautious", "balanced", "bold", "none"]),
    resolved=st.integers(0, 400),
)
def test_a_weight_lies_between_nothing_and_the_cap_of_one_asset(
    stance: float, confidence: float, move: float, menu: int, name: str, resolved: int
) -> None:
    limits = profile(name)
    weight = target_weight(
        Proposal(0, stance, confidence),
        BTC,
        limits=limits,
        inputs=Inputs(daily_returns=daily({BTC: swings(move), ETH: calm(1)})),
        menu_size=menu,
        resolved_decisions=resolved,
    )
    assert 0 <= weight <= (limits.exposure.per_asset or Decimal(1))
