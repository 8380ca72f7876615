"""Beside an order of unknown fate nothing goes out that might double it; in a venue's trouble nothing is bought."""

from __future__ import annotations

import pytest

from core.ids import OrderId
from core.orders import ApprovedOrder, OrderType, Purpose, Side
from tests.strategies.risk.cases import BTC, ETH, NOW, QUIET, D, codes, judged


def unknown(side: Side, symbol: str = BTC) -> ApprovedOrder:
    """An order whose fate nobody knows; it claims nothing of what is held."""
    purpose = Purpose.ENTRY if side is Side.BUY else Purpose.EXIT
    number = OrderId("u" * 22)
    return ApprovedOrder(
        number, symbol, side, OrderType.MARKET, purpose, D(1), None, None, None, None, "test", NOW
    )


@pytest.mark.parametrize("symbol", [BTC, ETH])
@pytest.mark.parametrize("other", Side)
@pytest.mark.parametrize("purpose", Purpose)
def test_who_is_kept_back_by_whom(purpose: Purpose, other: Side, symbol: str) -> None:
    verdict = judged(QUIET[purpose](unknown=(unknown(other, symbol),)))
    is_refused = symbol == BTC and (purpose is Purpose.ENTRY or other is Side.SELL)
    assert ("duplicate" in codes(verdict)) is is_refused
    assert (verdict.order is None) is is_refused


@pytest.mark.parametrize("purpose", Purpose)
def test_in_a_venues_trouble_only_entries_are_refused(purpose: Purpose) -> None:
    verdict = judged(QUIET[purpose](trouble="our clock is 2 s ahead"))
    assert (codes(verdict) == {"not_armed"}) is (purpose is Purpose.ENTRY)
    assert (verdict.order is None) is (purpose is Purpose.ENTRY)
