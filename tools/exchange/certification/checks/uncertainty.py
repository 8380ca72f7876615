"""When an answer is lost the order's fate is called unknown, then proven; clocks can be trusted."""

from __future__ import annotations

from core.errors import UnknownFateError
from core.orders import ApprovedOrder
from tools.exchange.certification.bench import Bench
from tools.exchange.certification.check import Check, NotMetError, met
from tools.exchange.stand_in import Endpoint, Fault

_SPREAD_MS = 1_000


async def lost_answer(bench: Bench) -> None:
    """An order whose answer was lost is of unknown fate, and is found by its id."""
    order = bench.resting()
    bench.venue.faults.plan(Fault.KEPT_RESET, Endpoint.CREATE_ORDER)
    await _unknown(bench, order_arrives=True, order=order)


async def lost_request(bench: Bench) -> None:
    """An order that never arrived is of unknown fate, and is not found."""
    order = bench.resting()
    bench.venue.faults.plan(Fault.LOST_RESET, Endpoint.CREATE_ORDER)
    await _unknown(bench, order_arrives=False, order=order)


async def empty_answer(bench: Bench) -> None:
    """An empty answer proves nothing."""
    order = bench.resting()
    bench.venue.faults.plan(Fault.KEPT_EMPTY, Endpoint.CREATE_ORDER)
    await _unknown(bench, order_arrives=True, order=order)


async def steady_time(bench: Bench) -> None:
    """The venue's time goes on as ours does."""
    seen = []
    for _ in range(3):
        told = await bench.client.fetch_time()
        seen.append(told - bench.clock.now())
    met(max(seen) - min(seen) <= _SPREAD_MS, f"the venue's time jumps by {max(seen) - min(seen)} ms")


async def _unknown(bench: Bench, *, order_arrives: bool, order: ApprovedOrder) -> None:
    try:
        await bench.exchange.submit(order)
    except UnknownFateError:
        pass
    else:
        raise NotMetError("a lost answer was taken for one")
    state = await bench.exchange.order(order.id)
    met((state is not None) is order_arrives, f"its fate is told wrong: {state}")
    met(len(bench.venue.orders()) == int(order_arrives), "it was placed more than once, or not at all")


CHECKS = (
    Check("unknown.answer", "an order whose answer was lost is found", lost_answer),
    Check("unknown.request", "an order that never arrived is not found", lost_request),
    Check("unknown.empty", "an empty answer proves nothing", empty_answer),
    Check("unknown.time", "the venue's clock is steady", steady_time),
)
