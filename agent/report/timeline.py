"""What was wished, what was let through, what came of it: one row per decision and symbol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from agent.report import words
from agent.report.history import DecisionStory, ExitStory, History, OrderStory, Refusal
from core.instant import Instant
from core.money import ZERO, add, divide, exact, multiply, plain
from core.orders import OrderType, Purpose

ORDERED, REFUSED, ABSTAINED, EXITED, WISHED = "ordered", "refused", "abstained", "exit", "no order"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the account's story. *findings* are pairs of reason code and message.

    *grounds*: the evidence that the wish cites, as pairs of id and text. *thought*: who decided, and what it took.
    """

    at: Instant
    symbol: str
    outcome: str
    label: str
    wish: str = ""
    why: str = ""
    findings: tuple[tuple[str, str], ...] = ()
    order: str = ""
    fill: str = ""
    stance: float | None = None
    grounds: tuple[tuple[str, str], ...] = ()
    thought: str = ""


def timeline(story: History) -> tuple[Row, ...]:
    """Every row, oldest first."""
    rows = [row for decision in story.told.values() for row in _decision(decision)]
    rows += [_refused(refusal, None) for refusal in story.undecided]
    rows += [_exit(story, fired) for fired in story.exits]
    rows += [_ordered(order, None) for order in story.orders.values() if _stands_alone(story, order)]
    return tuple(sorted(rows, key=lambda row: (row.at, row.symbol)))


def _stands_alone(story: History, told: OrderStory) -> bool:
    """Neither a decision's nor a protective exit's."""
    order = told.order
    resting = order["purpose"] == Purpose.EXIT and order["type"] == OrderType.STOP
    return order["decision_id"] is None and order["id"] not in story.triggers and not resting


def _decision(decision: DecisionStory) -> Iterator[Row]:
    body = decision.decided
    thought = _thought(body)
    cited = (body["model"] or {}).get("cited", {})
    evidence = {body["menu"][wish["asset"]]: wish["evidence"] for wish in body["proposals"]}
    for row in _outcomes(decision):
        grounds = tuple((one, cited[one]) for one in evidence.get(row.symbol, ()) if one in cited)
        yield replace(row, grounds=grounds, thought=thought)


def _thought(body: Mapping[str, Any]) -> str:
    """Who decided, the tokens it read and wrote, and the price where it is known; empty for a rule."""
    if body["model"] is None:
        return ""
    calls = body["model"]["calls"]
    if not calls:
        return str(body["model"]["name"])
    tokens = sum((call["tokens_in"] or 0) + (call["tokens_out"] or 0) for call in calls)
    usd = [exact(call["usd"]) for call in calls if call["usd"] is not None]
    cost = f", {plain(sum(usd, ZERO))} USD" if usd else ", price unknown"
    return f"{body['decided_by']}: {words.count(len(calls), 'call')}, {tokens:,} tokens{cost}"


def _outcomes(decision: DecisionStory) -> Iterator[Row]:
    body = decision.decided
    if body["abstained"] is not None:
        yield Row(decision.at, "", ABSTAINED, "abstained", why=body["abstained"])
        return
    wishes = {body["menu"][wish["asset"]]: wish for wish in body["proposals"]}
    done = set()
    for order in decision.orders:
        symbol = order.order["symbol"]
        if order.order["purpose"] != Purpose.EXIT:
            done.add(symbol)
            yield _ordered(order, wishes.get(symbol))
    for refusal in decision.refusals:
        done.add(refusal.wish["symbol"])
        yield _refused(refusal, wishes.get(refusal.wish["symbol"]))
    for symbol, wish in wishes.items():
        if symbol not in done:
            yield Row(
                decision.at, symbol, WISHED, "no order", _stance(wish), wish["thesis"], stance=wish["stance"]
            )


def _ordered(told: OrderStory, wish: Mapping[str, Any] | None) -> Row:
    order = told.order
    label = ("bought" if order["side"] == "buy" else "sold") if told.fills else (told.ended or "open")
    return Row(
        told.at,
        order["symbol"],
        ORDERED,
        label,
        "" if wish is None else _stance(wish),
        _why(wish, order["reason"]),
        _findings(told.findings),
        order_text(order),
        fill_text(told),
        None if wish is None else wish["stance"],
    )


def _refused(refusal: Refusal, wish: Mapping[str, Any] | None) -> Row:
    wanted = refusal.wish
    side = f"{wanted['side']} for {words.amount(wanted['notional'])}"
    return Row(
        refusal.at,
        wanted["symbol"],
        REFUSED,
        "refused",
        side if wish is None else _stance(wish),
        _why(wish, wanted["reason"]),
        _findings(refusal.findings),
        stance=wanted["stance"],
    )


def _exit(story: History, fired: ExitStory) -> Row:
    told = story.orders.get(fired.order_id)
    level = "" if fired.level is None else f" at {words.price(fired.level)}"
    return Row(
        fired.at,
        fired.symbol,
        EXITED,
        fired.trigger,
        why="closed by the halt" if fired.trigger == "flatten" else f"{fired.trigger} reached{level}",
        order="" if told is None else order_text(told.order),
        fill="" if told is None else fill_text(told),
    )


def _stance(wish: Mapping[str, Any]) -> str:
    stance, confidence = float(wish["stance"]), float(wish["confidence"])
    if stance <= 0:
        return "flat"
    size = "long" if stance == 1 else f"long {words.percent(stance, places=0)}"
    return size if confidence == 1 else f"{size}, confidence {words.ratio(confidence)}"


def _why(wish: Mapping[str, Any] | None, reason: str) -> str:
    thesis = "" if wish is None else wish["thesis"]
    return thesis or reason


def _findings(findings: tuple[Mapping[str, Any], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((finding["code"], finding["message"]) for finding in findings)


def order_text(order: Mapping[str, Any]) -> str:
    """``buy 0.5 BTC, market`` or ``buy for 1,000.00 USDT, market``."""
    base, _, quote = order["symbol"].partition("/")
    size = (
        f"for {words.amount(order['spend'])} {quote}"
        if order["quantity"] is None
        else f"{words.quantity(order['quantity'])} {base}"
    )
    level = order["limit_price"] or order["stop_price"]
    return f"{order['side']} {size}, {order['type']}{'' if level is None else ' ' + words.price(level)}"


def fill_text(told: OrderStory) -> str:
    """Average price of the order's fills; where there is none, how the order ended."""
    if not told.fills:
        return told.ended or ""
    notional = quantity = ZERO
    for fill in told.fills:
        notional = add(notional, multiply(fill.quantity, fill.price))
        quantity = add(quantity, fill.quantity)
    parts = "" if len(told.fills) == 1 else f" in {len(told.fills)} fills"
    rest = f", rest {told.ended}" if told.ended else ""
    return f"{words.price(divide(notional, quantity))}{parts}{rest}"
