"""Everything that can go wrong on the wire, by name, and whether the order lives at the venue afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from threading import Lock

import numpy as np

from tools.exchange.stand_in.engine.refusals import Refusal
from tools.exchange.stand_in.wire.endpoint import Endpoint


class Way(Enum):
    """How an answer is spoilt."""

    RESET = "reset"
    CLOSE = "close"
    STATUS = "status"
    REFUSE = "refuse"
    SILENCE = "silence"
    BODY = "body"
    CUT = "cut"
    SHORT = "short"
    TRICKLE = "trickle"
    OTHER_CLIENT_ID = "other_client_id"
    NO_ORDER_ID = "no_order_id"
    LATE = "late"
    TOO_LATE = "too_late"


class Fault(Enum):
    """One wire fault each: (does the request take effect, what happens in a line, how, with what).

    `arrives` is what an audit will find: True, the venue executed the request whatever the client was told.
    """

    LOST_RESET = (False, "the connection is reset before the venue has the request", Way.RESET)
    LOST_CLOSED = (False, "the connection is closed before the venue has the request", Way.CLOSE)
    LOST_SILENT = (
        False,
        "the request vanishes and no answer comes within the client's patience",
        Way.SILENCE,
    )
    LOST_500 = (False, "500, and nothing was executed", Way.STATUS, 500)
    LOST_502 = (False, "502 page of a gateway that never passed it on", Way.STATUS, 502)
    LOST_503 = (False, "503, and nothing was executed", Way.STATUS, 503)
    LOST_504 = (False, "504 page of a gateway that never passed it on", Way.STATUS, 504)
    LOST_403 = (False, "403 page of a firewall that never passed it on", Way.STATUS, 403)
    LOST_EMPTY = (False, "200 with an empty body, and nothing was executed", Way.BODY, "")
    KEPT_RESET = (True, "executed, then the connection is reset", Way.RESET)
    KEPT_CLOSED = (True, "executed, then the connection is closed without an answer", Way.CLOSE)
    KEPT_500 = (True, "executed, then 500", Way.STATUS, 500)
    KEPT_502 = (True, "executed, then a 502 page", Way.STATUS, 502)
    KEPT_503 = (True, "executed, then 503", Way.STATUS, 503)
    KEPT_504 = (True, "executed, then a 504 page", Way.STATUS, 504)
    KEPT_403 = (True, "executed, then a 403 page of a firewall", Way.STATUS, 403)
    KEPT_SILENT = (True, "executed, then an answer slower than the client's patience", Way.SILENCE)
    KEPT_SAYS_UNEXPECTED = (
        True,
        "executed, then an error of unknown fate (-1006)",
        Way.REFUSE,
        Refusal.SAYS_UNEXPECTED,
    )
    KEPT_SAYS_TIMEOUT = (
        True,
        "executed, then the venue's own time-out (-1007)",
        Way.REFUSE,
        Refusal.SAYS_TIMEOUT,
    )
    KEPT_SAYS_DISCONNECTED = (
        True,
        "executed, then an internal error (-1001)",
        Way.REFUSE,
        Refusal.SAYS_DISCONNECTED,
    )
    KEPT_EMPTY = (True, "executed, then 200 with an empty body", Way.BODY, "")
    KEPT_HTML = (
        True,
        "executed, then 200 with a page of HTML",
        Way.BODY,
        "<html><body>Please wait</body></html>",
    )
    KEPT_TRUNCATED = (True, "executed, then 200 with half of the JSON", Way.CUT)
    KEPT_NULL = (True, "executed, then 200 with null", Way.BODY, "null")
    KEPT_OBJECT = (True, "executed, then 200 with {}", Way.BODY, "{}")
    KEPT_LIST = (True, "executed, then 200 with []", Way.BODY, "[]")
    KEPT_OTHER_CLIENT_ID = (True, "executed, then the answer names another client id", Way.OTHER_CLIENT_ID)
    KEPT_NO_ORDER_ID = (True, "executed, then the answer names no order id", Way.NO_ORDER_ID)
    KEPT_SHORT = (True, "executed, then a body shorter than its Content-Length", Way.SHORT)
    KEPT_TRICKLE = (
        True,
        "executed, then a body that trickles in, no single wait longer than the client's patience",
        Way.TRICKLE,
    )
    KEPT_DUPLICATE = (
        True,
        "executed, then the venue says that the id is a duplicate",
        Way.REFUSE,
        Refusal.DUPLICATE,
    )
    MATCHED_LATE = (True, "queued, executed late but within the request's window", Way.LATE)
    MATCHED_TOO_LATE = (
        False,
        "queued until the request's window is over, then refused (without a window it would be executed after all)",
        Way.TOO_LATE,
    )
    REFUSED_FILTER = (False, "a filter failure (-1013)", Way.REFUSE, Refusal.LOT)
    REFUSED_FUNDS = (False, "not enough funds (-2010)", Way.REFUSE, Refusal.FUNDS)
    REFUSED_DUPLICATE = (
        False,
        "a duplicate that the venue took no second time",
        Way.REFUSE,
        Refusal.DUPLICATE,
    )
    REFUSED_CLOCK = (False, "the timestamp is outside the window (-1021)", Way.REFUSE, Refusal.CLOCK)
    REFUSED_KEY = (False, "the key is not valid any more (-2015)", Way.REFUSE, Refusal.BAD_KEY)
    REFUSED_ORDER_RATE = (False, "too many new orders (-1015)", Way.REFUSE, Refusal.TOO_MANY_ORDERS)
    REFUSED_REQUEST_RATE = (
        False,
        "too many requests, in words (-1003)",
        Way.REFUSE,
        Refusal.TOO_MANY_REQUESTS,
    )
    REFUSED_429 = (False, "429 with Retry-After", Way.REFUSE, Refusal.RATE_LIMIT)
    REFUSED_418 = (False, "418: banned for a while, with Retry-After", Way.REFUSE, Refusal.BANNED)

    def __init__(self, arrives: bool, meaning: str, way: Way, detail: object = None) -> None:  # noqa: FBT001 - read in the table above
        self.arrives = arrives
        self.meaning = meaning
        self.way = way
        self.detail = detail

    @property
    def answers_truly(self) -> bool:
        """The client is told what really happened, by a code of the venue."""
        return self is Fault.MATCHED_LATE or self.name.startswith("REFUSED") or self is Fault.MATCHED_TOO_LATE


NOT_AT = {"kraken": frozenset({Fault.KEPT_OTHER_CLIENT_ID})}
"""Faults that a dialect cannot have: Kraken's answer to a new order names no client id."""


