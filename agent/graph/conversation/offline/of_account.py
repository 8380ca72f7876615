"""What the tools said of the account: books, decisions, limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.graph.conversation.claims import quotable
from agent.graph.conversation.offline.seen import Seen, Told
from agent.graph.conversation.offline.words import Fact, age, amount, moment, percent, reason, share

_MOST_POSITIONS = 8
_MOST_DECISIONS = 3


def portfolio(seen: Seen) -> Iterator[str]:
    """What is held and what it is worth."""
    told = seen.of("get_portfolio")
    if told is None:
        return
    if not told.facts:
        yield f"I don't know what is held: {reason(told.why('portfolio'))}. Start one with 'tokenwise paper'."
        return
    data, facts = told.data, told.about("account")
    at, name = data["as_of"], data.get("account") or ""
    equity = _money(facts, "equity")
    text = (
        f"The account {name} is worth {equity} (equity), with {_money(facts, 'cash')} in cash, "
        f"as of {moment(at)} ({age(at, seen.now)})."
    )
    if "drawdown" in facts:
        text += f" Its drawdown is {share(facts['drawdown']['value'])}, from its peak."
    if data.get("state"):
        text += f" Its trading state is {data['state']}."
    yield text.replace("  ", " ")
    held = data["positions"]
    if not held:
        yield "It holds nothing but cash."
    for one in held[:_MOST_POSITIONS]:
        yield f"- {_position(one['symbol'], told.about(one['symbol']))}"
    if len(held) > _MOST_POSITIONS:
        yield "- and more; 'tokenwise paper status' lists all of them."


def _money(facts: Mapping[str, Fact], metric: str) -> str:
    fact = facts.get(metric)
    return "an unknown amount" if fact is None else f"{amount(fact['value'])} {fact['unit']}"


def _position(symbol: str, facts: Mapping[str, Fact]) -> str:
    text = f"{symbol}: {_money(facts, 'position_quantity')}"
    if "position_value" not in facts:
        return f"{text}; what it is worth is unknown."
    text += f", worth {_money(facts, 'position_value')}"
    if "position_weight" in facts:
        text += f" ({share(facts['position_weight']['value'])} of equity)"
    if "position_return" in facts:
        text += f", {percent(facts['position_return']['value'])} since it was bought"
    return f"{text}."


def decisions(seen: Seen, symbols: set[str], question: str) -> Iterator[str]:
    """The newest decisions, of the assets named where some were."""
    told = seen.of("get_decisions")
    if told is None:
        return
    listed = told.data.get("decisions", [])
    if not listed:
        yield f"I know of no decision: {reason(told.why('decisions'))}."
        return
    about = [one for one in listed if not symbols or symbols & set(one["symbols"])]
    about = _of_side(about, question)
    if not about:
        names = ", ".join(sorted(symbols))
        yield f"Among the newest decisions that I looked at, none is about {names or 'that'}."
        return
    yield "From the journal, newest first:"
    for one in about[::-1][:_MOST_DECISIONS]:
        by = f" (decided by {one['decided_by']})" if one.get("decided_by") else ""
        yield f'- {moment(one["at"])}, {age(one["at"], seen.now)}{by}: "{quotable(one["text"])}"'
    yield f"`tokenwise journal why {about[-1]['id']}` tells the whole story of the newest."


def _of_side(found: list[dict[str, Any]], question: str) -> list[dict[str, Any]]:
    """Why did you buy: the decisions that wished to be long; why did you sell: the others."""
    words = question.casefold()
    if "refuse" in words:
        return [one for one in found if one["kind"] == "refused"]
    if any(word in words for word in ("sell", "sold", "exit", "close")):
        return [one for one in found if one["kind"] == "exit" or " flat" in one["text"]] or found
    if any(word in words for word in ("buy", "bought", "long", "enter")):
        return [one for one in found if one["kind"] == "decided" and " long" in one["text"]] or found
    return found


_LIMITS = (
    ("limits.exposure.per_order", "one order"),
    ("limits.exposure.per_asset", "one asset"),
    ("limits.exposure.gross", "all positions together"),
    ("limits.exposure.cash_reserve", "cash that stays"),
)
_LOSSES = (
    ("limits.loss.per_day", "a day's loss limit of"),
    ("limits.loss.drawdown_reduce", "only reducing from a drawdown of"),
    ("limits.loss.drawdown_halt", "a halt at a drawdown of"),
)


def limits(seen: Seen) -> Iterator[str]:
    """What may be done at most, whatever a model says."""
    told = seen.of("get_limits")
    if told is None:
        return
    facts = told.facts
    if not facts:
        yield f"I don't know the limits: {reason(told.why('limits'))}."
        return
    yield f"The limits in force are those of the profile {told.data.get('profile')}; I cannot change them."
    sizes = [f"{words} {share(facts[name]['value'])}" for name, words in _LIMITS if name in facts]
    if sizes:
        yield f"- Of equity: {', '.join(sizes)}."
    losses = [f"{words} {share(facts[name]['value'])}" for name, words in _LOSSES if name in facts]
    if losses:
        yield f"- Losses: {', '.join(losses)}."
    pace = _pace(told)
    if pace:
        yield f"- Pace: {pace}."


def _pace(told: Told) -> str:
    facts, held = told.facts, told.data.get("limits", {}).get("pace", {})
    parts = [
        f"at most {facts[name]['value']} orders {words}"
        for name, words in (
            ("limits.pace.orders_per_hour", "an hour"),
            ("limits.pace.orders_per_day", "a day"),
        )
        if name in facts
    ]
    parts += [
        f"{words} {held[key]}"
        for key, words in (("min_hold", "a position is held at least"),)
        if held.get(key)
    ]
    return ", ".join(parts)
