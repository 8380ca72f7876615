"""What counts in a narrative: positions and buys on their way, whole in each of an asset's narratives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.ids import OrderId
from core.observation import Missing
from core.orders import ApprovedOrder, OrderType, Purpose, Side
from core.portfolio import Portfolio
from strategies.risk.case import Case
from strategies.risk.registry import registered
from strategies.risk.rule import Cap, Draft, Rule
from tests.strategies.risk.cases import BTC, LONG_AGO, ORDER, D, codes, entry, held, judged, with_inputs

RULE: Rule = next(rule for rule in registered() if rule.code == "exposure.narrative")
SYMBOLS = ("BTC/USDT", "ETH/USDT", "SUI/USDT", "FET/USDT")
NAMES = ("AI", "L1", "meme")
MARKS = dict.fromkeys(SYMBOLS, D(100))
units = st.integers(0, 30).map(Decimal)
narratives = st.dictionaries(
    st.sampled_from(SYMBOLS), st.lists(st.sampled_from(NAMES), unique=True).map(tuple), max_size=4
)


def a_buy(symbol: str, spend: Decimal) -> ApprovedOrder:
    return ApprovedOrder(
        id=OrderId(symbol[:3] * 8),
        symbol=symbol,
        side=Side.BUY,
        type=OrderType.MARKET,
        purpose=Purpose.ENTRY,
        quantity=None,
        spend=spend,
        limit_price=None,
        stop_price=None,
        decision_id=None,
        reason="test",
        created_at=LONG_AGO,
    )


def a_case(
    holdings: Mapping[str, Decimal], buys: Mapping[str, Decimal], belongs: Mapping[str, tuple[str, ...]]
) -> Case:
    positions = {symbol: held(symbol, str(quantity)) for symbol, quantity in holdings.items() if quantity}
    pending = tuple(a_buy(symbol, spend * 100) for symbol, spend in buys.items() if spend)
    books = Portfolio(D(10_000), "USDT", positions)
    return with_inputs(replace(entry(), portfolio=books, marks=MARKS, pending=pending), narratives=belongs)


@given(
    st.dictionaries(st.sampled_from(SYMBOLS), units),
    st.dictionaries(st.sampled_from(SYMBOLS), units),
    narratives,
    st.integers(1, 2_000).map(Decimal),
)
def test_after_what_the_rule_lets_through_no_narrative_of_the_asset_is_above_its_limit(
    holdings: dict[str, Decimal],
    buys: dict[str, Decimal],
    belongs: dict[str, tuple[str, ...]],
    notional: Decimal,
) -> None:
    case = a_case(holdings, buys, belongs)
    most = D("0.4") * case.equity
    before = {
        name: sum(
            (
                (holdings.get(one, D(0)) + buys.get(one, D(0))) * 100
                for one in SYMBOLS
                if name in belongs.get(one, ())
            ),
            D(0),
        )
        for name in belongs.get(BTC, ())
    }
    answer = RULE.check(case, Draft(ORDER, Side.BUY, Purpose.ENTRY, notional, D(100)))
    fullest = max(before.values(), default=D(0))
    if fullest + notional <= most:
        assert answer is None
    else:
        assert isinstance(answer, Cap)
        assert answer.notional == max(most - fullest, D(0))
        assert answer.finding.code == "exposure.narrative"


def test_an_asset_without_narratives_is_never_held_back_by_them() -> None:
    case = a_case({"ETH/USDT": D(39)}, {}, {"ETH/USDT": ("L1",)})
    assert RULE.check(case, Draft(ORDER, Side.BUY, Purpose.ENTRY, D(9_000), D(100))) is None


def test_a_case_that_was_not_told_narratives_is_refused() -> None:
    verdict = judged(with_inputs(entry(), narratives=Missing("narratives", "not_given")))
    assert verdict.order is None
    assert codes(verdict) == {"input.missing:exposure.narrative"}


def test_the_finding_says_what_was_counted_and_what_was_not() -> None:
    belongs = {BTC: ("L1",), "ETH/USDT": ("L1",)}
    case = a_case({"ETH/USDT": D(39), "SUI/USDT": D(1)}, {}, belongs)
    answer = RULE.check(case, Draft(ORDER, Side.BUY, Purpose.ENTRY, D(500), D(100)))
    assert isinstance(answer, Cap)
    assert answer.finding.message == (
        "the narrative L1 after the order worth 4400 USDT; at most 4000 USDT; held or on its way: ETH/USDT; "
        "without a narrative and counted in none: SUI/USDT"
    )
