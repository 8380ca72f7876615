"""Whatever is ordered, filled, cancelled or delisted: nothing is created, nothing lost, and all of it agrees."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.errors import RejectedError
from core.ids import OrderId
from core.instant import HOUR, Instant
from core.ledger import AVAILABLE, RESERVED
from core.money import money, plain
from core.orders import OrderType, Side, TimeInForce
from tests.builders import NOON, Tape, a_candle, an_instrument, an_order, run
from tests.tools.exchange.oracle import Bar, Naive, Oracle
from tools.clocks import SimulatedClock
from tools.exchange.paper.book import Book
from tools.exchange.paper.costs import parse_costs
from tools.exchange.paper.exchange import PaperExchange

SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
COSTS = parse_costs("maker=0.0007&taker=0.0013&slippage_bps=7.5&impact=0&participation=0.1")

cents = st.integers(9_000, 11_000)
symbols = st.sampled_from(SYMBOLS)
sides = st.sampled_from(list(Side))
lots = st.integers(100, 30_000)
bars = st.tuples(cents, st.integers(0, 500), st.integers(0, 500), st.integers(0, 200))

LIMIT, STOP = OrderType.LIMIT, OrderType.STOP


def cent_text(cents: int) -> str:
    return plain(Decimal(cents) / 100)


class Trading(RuleBasedStateMachine):
    """The paper venue beside the oracle, step by step."""

    @initialize(on_disk=st.booleans())
    def begin(self, on_disk: bool) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "paper.db" if on_disk else Path(":memory:")
        self.clock = SimulatedClock(NOON)
        self.tape = Tape(self.clock, [an_instrument(symbol) for symbol in SYMBOLS])
        self.book = Book.connect(self.path, "m", durable=False)
        self.book.open(money("10000 USDT"), NOON)
        self.venue = PaperExchange(self.book, self.tape, self.clock, COSTS, "m")
        self.oracle = Oracle(Fraction(10_000), maker="0.0007", taker="0.0013", slip="0.00075", share="0.1")
        self.count = 0

    def teardown(self) -> None:
        if hasattr(self, "book"):
            self.book.close()
            self.folder.cleanup()

    def submit(self, naive: Naive, side: Side, kind: OrderType, **what: str) -> None:
        order = an_order(naive.name, side, kind, symbol=naive.symbol, at=self.clock.now(), **what)
        trail = None if naive.trail is None else Decimal(naive.trail.numerator) / naive.trail.denominator
        tif = TimeInForce.IOC if naive.at_once else TimeInForce.GTC
        order = replace(order, trail=trail, time_in_force=tif)
        ended = naive.symbol in self.tape.ended
        expected = not ended and self.oracle.submit(naive)
        if not expected:
            with pytest.raises(RejectedError):
                run(self.venue.submit(order))
            return
        assert run(self.venue.submit(order)) == run(self.venue.submit(order))

    def name(self) -> str:
        self.count += 1
        return f"o{self.count}"

    @rule(symbol=symbols, amount=st.integers(100, 400_000))
    def buy(self, symbol: str, amount: int) -> None:
        spend = Fraction(amount, 100)
        naive = Naive(self.name(), symbol, "buy", "market", None, spend, spend, by_amount=True)
        self.submit(naive, Side.BUY, OrderType.MARKET, spend=plain(Decimal(amount) / 100))

    @rule(symbol=symbols, part=st.integers(1, 10))
    def sell(self, symbol: str, part: int) -> None:
        free = self.book.free(symbol.split("/", maxsplit=1)[0])
        quantity = max(Decimal("0.1"), (free * part / 10).quantize(Decimal("0.001")))
        worth = Fraction(quantity)
        naive = Naive(self.name(), symbol, "sell", "market", None, worth, worth, by_amount=False)
        self.submit(naive, Side.SELL, OrderType.MARKET, quantity=plain(quantity))

    @rule(
        symbol=symbols,
        side=sides,
        kind=st.sampled_from([LIMIT, STOP]),
        at_once=st.booleans(),
        cent=cents,
        lot=lots,
    )
    def rest(self, symbol: str, side: Side, kind: OrderType, at_once: bool, cent: int, lot: int) -> None:
        naive = self.naive(symbol, side, kind, Fraction(cent, 100), lot)
        naive.at_once = at_once and kind is LIMIT
        price = {"limit" if kind is LIMIT else "stop": cent_text(cent)}
        self.submit(naive, side, kind, quantity=plain(Decimal(lot) / 1000), **price)

    @rule(symbol=symbols, side=sides, limit=cents, stop=cents, lot=lots)
    def stop_limit(self, symbol: str, side: Side, limit: int, stop: int, lot: int) -> None:
        naive = self.naive(symbol, side, OrderType.STOP_LIMIT, Fraction(limit, 100), lot)
        naive.stop = Fraction(stop, 100)
        prices = {"limit": cent_text(limit), "stop": cent_text(stop)}
        self.submit(naive, side, OrderType.STOP_LIMIT, quantity=plain(Decimal(lot) / 1000), **prices)

    @rule(symbol=symbols, side=sides, cent=cents, apart=st.integers(1, 900), lot=lots)
    def target_and_stop(self, symbol: str, side: Side, cent: int, apart: int, lot: int) -> None:
        limit, stop = (cent + apart, cent) if side is Side.SELL else (cent, cent + apart)
        naive = self.naive(symbol, side, OrderType.OCO, Fraction(limit, 100), lot)
        naive.stop = Fraction(stop, 100)
        if side is Side.BUY:
            naive.reserved *= naive.stop / naive.level
        prices = {"limit": cent_text(limit), "stop": cent_text(stop)}
        self.submit(naive, side, OrderType.OCO, quantity=plain(Decimal(lot) / 1000), **prices)

    @precondition(lambda self: self.tape.candles)
    @rule(symbol=symbols, side=sides, trail=st.integers(1, 900), lot=lots)
    def trailing(self, symbol: str, side: Side, trail: int, lot: int) -> None:
        last = self.tape.last_print(symbol)
        if last is not None:
            naive = self.naive(symbol, side, OrderType.TRAILING, None, lot)
            naive.trail = Fraction(trail, 100)
            if side is Side.BUY:
                worth = Fraction(repr(last.close)) + naive.trail
                naive.reserved = naive.left * worth * (1 + self.oracle.taker)
            self.submit(naive, side, OrderType.TRAILING, quantity=plain(Decimal(lot) / 1000))

    def naive(self, symbol: str, side: Side, kind: OrderType, level: Fraction | None, lot: int) -> Naive:
        quantity = Fraction(lot, 1000)
        reserved = quantity if side is Side.SELL else quantity * (level or 0) * (1 + self.oracle.taker)
        return Naive(self.name(), symbol, side.value, kind.value, level, quantity, reserved, by_amount=False)

    @precondition(lambda self: self.oracle.open_orders())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.oracle.open_orders()))
        self.oracle.end(order, "cancelled")
        run(self.venue.cancel(OrderId(order.name)))

    @rule(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(SYMBOLS, bars)), min_size=1, max_size=4))
    def bars_pass(self, rows: list[dict[str, tuple[int, int, int, int]]]) -> None:
        for row in rows:
            opened = self.clock.now()
            for symbol in sorted(set(SYMBOLS) - set(self.tape.ended)):
                cent, up, down, volume = row[symbol]
                prices = (cent / 100, (cent + up) / 100, (cent - down) / 100, cent / 100)
                self.tape.candles.append(a_candle(opened, prices, float(volume), symbol))
                high, low = Fraction(cent + up, 100), Fraction(cent - down, 100)
                self.oracle.live(Bar(symbol, Fraction(cent, 100), high, low, Fraction(volume)))
            run(self.clock.sleep_until(Instant(opened + HOUR)))

    @precondition(lambda self: len(self.tape.ended) < 2 and self.tape.candles)
    @rule(symbol=symbols)
    def listing_ends(self, symbol: str) -> None:
        if symbol not in self.tape.ended:
            run(self.venue.open_orders())
            self.tape.ended[symbol] = self.clock.now()
            self.oracle.delist(symbol)

    @rule()
    def process_dies(self) -> None:
        if self.path.name == "paper.db":
            self.book.close()
            self.book = Book.connect(self.path, "m", durable=False)
            self.venue = PaperExchange(self.book, self.tape, self.clock, COSTS, "m")

    @invariant()
    def the_venue_owns_what_the_oracle_owns(self) -> None:
        owned = run(self.venue.balances())
        for asset in ("USDT", "BTC", "ETH", "SOL"):
            free, aside = self.book.free(asset), self.book.ledger.balance(RESERVED, asset)
            assert Fraction(free) == self.oracle.free[asset] >= 0, asset
            assert Fraction(aside) == self.oracle.reserved(asset) >= 0, asset
            assert Fraction(owned.get(asset, Decimal(0))) == self.oracle.free[asset] + self.oracle.reserved(
                asset
            )
            assert self.book.ledger.total(asset) == 0
            assert self.book.ledger.balance(AVAILABLE, asset) == free
        self.book.audit()

    @invariant()
    def every_order_stands_as_the_oracle_says(self) -> None:
        for naive in self.oracle.orders.values():
            state = run(self.venue.order(OrderId(naive.name)))
            assert state is not None
            assert state.status.value == naive.status

    @invariant()
    def reports_have_no_holes_and_fills_are_as_many(self) -> None:
        reports = run(self.venue.reports(0))
        assert [said.seq for said in reports] == list(range(1, len(reports) + 1))
        fills = [said for said in reports if said.fill is not None and said.reason != "delisted"]
        assert len(fills) == self.oracle.fills


TestTrading = Trading.TestCase
TestTrading.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
