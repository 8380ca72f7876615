"""One asset is at most a fraction of equity."""

from __future__ import annotations

from core.money import multiply
from strategies.risk.book import value_after
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Cap, Draft, Rule, in_force, room, while_set


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks so that position, pending buys and order stay within `exposure.per_asset` of equity."""
    symbol = case.wish.symbol
    most = multiply(in_force(case.limits.exposure.per_asset), case.equity)
    held = value_after(case, symbol)
    return room(
        "exposure.asset",
        f"{symbol} after the order worth",
        draft,
        most=most,
        quote=case.portfolio.quote,
        held=held,
    )


RULE = Rule(
    "exposure.asset", check, ENTRIES, mode=while_set(lambda limits: limits.exposure.per_asset), shrinks=True
)
