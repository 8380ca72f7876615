"""Candle x order -> price and quantity: every fill rule of the paper venue, pure.

A market order fills at the open, a limit at the better of open and limit once the bar reaches it, a
stop at the worse of open and stop once the bar touches it. Market and stop orders slip against us.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

from core.market import Candle, Costs, Instrument
from core.money import EXACT, ONE, ZERO, add, ceil_to, floor_to, multiply, published, subtract
from core.orders import Liquidity, Order, OrderType, Side
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


def rests(order: Order, candle: Candle) -> bool:
    """Whether a limit is away from the market at *candle*'s open, and so makes liquidity later on."""
    limit = _price(order.limit_price)
    opened = published(candle.open)
    return opened > limit if order.side is Side.BUY else opened < limit


def touched(order: Order, candle: Candle, *, triggered: bool) -> Decimal | None:
    """The price before slippage at which *candle* trades *order*; ``None`` where it does not reach it."""
    if order.type is OrderType.MARKET or triggered:
        return published(candle.open)
    is_limit = order.type is OrderType.LIMIT
    level = _price(order.limit_price if is_limit else order.stop_price)
    # A limit buy and a stop sale wait for the price to fall, their mirrors for it to rise.
    if is_limit is (order.side is Side.BUY):
        reached = candle.low <= float(level) and published(candle.low) <= level
        pick = min
    else:
        reached = candle.high >= float(level) and published(candle.high) >= level
        pick = max
    return pick(published(candle.open), level) if reached else None


def room_in(candle: Candle, instrument: Instrument, costs: Costs) -> Decimal | None:
    """Base units that may fill in *candle* in all; ``None`` where there is no limit."""
    if costs.participation:
        return floor_to(multiply(published(candle.volume), costs.participation), instrument.lot_size)
    # Impact is measured against the bar's volume: with none there is no price to be had.
    return ZERO if costs.impact and candle.volume <= 0 else None


def match(
    working: Working,
    touch: Decimal,
    candle: Candle,
    room: Decimal | None,
    *,
    instrument: Instrument,
    costs: Costs,
) -> Match | None:
    """The trade of an order that *candle* touches at *touch*; ``None`` where the bar has no room left.

    A market buy slips by the quantity that its money would buy without slippage.
    """
    if room is not None and room <= 0:
        return None
    order = working.order
    is_buy = order.side is Side.BUY
    liquidity = Liquidity.MAKER if working.rests else Liquidity.TAKER
    rate = costs.maker if working.rests else costs.taker
    lot = instrument.lot_size
    wanted = _affordable(working.reserved, touch, rate, lot) if working.left is None else working.left
    quantity = wanted if room is None else min(wanted, room)
    price = touch
    if order.type is not OrderType.LIMIT:
        price = slipped(touch, order.side, quantity, candle, instrument=instrument, costs=costs)
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


def _price(level: Decimal | None) -> Decimal:
    if level is None:
        raise ValueError("a limit or stop order without its price")
    return level
