"""How the venue lives through time: every candle that closed, in order, against every open order."""

from __future__ import annotations

from decimal import Decimal

from core.ids import exit_id
from core.instant import Instant
from core.ledger import AVAILABLE, release, settle
from core.market import Candle, Costs, Instrument
from core.money import ONE, add, multiply, published, subtract
from core.orders import Fill, Liquidity, OrderStatus, OrderType, Side, TimeInForce
from tools.exchange.paper import filters, matching
from tools.exchange.paper.book import Book
from tools.exchange.paper.feed import Feed
from tools.exchange.paper.matching import Match
from tools.exchange.paper.touching import look
from tools.exchange.paper.working import Working


class Life:
    """Moves a book through the candles of a feed. Call inside ``with book.change()``.

    Every order carries the newest candle that it was held against, and it is written with everything
    that happens to it; candles that did nothing may be lived through again after a restart.
    """

    def __init__(self, book: Book, feed: Feed, costs: Costs) -> None:
        self._book = book
        self._feed = feed
        self._costs = costs

    def until(self, now: Instant, symbols: set[str]) -> None:
        """Lives through everything of *symbols* that is known at *now*, by time, then symbol."""
        events: list[tuple[int, int, str, Candle | None]] = []
        for symbol in symbols:
            events += [
                (c.closed_at, c.opened_at, symbol, c) for c in self._unseen(symbol) if c.closed_at <= now
            ]
            ended = self._feed.delisted_at(symbol)
            if ended is not None and ended <= now:
                events.append((ended, ended, symbol, None))
        if len(events) > 1:
            events.sort(key=lambda event: event[:3])
        for moment, _, symbol, candle in events:
            if candle is None:
                self._end(symbol, Instant(moment))
            else:
                self._candle(candle)

    def finish(self, working: Working, known_at: Instant, reason: str) -> None:
        """Ends an order that is not filled, and gives back what it had set aside."""
        self._free(working, working.reserved, known_at)
        working.status = OrderStatus.CANCELLED
        working.ended = reason
        self._book.moved(working)
        self._book.report(
            working.order.id, working.order.symbol, OrderStatus.CANCELLED, known_at, reason=reason
        )

    def _unseen(self, symbol: str) -> list[Candle]:
        starts = [
            max(working.active_at, working.seen + 1)
            for working in self._book.working.values()
            if working.order.symbol == symbol
        ]
        return list(self._feed.candles_since(symbol, Instant(min(starts)))) if starts else []

    def _candle(self, candle: Candle) -> None:
        orders = [
            working
            for working in self._book.working.values()
            if working.order.symbol == candle.symbol
            and working.active_at <= candle.opened_at > working.seen
            and working.placed_at < candle.closed_at
        ]
        if not orders:
            return
        instrument = self._feed.instrument(candle.symbol)
        touched = [(working, touch) for working in orders if (touch := look(working, candle, instrument))]
        happened = False
        if touched:
            touched.sort(key=lambda pair: pair[1].rank)
            room = matching.room_in(candle, instrument, self._costs)
            for working, touch in touched:
                match = matching.match(working, touch, candle, room, instrument=instrument, costs=self._costs)
                if match is None:
                    continue
                happened = True
                if room is not None:
                    room = subtract(room, match.quantity)
                self._trade(working, match, candle, instrument)
        for working in orders:
            if working.order.time_in_force is TimeInForce.IOC and working.is_open:
                happened = True
                self.finish(working, candle.closed_at, "what did not fill at once is not wanted")
        if happened:
            # What shared the bar's volume must not meet this bar again after a restart.
            for working in orders:
                self._book.moved(working)

    def _trade(self, working: Working, match: Match, candle: Candle, instrument: Instrument) -> None:
        order, known_at = working.order, candle.closed_at
        if not match.quantity:
            self.finish(working, known_at, "what is left buys no lot")
            return
        fill = Fill(
            f"{order.id}-{self._book.last_report + 1}",
            order.id,
            order.symbol,
            order.side,
            match.quantity,
            match.price,
            match.fee,
            match.liquidity,
            Instant(max(candle.opened_at, working.active_at)),
        )
        notional = multiply(match.quantity, match.price)
        is_buy = order.side is Side.BUY
        moved = add(notional, match.fee) if is_buy else subtract(notional, match.fee)
        self._book.post(settle(fill, instrument))
        working.filled = add(working.filled, match.quantity)
        working.spent = add(working.spent, moved)
        working.reserved = subtract(working.reserved, moved if is_buy else match.quantity)
        if working.left is not None:
            working.left = subtract(working.left, match.quantity)
        if self._is_done(working, match.price, instrument):
            working.status = OrderStatus.FILLED
            self._free(working, working.reserved, known_at)
        else:
            working.status = OrderStatus.PARTIAL
            self._free(working, subtract(working.reserved, self._needed(working)), known_at)
        self._book.moved(working)
        self._book.report(order.id, order.symbol, working.status, known_at, fill=fill)

    def _is_done(self, working: Working, price: Decimal, instrument: Instrument) -> bool:
        if working.left is not None:
            return not working.left
        return not matching.buys_a_lot(working.reserved, price, instrument, self._costs)

    def _needed(self, working: Working) -> Decimal:
        """What an order that goes on must keep aside."""
        order, left = working.order, working.left
        if left is None or order.side is Side.SELL or order.limit_price is None:
            return working.reserved
        if working.triggered and order.type is OrderType.OCO:
            return working.reserved
        rate = max(self._costs.maker, self._costs.taker)
        needed = multiply(multiply(left, filters.dearest(order)), add(ONE, rate))
        return min(needed, working.reserved)

    def _free(self, working: Working, amount: Decimal, at: Instant) -> None:
        if amount:
            self._book.post(release(working.reserves, amount, working.order.id, at))
            working.reserved = subtract(working.reserved, amount)

    def _end(self, symbol: str, ended_at: Instant) -> None:
        """Trading of *symbol* ended: cancels its orders and closes the holding at the last print."""
        for working in list(self._book.working.values()):
            if working.order.symbol == symbol:
                self.finish(working, Instant(max(ended_at, working.placed_at)), "delisted")
        instrument = self._feed.instrument(symbol)
        quantity = self._book.free(instrument.base)
        last = self._feed.last_print(symbol) if quantity else None
        if last is None:
            return
        order_id = exit_id(self._book.account, symbol, "delisted", ended_at)
        price = published(last.close)
        fill = Fill(
            f"{order_id}-{self._book.last_report + 1}",
            order_id,
            symbol,
            Side.SELL,
            quantity,
            price,
            multiply(multiply(quantity, price), self._costs.taker),
            Liquidity.TAKER,
            ended_at,
        )
        self._book.post(settle(fill, instrument, paying=AVAILABLE))
        self._book.report(order_id, symbol, OrderStatus.FILLED, ended_at, fill=fill, reason="delisted")
