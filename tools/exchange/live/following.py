"""Follows our orders at the venue and turns what it says of them into numbered reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from core.errors import UnreachableError
from core.ids import OrderId
from core.instant import MINUTE, SECOND, Instant
from core.market import Instrument
from core.money import ZERO, add, multiply, published
from core.orders import Fill, OrderState, OrderStatus
from core.ports import Clock
from tools.exchange.live.dialect import VISIBILITY_LAG, Client, Dialect, PartialAnswerError, Raw
from tools.exchange.live.gate import Gate
from tools.exchange.live.reading import ENDED, amount, fee_of, fill, order_state
from tools.exchange.live.report_log import Known, ReportLog
from tools.exchange.live.time_offset import TimeOffset

BEFORE = MINUTE
"""A listing is asked for from so long before an order was sent: clocks differ."""

_LOOK_AGAIN = 30 * SECOND


class Follower:
    """Knows which orders to look at, and what is new about them."""

    def __init__(
        self, dialect: Dialect, client: Client, clock: Clock, gate: Gate, offset: TimeOffset, log: ReportLog,
        instruments: Mapping[str, Instrument], booked: Collection[str],
    ) -> None:  # fmt: skip
        self._dialect = dialect
        self._client = client
        self._clock = clock
        self._gate = gate
        self._offset = offset
        self._log = log
        self._instruments = instruments
        self._booked = frozenset(booked)
        self._looked_at: dict[OrderId, Instant] = {}
        self._short_since: dict[OrderId, Instant] = {}

    async def catch_up(self, after: int) -> None:
        """Writes down everything that is new since the last time.

        Raises:
            UnreachableError: something could not be found out, and nothing new was found either.
            KeyRefusedError: the venue refuses our key.
        """
        now = self._clock.now()
        watched = [known for known in self._log.watched(now) if self._is_due(known, now)]
        if not watched:
            return
        listed = await self.open_orders() if len(watched) > self._dialect.few else ()
        shown = {str(raw.get("clientOrderId")): raw for raw in listed}
        failed: UnreachableError | None = None
        before = self._log.last_seq
        for known in watched:
            try:
                await self._follow(known, shown.get(self._dialect.client_id(known.id)), after)
            except UnreachableError as error:
                failed = error
        if failed is not None and self._log.last_seq == before:
            raise failed

    async def find(self, order_id: OrderId, symbol: str, number: str | None) -> Raw | None:
        """An order by our id (and the venue's *number*), through the venue's own way of looking one up."""
        client_id = self._dialect.client_id(order_id)
        found = await self._gate.seek(
            f"order {order_id}",
            lambda: self._dialect.find(self._client, client_id, symbol, number),
            self._dialect.not_found,
        )
        if found is not None and found.get("clientOrderId") != client_id:
            raise self._gate.unreachable(f"asked for order {order_id}, it showed another")
        return found

    async def search(self, order_id: OrderId, symbol: str, since: Instant) -> Raw | None:
        """An order by our id in the listings of open orders, all orders and trades.

        Raises:
            UnreachableError: a listing is not there, or not whole: a trade's order is missing in it.
        """
        client_id = self._dialect.client_id(order_id)
        listing = [*await self.open_orders()]
        listing += await self._gate.ask(
            "all orders", lambda: self._dialect.orders_since(self._client, symbol, since)
        )
        ours = [raw for raw in listing if raw.get("clientOrderId") == client_id]
        if ours:
            return ours[-1]
        numbers = {raw.get("id") for raw in listing}
        trades = await self._gate.ask(
            "trades", lambda: self._dialect.trades(self._client, symbol, since, None)
        )
        for trade in trades:
            at = trade.get("timestamp")
            if trade.get("order") not in numbers and at is not None and at >= since + BEFORE:
                raise self._gate.unreachable(
                    f"trade {trade.get('id')} belongs to an order that it does not list"
                )
        return None

    async def open_orders(self) -> tuple[Raw, ...]:
        """Every open order of the account, each once."""
        listing = await self._gate.ask("open orders", lambda: self._dialect.open_orders(self._client))
        return tuple({raw["id"]: raw for raw in listing}.values())

    def trouble(self) -> str | None:
        """Orders whose trades have not added up for too long."""
        late = self._clock.now() - VISIBILITY_LAG
        short = [order_id for order_id, since in self._short_since.items() if since < late]
        if not short:
            return None
        return f"{self._gate.name} says that more of order {short[0]} filled than its trades show"

    async def adopt(self, known: Known, raw: Raw) -> OrderState:
        """Notes the venue's id of an order of ours; how it stands."""
        try:
            state = order_state(raw, known.id)
        except PartialAnswerError as error:
            raise self._gate.unreachable(str(error)) from None
        if known.number is None:
            self._log.placed(known.id, str(raw["id"]))
        return state

    def _is_due(self, known: Known, now: Instant) -> bool:
        if known.ended_at is None:
            return True
        return now - self._looked_at.get(known.id, Instant(0)) >= _LOOK_AGAIN

    async def _follow(self, known: Known, raw: Raw | None, after: int) -> None:
        now = self._clock.now()
        raw = raw or await self.find(known.id, known.symbol, known.number)
        if raw is None:
            if now - known.sent_at < VISIBILITY_LAG:
                return
            raise self._gate.unreachable(f"it does not show order {known.id} any more, which it had accepted")
        state = await self.adopt(known, raw)
        counted = self._log.filled(known.id)
        fills = await self._new_fills(known, raw) if state.filled > counted else []
        try:
            ordered = amount(raw.get("amount"), "an order's quantity")
        except PartialAnswerError as error:
            raise self._gate.unreachable(str(error)) from None
        told = []
        for one in fills:
            counted = add(counted, one.quantity)
            told.append((one, self._status_after(known, state, counted, ordered)))
        whole = counted >= state.filled
        if whole:
            self._short_since.pop(known.id, None)
        else:
            self._short_since.setdefault(known.id, now)
        ended = state.status in ENDED and whole
        self._log.take(known, told, state.status, now, after=after, ended=ended, reason=state.reason)
        self._looked_at[known.id] = now

    @staticmethod
    def _status_after(known: Known, state: OrderState, counted: Decimal, ordered: Decimal) -> OrderStatus:
        if counted >= ordered:
            return OrderStatus.FILLED
        return state.status if known.ended_at is not None and state.status in ENDED else OrderStatus.PARTIAL

    async def _new_fills(self, known: Known, raw: Raw) -> list[Fill]:
        number, symbol = str(raw["id"]), known.symbol
        since = self._offset.at_venue(known.sent_at - BEFORE)
        trades = await self._gate.ask(
            "trades", lambda: self._dialect.trades(self._client, symbol, since, number)
        )
        fills = {}
        for trade in trades:
            one = await self._fill(trade, known)
            if not self._log.has_trade(one.trade_id):
                fills[one.trade_id] = one
        return sorted(fills.values(), key=lambda one: (one.at, one.trade_id))

    async def _fill(self, trade: Raw, known: Known) -> Fill:
        market = self._client.market(known.symbol)
        rules = self._instruments.get(known.symbol)
        if rules is None:  # delisted since; its fills are still ours
            rules = Instrument(known.symbol, ZERO, ZERO, ZERO, ZERO)
        try:
            paid, asset = fee_of(trade)
            worth = (
                ZERO
                if asset in {rules.base, rules.quote} or not paid
                else await self._worth(trade, paid, asset, rules)
            )
            return fill(trade, known.id, rules, market["id"], worth)
        except PartialAnswerError as error:
            raise self._gate.unreachable(str(error)) from None

    async def _worth(self, trade: Raw, paid: Decimal, asset: str, rules: Instrument) -> Decimal:
        """A fee in a third coin, in quote: at that coin's price; where it has none here, at the market's own fee rate."""
        symbol = f"{asset}/{rules.quote}"
        if symbol in self._client.markets:
            ticker = await self._gate.ask("a price", lambda: self._client.fetch_ticker(symbol), private=False)
            return multiply(paid, amount(ticker.get("last"), f"the price of {symbol}"))
        rate = self._client.market(rules.symbol).get("taker")
        if not isinstance(rate, str | float):
            raise PartialAnswerError(f"nothing here says what {paid} {asset} are worth")
        notional = multiply(amount(trade.get("price"), "a price"), amount(trade.get("amount"), "a quantity"))
        return multiply(notional, published(float(rate)))

    async def rebuild(self, symbols: Collection[str], after: int) -> None:
        """Fills an empty log from the venue: every order of our format, and the trades that are booked already."""
        booked: list[Fill] = []
        for symbol in symbols:
            for raw in await self._every_order(symbol):
                order_id = self._dialect.order_id(str(raw.get("clientOrderId")))
                if order_id is None:
                    continue
                self._log.sent(order_id, symbol, Instant(int(raw["timestamp"])))
                self._log.placed(order_id, str(raw["id"]))
                known = self._log.find(order_id)
                if known is not None and self._booked:
                    booked += [
                        one for one in await self._new_fills(known, raw) if one.trade_id in self._booked
                    ]
        booked.sort(key=lambda one: (one.at, one.trade_id))
        self._log.restore(booked, self._clock.now(), last=after)

    async def _every_order(self, symbol: str) -> Sequence[Raw]:
        return await self._gate.ask(
            "all orders", lambda: self._dialect.orders_since(self._client, symbol, Instant(0))
        )
