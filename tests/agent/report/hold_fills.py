"""Buy and hold: what the same money would have done without a single decision."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from core.errors import UsageError
from core.ids import OrderId
from core.instant import Instant
from core.market import Bars, Costs
from core.money import ONE, add, divide, floor_to, multiply, published
from core.orders import Fill, Liquidity, Side

_LOT = Decimal("1e-8")
_BASIS_POINT = Decimal("1e-4")


def hold_fills(bars: Mapping[str, Bars], cash: Decimal, start: Instant, costs: Costs) -> tuple[Fill, ...]:
    """One purchase per symbol with equal shares of *cash*, held ever after.

    Each fills at the open of its first bar at or after *start* plus latency, against slippage (without
    impact) and the taker fee. The share of a symbol that has no such bar stays cash.

    Raises:
        UsageError: no symbol to hold.
    """
    if not bars:
        raise UsageError("there is nothing to buy and hold", "Name at least one symbol.")
    share = divide(cash, Decimal(len(bars)))
    worse = add(ONE, multiply(costs.slippage_bps, _BASIS_POINT))
    fills = []
    for symbol, series in sorted(bars.items()):
        first = int(np.searchsorted(series.opened_at, start + costs.latency_ms, side="left"))
        if first == len(series):
            continue
        price = multiply(published(float(series.open[first])), worse)
        quantity = floor_to(divide(share, multiply(price, add(ONE, costs.taker))), _LOT)
        if quantity > 0:
            fee = multiply(multiply(quantity, price), costs.taker)
            order = OrderId(f"hold-{symbol}")
            at = Instant(int(series.opened_at[first]))
            fills.append(Fill(order, order, symbol, Side.BUY, quantity, price, fee, Liquidity.TAKER, at))
    return tuple(fills)
