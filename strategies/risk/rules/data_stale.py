"""Old or absent prices: no wish is traded on them."""

from __future__ import annotations

from core.instant import duration_text
from core.observation import Missing
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import WISHES, Draft, Rule


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses where the asset's data is missing, or its price older than `price.max_age`."""
    symbol = case.wish.symbol
    if case.data is not None and not case.data.why.startswith("gate"):
        return Finding("data.stale", f"no usable data of {symbol}: {case.data.why}", value=case.data.why)
    oldest = case.limits.price.max_age
    if oldest is None:
        return None
    known_at = case.inputs.price_at
    if isinstance(known_at, Missing):
        told = f"how old the price of {symbol} is cannot be told: price_at is missing ({known_at.why})"
        return Finding("input.missing:data.stale", told, value=known_at.why)
    age = case.now - known_at
    if age <= oldest:
        return None
    limit, value = duration_text(oldest), f"{age} ms"
    return Finding("data.stale", f"the price of {symbol} is {value} old; at most {limit}", limit, value)


# Not declared as an input: without a `price.max_age` the rule still judges what the gate says.
RULE = Rule("data.stale", check, WISHES, flags_exit=True)
