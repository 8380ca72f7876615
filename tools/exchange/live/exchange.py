"""A real venue behind the Exchange port."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.errors import NoAnswerError, RejectedError, UnknownFateError, UnreachableError
from core.ids import OrderId
from core.instant import DAY, MINUTE, Instant
from core.market import Instrument
from core.orders import ApprovedOrder, ExecutionReport, Order, OrderState
from core.ports import Clock
from tools.exchange.live import instruments as filters
from tools.exchange.live.checks import check
from tools.exchange.live.connecting import assert_sends_once
from tools.exchange.live.dialect import Client, Dialect, PartialAnswerError, Permissions, Raw
from tools.exchange.live.following import BEFORE, Follower
from tools.exchange.live.gate import DEADLINE_MS, Gate
from tools.exchange.live.outcome import Outcome, Ruling
from tools.exchange.live.reading import ENDED, amount, order_state, placed_at
from tools.exchange.live.redaction import Keys, Redactor
from tools.exchange.live.report_log import Known, ReportLog
from tools.exchange.live.sending import Sender, not_sent
from tools.exchange.live.time_offset import TimeOffset

_RELOAD = 10 * MINUTE
_NO_SYMBOL = frozenset({"-1121", "EQuery:Unknown asset pair", "EQuery:Invalid asset pair"})


class LiveExchange:
    """One account at one venue, through ccxt. `start` it before anything else.

    Args:
        dialect: The venue.
        client: From `connect`; it alone holds the keys.
        clock: Ours; signatures are put on the venue's time.
        log: What we know of our orders there.
        symbols: What is traded, in ccxt's own spelling; no alias of it is taken.
        booked: Trades that the account's books have already, and
        heard: the newest report number in them: both count only where the log was lost. Without *heard*, one
            number more than the reader asks after is taken for told: a report told twice can be known by its
            trade, one that is passed over cannot.
        deadline_ms: Patience for one call, pace and time-outs of ccxt's own included.
    """

    remembers = False

    def __init__(
        self,
        dialect: Dialect,
        client: Client,
        clock: Clock,
        log: ReportLog,
        symbols: Sequence[str],
        *,
        booked: Collection[str] = (),
        heard: int | None = None,
        deadline_ms: int = DEADLINE_MS,
    ) -> None:
        keys = Keys(client.apiKey, client.secret) if client.apiKey else None
        self.symbols = tuple(symbols)
        self.grace_ms: int | None = dialect.grace_ms
        self._dialect = dialect
        self._client = client
        self._clock = clock
        self._log = log
        self._heard = heard
        self._instruments: dict[str, Instrument] = {}
        self._said: list[str] = []
        self._loaded_at: Instant | None = None
        self._gate = Gate(dialect.name, client, clock, Redactor(keys), deadline_ms)
        self._offset = TimeOffset(client, clock, self._gate, dialect.clock_step_ms)
        self._follower = Follower(
            dialect, client, clock, self._gate, self._offset, log, self._instruments, booked
        )
        self._sender = Sender(dialect, client, self._gate, self._offset, self._follower)

    def __repr__(self) -> str:
        return f"LiveExchange({self._dialect.name})"

    async def start(self) -> None:
        """Measures the clocks and reads the filters.

        Raises:
            UnreachableError: the venue did not answer.
            NoAnswerError: it does not trade one of the symbols now.
            FaultError: the client repeats requests by itself.
        """
        assert_sends_once(self._client)
        await self._offset.keep()
        await self._load()
        missing = [symbol for symbol in self.symbols if symbol not in self._instruments]
        if missing:
            raise NoAnswerError(
                f"{self._dialect.name} does not trade {', '.join(missing)} now",
                "Name symbols as BASE/QUOTE that it lists.",
            )

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """The filters of the symbols that trade now."""
        return dict(self._instruments)

    async def permissions(self) -> Permissions:
        """What our key may do.

        Raises:
            UnreachableError, KeyRefusedError: as every method.
        """
        await self._offset.keep()
        return await self._gate.ask("the key's rights", lambda: self._dialect.permissions(self._client))

    async def changed(self) -> tuple[str, ...]:
        """What the venue changed in its filters and listings since the last call, in sentences; read anew when due."""
        if self._loaded_at is None or self._clock.now() - self._loaded_at >= _RELOAD:
            await self._load()
        said, self._said = tuple(self._said), []
        return said

    def wire(self, order: ApprovedOrder) -> Mapping[str, Any]:
        """What `submit` will ask the venue for, without keys."""
        return {"venue": self._dialect.name, "call": "create_order", **self._sender.request(order)}

    async def submit(self, order: ApprovedOrder) -> OrderState:
        """Places *order*; returning means that the venue has it under our id.

        Raises:
            RejectedError: the venue refused it, or it was not sent (code ``not_sent``, or a filter's).
            UnknownFateError: nobody knows whether it arrived.
            KeyRefusedError: the venue refuses our key; the order is of unknown fate.
        """
        return await self._place(order)

    async def _place(self, order: Order) -> OrderState:
        check(order, self._instruments, self._dialect.name)
        if self._log.find(order.id) is not None:
            raise UnknownFateError(
                f"order {order.id} went out before", "Its fate is proven first; it is never sent twice."
            )
        try:
            await self._offset.keep()
        except UnreachableError as error:
            raise not_sent(error) from None
        self._log.sent(order.id, order.symbol, self._clock.now())
        try:
            raw = await self._sender.send(order)
        except RejectedError:
            self._log.dropped(order.id)
            self._loaded_at = None  # the filters may have changed: they are read again
            raise
        return await self._follower.adopt(self._known(order.id, order.symbol), raw)

    async def cancel(self, order_id: OrderId) -> OrderState:
        """Ends an order if it is still open; its state afterwards.

        Raises:
            RejectedError: the venue never had such an order.
            UnreachableError: it is not certain that it ended.
        """
        await self._offset.keep()
        known = self._log.find(order_id)
        symbol = known.symbol if known else await self._symbol_of(order_id)
        if symbol is None:
            raise RejectedError(
                f"there is no order {order_id}", "Look at the open orders.", code="unknown_order"
            )
        client_id = self._dialect.client_id(order_id)
        answer = await self._gate.attempt(lambda: self._dialect.cancel(self._client, client_id, symbol))
        if isinstance(answer, Ruling) and answer.outcome is Outcome.KEY_REFUSED:
            raise self._gate.key_refused(answer)
        state = await self.order(order_id)  # whatever was answered: how it stands is what counts
        if state is None:
            if known is not None and (known.number or not self._is_past_proof(known)):
                raise self._gate.unreachable(f"it does not show order {order_id}")
            raise RejectedError(
                f"there is no order {order_id}", "Look at the open orders.", code="unknown_order"
            )
        if state.status not in ENDED:
            why = answer.text if isinstance(answer, Ruling) else "it took the cancel"
            raise self._gate.unreachable(f"order {order_id} is still open: {why}")
        return state

    async def order(self, order_id: OrderId) -> OrderState | None:
        """An order by our id: by lookup, then in the listings; `None` where none shows it now."""
        await self._offset.keep()
        known = self._log.find(order_id)
        for symbol in [known.symbol] if known else self.symbols:
            since = self._offset.at_venue(known.sent_at - BEFORE if known else self._clock.now() - DAY)
            raw = await self._follower.find(order_id, symbol, known.number if known else None)
            raw = raw or await self._follower.search(order_id, symbol, since)
            if raw is not None:
                self._log.sent(order_id, symbol, placed_at(raw) or self._clock.now())
                state = await self._follower.adopt(self._known(order_id, symbol), raw)
                await self._sender.disarm(order_id)
                return state
        if known is not None and self._is_past_proof(known):
            await self._offset.measure()  # a clock that was set meanwhile must not pass for time
            await self._sender.disarm(order_id)
        return None

    async def open_orders(self) -> tuple[OrderState, ...]:
        """Every order that can still fill, of ours and of others on the same account."""
        await self._offset.keep()
        try:
            return tuple(self._state(raw) for raw in await self._follower.open_orders())
        except PartialAnswerError as error:
            raise self._gate.unreachable(str(error)) from None

    async def reports(self, after: int) -> tuple[ExecutionReport, ...]:
        """What happened to our orders after report number *after*, in order, each thing once."""
        await self._offset.keep()
        if self._log.last_seq < max(
            after, self._heard or 0
        ):  # the log was lost, or an older copy of it came back
            newest = after + 1 if self._heard is None else max(after, self._heard)
            await self._follower.rebuild(self.symbols, newest)
        await self._follower.catch_up(after)
        return self._log.reports(after)

    async def balances(self) -> Mapping[str, Decimal]:
        """What the account owns of each asset, reserved amounts included."""
        await self._offset.keep()
        return await self._gate.ask("the balances", self._balances)

    async def trouble(self) -> str | None:
        """Why no entry may go out now, in words."""
        try:
            await self._offset.keep()
        except UnreachableError as error:
            return error.message
        if self._sender.armed_for is not None:
            await self._disarm_proven(self._sender.armed_for)
        return (
            self._gate.cooling() or self._gate.silence() or self._offset.trouble() or self._follower.trouble()
        )

    async def close(self) -> None:
        """Closes the connections and the log."""
        await self._client.close()
        self._log.close()

    async def _balances(self) -> dict[str, Decimal]:
        balance = await self._client.fetch_balance()
        if not self._dialect.is_balance(balance.get("info")):
            raise PartialAnswerError("the answer is no balance")
        totals = {asset: amount(total, f"the total of {asset}") for asset, total in balance["total"].items()}
        return {asset: total for asset, total in totals.items() if total}

    async def _load(self) -> None:
        quotes = {symbol.partition("/")[2] for symbol in self.symbols}
        coin = self._dialect.fee_asset
        wanted = dict.fromkeys([*self.symbols, *(f"{coin}/{quote}" for quote in sorted(quotes) if coin)])
        new = await filters.instruments(
            self._client,
            self._dialect,
            tuple(wanted),
            lambda call: self._gate.seek("the filters", call, _NO_SYMBOL, private=False),
        )
        new = {symbol: new[symbol] for symbol in self.symbols if symbol in new}
        if self._loaded_at is not None or self._instruments:
            self._said += filters.changes(self._instruments, new)
        self._instruments.clear()
        self._instruments.update(new)
        self._loaded_at = self._clock.now()

    async def _symbol_of(self, order_id: OrderId) -> str | None:
        state = await self.order(order_id)
        return None if state is None else state.symbol

    async def _disarm_proven(self, order_id: OrderId) -> None:
        known = self._log.find(order_id)
        if known is None or known.number or self._is_past_proof(known):
            await self._sender.disarm(order_id)

    def _state(self, raw: Raw) -> OrderState:
        ours = self._dialect.order_id(str(raw.get("clientOrderId")))
        if ours is None and raw.get("clientOrderId"):
            known = self._log.find(OrderId(str(raw["clientOrderId"])))
            ours = known.id if known else None
        return order_state(raw, ours or OrderId(f"external:{raw['id']}"))

    def _is_past_proof(self, known: Known) -> bool:
        return self.grace_ms is not None and self._clock.now() > known.sent_at + self.grace_ms

    def _known(self, order_id: OrderId, symbol: str) -> Known:
        known = self._log.find(order_id)
        if known is None:
            raise LookupError(f"order {order_id} of {symbol} was not noted before it was sent")
        return known
