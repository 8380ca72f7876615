"""Caps in the account's currency hold beside the fractions of equity, and alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import UsageError
from strategies.risk.case import Case
from strategies.risk.limits import Limits, limits_from
from tests.strategies.risk.cases import BTC, D, books, codes, entry, held, judged


def capped(**caps: str) -> Limits:
    return limits_from({"profile": "none", "caps": caps})


def under(limits: Limits, **changes: object) -> Case:
    return replace(entry(), limits=limits, **changes)  # type: ignore[arg-type]  # by name


def test_an_order_shrinks_to_the_cap_though_equity_would_allow_more() -> None:
    verdict = judged(under(capped(per_order="20")))
    assert verdict.order is not None
    assert (verdict.order.spend, codes(verdict)) == (20, {"exposure.order"})


def test_the_smaller_of_fraction_and_cap_holds() -> None:
    both = limits_from({"profile": "none", "exposure": {"per_order": "0.01"}, "caps": {"per_order": "20"}})
    assert judged(under(both, equity=D(1_000))).order.spend == 10  # type: ignore[union-attr]
    assert judged(under(both, equity=D(10_000))).order.spend == 20  # type: ignore[union-attr]


def test_all_positions_together_stay_within_the_cap() -> None:
    verdict = judged(under(capped(gross="100"), portfolio=books("9000", held(BTC, "0.7"))))
    assert verdict.order is not None
    assert (verdict.order.spend, codes(verdict)) == (30, {"exposure.gross"})


def test_a_days_loss_beyond_the_cap_ends_entries() -> None:
    limits = capped(loss_per_day="10")
    assert judged(under(limits, day_start_equity=D(10_009))).order is not None
    lost = judged(under(limits, day_start_equity=D(10_010)))
    assert (lost.order, codes(lost)) == (None, {"loss.day"})


@pytest.mark.parametrize("value", ["0", "-1", 5.5, "many"])
def test_a_cap_is_an_amount_above_zero(value: object) -> None:
    with pytest.raises(UsageError, match="caps"):
        limits_from({"caps": {"per_order": value}})
