"""The public endpoints: pairs, prices, candles, trades."""
# ruff: noqa: ARG001 - every endpoint is called in the same way, whether it needs all of it or not

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.instant import DAY, MINUTE, Instant, Interval, iso, utc
from core.money import published
from core.orders import Side
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.ladder import Ladder
from tools.exchange.stand_in.engine.listing import DELISTED, TRADING, Listing
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.kraken.names import (
    alternative,
    asset_id,
    listed,
    pair_id,
    pair_name,
    pair_slashed,
)
from tools.exchange.stand_in.kraken.shapes import amount, decimals, price_text
from tools.exchange.stand_in.wire.call import Call, Signed

PAGE = 720
INTERVALS = {1, 5, 15, 30, 60, 240, 1440, 10080, 21600}


def time(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /0/public/Time: in whole seconds."""
    now = desk.told_time()
    return {"unixtime": now // 1000, "rfc1123": utc(now).strftime("%a, %d %b %y %H:%M:%S +0000")}


def status(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /0/public/SystemStatus."""
    return {"status": "online", "timestamp": iso(desk.now())}


def assets(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /0/public/Assets."""
    names = dict.fromkeys(name for one in desk.engine.listings.values() for name in (one.base, one.quote))
    return {
        asset_id(name): {
            "aclass": "currency",
            "altname": alternative(name),
            "decimals": 10 if name in {"BTC", "ETH"} else 8,
            "display_decimals": 5,
            "status": "enabled",
        }
        for name in names
    }


def pairs(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /0/public/AssetPairs: all, or those that were asked for."""
    return {
        pair_id(one.symbol): _pair(desk, one)
        for one in _asked(desk, call, needed=False)
        if one.status != DELISTED
    }


def ticker(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /0/public/Ticker: today's figures, and those of the last 24 hours."""
    return {pair_id(one.symbol): _day(desk, one) for one in _asked(desk, call, needed=False)}


def depth(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /0/public/Depth."""
    (one,) = _asked(desk, call)
    ladder = desk.engine.ladders[one.symbol]
    count, at = call.whole("count", 100, 500), desk.now() // 1000

    def side(taker: Side) -> list[list[Any]]:
        return [[price_text(one, p), f"{q:.3f}", at] for p, q in ladder.offers(taker, None)[:count]]

    return {pair_id(one.symbol): {"asks": side(Side.BUY), "bids": side(Side.SELL)}}


def candles(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /0/public/OHLC: the newest 720, those after *since* of them; the last one is not closed."""
    (one,) = _asked(desk, call)
    minutes = call.whole("interval", 1)
    if minutes not in INTERVALS:
        raise Refused(Refusal.BAD_PARAMETER, "interval")
    interval = Interval(minutes * MINUTE)
    now = desk.now()
    oldest = interval.floor(now) - (PAGE - 1) * interval.ms
    start = Instant(max(oldest, call.whole("since", 0) * 1000 + 1))
    rows = desk.tape.rows(one.symbol, interval, start, Instant(now + 1))
    written = [
        [
            row.opened_at // 1000,
            *(price_text(one, published(value)) for value in (row.open, row.high, row.low, row.close)),
            price_text(one, published((row.high + row.low) / 2)),
            amount(published(row.volume)),
            10,
        ]
        for row in rows
    ]
    last = written[-2][0] if len(written) > 1 else 0
    return {pair_id(one.symbol): written, "last": last}


def trades(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /0/public/Trades: the newest; here, the account's own and the moves of the price."""
    (one,) = _asked(desk, call)
    since, count = call.whole("since", 0), call.whole("count", 1000, 1000)
    ticks = [tick for tick in desk.tape.ticks(one.symbol) if tick.at > since * 1000][-count:]
    rows = [
        [
            price_text(one, published(tick.price)),
            amount(published(tick.quantity or 0.01)),
            tick.at / 1000,
            "b",
            "l",
            "",
            place,
        ]
        for place, tick in enumerate(ticks)
    ]
    return {pair_id(one.symbol): rows, "last": str(desk.now() * 1_000_000)}


def _asked(desk: Desk, call: Call, *, needed: bool = True) -> list[Listing]:
    if "pair" not in call.params and not needed:
        return [one for one in desk.engine.listings.values() if one.status != DELISTED]
    return [listed(desk.engine.listings, pair) for pair in call.need("pair").split(",")]


def _day(desk: Desk, one: Listing) -> dict[str, Any]:
    now = desk.now()
    ladder = desk.engine.ladders[one.symbol]
    rows = desk.tape.rows(one.symbol, Interval(60 * MINUTE), Instant(now - DAY), Instant(now + 1))
    high = price_text(one, max(ladder.last, *(published(row.high) for row in rows)))
    low = price_text(one, min(ladder.last, *(published(row.low) for row in rows)))
    middle = price_text(one, (ladder.last + published(rows[0].open)) / 2)
    volume = amount(published(round(sum(row.volume for row in rows), 8)))
    return {
        "a": _best(one, ladder.ask, ladder, Side.BUY),
        "b": _best(one, ladder.bid, ladder, Side.SELL),
        "c": [price_text(one, ladder.last), "0.01000000"],
        "v": [volume, volume],
        "p": [middle, middle],
        "t": [1000, 1000],
        "l": [low, low],
        "h": [high, high],
        "o": price_text(one, published(rows[0].open)),
    }


def _best(one: Listing, price: Decimal, ladder: Ladder, taker: Side) -> list[str]:
    offers = ladder.offers(taker, None)
    volume = f"{offers[0][1]:.3f}" if offers else "0.000"
    return [price_text(one, price), volume.partition(".")[0], volume]


def _pair(desk: Desk, one: Listing) -> dict[str, Any]:
    rules = one.instrument
    return {
        "altname": pair_name(one.symbol),
        "wsname": pair_slashed(one.symbol),
        "aclass_base": "currency",
        "base": asset_id(one.base),
        "aclass_quote": "currency",
        "quote": asset_id(one.quote),
        "lot": "unit",
        "cost_decimals": 5,
        "pair_decimals": decimals(rules.tick_size),
        "lot_decimals": decimals(rules.lot_size),
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": [[0, float(desk.engine.rules.taker * 100)]],
        "fees_maker": [[0, float(desk.engine.rules.maker * 100)]],
        "fee_volume_currency": "ZUSD",
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": f"{rules.min_quantity.normalize():f}",
        "costmin": f"{rules.min_notional.normalize():f}",
        "tick_size": f"{rules.tick_size.normalize():f}",
        "status": "online" if one.status == TRADING else "cancel_only",
    }
