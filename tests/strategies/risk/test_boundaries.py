"""Each limit: just under, at, just over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from core.instant import HOUR, SECOND, Instant
from core.market import Costs
from strategies.risk.case import Case
from tests.strategies.risk.cases import (
    BTC,
    ETH,
    NOW,
    D,
    books,
    calm,
    codes,
    daily,
    entry,
    held,
    judged,
    reduction,
    swings,
    with_inputs,
    with_instrument,
)


def _recent(count: int, apart: int) -> tuple[Instant, ...]:
    return tuple(Instant(NOW - SECOND * 60 - apart * i) for i in range(count))


def _gross(notional: str) -> Case:
    case = entry(notional, portfolio=books("2000", held(ETH, "75")))
    apart = {BTC: ("L1",), ETH: ("L2",)}
    return with_inputs(case, daily_returns=daily({BTC: calm(1), ETH: calm(2)}), narratives=apart)


def _narrative(notional: str) -> Case:
    case = entry(notional, portfolio=books("6500", held(ETH, "35")))
    return with_inputs(case, daily_returns=daily({BTC: calm(1), ETH: calm(2)}))


def _at(price: str) -> Case:
    return entry(marks={BTC: D(price)})


# code, the case of a value, the last value that passes, the first that does not
LIMITS: list[tuple[str, Callable[[str], Case], str, str, str]] = [
    ("exposure.order", entry, "999.99", "1000", "1000.00000001"),
    (
        "exposure.asset",
        lambda v: entry(v, portfolio=books("8000", held(BTC, "20"))),
        "499.99",
        "500",
        "500.01",
    ),
    ("exposure.narrative", _narrative, "499.99", "500", "500.01"),
    ("exposure.gross", _gross, "499.99", "500", "500.01"),
    ("cash", lambda v: entry(v, portfolio=books("1000")), "499.99", "500", "500.01"),
    ("notional.max", lambda v: with_instrument(entry(v), max_notional=D(500)), "499.99", "500", "500.01"),
    ("quantity.max", lambda v: with_instrument(entry(v), max_quantity=D(5)), "499.99", "500", "500.01"),
    ("notional.min", entry, "10.01", "10", "9.99"),
    ("quantity.min", lambda v: with_instrument(entry(v), min_quantity=D(1)), "100.01", "100", "99.99"),
    ("liquidity", lambda v: with_inputs(entry(v), bar_volume_quote=D(25_000)), "499.99", "500", "500.01"),
    ("pace.hour", lambda v: entry(recent_orders=_recent(int(v), SECOND)), "4", "5", "6"),
    ("pace.day", lambda v: entry(recent_orders=_recent(int(v), HOUR)), "18", "19", "20"),
    (
        "pace.hold",
        lambda v: reduction(portfolio=books("9000", held(BTC, "10", NOW - int(v)))),
        str(12 * HOUR + 1),
        str(12 * HOUR),
        str(12 * HOUR - 1),
    ),
    (
        "pace.cooldown",
        lambda v: entry(portfolio=books("10000", last_loss_at=NOW - int(v))),
        str(24 * HOUR + 1),
        str(24 * HOUR),
        str(24 * HOUR - 1),
    ),
    (
        "data.stale",
        lambda v: with_inputs(entry(), price_at=Instant(NOW - int(v))),
        "89999",
        "90000",
        "90001",
    ),
    ("collar.mid", lambda v: with_inputs(_at(v), second_price=D(v)), "100.99", "101", "101.01"),
    ("collar.mid", lambda v: with_inputs(_at(v), second_price=D(v)), "99.01", "99", "98.99"),
    ("collar.second", lambda v: with_inputs(_at(v), mid=D(v)), "100.99", "101", "101.01"),
    ("depeg", lambda v: with_inputs(entry(), quote_peg=D(v)), "0.9901", "0.99", "0.9899"),
    ("depeg", lambda v: with_inputs(entry(), quote_peg=D(v)), "1.0099", "1.01", "1.0101"),
    ("loss.day", lambda v: entry(equity=D(v)), "9701", "9700.00000001", "9700"),
    (
        "loss.drawdown",
        lambda v: entry(equity=D(v), day_start_equity=D(v)),
        "9001",
        "9000.00000001",
        "9000",
    ),
]


@pytest.mark.parametrize(("code", "case", "under", "at", "over"), LIMITS)
def test_a_limit_lets_through_what_reaches_it_and_nothing_beyond(
    code: str, case: Callable[[str], Case], under: str, at: str, over: str
) -> None:
    assert codes(judged(case(under))) == set()
    assert codes(judged(case(at))) == set()
    assert codes(judged(case(over))) == {code}


def test_a_cap_leaves_exactly_the_limit() -> None:
    for case, most in ((entry("5000"), 1000), (with_inputs(entry(), bar_volume_quote=D(25_000)), 500)):
        order = judged(case).order
        assert order is not None
        assert order.spend == most


@pytest.mark.parametrize(("scale", "fires"), [(0.999999, False), (1.000001, True)])
def test_volatility_and_its_limit_of_forty_percent_a_year(scale: float, fires: bool) -> None:
    # A weight of 1/20 in an asset that moves by s every day has a deviation of s/20 x sqrt(90/89).
    size = scale * 0.40 / 365**0.5 * 20 / (90 / 89) ** 0.5
    found = codes(judged(with_inputs(entry(), daily_returns=daily({BTC: swings(size)}))))
    assert found == ({"volatility"} if fires else set())


@pytest.mark.parametrize(("scale", "fires"), [(0.999999, False), (1.000001, True)])
def test_the_worst_days_and_their_limit_of_five_percent(scale: float, fires: bool) -> None:
    returns = calm(1) * 0
    returns[:5] = -0.5 * scale
    found = codes(judged(with_inputs(entry("1000"), daily_returns=daily({BTC: returns}))))
    assert found == ({"cvar"} if fires else set())


@pytest.mark.parametrize(("noise", "fires"), [(0.50, False), (0.47, True)])
def test_correlation_and_its_limit_of_nine_tenths(noise: float, fires: bool) -> None:
    # r = 1 / sqrt(1 + noise^2): 0.894 and 0.905, were the two draws exactly uncorrelated.
    one, other = calm(1), calm(2)
    one, other = one - one.mean(), other - other.mean()
    other = other - one * (one @ other) / (one @ one)
    both = one + noise * other * (one.std() / other.std())
    case = entry(portfolio=books("9900", held(ETH, "1")))
    found = codes(judged(with_inputs(case, daily_returns=daily({BTC: one, ETH: both}))))
    assert found == ({"correlation"} if fires else set())


@pytest.mark.parametrize(("atr", "fires"), [("0.60000001", False), ("0.59999999", True)])
def test_an_edge_of_one_and_a_half_round_trips(atr: str, fires: bool) -> None:
    # 0.75 (a confidence of 1, half believed) x atr x sqrt(1) against 1.5 x 2 x (0.1 % + 5 bps) x 100.
    case = with_inputs(entry(costs=Costs(slippage_bps=D(5))), atr=D(atr), bars_of_horizon=1)
    assert codes(judged(case)) == ({"edge"} if fires else set())


def test_after_two_hundred_resolved_decisions_a_confidence_is_taken_at_its_word() -> None:
    case = with_inputs(entry(costs=Costs(slippage_bps=D(5))), atr=D("0.46"), bars_of_horizon=1)
    assert codes(judged(case)) == {"edge"}
    assert codes(judged(replace(case, resolved_decisions=199))) == {"edge"}
    assert codes(judged(replace(case, resolved_decisions=200))) == set()


def test_orders_on_their_way_count_as_if_they_had_filled() -> None:
    first = judged(entry("1000")).order
    assert first is not None
    pending = tuple(replace(first, id=f"p{i}", created_at=NOW - SECOND) for i in range(2))
    verdict = judged(entry("600", pending=pending))
    assert codes(verdict) == {"exposure.asset"}
    assert verdict.order is not None
    assert verdict.order.spend == 500
    assert codes(judged(entry(portfolio=books("2600"), pending=pending))) == {"cash"}


def test_orders_of_this_very_cycle_count_once_whether_sent_or_not() -> None:
    order = judged(entry("10")).order
    assert order is not None
    five = tuple(replace(order, id=f"p{i}") for i in range(5))
    six = tuple(replace(order, id=f"p{i}") for i in range(6))
    assert codes(judged(entry("10", pending=five, recent_orders=(NOW,) * 5))) == set()
    assert codes(judged(entry("10", pending=six))) == {"pace.hour"}
    assert codes(judged(entry("10", recent_orders=(NOW,) * 6))) == {"pace.hour"}


def test_the_fee_of_a_buy_is_inside_what_it_spends() -> None:
    costly = Costs(taker=Decimal("0.1"), slippage_bps=D(0))
    verdict = judged(with_inputs(entry("10.99", costs=costly), atr=D(50)))
    assert verdict.order is None
    assert codes(verdict) == {"notional.min"}
    assert judged(with_inputs(entry("11", costs=costly), atr=D(50))).order is not None
