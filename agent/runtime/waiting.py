"""Orders that a person was asked about: what exactly was asked, until when, and how it is remembered.

Requests live in the account's own stream as alerts, so that they survive a restart; answers live in the
stream ``ops``, because whoever answers is another process (`agent.runtime.answering`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.canonical import digest
from core.codec import decode, encode
from core.events import Alert
from core.grades import Horizon
from core.ids import OrderId
from core.instant import Instant
from core.money import plain
from core.orders import ApprovedOrder, Finding, OrderType, Wish
from strategies.risk.registry import overrulable

ASKED = "approval.requested"
CLOSED = "approval.closed"

_MAY_CHANGE = {"created_at", "reason", "decision_id"}


@dataclass(frozen=True, slots=True)
class Request:
    """*order* waits for a person until *expires_at* of the account's time. *terms*: SHA-256 of its terms."""

    order: ApprovedOrder
    wish: Wish
    terms: str
    asked_at: Instant
    expires_at: Instant
    attempt: int = 1
    horizon: Horizon = Horizon.DAYS
    findings: tuple[Finding, ...] = ()

    @property
    def against(self) -> tuple[str, ...]:
        """What speaks against *order* and would have refused it, had no person been asked: in words."""
        return tuple(finding.message for finding in self.findings if finding.code in overrulable())


def terms_of(order: ApprovedOrder) -> str:
    """SHA-256 over everything of *order* that reaches the venue, its id included."""
    return digest({name: value for name, value in encode(order).items() if name not in _MAY_CHANGE})


def asked(request: Request) -> Alert:
    """The event that a person is asked."""
    told = "; ".join([in_words(request.order), *(f"against it: {one}" for one in request.against)])
    return Alert(ASKED, f"May this go out? {told}", {"request": encode(request)})


def closed(request: Request, how: str) -> Alert:
    """The event that a request is over: ``approved``, ``denied`` or ``expired``."""
    return Alert(CLOSED, f"{in_words(request.order)}: {how}", {"id": request.order.id, "how": how})


def after(waiting: Mapping[OrderId, Request], alert: Alert) -> dict[OrderId, Request]:
    """The requests that wait after *alert*, which may be about something else."""
    if alert.code == ASKED:
        request = decode(Request, alert.about["request"])
        return {**waiting, request.order.id: request}
    if alert.code == CLOSED:
        return {number: request for number, request in waiting.items() if number != alert.about["id"]}
    return dict(waiting)


def in_words(order: ApprovedOrder) -> str:
    """The order as a person reads it."""
    base, _, quote = order.symbol.partition("/")
    much = [] if order.quantity is None else [f"{plain(order.quantity)} {base}"]
    much += [] if order.spend is None else [f"for {plain(order.spend)} {quote}"]
    prices = [
        f"{name} {plain(price)}"
        for name, price in (("limit", order.limit_price), ("stop", order.stop_price))
        if price is not None
    ]
    kind = [] if order.type is OrderType.LIMIT else [order.type.value]
    return " ".join([order.side.value, order.symbol, *much, *kind, *prices])
