"""Local stand-ins of venues: servers that speak a venue's REST, for certification and for tests of what can go wrong.

    with stand_in("binance", balances={"USDT": "10000"}) as venue:
        exchange = venue.point(ccxt.async_support.binance(venue.credentials))   # the real ccxt, only its URLs moved
        venue.faults.plan(Fault.KEPT_RESET, Endpoint.CREATE_ORDER)             # next order: executed, then RST
        venue.move("BTC/USDT", "49000")                                        # matching, stops, partial fills
        venue.orders(), venue.trades(), venue.balances(), venue.requests()     # the audit, outside of any client

`stand_in(venue, *, listings, balances, depth, key, clock, seed, walks, candles, lag_ms, slow_ms, late_ms, wrong, port)`
gives a `StandIn` (`opening.py`, `venue.py`). `Fault` says of each wire fault whether the order lives afterwards
(`fault.arrives`); `Wrong` lists single misbehaviours for certification to find; `Endpoint` names requests on any venue.
`venue.faults` has `plan` (the next ones), `chance` (a seeded share), `always` (an outage) and `clear`.
A stand-in does what a venue's documents say; it is no proof of what the venue does.
"""

from tools.exchange.stand_in.engine.listing import Listing, listing
from tools.exchange.stand_in.engine.orders import Status, VenueOrder, VenueTrade
from tools.exchange.stand_in.opening import stand_in
from tools.exchange.stand_in.venue import StandIn
from tools.exchange.stand_in.wire.endpoint import Endpoint
from tools.exchange.stand_in.wire.faults import Fault, faults_of
from tools.exchange.stand_in.wire.keys import ApiKey
from tools.exchange.stand_in.wire.limits import RateLimit
from tools.exchange.stand_in.wrongs import Wrong

__all__ = [
    "ApiKey",
    "Endpoint",
    "Fault",
    "Listing",
    "RateLimit",
    "StandIn",
    "Status",
    "VenueOrder",
    "VenueTrade",
    "Wrong",
    "faults_of",
    "listing",
    "stand_in",
]
