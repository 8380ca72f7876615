"""An order carries our id from its placing to its end, and can always be found by it."""

from __future__ import annotations

from core.orders import OrderStatus
from tools.exchange.certification.bench import SYMBOL, Bench
from tools.exchange.certification.check import Check, met


async def echoed(bench: Bench) -> None:
    """The answer to a new order and the venue's own book name our id."""
    order = bench.resting()
    state = await bench.exchange.submit(order)
    met(state.id == order.id, f"order {order.id} came back as {state.id}")
    kept = bench.venue.orders()[-1].client_id
    met(bench.dialect.order_id(kept) == order.id, f"the venue keeps it under {kept!r}")


async def found(bench: Bench) -> None:
    """Each of several orders is found by its own id, through the venue's own lookup."""
    orders = [bench.resting(quantity) for quantity in ("0.002", "0.003")]
    for order in orders:
        await bench.exchange.submit(order)
    for order in orders:
        client_id = bench.dialect.client_id(order.id)
        raw = await bench.dialect.find(bench.client, client_id, SYMBOL)
        met(raw is not None, f"order {order.id} is not found by its id")
        state = await bench.exchange.order(order.id)
        met(state is not None and state.id == order.id, f"order {order.id} is not found")
        amount = None if raw is None else raw["amount"]
        met(amount is not None and float(amount) == float(order.quantity or 0), f"found one of {amount}")


async def remembered(bench: Bench) -> None:
    """An order that is over is still found."""
    order = bench.entry()
    await bench.exchange.submit(order)
    raw = await bench.dialect.find(bench.client, bench.dialect.client_id(order.id), SYMBOL)
    met(raw is not None, "a filled order is not found by its id any more")
    state = await bench.exchange.order(order.id)
    met(state is not None and state.status is OrderStatus.FILLED, f"a filled order is shown as {state}")


async def all_open(bench: Bench) -> None:
    """Every open order is listed, those that a person placed by hand too."""
    orders = [bench.resting(quantity) for quantity in ("0.002", "0.003", "0.004")]
    for order in orders:
        await bench.exchange.submit(order)
    bench.venue.trade_by_hand(SYMBOL, "sell", "0.01", "70000")
    shown = {state.id for state in await bench.exchange.open_orders()}
    met({order.id for order in orders} <= shown, f"{len(shown)} of 4 open orders are listed")
    met(any(number.startswith("external:") for number in shown), "the order placed by hand is not listed")


CHECKS = (
    Check("id.echoed", "a new order comes back, and is kept, under our id", echoed),
    Check("id.found", "an open order is found by our id", found),
    Check("id.remembered", "an order that is over is found by our id", remembered),
    Check("id.all_open", "the open orders are listed without a gap", all_open),
)
