"""Putting a stand-in together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.errors import UsageError
from core.instant import Instant
from core.money import exact
from core.ports import Clock
from tools.clocks import SystemClock
from tools.exchange.stand_in.binance.dialect import BinanceDialect
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.engine import Engine
from tools.exchange.stand_in.engine.listing import Listing, usual
from tools.exchange.stand_in.kraken.dialect import KrakenDialect
from tools.exchange.stand_in.tape import CandleSource, Tape
from tools.exchange.stand_in.venue import Amount, StandIn
from tools.exchange.stand_in.wire.dialect import Dialect
from tools.exchange.stand_in.wire.faults import FaultScript
from tools.exchange.stand_in.wire.keys import ApiKey, usual_key
from tools.exchange.stand_in.wire.limits import RateLimit
from tools.exchange.stand_in.wire.server import Server
from tools.exchange.stand_in.wrongs import Wrong

DIALECTS: Mapping[str, type[Dialect]] = {"binance": BinanceDialect, "kraken": KrakenDialect}


def stand_in(
    venue: str,
    *,
    listings: Sequence[Listing] | None = None,
    balances: Mapping[str, Amount] | None = None,
    depth: Amount = 1000,
    key: ApiKey | None = None,
    clock: Clock | None = None,
    seed: int = 7,
    walks: bool = False,
    candles: CandleSource | None = None,
    lag_ms: int = 0,
    slow_ms: int = 3000,
    late_ms: int = 200,
    wrong: Iterable[Wrong] = (),
    port: int = 0,
) -> StandIn:
    """A local venue; it runs inside ``with``.

    Args:
        venue: ``binance`` or ``kraken``.
        listings: What is traded; a few usual symbols by default.
        balances: What the account owns; 100,000 of the usual quote currency by default.
        depth: Base currency to be had at each of 20 price levels, until the next move.
        key: The API key; one made from *seed* by default.
        clock: The venue's time; the system's by default.
        seed: Makes the key, the past candles and the walk.
        walks: Whether prices move on their own.
        candles: Where candles come from; the walk and the tape by default.
        lag_ms: How long new orders and trades stay out of sight of lookups.
        slow_ms: How long a slow answer takes; choose more than the client's patience.
        late_ms: How late a late match is.
        wrong: What this venue does wrong; nothing by default.
        port: Where to listen on loopback; any free port by default.

    Raises:
        UsageError: no such venue.
    """
    if venue not in DIALECTS:
        raise UsageError(f"there is no stand-in for {venue!r}", f"Use one of {', '.join(DIALECTS)}.")
    dialect = DIALECTS[venue]()
    time = clock or SystemClock()
    engine = Engine(
        listings or usual(venue), dialect.rules(), depth=exact(depth), lag_ms=lag_ms, wrong=tuple(wrong)
    )
    tape = Tape(engine.ladders, time.now(), seed, walks=walks, source=candles)
    engine.on_price = tape.note
    for asset, amount in (
        balances or {"USDT": 100_000} | ({"USD": 100_000} if venue == "kraken" else {})
    ).items():
        engine.deposit(asset, exact(amount))
    own = key or usual_key(seed)
    server = Server(
        desk=Desk(engine, {own.key: own}, tape, lambda: Instant(time.now() + server.skew_ms)),
        dialect=dialect,
        clock=time,
        wire=SystemClock(),
        faults=FaultScript(),
        limit=RateLimit(),
        slow_ms=slow_ms,
        late_ms=late_ms,
        port=port,
    )
    server.desk.remember_balances()
    return StandIn(server, own)
