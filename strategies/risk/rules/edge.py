"""An entry must expect to move by more than it costs."""

from __future__ import annotations

from math import isfinite, sqrt

from core.money import plain
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.confidence import used_confidence
from strategies.risk.rule import ENTRIES, Draft, Rule, given, while_set


def check(case: Case, draft: Draft) -> Finding | None:
    """Refuses where the expected move is below `edge.multiple` round trips (DESIGN §8).

    Expected move = |stance| x confidence used x ATR(14) x sqrt(bars of the horizon), in quote per unit;
    a round trip costs twice taker fee and slippage. Impact depends on the bar and is left out.
    """
    wish, costs = case.wish, case.costs
    confidence = used_confidence(wish.confidence, case.resolved_decisions)
    bars = given(case.inputs.bars_of_horizon)
    move = abs(wish.stance) * confidence * float(given(case.inputs.atr)) * sqrt(bars)
    rate = 2 * (float(costs.taker) + float(costs.slippage_bps) / 10_000)
    least = float(case.limits.edge.multiple) * rate * float(draft.price)
    if isfinite(move) and move >= least:
        return None
    limit, value, quote = repr(least), repr(move), case.instrument.quote
    told = (
        f"expected move {value} {quote}; at least {limit} {quote}, "
        f"{plain(case.limits.edge.multiple)} times the cost of a round trip"
    )
    return Finding("edge", told, limit, value)


RULE = Rule(
    "edge",
    check,
    ENTRIES,
    inputs=("atr", "bars_of_horizon"),
    mode=while_set(lambda limits: limits.edge.multiple),
)