def faults_of(venue: str) -> tuple[Fault, ...]:
    """The faults that *venue*'s wire can have."""
    return tuple(fault for fault in Fault if fault not in NOT_AT.get(venue, ()))


Params = Mapping[str, str]


@dataclass(slots=True)
class _Planned:
    fault: Fault
    endpoint: Endpoint
    after: int
    times: int
    when: Callable[[Params], bool] | None


class FaultScript:
    """What happens to which request: planned faults first, in order, then an outage, then chance."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._chances: dict[Endpoint, tuple[np.random.Generator, float, tuple[Fault, ...]]] = {}
        self._always: Fault | None = None
        self._lock = Lock()

    def plan(
        self,
        fault: Fault,
        endpoint: Endpoint = Endpoint.CREATE_ORDER,
        *,
        times: int = 1,
        after: int = 0,
        when: Callable[[Params], bool] | None = None,
    ) -> None:
        """Lets *fault* happen to the next *times* requests to *endpoint*, after *after* good ones.

        With *when*, only requests whose parameters it likes are counted and hit. aiohttp itself repeats a GET or
        DELETE once whose kept connection breaks: let `LOST_RESET` and its like happen twice to be heard of.
        """
        with self._lock:
            self._planned.append(_Planned(fault, Endpoint(endpoint), after, times, when))

    def chance(
        self,
        share: float,
        faults: Sequence[Fault],
        endpoint: Endpoint = Endpoint.CREATE_ORDER,
        *,
        seed: int = 7,
    ) -> None:
        """Lets a *share* of all requests to *endpoint* meet one of *faults*, drawn from *seed*."""
        with self._lock:
            self._chances[Endpoint(endpoint)] = (np.random.default_rng(seed), share, tuple(faults))

    def always(self, fault: Fault) -> None:
        """Lets *fault* happen to every request from now on: an outage, or a venue that hangs."""
        with self._lock:
            self._always = fault

    def clear(self) -> None:
        """From now on all is well."""
        with self._lock:
            self._always = None
            self._planned.clear()
            self._chances.clear()

    def next(self, endpoint: Endpoint, params: Params) -> Fault | None:
        """What happens to this request."""
        with self._lock:
            for planned in self._planned:
                if planned.endpoint is not endpoint or (planned.when and not planned.when(params)):
                    continue
                if planned.after > 0:
                    planned.after -= 1
                    return None
                planned.times -= 1
                if planned.times <= 0:
                    self._planned.remove(planned)
                return planned.fault
            if self._always is not None:
                return self._always
            if endpoint in self._chances:
                draw, share, faults = self._chances[endpoint]
                if draw.random() < share:
                    return faults[int(draw.integers(len(faults)))]
            return None
