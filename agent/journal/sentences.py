"""One plain sentence per event, from its record alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from agent.journal.reading import reference
from core.money import plain
from core.ports import Record

_Body = Mapping[str, Any]
_PLACES, _DIGITS = 8, 4


def sentence(record: Record) -> str:
    """What happened, in words; an event of a kind that is not known here is named by its kind."""
    tell = _TELL.get(record.kind)
    return f"{record.kind} ({reference(record)})." if tell is None else tell(record.body)


def _read(amount: str) -> str:
    """*amount* to 8 decimals, a tiny one to 4 digits; the record itself has it exactly."""
    number = Decimal(amount)
    places = max(_PLACES, _DIGITS - 1 - number.adjusted()) if number else _PLACES
    return plain(Decimal(f"{number:.{places}f}"))


def _started(body: _Body) -> str:
    again = "went on" if body["resumed"] else "began"
    world = "a simulated market" if body["simulated"] else "a real market"
    return f"Run {body['run_id']} {again} on {world} with {_read(body['cash'])} {body['quote']}."


def _decided(body: _Body) -> str:
    decider, by = body["decider"], body["decided_by"]
    who = decider if by in {decider, "rule"} else f"{decider} (decided by {by})"
    if body["abstained"] is not None:
        return f"{who} abstained: {body['abstained']}."
    if not body["proposals"]:
        return f"{who} had no view: every position stays as it is."
    wishes = "; ".join(_wish(proposal, body["menu"], body["wished"]) for proposal in body["proposals"])
    return f"{who} wished {wishes}.{_grounds(body)}"


def _grounds(body: _Body) -> str:
    cited = (body["model"] or {}).get("cited", {})
    return f" It rests on {', '.join(cited.values())}." if cited else ""


def _wish(proposal: _Body, menu: list[str], wished: _Body) -> str:
    symbol, stance = menu[proposal["asset"]], proposal["stance"]
    exposure = "flat" if stance <= 0 else "its full target" if stance == 1 else f"{stance:.0%} of its target"
    before = wished.get(symbol)
    told = f"{symbol} at {exposure} (stance {stance:g}"
    if isinstance(before, int | float):
        told += f", before {before:g}"
    told += ")"
    thesis = f", because {proposal['thesis'].rstrip('.')}" if proposal["thesis"] else ""
    return f"{told}{thesis}"


def _span(body: _Body) -> str:
    if body["count"] == 1:
        return f"{body['decider']} decided at {body['first']} and changed nothing."
    return (
        f"{body['decider']} decided {body['count']} times from {body['first']} to {body['last']} "
        "and changed nothing."
    )


def _refused(body: _Body) -> str:
    wish = body["wish"]
    findings = "; ".join(map(_finding, body["findings"]))
    return (
        f"The risk engine refused to {wish['side']} {wish['symbol']} for {_read(wish['notional'])} "
        f"({wish['purpose']}: {wish['reason']}). It said: {findings or 'nothing more'}."
    )


def _approved(body: _Body) -> str:
    order = body["order"]
    findings = "; ".join(map(_finding, body["findings"]))
    shrunk = f" Its findings: {findings}." if findings else ""
    return f"The risk engine let through order {order['id']}: {_order(order)} ({order['reason']}).{shrunk}"


def _finding(finding: _Body) -> str:
    values = [f"{name} {finding[name]}" for name in ("limit", "value") if finding[name]]
    return f"{finding['code']}: {finding['message']}" + (f" ({', '.join(values)})" if values else "")


def _order(order: _Body) -> str:
    if order["quantity"] is not None:
        size = f"{_read(order['quantity'])} {order['symbol'].partition('/')[0]}"
    else:
        base, _, quote = order["symbol"].partition("/")
        size = f"{base} for {_read(order['spend'])} {quote}"
    price = "at the market"
    if order["type"] == "limit":
        price = f"at {_read(order['limit_price'])} or better"
    elif order["type"] == "stop":
        price = f"once the price touches {_read(order['stop_price'])}"
    return f"{order['side']} {size} {price}"


def _submitted(body: _Body) -> str:
    again = "" if body["attempt"] == 1 else f" (attempt {body['attempt']})"
    return f"Order {body['order_id']} was sent to the venue{again}."


def _acknowledged(body: _Body) -> str:
    return f"The venue has order {body['order_id']}."


def _filled(body: _Body) -> str:
    fill = body["fill"]
    base, _, quote = fill["symbol"].partition("/")
    done = ", which completed the order" if body["done"] else "; the rest of the order stayed open"
    did = "Bought" if fill["side"] == "buy" else "Sold"
    quantity, price, fee = (_read(fill[name]) for name in ("quantity", "price", "fee"))
    return f"{did} {quantity} {base} at {price} {quote}, fee {fee} {quote}{done}."


def _cancelled(body: _Body) -> str:
    return f"Order {body['order_id']} ended without being filled further: {body['reason']}."


def _unknown(body: _Body) -> str:
    return f"Nobody knows whether order {body['order_id']} arrived: {body['why']}."


def _resolved(body: _Body) -> str:
    fate = "the venue has it" if body["outcome"] == "exists" else "it never arrived"
    return f"The fate of order {body['order_id']} was proven: {fate}."


def _exit(body: _Body) -> str:
    level = "" if body["level"] is None else f" at {_read(body['level'])}"
    return f"The {body['trigger']} exit of {body['symbol']}{level} fired and became order {body['order_id']}."


def _halted(body: _Body) -> str:
    state = "halted" if body["state"] == "halted" else "reduced to closing positions"
    return f"Trading was {state} by {body['by']}: {body['reason']}."


def _resumed(body: _Body) -> str:
    return f"Trading was resumed by {body['by']}."


def _delisted(body: _Body) -> str:
    price = "" if body["last_price"] is None else f"; its last price was {_read(body['last_price'])}"
    return f"Trading of {body['symbol']} ended{price}."


def _alert(body: _Body) -> str:
    return f"Alert {body['code']}: {body['message']}"


def _ended(body: _Body) -> str:
    return f"The run ended: {body['reason']}."


_TELL: dict[str, Callable[[_Body], str]] = {
    "started": _started,
    "decided": _decided,
    "span": _span,
    "refused": _refused,
    "approved": _approved,
    "submitted": _submitted,
    "acknowledged": _acknowledged,
    "filled": _filled,
    "cancelled": _cancelled,
    "unknown": _unknown,
    "resolved": _resolved,
    "exit": _exit,
    "halted": _halted,
    "resumed": _resumed,
    "delisted": _delisted,
    "alert": _alert,
    "ended": _ended,
}
