"""An account's journal stream read once, into what summaries, pages and stories tell of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.codec import decode
from core.errors import NoAnswerError
from core.instant import Instant
from core.money import exact
from core.orders import Fill, Purpose
from core.portfolio import Portfolio
from core.ports import Record
from strategies.risk.refusals import refusing


@dataclass(slots=True)
class OrderStory:
    """One approved order and what became of it. *ended*: how, where it was not (wholly) filled."""

    at: Instant
    order: Mapping[str, Any]
    findings: tuple[Mapping[str, Any], ...] = ()
    submitted: bool = False
    fills: list[Fill] = field(default_factory=list)
    ended: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A wish of which nothing was let through."""

    at: Instant
    wish: Mapping[str, Any]
    findings: tuple[Mapping[str, Any], ...]


@dataclass(slots=True)
class DecisionStory:
    """One decision with the orders and refusals that came of it."""

    at: Instant
    decided: Mapping[str, Any]
    orders: list[OrderStory] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ExitStory:
    """A protective exit that fired."""

    at: Instant
    symbol: str
    trigger: str
    level: Decimal | None
    order_id: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Anything else that a person should see: a halt, a resume, a delisting, an alert."""

    at: Instant
    kind: str
    text: str


@dataclass(slots=True)
class History:
    """The account's life since it was last begun anew.

    *decisions* includes those inside spans. *triggers*: why an order was no decision's, by order id:
    ``stop``, ``target``, ``trailing``, ``time``, ``flatten`` or ``delisted``.
    """

    account: str
    at: Instant
    started: Mapping[str, Any]
    portfolio: Portfolio
    decisions: int = 0
    abstentions: int = 0
    state: str = "active"
    halted_at: Instant | None = None
    head: str = ""
    ended: str | None = None
    vetoes: Counter[str] = field(default_factory=Counter)
    told: dict[str, DecisionStory] = field(default_factory=dict)
    orders: dict[str, OrderStory] = field(default_factory=dict)
    exits: list[ExitStory] = field(default_factory=list)
    undecided: list[Refusal] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    triggers: dict[str, str] = field(default_factory=dict)
    delisted: set[str] = field(default_factory=set)

    @property
    def config(self) -> Mapping[str, Any]:
        """What was asked for."""
        config: Mapping[str, Any] = self.started["config"]
        return config


def history(records: Iterable[Record]) -> History:
    """Folds a ``trading/<account>`` stream; a start that does not resume begins the account anew.

    Raises:
        NoAnswerError: no run was journalled.
    """
    story: History | None = None
    for record in records:
        if record.kind == "started" and (story is None or not record.body["resumed"]):
            story = _begun(record)
        elif story is not None:
            _take(story, record)
        if story is not None:
            story.head = record.hash
    if story is None:
        raise NoAnswerError("the journal holds no run of this account", "Start one with 'tokenwise paper'.")
    return story


def _begun(record: Record) -> History:
    body = record.body
    return History(
        account=record.stream.partition("/")[2],
        at=record.at,
        started=body,
        portfolio=Portfolio(exact(body["cash"]), body["quote"]),
    )


def _take(story: History, record: Record) -> None:
    body = record.body
    match record.kind:
        case "started":
            story.started, story.ended = body, None
        case "decided":
            story.decisions += 1
            story.abstentions += body["abstained"] is not None
            story.told[body["decision_id"]] = DecisionStory(record.at, body)
        case "span":
            story.decisions += body["count"]
        case "refused":
            _refuse(story, record)
        case "approved":
            _approve(story, record)
        case "submitted":
            if body["order_id"] in story.orders:
                story.orders[body["order_id"]].submitted = True
        case "filled":
            fill = decode(Fill, body["fill"])
            story.fills.append(fill)
            story.portfolio = story.portfolio.after(fill)
            if fill.order_id in story.orders:
                story.orders[fill.order_id].fills.append(fill)
            if fill.symbol in story.delisted:
                # The venue closed the position by itself; no order of ours stands behind it.
                story.triggers.setdefault(fill.order_id, "delisted")
        case "cancelled":
            _end(story, body["order_id"], body["reason"])
        case "unknown":
            _end(story, body["order_id"], f"fate unknown: {body['why']}")
        case "resolved":
            _end(story, body["order_id"], None if body["outcome"] == "exists" else "never arrived")
        case "exit":
            _exit(story, record)
        case "ended":
            story.ended = body["reason"]
        case _:
            _notice(story, record)


def _refuse(story: History, record: Record) -> None:
    refusal = Refusal(record.at, record.body["wish"], tuple(record.body["findings"]))
    codes = [finding["code"] for finding in refusal.findings]
    story.vetoes.update(refusing(codes, Purpose(refusal.wish["purpose"])))
    decision = story.told.get(record.body["decision_id"] or "")
    (story.undecided if decision is None else decision.refusals).append(refusal)


def _approve(story: History, record: Record) -> None:
    order = record.body["order"]
    told = OrderStory(record.at, order, tuple(record.body["findings"]))
    story.orders[order["id"]] = told
    decision = story.told.get(order["decision_id"] or "")
    if decision is not None:
        decision.orders.append(told)


def _exit(story: History, record: Record) -> None:
    body = record.body
    # A stop that fills in parts says so each time; it fired once.
    if body["order_id"] not in story.triggers:
        story.triggers[body["order_id"]] = body["trigger"]
        level = None if body["level"] is None else exact(body["level"])
        fired = ExitStory(record.at, body["symbol"], body["trigger"], level, body["order_id"])
        story.exits.append(fired)


def _end(story: History, order_id: str, why: str | None) -> None:
    if order_id in story.orders:
        story.orders[order_id].ended = why


def _notice(story: History, record: Record) -> None:
    body = record.body
    match record.kind:
        case "halted":
            story.state = body["state"]
            story.halted_at = record.at if body["state"] == "halted" else story.halted_at
            text = f"{body['reason']} (by {body['by']})"
        case "resumed":
            story.state, story.halted_at = "active", None
            text = f"by {body['by']}"
        case "delisted":
            story.delisted.add(body["symbol"])
            at = "" if body["last_price"] is None else f", last print {body['last_price']}"
            text = f"{body['symbol']} stopped trading{at}"
        case "alert":
            text = body["message"]
        case _:
            return
    kind = body["state"] if record.kind == "halted" else record.kind
    story.notices.append(Notice(record.at, kind, text))
