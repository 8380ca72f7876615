"""An engine with a little money, and orders for it in few words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.instant import Instant
from core.orders import Side
from tools.exchange.stand_in.binance.dialect import BinanceDialect
from tools.exchange.stand_in.engine.engine import Engine
from tools.exchange.stand_in.engine.listing import listing
from tools.exchange.stand_in.engine.orders import NewOrder
from tools.exchange.stand_in.kraken.dialect import KrakenDialect

NOW = Instant(1_700_000_000_000)
BTC = "BTC/USDT"


def d(text: str | int) -> Decimal:
    return Decimal(text)


def engine(
    venue: str = "binance", depth: str = "1000", usdt: str = "100000", btc: str = "1", **changed: Any
) -> Engine:
    rules = (BinanceDialect() if venue == "binance" else KrakenDialect()).rules()
    made = Engine(
        [listing(BTC, "50000", **changed), listing("BNB/USDT", "300", lot="0.001", least="0.001")],
        rules,
        depth=d(depth),
    )
    made.deposit("USDT", d(usdt))
    made.deposit("BTC", d(btc))
    return made


def order(side: str = "buy", quantity: str | None = "0.1", **named: Any) -> NewOrder:
    amounts = {
        name: d(value) if isinstance(value, str) and name in {"limit", "stop", "spend"} else value
        for name, value in named.items()
    }
    return NewOrder(BTC, Side(side), quantity=None if quantity is None else d(quantity), **amounts)
