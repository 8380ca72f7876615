"""Old or absent prices: no wish is traded on them."""

from __future__ import annotations

from core.instant import duration_text
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
    if case.price_at is None:
        return Finding("input.missing:data.stale", f"when the price of {symbol} was known is not known")
    age = case.now - case.price_at
    if age <= oldest:
        return None
    limit, value = duration_text(oldest), f"{age} ms"
    return Finding("data.stale", f"the price of {symbol} is {value} old; at most {limit}", limit, value)


RULE = Rule("data.stale", check, WISHES, flags_exit=True)
