"""The paper venue's things as the raw dictionaries that ccxt's own parsers make unified structures of."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from core.codec import encode
from core.instant import DAY, Instant, Interval, iso, utc
from core.market import Candle, Costs, Instrument
from core.money import ONE, ZERO, add, ceil_to, divide, floor_to, multiply, plain, published, subtract
from core.orders import Fill, Liquidity, OrderStatus, OrderType, TimeInForce
from tools.exchange.paper.working import Working

Raw = dict[str, Any]
LEVELS = 20

# ccxt tells a stop by its triggerPrice, not by its type.
_TYPES = {
    OrderType.MARKET: "market",
    OrderType.LIMIT: "limit",
    OrderType.STOP: "market",
    OrderType.STOP_LIMIT: "limit",
    OrderType.TRAILING: "market",
    OrderType.OCO: "limit",
}
_STATUSES = {OrderStatus.OPEN: "open", OrderStatus.PARTIAL: "open", OrderStatus.FILLED: "closed"}


def moment(at: Instant) -> str:
    """The text that ccxt gives an instant: always with milliseconds."""
    return f"{utc(at):%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"


def market(instrument: Instrument, costs: Costs, *, active: bool) -> Raw:
    """A spot market with its filters."""
    return {
        "id": f"{instrument.base}{instrument.quote}",
        "symbol": instrument.symbol,
        "base": instrument.base,
        "quote": instrument.quote,
        "baseId": instrument.base,
        "quoteId": instrument.quote,
        "type": "spot",
        "spot": True,
        "margin": False,
        "swap": False,
        "future": False,
        "option": False,
        "contract": False,
        "active": active,
        "maker": float(costs.maker),
        "taker": float(costs.taker),
        "tierBased": False,
        "percentage": True,
        "feeSide": "quote",
        "lowercaseId": f"{instrument.base}{instrument.quote}".lower(),
        "marginModes": {"cross": False, "isolated": False},
        "precision": {
            "amount": float(instrument.lot_size),
            "price": float(instrument.tick_size),
            "base": 1e-8,
            "quote": 1e-8,
        },
        "limits": {
            "leverage": {"min": None, "max": None},
            "amount": {"min": float(instrument.min_quantity), "max": _float(instrument.max_quantity)},
            "price": {"min": float(instrument.tick_size), "max": None},
            "cost": {"min": float(instrument.min_notional), "max": _float(instrument.max_notional)},
        },
        "info": encode(instrument),
    }


def order(working: Working, fills: Sequence[Fill], updated_at: Instant) -> Raw:
    """An order. One that spends an amount has no quantity until it has filled."""
    placed = working.order
    traded = sum((multiply(fill.quantity, fill.price) for fill in fills), ZERO)
    amount = placed.quantity
    if amount is None and not working.is_open:
        amount = working.filled
    status = _STATUSES.get(working.status, "canceled")
    if status == "canceled" and placed.time_in_force is TimeInForce.IOC:
        status = "expired"
    stop = None if placed.stop_price is None else plain(placed.stop_price)
    return {
        "id": placed.id,
        "clientOrderId": placed.reason,
        "timestamp": placed.created_at,
        "datetime": moment(placed.created_at),
        "lastTradeTimestamp": fills[-1].at if fills else None,
        "lastUpdateTimestamp": updated_at,
        "symbol": placed.symbol,
        "type": _TYPES[placed.type],
        "timeInForce": placed.time_in_force.value.upper(),
        "postOnly": False,
        "reduceOnly": None,
        "side": placed.side.value,
        "price": _text(placed.limit_price),
        "triggerPrice": stop,
        "amount": _text(amount),
        "cost": plain(traded),
        "average": plain(divide(traded, working.filled)) if working.filled else None,
        "filled": plain(working.filled),
        "remaining": _text(working.left) if amount is placed.quantity else "0",
        "status": status,
        "trades": [trade(fill) for fill in fills],
        "info": encode(placed) | {"status": working.status.value, "ended": working.ended},
    }


def trade(fill: Fill) -> Raw:
    """A fill."""
    return {
        "id": fill.trade_id,
        "order": fill.order_id,
        "timestamp": fill.at,
        "datetime": moment(fill.at),
        "symbol": fill.symbol,
        "type": None,
        "side": fill.side.value,
        "takerOrMaker": "maker" if fill.liquidity is Liquidity.MAKER else "taker",
        "price": plain(fill.price),
        "amount": plain(fill.quantity),
        "cost": plain(multiply(fill.quantity, fill.price)),
        "fee": {"cost": plain(fill.fee), "currency": fill.symbol.partition("/")[2]},
        "info": encode(fill),
    }


def ticker(day: Sequence[Candle], instrument: Instrument, costs: Costs, now: Instant) -> Raw:
    """A ticker of the last 24 hours' candles; bid and ask are those of the model book."""
    last = day[-1]
    bid, ask = best(published(last.close), instrument, costs)
    volume = sum(candle.volume for candle in day)
    worth = sum(candle.volume * (candle.high + candle.low + candle.close) / 3 for candle in day)
    return {
        "symbol": last.symbol,
        "timestamp": now,
        "datetime": moment(now),
        "high": max(candle.high for candle in day),
        "low": min(candle.low for candle in day),
        "bid": float(bid),
        "ask": float(ask),
        "open": day[0].open,
        "close": last.close,
        "last": last.close,
        "vwap": worth / volume if volume else None,
        "baseVolume": volume,
        "quoteVolume": worth,
        "info": {
            "model": "bid and ask are the last close moved by the slippage",
            "closed_at": iso(last.closed_at),
        },
    }


def day_until(candles: Sequence[Candle], now: Instant) -> list[Candle]:
    """The candles that opened within 24 hours before *now*, or the newest one."""
    return [candle for candle in candles if candle.opened_at >= now - DAY] or list(candles[-1:])


def best(close: Decimal, instrument: Instrument, costs: Costs) -> tuple[Decimal, Decimal]:
    """The model's best bid and ask: the last close moved by the slippage, a tick at least."""
    tick = instrument.tick_size
    half = max(multiply(close, multiply(costs.slippage_bps, Decimal("0.0001"))), tick)
    return max(floor_to(subtract(close, half), tick), tick), ceil_to(add(close, half), tick)


def levels(last: Candle, instrument: Instrument, costs: Costs, count: int) -> tuple[list[list[float]], ...]:
    """Bids and asks of the model book: a tick apart, the share of the bar that may fill spread over all."""
    bid, ask = best(published(last.close), instrument, costs)
    share = costs.participation or ONE
    each = max(last.volume * float(share) / LEVELS, float(instrument.lot_size))
    tick = instrument.tick_size
    bids = [subtract(bid, multiply(tick, Decimal(step))) for step in range(count)]
    asks = [add(ask, multiply(tick, Decimal(step))) for step in range(count)]
    return [[float(price), each] for price in bids if price > 0], [[float(price), each] for price in asks]


def rows(candles: Sequence[Candle], width: Interval) -> list[list[float]]:
    """OHLCV rows of *width*; the last may not have closed."""
    made = []
    for opened, group in groupby(candles, key=lambda candle: width.floor(candle.opened_at)):
        part = list(group)
        high, low = max(one.high for one in part), min(one.low for one in part)
        made.append([opened, part[0].open, high, low, part[-1].close, sum(one.volume for one in part)])
    return made


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
