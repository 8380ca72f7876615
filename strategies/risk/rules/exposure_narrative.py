"""All that is held of one narrative is at most a fraction of equity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from core.money import ZERO, add, multiply
from strategies.risk.book import exposed_symbols, value_after
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Cap, Draft, Rule, given, in_force, room, while_set


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks so that each narrative of the asset, pending buys and the order stay within `exposure.per_narrative` of equity.

    An asset of several narratives counts whole in each of them; one without narratives counts in none.
    """
    narratives = given(case.inputs.narratives)
    most = multiply(in_force(case.limits.exposure.per_narrative), case.equity)
    exposed = exposed_symbols(case)
    caps: list[Cap] = []
    for narrative in narratives.get(case.wish.symbol, ()):
        counted = [symbol for symbol in exposed if narrative in narratives.get(symbol, ())]
        cap = room(
            "exposure.narrative",
            f"the narrative {narrative} after the order worth",
            draft,
            most=most,
            quote=case.portfolio.quote,
            held=_worth(case, counted),
        )
        if cap is not None:
            caps.append(_in_words(cap, counted, [one for one in exposed if not narratives.get(one)]))
    return min(caps, key=_room) if caps else None


def _room(cap: Cap) -> Decimal:
    return cap.notional


def _worth(case: Case, symbols: Iterable[str]) -> Decimal:
    total = ZERO
    for symbol in symbols:
        total = add(total, value_after(case, symbol))
    return total


def _in_words(cap: Cap, counted: list[str], apart: list[str]) -> Cap:
    """*cap* with what was counted, and which holdings belong to no narrative and so were not."""
    told = cap.finding.message
    if counted:
        told += f"; held or on its way: {', '.join(counted)}"
    if apart:
        told += f"; without a narrative and counted in none: {', '.join(apart)}"
    return replace(cap, finding=replace(cap.finding, message=told))


RULE = Rule(
    "exposure.narrative",
    check,
    ENTRIES,
    inputs=("narratives",),
    mode=while_set(lambda limits: limits.exposure.per_narrative),
    shrinks=True,
)
