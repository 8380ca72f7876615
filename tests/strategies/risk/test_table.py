"""DESIGN §8's table: which rule speaks on an entry, on a wished reduction and on a protective exit."""

from __future__ import annotations

import pytest

from core.orders import OrderType, Purpose
from strategies.risk.case import State
from strategies.risk.registry import registered
from tests.strategies.risk.cases import FIRES, NOW, QUIET, D, Fire, books, codes, held, judged

ALWAYS = "refuses entry, reduction and exit"
ENTRY_ONLY = "refuses the entry only"
REDUCTION_ONLY = "refuses the reduction only"
DATA = "refuses entry and reduction; the exit becomes a limit at the collar, flagged"

TABLE = {
    "not_allowed": ALWAYS,
    "not_armed": ALWAYS,
    "duplicate": ALWAYS,
    "precision": ALWAYS,
    "quantity.min": ALWAYS,
    "quantity.max": ALWAYS,
    "notional.min": ALWAYS,
    "notional.max": ALWAYS,
    "state.halted": ALWAYS,
    "state.reducing": ENTRY_ONLY,
    "cash": ENTRY_ONLY,
    "exposure.order": ENTRY_ONLY,
    "exposure.asset": ENTRY_ONLY,
    "exposure.narrative": ENTRY_ONLY,
    "exposure.gross": ENTRY_ONLY,
    "correlation": ENTRY_ONLY,
    "volatility": ENTRY_ONLY,
    "cvar": ENTRY_ONLY,
    "pace.hour": ENTRY_ONLY,
    "pace.day": ENTRY_ONLY,
    "pace.cooldown": ENTRY_ONLY,
    "loss.day": ENTRY_ONLY,
    "loss.drawdown": ENTRY_ONLY,
    "edge": ENTRY_ONLY,
    "horizon": ENTRY_ONLY,
    "pace.hold": REDUCTION_ONLY,
    "data.stale": DATA,
    "data.gate": DATA,
    "collar.mid": DATA,
    "collar.second": DATA,
    "depeg": DATA,
    "liquidity": DATA,
}

SPEAKS = {
    ALWAYS: set(Purpose),
    ENTRY_ONLY: {Purpose.ENTRY},
    REDUCTION_ONLY: {Purpose.REDUCTION},
    DATA: set(Purpose),
}

# A quiet exit sells 10 BTC worth 1000 whatever its wish says: a wish of odd precision cannot reach it.
NOT_REACHED = {("precision", Purpose.EXIT)}


def test_the_table_names_every_rule() -> None:
    assert set(TABLE) == {rule.code for rule in registered()}


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("fire", FIRES, ids=lambda fire: fire.code)
def test_a_rule_speaks_where_the_table_says_and_nowhere_else(fire: Fire, purpose: Purpose) -> None:
    verdict = judged(fire.breach(QUIET[purpose]()))
    speaks = purpose in SPEAKS[TABLE[fire.code]] and (fire.code, purpose) not in NOT_REACHED
    assert (fire.code in codes(verdict)) is speaks


@pytest.mark.parametrize("code", sorted(code for code, line in TABLE.items() if line == DATA))
def test_bad_data_never_holds_a_protective_exit_back(code: str) -> None:
    fire = next(fire for fire in FIRES if fire.code == code)
    verdict = judged(fire.breach(QUIET[Purpose.EXIT]()))
    assert verdict.order is not None
    assert verdict.order.type is OrderType.LIMIT
    assert verdict.order.limit_price == D(99)
    assert verdict.order.quantity == 10
    assert codes(verdict) == {code}


@pytest.mark.parametrize(
    ("state", "passing"),
    [
        (State.ACTIVE, {Purpose.ENTRY, Purpose.REDUCTION, Purpose.EXIT}),
        (State.REDUCING, {Purpose.REDUCTION, Purpose.EXIT}),
        (State.HALTED, set()),
    ],
)
def test_what_each_state_lets_through(state: State, passing: set[Purpose]) -> None:
    found = {purpose for purpose in Purpose if judged(QUIET[purpose](state=state)).order is not None}
    assert found == passing


def test_a_minimum_hold_does_not_hold_a_protective_exit_back() -> None:
    verdict = judged(QUIET[Purpose.EXIT](portfolio=books("9000", held("BTC/USDT", "10", NOW))))
    assert verdict.order is not None
    assert verdict.findings == ()
