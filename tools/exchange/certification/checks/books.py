"""What the venue tells of trades, fees and balances adds up."""

from __future__ import annotations

from decimal import Decimal

from core.money import ZERO, add, multiply, subtract
from core.orders import Fill, Side
from tools.exchange.certification.bench import Bench
from tools.exchange.certification.check import Check, met

# a venue keeps money to some eight decimals; what it cuts off is nobody's
_ROUNDING = Decimal("0.000001")


async def fills_told(bench: Bench) -> None:
    """Every fill is told once, with an id, adds up to what the order says, and costs its fee."""
    order = bench.entry()
    await bench.exchange.submit(order)
    fills = [told.fill for told in await bench.exchange.reports(0) if told.fill]
    met(fills, "a filled order has no trades")
    met(len({fill.trade_id for fill in fills}) == len(fills), "trades share an id")
    state = await bench.exchange.order(order.id)
    total = ZERO
    for fill in fills:
        total = add(total, fill.quantity)
    filled = None if state is None else state.filled
    met(total == filled, f"the trades add up to {total}, the order says {filled}")
    met(filled is not None and order.quantity is not None and filled <= order.quantity, "filled too much")
    met(all(fill.fee > 0 for fill in fills), "a trade cost nothing")
    again = [told.fill for told in await bench.exchange.reports(0) if told.fill]
    met(again == fills, "asked again, the trades are told otherwise")


async def balances_move(bench: Bench) -> None:
    """Balances move by what the trades say."""
    before = dict(await bench.exchange.balances())
    await bench.exchange.submit(bench.entry())
    await bench.exchange.submit(bench.sale())
    fills = [told.fill for told in await bench.exchange.reports(0) if told.fill]
    after = dict(await bench.exchange.balances())
    for asset in ("BTC", "USDT"):
        moved = subtract(after.get(asset, ZERO), before.get(asset, ZERO))
        told = ZERO
        for fill in fills:
            told = add(told, _effect(fill, asset))
        met(subtract(moved, told).copy_abs() <= _ROUNDING, f"{asset} moved by {moved}, the trades say {told}")


def _effect(fill: Fill, asset: str) -> Decimal:
    sign = 1 if fill.side is Side.BUY else -1
    base, quote = fill.symbol.split("/")
    change = multiply(fill.quantity, sign) if asset == base else ZERO
    if asset == quote:
        change = multiply(multiply(fill.quantity, fill.price), -sign)
    fee_asset = fill.fee_asset or quote
    paid = fill.fee_paid if fill.fee_asset else fill.fee
    return subtract(change, paid) if asset == fee_asset else change


CHECKS = (
    Check("books.fills", "every fill is told once, with its id and its fee", fills_told),
    Check("books.balances", "balances move by what the trades say", balances_move),
)
