"""Orders do what they say: their limit, their patience, their trigger, their end."""

from __future__ import annotations

from core.orders import OrderStatus
from tools.exchange.certification.bench import SYMBOL, Bench
from tools.exchange.certification.check import Check, met


async def within_limit(bench: Bench) -> None:
    """No fill is worse than its order's limit."""
    for order in (bench.entry(), bench.sale()):
        await bench.exchange.submit(order)
        limit, buying = order.limit_price, order.side == "buy"
        fills = [
            told.fill for told in await bench.exchange.reports(0) if told.order_id == order.id and told.fill
        ]
        met(fills, f"the {order.side} was not filled")
        for fill in fills:
            inside = limit is not None and (fill.price <= limit if buying else fill.price >= limit)
            met(inside, f"a {order.side} with limit {limit} filled at {fill.price}")


async def now_or_never(bench: Bench) -> None:
    """What an immediate order does not fill at once never rests."""
    bench.venue.deepen(SYMBOL, "0.0001")
    order = bench.entry("5000")
    await bench.exchange.submit(order)
    state = await bench.exchange.order(order.id)
    ended = state is not None and state.status is OrderStatus.CANCELLED
    met(ended, f"an immediate order is {state and state.status} after a part was filled")
    met(not await bench.exchange.open_orders(), "what was left of an immediate order rests in the book")


async def cancelled(bench: Bench) -> None:
    """A cancelled order is over."""
    order = bench.resting()
    await bench.exchange.submit(order)
    state = await bench.exchange.cancel(order.id)
    met(state.status is OrderStatus.CANCELLED, f"after the cancel it is {state.status}")
    met(not bench.venue.orders()[-1].is_open, "the venue says that it is cancelled, and keeps it open")


async def stopped(bench: Bench) -> None:
    """A stop waits, and trades once its price is reached."""
    order = bench.stop()
    state = await bench.exchange.submit(order)
    met(state.status is OrderStatus.OPEN, f"a stop below the market is {state.status}")
    bench.venue.move(SYMBOL, "44900")
    after = await bench.exchange.order(order.id)
    met(
        after is not None and after.status is OrderStatus.FILLED,
        f"a touched stop is {after and after.status}",
    )


async def post_only(bench: Bench) -> None:
    """A post-only order never takes liquidity."""
    await bench.raw("buy", "0.002", "51000", postOnly=True)
    met(not bench.venue.trades(), "a post-only order traded at once")


CHECKS = (
    Check("execution.limit", "no fill is worse than its limit", within_limit),
    Check("execution.ioc", "an immediate order never rests", now_or_never),
    Check("execution.cancel", "a cancelled order is over", cancelled),
    Check("execution.stop", "a stop waits for its price, then trades", stopped),
    Check("execution.post_only", "a post-only order never takes", post_only),
)
