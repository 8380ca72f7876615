"""Events as a run writes them, for the journal's tests."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

from core.canonical import canonical, digest_bytes
from core.decision import Decision, Proposal, Situation
from core.events import (
    Acknowledged,
    Approved,
    Decided,
    Ended,
    Event,
    Exit,
    Filled,
    Refused,
    Span,
    Started,
    Submitted,
)
from core.ids import DecisionId, OrderId, RunId
from core.instant import HOUR, Instant, instant
from core.ledger import AVAILABLE, deposit, settle
from core.market import Instrument
from core.orders import (
    ApprovedOrder,
    Fill,
    Finding,
    Liquidity,
    OrderType,
    Purpose,
    Side,
    Wish,
)
from core.ports import Entry, Journal

STREAM = "trading/paper"
NOON = instant("2024-01-01T12:00:00Z")
CASH = Decimal(10_000)
BITCOIN = Instrument("BTC/USDT", Decimal("0.01"), Decimal("0.00001"), Decimal("0.00001"), Decimal(5))
MENU = ("BTC/USDT", "ETH/USDT")


def at(hour: int) -> Instant:
    return Instant(NOON + hour * HOUR)


def decision_name(number: int) -> DecisionId:
    return DecisionId(f"d{number:05d}".ljust(22, "a"))


def order_name(number: int) -> OrderId:
    return OrderId(f"k{number:05d}".ljust(22, "b"))


def plain_entry(text: str = "hello", hour: int = 0, **blobs: bytes) -> Entry:
    return Entry(at(hour), Ended("until", {"text": text}), blobs)


def started(every: str = "4h") -> Entry:
    event = Started(RunId("run1"), {"every": every}, "c" * 64, True, CASH, "USDT", {"profile": "none"}, {})
    return Entry(NOON, event, {}, (deposit("USDT", CASH, "run1", NOON),))


def decided(number: int, market: dict[str, Any], *proposals: Proposal, **changes: Any) -> Entry:
    blob = canonical(market)
    fields: dict[str, Any] = {
        "decision_id": decision_name(number),
        "account": "paper",
        "decider": "rule:test",
        "decided_by": "rule",
        "menu": MENU,
        "proposals": proposals,
        "abstained": None,
        "wished": {"BTC/USDT": 0.0},
        "inputs": {"market": f"sha256:{digest_bytes(blob)}"},
    }
    return Entry(at(number), Decided(**{**fields, **changes}), {"market": blob})


def order(number: int, side: Side = Side.BUY, decision: int | None = None, **changes: Any) -> ApprovedOrder:
    fields: dict[str, Any] = {
        "id": order_name(number),
        "symbol": "BTC/USDT",
        "side": side,
        "type": OrderType.MARKET,
        "purpose": Purpose.ENTRY,
        "quantity": None,
        "spend": Decimal("1000"),
        "limit_price": None,
        "stop_price": None,
        "decision_id": None if decision is None else decision_name(decision),
        "reason": "target weight 0.1",
        "created_at": at(number),
    }
    return ApprovedOrder(**{**fields, **changes})


def filled(number: int, side: Side = Side.BUY, quantity: str = "0.02", hour: int | None = None) -> Entry:
    when = at(number if hour is None else hour)
    fill = Fill(
        f"t{number}", order_name(number), "BTC/USDT", side, Decimal(quantity), Decimal("40000"),
        Decimal("0.8"), Liquidity.TAKER, when,
    )  # fmt: skip
    return Entry(when, Filled(fill, number, True), {}, (settle(fill, BITCOIN, paying=AVAILABLE),))


def market_of(*closes: float) -> dict[str, Any]:
    return {"BTC/USDT": {"close": list(closes)}, "ETH/USDT": {"missing": "warming_up"}}


def a_trade(number: int) -> list[Entry]:
    """A decision that becomes one filled purchase, and one wish that is refused."""
    found = Finding("exposure.asset", "ETH/USDT would be 0.31 of equity", "0.25", "0.31")
    wish = Wish("ETH/USDT", Side.BUY, Purpose.ENTRY, Decimal("3100"), "target weight 0.31")
    events: list[Event] = [
        Refused(decision_name(number), wish, (found,)),
        Approved(order(number, decision=number)),
        Submitted(order_name(number)),
        Acknowledged(order_name(number)),
    ]
    proposals = (Proposal(0, 1.0, thesis="the close is above its mean."), Proposal(1, 1.0))
    first = decided(number, market_of(*(100.0 + number + n for n in range(4))), *proposals)
    return [first, *(Entry(at(number), event) for event in events), filled(number)]


def a_stop(number: int) -> list[Entry]:
    """A protective stop that rests, fires and closes what `a_trade` bought."""
    stop = order(
        number, Side.SELL, type=OrderType.STOP, purpose=Purpose.EXIT, quantity=Decimal("0.02"), spend=None,
        stop_price=Decimal("38000"), reason="stop",
    )  # fmt: skip
    fired = Exit("BTC/USDT", "stop", Decimal("38000"), order_name(number))
    return [
        Entry(at(number), Approved(stop)),
        Entry(at(number), Submitted(order_name(number))),
        Entry(at(number + 5), fired),
        filled(number, Side.SELL, hour=number + 5),
    ]


def a_run(journal: Journal, trades: int = 3) -> None:
    """A short account: a start, trades with their stops, a span, an end; each batch with its checkpoint."""
    journal.append(STREAM, [started()], {"cash": "10000"})
    for number in range(1, trades + 1):
        journal.append(STREAM, a_trade(number), {"cash": "9199.2", "trades": number})
        journal.append(STREAM, a_stop(100 + number), {"cash": "9998.4", "trades": number})
    span = Span("rule:test", at(200), at(220), 6, "e" * 64)
    journal.append(STREAM, [Entry(at(220), span), plain_entry("end", 221)], {"cash": "9998.4", "ended": True})
    journal.append("ops", [plain_entry("a second stream", 222)])
    journal.anchor()


class AboveMean:
    """Long while the last close is above the mean of four; the stance is what a test may falsify."""

    spec = "rule:test"

    def __init__(self, stance: float = 1.0) -> None:
        self._stance = stance

    async def decide(self, situation: Situation) -> Decision:
        from core.observation import Missing

        seen: dict[str, Any] = {}
        proposals = []
        for index, symbol in enumerate(situation.menu):
            closes = situation.market.column(symbol, situation.every, "close", 4)
            if isinstance(closes, Missing):
                seen[symbol] = {"missing": closes.why}
                continue
            seen[symbol] = {"close": closes}
            stance = self._stance if closes[-1] > sum(closes) / len(closes) else 0.0
            proposals.append(Proposal(index, stance, thesis="the close is above its mean"))
        return Decision(tuple(proposals), "rule", inputs={"market": seen})


def journalled_decision(journal: Journal, number: int, market: dict[str, Any]) -> None:
    """What `AboveMean` answers to *market*, journalled as the loop does."""
    from agent.journal.recorded_view import RecordedView
    from core.instant import interval
    from core.portfolio import Portfolio

    situation = Situation(
        decision_name(number), "paper", at(number), interval("4h"), MENU,
        RecordedView(at(number), interval("4h"), market), Portfolio(CASH, "USDT"), {},
    )  # fmt: skip
    answer = asyncio.run(AboveMean().decide(situation))
    journal.append(STREAM, [decided(number, market, *answer.proposals)])
