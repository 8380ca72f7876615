"""The paper venue as a ccxt exchange object: code that was written for one runs on it unchanged.

    exchange = PaperCcxt(book, feed, clock, costs, interval("1h"))
    await exchange.load_markets()
    order = await exchange.create_order("BTC/USDT", "limit", "buy", 0.1, 42000)

It is ccxt's own base class with our venue where others have a server, so that every unified structure
and every check that is not a venue's own is ccxt's. Orders fill as candles close: where a real venue
answers a market order with ``closed``, this one says ``open`` until then. It trades on a book of its own
and never through the agent; no risk rule stands in front of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from core.errors import RejectedError
from core.ids import OrderId
from core.money import plain, published, subtract
from core.orders import ExecutionReport
from tools.exchange.paper import ccxt_shapes as shapes
from tools.exchange.paper.ccxt_errors import as_ccxt, ccxt
from tools.exchange.paper.ccxt_prices import PaperPrices, Params
from tools.exchange.paper.ccxt_terms import Asked, client_id, number
from tools.exchange.paper.working import Working


class PaperCcxt(PaperPrices):
    """A ``ccxt.async_support`` exchange on the paper venue."""

    async def close(self, clean_instance_data: bool = False) -> None:  # noqa: FBT001, FBT002 - ccxt's
        """Closes the book."""
        await super().close(clean_instance_data)
        self._book.close()

    async def create_order(
        self,
        symbol: str,
        type: str,  # noqa: A002 - ccxt's
        side: str,
        amount: Any,
        price: Any = None,
        params: Params = None,
    ) -> Any:
        """Places an order; see `Asked` for what *params* may say."""
        await self.load_markets()
        asked, params = self.market(symbol), params or {}
        self._venue.live()
        count = self._book.count + 1
        own = client_id(params)
        if own is not None and any(one.order.reason == own for one in self._book.working.values()):
            raise ccxt.DuplicateOrderId(f"{self.id} Duplicate order sent.")
        terms = Asked(
            self._feed.instrument(asked["symbol"]), type, side, amount, price, params,
            self._rounded(symbol, self.amount_to_precision), self._rounded(symbol, self.price_to_precision),
        )  # fmt: skip
        last = self._feed.last_print(asked["symbol"])
        now = self._clock.now()
        try:
            order = terms.order(
                OrderId(str(count)),
                own or f"paper{count}",
                now,
                None if last is None else published(last.close),
            )
            self._venue.place(order)
        except RejectedError as refusal:
            raise as_ccxt(refusal, self.id) from refusal
        return self._order(self._found(order.id, {}))

    async def create_market_buy_order_with_cost(self, symbol: str, cost: Any, params: Params = None) -> Any:
        """Buys for *cost* of quote currency, fee included."""
        return await self.create_order(symbol, "market", "buy", cost, None, {**(params or {}), "cost": cost})

    async def cancel_order(self, id: str, symbol: str | None = None, params: Params = None) -> Any:  # noqa: A002, ARG002
        """Cancels an open order."""
        await self.load_markets()
        self._venue.live()
        working = self._found(id, params or {})
        if not working.is_open:
            raise ccxt.OrderNotFound(f"{self.id} order {id} is not open")
        await self._venue.cancel(working.order.id)
        return self._order(working)

    async def cancel_all_orders(self, symbol: str | None = None, params: Params = None) -> Any:  # noqa: ARG002
        """Cancels every open order (of *symbol*)."""
        return [await self.cancel_order(one["id"]) for one in await self.fetch_open_orders(symbol)]

    async def fetch_order(self, id: str, symbol: str | None = None, params: Params = None) -> Any:  # noqa: A002, ARG002
        """One order by the venue's id, or by ``clientOrderId``."""
        await self.load_markets()
        self._venue.live()
        return self._order(self._found(id, params or {}))

    async def fetch_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Params = None,  # noqa: ARG002 - ccxt's
    ) -> Any:
        """Every order, oldest first."""
        return await self._orders(lambda _: True, symbol, since, limit)

    async def fetch_open_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Params = None,  # noqa: ARG002 - ccxt's
    ) -> Any:
        """Every order that can still fill."""
        return await self._orders(lambda status: status == "open", symbol, since, limit)

    async def fetch_closed_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Params = None,  # noqa: ARG002 - ccxt's
    ) -> Any:
        """Every order that has filled."""
        return await self._orders(lambda status: status == "closed", symbol, since, limit)

    async def fetch_canceled_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Params = None,  # noqa: ARG002 - ccxt's
    ) -> Any:
        """Every order that was cancelled."""
        return await self._orders(lambda status: status == "canceled", symbol, since, limit)

    async def fetch_my_trades(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Params = None,  # noqa: ARG002 - ccxt's
    ) -> Any:
        """Every fill, oldest first."""
        await self.load_markets()
        market = None if symbol is None else self.market(symbol)
        said = self._book.reports(0, self._venue.live())
        trades = [shapes.trade(one.fill) for one in said if one.fill is not None]
        return self.parse_trades(trades, market, since, limit)

    async def fetch_balance(self, params: Params = None) -> Any:  # noqa: ARG002 - ccxt's
        """What is owned of each asset, free and set aside."""
        await self.load_markets()
        now = self._venue.live()
        answer: dict[str, Any] = {"info": {}, "timestamp": now, "datetime": shapes.moment(now)}
        for asset, total in self._book.owned().items():
            free = self._book.free(asset)
            answer[asset] = {"free": plain(free), "used": plain(subtract(total, free)), "total": plain(total)}
        answer["info"] = {asset: plain(total) for asset, total in self._book.owned().items()}
        return self.safe_balance(answer)

    def parse_trade(self, trade: Any, market: Any = None) -> Any:
        """The structure of what `shapes.trade` made."""
        return self.safe_trade(trade, market)

    async def _orders(
        self, is_wanted: Callable[[str], bool], symbol: str | None, since: int | None, limit: int | None
    ) -> Any:
        await self.load_markets()
        name = None if symbol is None else self.market(symbol)["symbol"]
        self._venue.live()
        said = self._said()
        found = [self._order(one, said) for one in self._book.orders()]
        return self.filter_by_symbol_since_limit(
            [one for one in found if is_wanted(one["status"])], name, since, limit
        )

    def _order(self, working: Working, said: Mapping[OrderId, list[ExecutionReport]] | None = None) -> Any:
        about = (self._said() if said is None else said).get(working.order.id, [])
        fills = [one.fill for one in about if one.fill is not None]
        updated_at = about[-1].known_at if about else working.order.created_at
        return self.safe_order(shapes.order(working, fills, updated_at), self.market(working.order.symbol))

    def _said(self) -> dict[OrderId, list[ExecutionReport]]:
        """What was said of each order, in order."""
        said: dict[OrderId, list[ExecutionReport]] = {}
        for one in self._book.reports(0, self._clock.now()):
            said.setdefault(one.order_id, []).append(one)
        return said

    def _found(self, order_id: str, params: Mapping[str, Any]) -> Working:
        own = client_id(params)
        found = None if own is not None else self._book.find(OrderId(str(order_id)))
        if own is not None:
            found = next((one for one in reversed(self._book.orders()) if one.order.reason == own), None)
        if found is None:
            raise ccxt.OrderNotFound(f"{self.id} has no order {order_id if own is None else own}")
        return found

    def _rounded(self, symbol: str, rounding: Callable[[str, Any], str]) -> Callable[[Any], Decimal]:
        return lambda value: number(rounding(symbol, number(value)))
