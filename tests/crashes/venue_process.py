"""A stand-in of Binance in a process of its own: whoever forks must not have its threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import Any

from core.money import ZERO, add, subtract
from tests.crashes.audit import Book
from tools.exchange.stand_in import Endpoint, Fault, StandIn, faults_of, listing, stand_in
from tools.exchange.stand_in.binance.shapes import FIRST_TRADE

SYMBOLS = ("AAA/USDT", "BBB/USDT", "CCC/USDT")
CASH = Decimal(10_000)
OUTSIDE: Mapping[str, Decimal] = {"USDT": Decimal(2_500), "BBB": Decimal(3)}
"""What the venue's account holds beside the books."""

SLOW_MS, LATE_MS, LAG_MS = 260, 150, 40
"""A late match comes after the client has lost patience, and before the request is too old."""
# a refused key halts, and a pause that the venue asks for in words alone lasts half a minute
FAULTS = tuple(
    fault
    for fault in faults_of("binance")
    if fault not in (Fault.REFUSED_KEY, Fault.REFUSED_ORDER_RATE, Fault.REFUSED_REQUEST_RATE)
    and fault not in (Fault.REFUSED_429, Fault.REFUSED_418)
)
SHARE, UNANSWERED = 0.5, 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """What the venue itself kept: its *book*, and how often each fault *spoilt* a new order."""

    book: Book
    spoilt: Mapping[str, int]
    submits: int


class VenueProcess:
    """Serves one account after the other. Make it before there are any threads."""

    def __init__(self) -> None:
        self._line, theirs = Pipe()
        self._child = get_context("fork").Process(target=_serve, args=(theirs, self._line), daemon=True)
        self._child.start()
        theirs.close()

    def open(self, number: int) -> Mapping[str, str]:
        """A new venue, half of its new orders spoilt by seed *number*: its url, key and secret."""
        told: Mapping[str, str] = self._asked(number)
        return told

    def seen(self) -> Seen:
        """The audit of the venue that was opened last."""
        told: Seen = self._asked(None)
        return told

    def close(self) -> None:
        """Ends the process."""
        self._line.close()
        self._child.join()

    def _asked(self, what: int | None) -> Any:
        self._line.send(what)
        return self._line.recv()


def _serve(line: Connection, others: Connection) -> None:
    others.close()  # or it would never hear that nobody is left at the other end
    with ExitStack() as running:
        venue: StandIn | None = None
        while True:
            try:
                number = line.recv()
            except EOFError:
                return
            if number is None:
                assert venue is not None
                line.send(_seen(venue))
                continue
            running.close()
            venue = running.enter_context(_opened(number))
            line.send({"url": venue.url, "key": venue.key.key, "secret": venue.key.secret})


def _opened(number: int) -> StandIn:
    usual = {"lot": "0.00000001", "least": "0.00000001", "notional": "5"}
    venue = stand_in(
        "binance",
        listings=[listing(symbol, "100", **usual) for symbol in SYMBOLS],  # type: ignore[arg-type]
        balances={"USDT": add(CASH, OUTSIDE["USDT"]), "BBB": OUTSIDE["BBB"]},
        seed=number,
        lag_ms=LAG_MS,
        slow_ms=SLOW_MS,
        late_ms=LATE_MS,
    )
    venue.faults.chance(SHARE, FAULTS, Endpoint.CREATE_ORDER, seed=number)
    for endpoint in (Endpoint.FETCH_ORDER, Endpoint.OPEN_ORDERS, Endpoint.MY_TRADES, Endpoint.CANCEL_ORDER):
        venue.faults.chance(UNANSWERED, (Fault.LOST_500, Fault.KEPT_500), endpoint, seed=number)
    return venue


def _seen(venue: StandIn) -> Seen:
    assert not any(venue.imbalance().values())
    owned = {
        asset: subtract(add(free, locked), OUTSIDE.get(asset, ZERO))
        for asset, (free, locked) in venue.balances().items()
    }
    book = Book(
        tuple(order.wanted.client_id for order in venue.orders()),
        tuple(f"{trade.symbol.replace('/', '')}:{FIRST_TRADE + trade.number}" for trade in venue.trades()),
        {asset: amount for asset, amount in owned.items() if amount},
    )
    submits = venue.requests(Endpoint.CREATE_ORDER)
    spoilt = Counter(one.fault.name for one in submits if one.fault is not None)
    return Seen(book, dict(spoilt), len(submits))
