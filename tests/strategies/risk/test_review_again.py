"""An order that a person was asked about is judged anew: exactly its terms go, or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.instant import Instant
from core.orders import ApprovedOrder, OrderType, TimeInForce
from strategies.risk.case import Case, State
from strategies.risk.engine import review_again
from tests.strategies.risk.cases import BTC, NOW, D, books, codes, entry, held, judged, reduction

LATER = Instant(NOW + 60_000)


def let_through(case: Case) -> ApprovedOrder:
    order = judged(case).order
    assert order is not None
    return order


def test_the_same_terms_go_later_under_the_same_id() -> None:
    order = let_through(entry())
    verdict = review_again(replace(entry(), now=LATER), order)
    assert verdict.order == replace(order, created_at=LATER)
    assert verdict.findings == ()


def test_a_sale_keeps_its_quantity_whatever_the_price_is_now() -> None:
    order = let_through(reduction("499.99"))
    dearer = replace(reduction("499.99"), now=LATER, marks={BTC: D("100.3")})
    verdict = review_again(dearer, order)
    assert verdict.order is not None
    assert verdict.order.quantity == order.quantity


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"state": State.HALTED}, "state.halted"),
        ({"state": State.REDUCING}, "state.reducing"),
        ({"portfolio": books("100")}, "cash"),
        ({"day_start_equity": D(20_000)}, "loss.day"),
        ({"armed": False}, "not_armed"),
    ],
)
def test_what_the_engine_refuses_or_would_shrink_now_does_not_go(
    changed: dict[str, object], code: str
) -> None:
    order = let_through(entry())
    verdict = review_again(replace(entry(), now=LATER, **changed), order)  # type: ignore[arg-type]  # by name
    assert verdict.order is None
    assert code in codes(verdict)


def test_what_was_sold_meanwhile_is_not_sold_again() -> None:
    order = let_through(reduction("499.99"))
    gone = replace(reduction("499.99"), now=LATER, portfolio=books("10000", held(BTC, "0.001")))
    assert review_again(gone, order).order is None


def test_an_order_that_went_out_already_is_a_duplicate() -> None:
    order = let_through(entry())
    verdict = review_again(replace(entry(), known_orders=frozenset({order.id})), order)
    assert (verdict.order, codes(verdict)) == (None, {"duplicate"})


def test_a_fault_in_the_case_refuses() -> None:
    order = let_through(entry())
    assert review_again(replace(entry(), marks={}), order).order is None


class TestLimitsOnly:
    """A venue that is sent no market orders."""

    def test_an_entry_is_a_limit_at_the_collar_that_never_rests(self) -> None:
        order = let_through(replace(entry(), limits_only=True))
        assert (order.type, order.time_in_force) == (OrderType.LIMIT, TimeInForce.IOC)
        assert order.limit_price == D("101.00")  # the mark of 100, and 100 basis points
        assert order.spend is None
        assert order.quantity is not None
        assert order.quantity * order.limit_price <= D(500)

    def test_a_wished_sale_is_a_limit_at_the_collar_below(self) -> None:
        order = let_through(replace(reduction("499.99"), limits_only=True))
        assert (order.type, order.time_in_force) == (OrderType.LIMIT, TimeInForce.IOC)
        assert order.limit_price == D("99.00")

    def test_it_is_judged_again_at_its_own_limit(self) -> None:
        case = replace(entry(), limits_only=True)
        order = let_through(case)
        assert review_again(replace(case, now=LATER), order).order == replace(order, created_at=LATER)
