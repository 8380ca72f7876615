"""Every wire outcome of a submit, through both of ccxt's classes, as limit and as market order: its class, and the audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from core.errors import KeyRefusedError, OrderError, RejectedError, UnknownFateError
from tests.tools.exchange.live.rig import IMPATIENT, PATIENT, Rigs, an_order, asked
from tools.exchange.live.connecting import venue
from tools.exchange.live.outcome import Outcome, Ruling, of_failure, of_reply
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import Endpoint, Fault, StandIn, faults_of, stand_in

pytestmark = pytest.mark.parts

A, R, U, K, T = Outcome.ACCEPTED, Outcome.REJECTED, Outcome.UNKNOWN, Outcome.KEY_REFUSED, Outcome.THROTTLED

TABLE = {
    **dict.fromkeys(Fault, U),
    Fault.MATCHED_LATE: A,
    Fault.REFUSED_FILTER: R,
    Fault.REFUSED_FUNDS: R,
    Fault.REFUSED_KEY: K,
    Fault.REFUSED_ORDER_RATE: T,
    Fault.REFUSED_REQUEST_RATE: T,
    Fault.REFUSED_429: T,
    Fault.REFUSED_418: T,
}


def due(fault: Fault, kind: str) -> Outcome:
    """The table's class; the sync class waits for each byte anew, so a trickle does arrive, whole and ours."""
    return A if (fault, kind) == (Fault.KEPT_TRICKLE, "sync") else TABLE[fault]


RAISED: dict[Outcome, type[OrderError] | None] = {
    A: None,
    R: RejectedError,
    U: UnknownFateError,
    K: KeyRefusedError,
    T: UnknownFateError,
}
SLOW = {Fault.LOST_SILENT, Fault.KEPT_SILENT, Fault.KEPT_TRICKLE}
CASES = [(name, fault) for name in ("binance", "kraken") for fault in faults_of(name)]


@pytest.fixture(scope="module")
def venues() -> Iterator[Callable[[str], StandIn]]:
    made: dict[str, StandIn] = {}

    def get(name: str) -> StandIn:
        if name not in made:
            quote = "USDT" if name == "binance" else "USD"
            made[name] = stand_in(name, balances={quote: "1000000"}, slow_ms=800, late_ms=150).__enter__()
        made[name].faults.clear()
        made[name].key.revoked = False
        return made[name]

    yield get
    for one in made.values():
        one.__exit__(None, None, None)


@pytest.mark.parametrize("kind", ["async", "sync"])
@pytest.mark.parametrize(("name", "fault"), CASES, ids=lambda one: one if isinstance(one, str) else one.name)
def test_a_limit_order_meets_a_fault(
    name: str,
    fault: Fault,
    kind: str,
    venues: Callable[[str], StandIn],
    rigs: Rigs,
    closed_at_the_end: Callable[[object, str], None],
) -> None:
    closed_at_the_end(ReportLog, "open")
    at = venues(name)
    window = 400 if fault is Fault.MATCHED_TOO_LATE else None
    rig = rigs.rig(at, kind, patience=IMPATIENT if fault in SLOW else PATIENT, window_ms=window)
    order = an_order(f"{fault.name} {kind} {name}", symbol=rig.symbol)
    outcome = due(fault, kind)
    expected = RAISED[outcome]
    at.faults.plan(fault, Endpoint.CREATE_ORDER)

    if expected is None:
        assert rig.do(rig.exchange.submit(order)).id == order.id
    else:
        with pytest.raises(expected):
            rig.do(rig.exchange.submit(order))

    at.faults.clear()
    assert len(rig.placed(order)) == int(fault.arrives)
    assert (rig.do(rig.exchange.trouble()) is not None) == (outcome is T)


@pytest.mark.parametrize("kind", ["async", "sync"])
@pytest.mark.parametrize(("name", "fault"), CASES, ids=lambda one: one if isinstance(one, str) else one.name)
def test_a_market_order_meets_a_fault(
    name: str, fault: Fault, kind: str, venues: Callable[[str], StandIn], rigs: Rigs,
    closed_at_the_end: Callable[[object, str], None],
) -> None:  # fmt: skip
    closed_at_the_end(ReportLog, "open")
    at = venues(name)
    rig = rigs.rig(at, kind, patience=IMPATIENT if fault in SLOW else PATIENT)
    order = an_order(f"market {fault.name} {kind} {name}", symbol=rig.symbol)
    dialect = venue(name)
    client_id = dialect.client_id(order.id)
    window = {"recvWindow": 400} if name == "binance" else {"deadline": "2020-01-01T00:00:00Z"}
    params = {"clientOrderId": client_id} | (window if fault is Fault.MATCHED_TOO_LATE else {})
    at.faults.plan(fault, Endpoint.CREATE_ORDER)

    async def ruled() -> Ruling:
        try:
            reply = await asked(rig.client.create_order(rig.symbol, "market", "buy", "0.01", None, params))
        except Exception as error:  # whatever it is, it is evidence
            return of_failure(error)
        if not dialect.echoes and reply["id"]:
            reply = await dialect.find(rig.client, client_id, rig.symbol, reply["id"])
        return of_reply(reply, client_id)

    assert rig.do(ruled()).outcome is due(fault, kind)
    assert len(rig.placed(order)) == int(fault.arrives)


@pytest.mark.parametrize("kind", ["async", "sync"])
@pytest.mark.parametrize("name", ["binance", "kraken"])
def test_an_order_that_meets_no_fault_is_accepted_once(
    name: str, kind: str, venues: Callable[[str], StandIn], rigs: Rigs,
    closed_at_the_end: Callable[[object, str], None],
) -> None:  # fmt: skip
    closed_at_the_end(ReportLog, "open")
    rig = rigs.rig(venues(name), kind)
    order = an_order(f"well {kind} {name}", symbol=rig.symbol)

    assert rig.do(rig.exchange.submit(order)).filled == order.quantity
    assert len(rig.placed(order)) == 1
