"""A fresh stand-in with the real adapter on it, and orders that the risk engine made for it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

from core.ids import OrderId, decision_id, order_id
from core.instant import Instant
from core.market import Instrument
from core.money import ZERO, exact, multiply
from core.orders import ApprovedOrder, Purpose, Side, Verdict, Wish
from core.portfolio import Portfolio, Position
from core.ports import Clock
from strategies.risk.case import Case
from strategies.risk.engine import review, review_exit
from strategies.risk.limits import profile
from tools.exchange.live.connecting import connect, venue
from tools.exchange.live.dialect import Client
from tools.exchange.live.exchange import LiveExchange
from tools.exchange.live.redaction import Keys
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import StandIn, Wrong, stand_in

SYMBOL = "BTC/USDT"
PRICE = Decimal(50_000)
_CASH = Decimal(10_000)


class Bench:
    """One venue's stand-in with 10,000 USDT and 1 BTC at 50,000, and the adapter connected to it."""

    def __init__(self, name: str, clock: Clock, wrong: Iterable[Wrong] = ()) -> None:
        self.dialect = venue(name)
        self.clock = clock
        self.venue: StandIn = stand_in(
            name, balances={"USDT": _CASH, "BTC": 1}, clock=clock, slow_ms=1_500, wrong=wrong
        )
        self._made = 0

    async def __aenter__(self) -> Bench:
        self.venue.__enter__()
        self.client = self.connect(self.venue.key.secret)
        log = ReportLog.open(Path(":memory:"), self.dialect.name, "certification")
        self.exchange = LiveExchange(self.dialect, self.client, self.clock, log, (SYMBOL,))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(Exception):  # what a misbehaving venue does to a close changes no result
            await self.exchange.close()
        self.venue.__exit__(kind, error, trace)

    def connect(self, secret: str) -> Client:
        """A client of this stand-in that signs with *secret*."""
        keys = Keys(self.venue.key.key, secret)
        return connect(self.dialect, keys, base_url=self.venue.url, timeout_ms=1_000)

    @property
    def instrument(self) -> Instrument:
        """The symbol's filters, as the adapter read them."""
        return self.exchange.instruments[SYMBOL]

    def entry(self, spend: str = "100", price: Decimal = PRICE) -> ApprovedOrder:
        """A purchase for *spend*: a limit at the collar above *price*, now or never."""
        wish = Wish(SYMBOL, Side.BUY, Purpose.ENTRY, exact(spend), "certification", 1.0, 1.0)
        return _approved(review(self._case(wish, ZERO, price), self._id()))

    def sale(self, quantity: str = "0.002", price: Decimal = PRICE) -> ApprovedOrder:
        """A sale of *quantity*: a limit at the collar below *price*, now or never."""
        held = exact(quantity)
        wish = Wish(SYMBOL, Side.SELL, Purpose.REDUCTION, multiply(held, price), "certification", 1.0, 0.0)
        return _approved(review(self._case(wish, held, price), self._id()))

    def resting(self, quantity: str = "0.002", limit: str = "60000") -> ApprovedOrder:
        """A sale of *quantity* that waits at *limit*."""
        return self._exit(quantity, limit_price=exact(limit))

    def stop(self, quantity: str = "0.002", at: str = "45000") -> ApprovedOrder:
        """A protective stop of *quantity*."""
        return self._exit(quantity, stop_price=exact(at))

    async def raw(
        self, side: str, quantity: str, limit: str, client: Client | None = None, **params: Any
    ) -> None:
        """An order past all of our own checks, with steps as fine as they are given; whatever comes of it."""
        asked = client or self.client
        fine = "0.000000000001"
        asked.markets[SYMBOL]["precision"] = {"amount": fine, "price": fine}
        with suppress(Exception):  # the venue's own book says what became of it
            await asked.create_order(SYMBOL, "limit", side, quantity, limit, params)

    def _exit(
        self, quantity: str, *, stop_price: Decimal | None = None, limit_price: Decimal | None = None
    ) -> ApprovedOrder:
        held = exact(quantity)
        wish = Wish(SYMBOL, Side.SELL, Purpose.EXIT, multiply(held, PRICE), "certification")
        case = self._case(wish, held, PRICE)
        return _approved(review_exit(case, self._id(), stop_price=stop_price, limit_price=limit_price))

    def _case(self, wish: Wish, held: Decimal, price: Decimal) -> Case:
        now = self.clock.now()
        position = Position(SYMBOL, held, multiply(held, price), Instant(0))
        return Case(
            wish=wish,
            instrument=self.instrument,
            now=now,
            limits=profile("none"),
            portfolio=Portfolio(_CASH, "USDT", {SYMBOL: position} if held else {}),
            marks={SYMBOL: price},
            equity=_CASH,
            day_start_equity=_CASH,
            peak_equity=_CASH,
            allowed=frozenset({SYMBOL}),
            limits_only=True,
        )

    def _id(self) -> OrderId:
        self._made += 1
        return order_id(decision_id("certification", self.dialect.name, self.clock.now()), SYMBOL, self._made)


def _approved(verdict: Verdict) -> ApprovedOrder:
    if verdict.order is None:
        raise ValueError(f"the risk engine refused: {[finding.message for finding in verdict.findings]}")
    return verdict.order
