"""The public endpoints about prices: tickers, the book, candles, trades."""
# ruff: noqa: ARG001 - every endpoint is called in the same way, whether it needs all of it or not

from __future__ import annotations

from typing import Any

from core.errors import UsageError
from core.instant import DAY, Instant, Interval, duration
from core.money import published
from core.orders import Side
from tools.exchange.stand_in.binance.listings import asked
from tools.exchange.stand_in.binance.shapes import market_id, number
from tools.exchange.stand_in.binance.trading import symbol as any_symbol
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.listing import DELISTED
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.wire.call import Call, Signed


def time(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/time."""
    return {"serverTime": desk.told_time()}


def nothing(desk: Desk, call: Call, signed: Signed) -> Any:
    """An empty object, as ping has it."""
    return {}


def empty(desk: Desk, call: Call, signed: Signed) -> Any:
    """An empty list, as the margin pairs have it for a spot account."""
    return []


def ticker_24h(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/ticker/24hr."""
    return _each(desk, call, lambda name: _day(desk, name))


def book_ticker(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/ticker/bookTicker."""
    return _each(desk, call, lambda name: {"symbol": market_id(name)} | _best(desk, name))


def price(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/ticker/price."""
    return _each(
        desk, call, lambda name: {"symbol": market_id(name), "price": number(desk.engine.ladders[name].last)}
    )


def depth(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/depth."""
    ladder = desk.engine.ladders[symbol(desk, call)]
    limit = call.whole("limit", 100, 5000)
    return {
        "lastUpdateId": 1_000_000 + len(desk.engine.trades),
        "bids": [[number(p), number(q)] for p, q in ladder.offers(Side.SELL, None)[:limit]],
        "asks": [[number(p), number(q)] for p, q in ladder.offers(Side.BUY, None)[:limit]],
    }


def klines(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/klines: with startTime the oldest from there, else the newest; the last one is not closed."""
    name = symbol(desk, call)
    try:
        interval = Interval(duration(call.need("interval")))
    except UsageError:
        raise Refused(Refusal.BAD_PARAMETER, "interval") from None
    limit = call.whole("limit", 500, 1000)
    now = desk.now()
    until = Instant(min(now, call.whole("endTime", now)) + 1)
    start = Instant(call.whole("startTime", interval.floor(until - 1) - (limit - 1) * interval.ms))
    until = Instant(min(until, interval.ceil(start) + limit * interval.ms))
    rows = desk.tape.rows(name, interval, start, until)
    return [
        [
            row.opened_at,
            *(number(published(value)) for value in (row.open, row.high, row.low, row.close, row.volume)),
            row.opened_at + interval.ms - 1,
            number(published(row.close * row.volume)),
            10,
            number(published(row.volume / 2)),
            number(published(row.close * row.volume / 2)),
            "0",
        ]
        for row in rows[:limit]
    ]


def trades(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/trades: the newest trades of anybody; here, the account's own and the moves of the price."""
    return [
        {
            "id": place + 1,
            "price": number(published(tick.price)),
            "qty": number(published(tick.quantity or 0.01)),
            "quoteQty": number(published(tick.price * (tick.quantity or 0.01))),
            "time": tick.at,
            "isBuyerMaker": place % 2 == 0,
            "isBestMatch": True,
        }
        for place, tick in _newest(desk, call)
    ]


def aggregate_trades(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/aggTrades: the same, as ccxt asks for them."""
    return [
        {
            "a": place + 1,
            "p": number(published(tick.price)),
            "q": number(published(tick.quantity or 0.01)),
            "f": place + 1,
            "l": place + 1,
            "T": tick.at,
            "m": place % 2 == 0,
            "M": True,
        }
        for place, tick in _newest(desk, call)
    ]


def symbol(desk: Desk, call: Call) -> str:
    """The symbol that a request names, while it is listed.

    Raises:
        Refused: it is not listed, or not any more.
    """
    name = any_symbol(desk, call)
    if desk.engine.listings[name].status == DELISTED:
        raise Refused(Refusal.UNKNOWN_SYMBOL)
    return name


def _newest(desk: Desk, call: Call) -> list[Any]:
    ticks = list(enumerate(desk.tape.ticks(symbol(desk, call))))
    since = call.whole("startTime", 0)
    return [one for one in ticks if one[1].at >= since][-call.whole("limit", 500, 1000) :]


def _each(desk: Desk, call: Call, of: Any) -> Any:
    if "symbol" in call.params:
        return of(symbol(desk, call))
    names = asked(call)
    listed = [one.symbol for one in desk.engine.listings.values() if one.status != DELISTED]
    return [of(name) for name in listed if names is None or market_id(name) in names]


def _best(desk: Desk, name: str) -> dict[str, str]:
    ladder = desk.engine.ladders[name]
    return {
        "bidPrice": number(ladder.bid),
        "bidQty": number(sum_at(ladder.bids, ladder.bid)),
        "askPrice": number(ladder.ask),
        "askQty": number(sum_at(ladder.asks, ladder.ask)),
    }


def sum_at(levels: list[list[Any]], price: Any) -> Any:
    """What is to be had at *price*."""
    return next((left for level, left in levels if level == price), 0)


def _day(desk: Desk, name: str) -> dict[str, Any]:
    now = desk.now()
    day = desk.tape.rows(name, Interval(3_600_000), Instant(now - DAY), Instant(now + 1))
    last = desk.engine.ladders[name].last
    first = published(day[0].open)
    volume = published(round(sum(row.volume for row in day), 8))
    return {
        "symbol": market_id(name),
        "priceChange": number(last - first),
        "priceChangePercent": f"{(last / first - 1) * 100:.3f}",
        "weightedAvgPrice": number((last + first) / 2),
        "prevClosePrice": number(first),
        "lastPrice": number(last),
        "lastQty": number(published(0.01)),
        **_best(desk, name),
        "openPrice": number(first),
        "highPrice": number(max(last, *(published(row.high) for row in day))),
        "lowPrice": number(min(last, *(published(row.low) for row in day))),
        "volume": number(volume),
        "quoteVolume": number(volume * (last + first) / 2),
        "openTime": now - DAY,
        "closeTime": now,
        "firstId": 1,
        "lastId": 1000,
        "count": 1000,
    }
