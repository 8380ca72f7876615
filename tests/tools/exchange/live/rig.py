"""A live exchange on a stand-in: through ccxt's async class, or its sync one behind a thin shim."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import ccxt

from core.ids import OrderId, decision_id, order_id
from core.instant import Instant
from core.orders import ApprovedOrder, OrderType, Purpose, Side, TimeInForce
from core.ports import Clock
from tools.clocks import SystemClock
from tools.exchange.live.connecting import connect, venue
from tools.exchange.live.dialect import Dialect
from tools.exchange.live.exchange import LiveExchange
from tools.exchange.live.redaction import Keys
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import StandIn

SYMBOL = {"binance": "BTC/USDT", "kraken": "BTC/USD"}
QUOTE = {"binance": "USDT", "kraken": "USD"}
PATIENT, IMPATIENT = 8_000, 300


class Shim:
    """ccxt's sync class with the async one's manners: every call that asks the venue can be awaited."""

    def __init__(self, client: Any) -> None:
        object.__setattr__(self, "_client", client)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found) or not name.startswith(
            ("fetch_", "create_order", "cancel_", "private", "sapi")
        ):
            return found

        async def asked(*arguments: Any, **named: Any) -> Any:
            return found(*arguments, **named)

        return asked

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._client, name, value)

    async def close(self) -> None:
        self._client.session.close()


@dataclass
class Rig:
    """One exchange on one venue, and the loop that it lives in."""

    at: StandIn
    exchange: LiveExchange
    client: Any
    clock: Clock
    log: ReportLog
    run: Callable[[Coroutine[Any, Any, Any]], Any]

    @property
    def symbol(self) -> str:
        return SYMBOL[self.at.name]

    def do(self, answer: Coroutine[Any, Any, Any]) -> Any:
        return self.run(answer)

    def placed(self, order: ApprovedOrder) -> list[Any]:
        """What the venue's own audit shows of an order."""
        client_id = venue(self.at.name).client_id(order.id)
        return [one for one in self.at.orders() if one.wanted.client_id == client_id]


class Rigs:
    """Makes rigs; a ccxt object is kept for each venue and class, because making one takes long."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._clients: dict[tuple[str, str], Any] = {}

    def run(self, answer: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(answer)

    def client(self, at: StandIn, kind: str = "async", patience: int = PATIENT) -> Any:
        key = (at.name, kind)
        if key not in self._clients:
            keys = Keys(at.key.key, at.key.secret)
            client = connect(venue(at.name), keys, base_url=at.url)
            if kind == "sync":
                client = Shim(_twin(client, at))
            self._clients[key] = client
        client = at.point(self._clients[key])
        client.timeout = patience
        client.apiKey, client.secret = at.key.key, at.key.secret
        return client

    def rig(
        self,
        at: StandIn,
        kind: str = "async",
        *,
        patience: int = PATIENT,
        clock: Clock | None = None,
        path: Path = Path(":memory:"),
        window_ms: int | None = None,
        booked: Collection[str] = (),
        heard: int | None = None,
        symbols: Collection[str] = (),
        start: bool = True,
    ) -> Rig:
        client = self.client(at, kind, patience)
        dialect = venue(at.name) if window_ms is None else impatient(venue(at.name), window_ms)
        time = clock or SystemClock()
        log = ReportLog.open(path, at.name, "live", durable=False)
        exchange = LiveExchange(
            dialect,
            client,
            time,
            log,
            tuple(symbols) or (SYMBOL[at.name],),
            booked=booked,
            heard=heard,
            deadline_ms=10_000,
        )
        rig = Rig(at, exchange, client, time, log, self.run)
        if start:
            rig.do(exchange.start())
        return rig

    def close(self) -> None:
        for client in self._clients.values():
            self.run(client.close())
        self._runner.close()


def _twin(client: Any, at: StandIn) -> Any:
    twin = getattr(ccxt, at.name)(
        {"apiKey": client.apiKey, "secret": client.secret, "enableRateLimit": False}
    )
    twin.number = client.number
    twin.options.update({name: client.options[name] for name in venue(at.name).options})
    return twin


def impatient(dialect: Dialect, window_ms: int) -> Dialect:
    """The same venue with a shorter window: every wait of a proof is scaled by it."""
    from core.instant import iso

    def expiry(now: Instant) -> dict[str, Any]:
        if dialect.name == "binance":
            return {"recvWindow": window_ms}
        return {"deadline": iso(Instant(now + window_ms))}

    return replace(dialect, expiry=expiry, grace_ms=window_ms + 300)


def an_id(name: str) -> OrderId:
    return order_id(decision_id("live", name, Instant(0)), "BTC", 1)


def an_order(
    name: str,
    side: Side = Side.BUY,
    *,
    quantity: str = "0.01",
    limit: str = "50100",
    stop: str | None = None,
    ioc: bool = True,
    symbol: str = "BTC/USDT",
    kind: OrderType | None = None,
) -> ApprovedOrder:
    return ApprovedOrder(
        id=an_id(name),
        symbol=symbol,
        side=side,
        type=kind or (OrderType.LIMIT if stop is None else OrderType.STOP_LIMIT),
        purpose=Purpose.ENTRY if side is Side.BUY else Purpose.EXIT,
        quantity=Decimal(quantity),
        spend=None,
        limit_price=Decimal(limit),
        stop_price=None if stop is None else Decimal(stop),
        decision_id=None,
        reason="test",
        created_at=Instant(0),
        time_in_force=TimeInForce.IOC if ioc and stop is None else TimeInForce.GTC,
    )


async def asked(answer: Any) -> Any:
    """The answer of either class."""
    return await answer if inspect.isawaitable(answer) else answer
