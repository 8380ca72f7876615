"""Touch x candle -> quantity, price and fee: what an order that a candle reaches gets of it, pure.

Market and stop orders slip against us, limits do not; a stop-limit slips to its limit at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

from core.market import Candle, Costs, Instrument
from core.money import EXACT, ONE, ZERO, add, ceil_to, floor_to, multiply, published, subtract
from core.orders import Liquidity, OrderType, Side
from tools.exchange.paper.touching import Touch
from tools.exchange.paper.working import Working

_BASIS_POINT = Decimal("0.0001")
# Slippage is a model: twenty digits of it are far finer than any tick.
_MODEL = Context(prec=20)


@dataclass(frozen=True, slots=True)
class Match:
    """A trade that a candle allows. *quantity* zero: the money left does not buy one lot at *price*."""

    quantity: Decimal
    price: Decimal
    fee: Decimal
    liquidity: Liquidity


def room_in(candle: Candle, instrument: Instrument, costs: Costs) -> Decimal | None:
    """Base units that may fill in *candle* in all; ``None`` where there is no limit."""
    if costs.participation:
        return floor_to(multiply(published(candle.volume), costs.participation), instrument.lot_size)
    # Impact is measured against the bar's volume: with none there is no price to be had.
    return ZERO if costs.impact and candle.volume <= 0 else None


def match(
    working: Working,
    touch: Touch,
    candle: Candle,
    room: Decimal | None,
    *,
    instrument: Instrument,
    costs: Costs,
) -> Match | None:
    """The trade of an order that *candle* touches; ``None`` where the bar has no room left.

    A market buy slips by the quantity that its money would buy without slippage.
    """
    if room is not None and room <= 0:
        return None
    order = working.order
    is_buy = order.side is Side.BUY
    liquidity = Liquidity.MAKER if touch.makes else Liquidity.TAKER
    rate = costs.maker if touch.makes else costs.taker
    lot, price = instrument.lot_size, touch.price
    wanted = _affordable(working.reserved, price, rate, lot) if working.left is None else working.left
    quantity = wanted if room is None else min(wanted, room)
    if touch.slips:
        price = slipped(price, order.side, quantity, candle, instrument=instrument, costs=costs)
        if order.limit_price is not None and order.type is OrderType.STOP_LIMIT:
            price = min(price, order.limit_price) if is_buy else max(price, order.limit_price)
    if is_buy:
        quantity = min(quantity, _affordable(working.reserved, price, rate, lot))
    return Match(quantity, price, multiply(multiply(quantity, price), rate), liquidity)


def buys_a_lot(reserved: Decimal, price: Decimal, instrument: Instrument, costs: Costs) -> bool:
    """Whether *reserved* pays for one more lot at *price*, fee included."""
    return _affordable(reserved, price, costs.taker, instrument.lot_size) > 0


def slipped(
    price: Decimal,
    side: Side,
    quantity: Decimal,
    candle: Candle,
    *,
    instrument: Instrument,
    costs: Costs,
) -> Decimal:
    """*price* moved against us by the bar's slippage, then rounded against us to the tick.

    Slippage = slippage_bps + impact x (high − low) / open x sqrt(quantity / volume). A price that does
    not slip is a print and stays as it was printed.
    """
    fraction = multiply(costs.slippage_bps, _BASIS_POINT)
    if costs.impact and candle.high > candle.low:
        width = multiply(subtract(published(candle.high), published(candle.low)), costs.impact)
        share = _MODEL.sqrt(_MODEL.divide(quantity, published(candle.volume)))
        fraction = add(fraction, _MODEL.divide(multiply(width, share), published(candle.open)))
    if not fraction:
        return price
    tick = instrument.tick_size
    if side is Side.BUY:
        return ceil_to(multiply(price, add(ONE, fraction)), tick)
    return max(floor_to(multiply(price, subtract(ONE, fraction)), tick), min(tick, price))


def _affordable(money: Decimal, price: Decimal, rate: Decimal, lot: Decimal) -> Decimal:
    one_lot = multiply(multiply(price, add(ONE, rate)), lot)
    return multiply(EXACT.divide_int(money, one_lot), lot)
