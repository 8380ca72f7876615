"""A running stand-in: its address, its audit, and the hands that a test has in it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from decimal import Decimal
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from core.instant import Instant
from core.money import exact
from core.orders import Side
from tools.exchange.stand_in.engine.orders import NewOrder, VenueOrder, VenueTrade
from tools.exchange.stand_in.wire.audit import Seen
from tools.exchange.stand_in.wire.endpoint import Endpoint
from tools.exchange.stand_in.wire.faults import FaultScript
from tools.exchange.stand_in.wire.keys import ApiKey
from tools.exchange.stand_in.wire.limits import RateLimit
from tools.exchange.stand_in.wire.server import Server
from tools.exchange.stand_in.wrongs import Wrong

Amount = Decimal | str | int


class StandIn:
    """One local venue. Everything here may be called from any thread, at any time.

    Attributes:
        key: The usual API key; its `trade`, `withdraw` and `revoked` may be changed at any time.
        faults: What goes wrong on the wire (`plan`, `chance`, `clear`).
    """

    def __init__(self, server: Server, key: ApiKey) -> None:
        self._server = server
        self._desk = server.desk
        self._engine = server.desk.engine
        self.name = server.dialect.name
        self.key = key
        self.faults: FaultScript = server.faults

    def __enter__(self) -> StandIn:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def credentials(self) -> dict[str, str]:
        """What ccxt's constructor takes: apiKey and secret."""
        return {"apiKey": self.key.key, "secret": self.key.secret}

    def point(self, exchange: Any) -> Any:
        """Rewrites a ccxt object's ``urls['api']`` to this server, paths kept; the same object."""

        def moved(urls: Any) -> Any:
            if isinstance(urls, dict):
                return {name: moved(url) for name, url in urls.items()}
            return self.url + urlsplit(urls).path if isinstance(urls, str) else urls

        exchange.urls["api"] = moved(exchange.urls["api"])
        return exchange

    def orders(self) -> tuple[VenueOrder, ...]:
        """Every order that the venue ever accepted, oldest first: copies, lag and wrongs left out."""
        with self._server.lock:
            self._desk.tick()
            return tuple(copy(order) for order in self._engine.orders)

    def trades(self) -> tuple[VenueTrade, ...]:
        """Every fill of the account, oldest first."""
        with self._server.lock:
            self._desk.tick()
            return tuple(self._engine.trades)

    def balances(self) -> dict[str, tuple[Decimal, Decimal]]:
        """``{asset: (free, locked)}``."""
        with self._server.lock:
            self._desk.tick()
            return self._engine.accounts.balances()

    def requests(self, endpoint: Endpoint | str | None = None) -> tuple[Seen, ...]:
        """Every request that reached the server, oldest first; signatures and keys are not kept."""
        with self._server.lock:
            return tuple(one for one in self._server.seen if endpoint is None or one.endpoint == endpoint)

    def imbalance(self) -> dict[str, Decimal]:
        """The sum of all books by asset; every value is 0 or this venue is broken."""
        accounts = self._engine.accounts
        with self._server.lock:
            return {asset: accounts.imbalance(asset) for asset in accounts.assets()}

    def now(self) -> Instant:
        """The venue's own time."""
        return self._desk.now()

    def move(self, symbol: str, price: Amount, *, ask: Amount | None = None) -> None:
        """Moves the market: the last price to *price*, or the best bid to *price* and the best ask to *ask*."""
        with self._server.lock:
            self._engine.move(symbol, exact(price), self.now(), ask=None if ask is None else exact(ask))

    def deepen(self, symbol: str, depth: Amount) -> None:
        """Sets what can be had at each price level from the next move on; the ladder is laid out anew now."""
        with self._server.lock:
            ladder = self._engine.ladders[symbol]
            ladder.depth = exact(depth)
            ladder.move(ladder.bid, ladder.ask)

    def fill(
        self,
        order: VenueOrder | int,
        quantity: Amount | None = None,
        price: Amount | None = None,
        *,
        late: bool = False,
    ) -> VenueTrade:
        """Somebody trades against an open order: all of it, or *quantity*, at its limit or at *price*.

        With *late*, the trade is one that crossed with the order's cancel: an order that has ended fills after all.

        Raises:
            Refused: it is not open.
        """
        with self._server.lock:
            working = self._engine.orders[(order if isinstance(order, int) else order.number) - 1]
            at = exact(price) if price is not None else working.wanted.limit
            return self._engine.fill(
                working.number,
                working.left if quantity is None else exact(quantity),
                at or self._engine.ladders[working.symbol].last,
                self.now(),
                late=late,
            )

    def cancel(self, order: VenueOrder | int, reason: str = "by hand") -> VenueOrder:
        """Somebody cancels an open order on the venue's web page.

        Raises:
            Refused: it is not open.
        """
        with self._server.lock:
            number = order if isinstance(order, int) else order.number
            return copy(self._engine.cancel(number, self.now(), reason))

    def trade_by_hand(
        self, symbol: str, side: Side | str, quantity: Amount, limit: Amount | None = None
    ) -> VenueOrder:
        """Somebody places an order on the same account by hand: at market, or at *limit*.

        Raises:
            Refused: it is not possible.
        """
        order = NewOrder(
            symbol=symbol,
            side=Side(side),
            quantity=exact(quantity),
            limit=None if limit is None else exact(limit),
            by_hand=True,
        )
        with self._server.lock:
            return copy(self._engine.place(order, self.now()))

    def deposit(self, asset: str, amount: Amount) -> None:
        """Money arrives from outside; below zero, it leaves."""
        with self._server.lock:
            self._engine.deposit(asset, exact(amount))

    def set_status(self, symbol: str, status: str) -> None:
        """TRADING, BREAK (no orders are taken) or DELISTED (open orders are cancelled, the symbol vanishes)."""
        with self._server.lock:
            self._engine.set_status(symbol, status, self.now())

    def set_filters(self, symbol: str, **filters: Amount) -> None:
        """Changes filters overnight: tick_size, lot_size, min_quantity, max_quantity, min_notional, max_notional."""
        with self._server.lock:
            self._engine.set_filters(symbol, {name: exact(value) for name, value in filters.items()})

    def set_fees(
        self, *, maker: Amount | None = None, taker: Amount | None = None, bnb: bool | None = None
    ) -> None:
        """Changes what trading costs; *bnb*: whether fees are taken in BNB where there is enough of it."""
        rules = self._engine.rules
        with self._server.lock:
            rules.maker = rules.maker if maker is None else exact(maker)
            rules.taker = rules.taker if taker is None else exact(taker)
            if bnb is not None:
                rules.discount_asset = "BNB" if bnb else None

    def set_lag(self, milliseconds: int) -> None:
        """How long new orders and trades stay out of sight of lookups."""
        self._engine.lag_ms = milliseconds

    def set_skew(self, milliseconds: int) -> None:
        """How far the venue's clock is ahead of the machine's."""
        self._server.skew_ms = milliseconds

    def set_limit(self, limit: RateLimit) -> None:
        """Replaces the rate limit, its counters included."""
        self._server.limit = limit

    def set_timing(self, *, slow_ms: int | None = None, late_ms: int | None = None) -> None:
        """How slow a slow answer is, how late a late match."""
        self._server.slow_ms = self._server.slow_ms if slow_ms is None else slow_ms
        self._server.late_ms = self._server.late_ms if late_ms is None else late_ms

    def misbehave(self, *wrong: Wrong) -> None:
        """From now on the venue does exactly these things wrong; with none, nothing."""
        with self._server.lock:
            self._engine.wrong.clear()
            self._engine.wrong.update(wrong)

    def add_key(self, key: ApiKey) -> None:
        """Lets another key into the same account."""
        self._desk.keys[key.key] = key

    def listed(self) -> Mapping[str, str]:
        """The status of every symbol."""
        return {name: one.status for name, one in self._engine.listings.items()}
