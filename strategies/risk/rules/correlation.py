"""Nothing is bought that moves as one with something already held."""

from __future__ import annotations

import numpy as np

from core.money import plain
from core.orders import Finding
from strategies.risk.book import exposed_symbols
from strategies.risk.case import Case
from strategies.risk.returns import aligned
from strategies.risk.rule import ENTRIES, Draft, Rule, given, in_force, while_set


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses an asset whose daily returns correlate above `exposure.correlation` with a holding's."""
    symbol, most = case.wish.symbol, in_force(case.limits.exposure.correlation)
    others = [held for held in exposed_symbols(case) if held != symbol]
    if not others:
        return None
    table = aligned(given(case.inputs.daily_returns), [symbol, *others])
    table = table - table.mean(axis=0)
    norms = np.sqrt((table * table).sum(axis=0))
    # A series that never moves correlates with nothing.
    products, scale = table[:, 0] @ table[:, 1:], norms[0] * norms[1:]
    found = np.divide(products, scale, out=np.zeros(len(others)), where=scale > 0)
    closest = int(np.argmax(found))
    if found[closest] <= float(most):
        return None
    limit, value = plain(most), repr(float(found[closest]))
    told = f"daily returns of {symbol} and {others[closest]} correlate {value}; at most {limit}"
    return Finding("correlation", told, limit, value)


RULE = Rule(
    "correlation",
    check,
    ENTRIES,
    inputs=("daily_returns",),
    mode=while_set(lambda limits: limits.exposure.correlation),
)
