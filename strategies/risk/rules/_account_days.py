"""The account's days with an order in it, for the rules that judge the account as a whole."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np

from core.market import Floats
from core.money import plain, published
from core.orders import Finding
from strategies.risk.book import exposed_symbols, value_after
from strategies.risk.case import Case
from strategies.risk.returns import aligned, largest_within
from strategies.risk.rule import Cap, Draft, given

# Statistics are floats: a cap is set a hair below what they allow, never above.
_HAIR = 1 - 1e-9


def shrink(
    code: str, subject: str, case: Case, draft: Draft, *, most: Decimal, measure: Callable[[Floats], float]
) -> Cap | None:
    """A cap where *measure* of the account's daily returns, the order included, would exceed *most*.

    The account's returns are those that today's holdings and pending buys would have had. *measure*
    is convex in them.

    Raises:
        LookupError: daily returns of the wished asset, or of one that is held, are missing or too few.
        ZeroDivisionError: no equity.
    """
    symbol = case.wish.symbol
    symbols = [symbol, *(held for held in exposed_symbols(case) if held != symbol)]
    table = aligned(given(case.inputs.daily_returns), symbols)
    equity = float(case.equity)
    account = table @ np.array([float(value_after(case, name)) / equity for name in symbols])
    asset, limit, wished = table[:, 0], float(most), float(draft.notional) / equity

    def after(share: float) -> float:
        return measure(account + share * asset)

    share = largest_within(after, limit, wished)
    if share is None:
        return None
    told, value = plain(most), repr(after(wished))
    finding = Finding(code, f"{subject} {value} after the order; at most {told}", told, value)
    return Cap(published(share * equity * _HAIR), finding)
