"""From a stance to a wish: the target weight, minus what is held and on its way.

``volatility``: weight = stance x confidence used x min(cap, target volatility / (asset's annual
volatility x sqrt(menu size))). The square root is what holds were the menu's assets independent; that
they are not is the `volatility` rule's part, which judges the account as a whole.
``full``: weight = stance / menu size, whatever the confidence. Both are at most ``exposure.per_asset``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import isfinite, sqrt

from core.decision import Proposal
from core.money import ONE, ZERO, add, divide, floor_to, multiply, plain, published, subtract
from core.observation import Missing
from core.orders import ApprovedOrder, Purpose, Side, Wish
from core.portfolio import Portfolio
from strategies.risk.book import sellable, taken
from strategies.risk.case import Inputs
from strategies.risk.confidence import used_confidence
from strategies.risk.limits import Limits
from strategies.risk.returns import FEWEST_DAYS, DailyReturns, annual_volatility
from strategies.risk.sections import SizingMode

_STEP = Decimal("1e-8")


def wish_for(
    proposal: Proposal,
    symbol: str,
    portfolio: Portfolio,
    *,
    marks: Mapping[str, Decimal],
    equity: Decimal,
    limits: Limits,
    inputs: Inputs,
    menu_size: int,
    pending: tuple[ApprovedOrder, ...] = (),
    resolved_decisions: int = 0,
) -> Wish | None:
    """What *proposal* wants of *symbol*, or `None` where nothing is to be done.

    A stance of 0 or less wishes to be flat, which is always sent and sells what no sale on its way has
    claimed. Anything else below ``sizing.no_trade_band`` of equity is not sent. A stance or confidence
    that is no finite number wishes nothing. A volatility that is not known leaves the cap in place; the engine then refuses the entry.
    """
    if not (isfinite(proposal.stance) and isfinite(proposal.confidence)):
        return None
    if proposal.stance <= 0:
        return _flat(proposal, symbol, portfolio, marks, pending)
    weight = target_weight(
        proposal,
        symbol,
        limits=limits,
        inputs=inputs,
        menu_size=menu_size,
        resolved_decisions=resolved_decisions,
    )
    target = _part(equity, weight)
    gap = subtract(target, _held(symbol, portfolio, marks, pending))
    size = gap.copy_abs()
    if size == 0 or size < multiply(limits.sizing.no_trade_band, equity):
        return None
    side, purpose = (Side.BUY, Purpose.ENTRY) if gap > 0 else (Side.SELL, Purpose.REDUCTION)
    reason = f"target weight {plain(weight)}"
    return Wish(symbol, side, purpose, size, reason, proposal.confidence, proposal.stance)


def target_weight(
    proposal: Proposal,
    symbol: str,
    *,
    limits: Limits,
    inputs: Inputs,
    menu_size: int,
    resolved_decisions: int = 0,
) -> Decimal:
    """The fraction of equity that *proposal* asks for, from 0 to the cap of one asset."""
    cap = ONE if limits.exposure.per_asset is None else limits.exposure.per_asset
    stance = min(max(proposal.stance, 0.0), 1.0)
    if not stance > 0:
        return ZERO
    if limits.sizing.mode is SizingMode.FULL:
        return min(divide(published(stance), Decimal(menu_size)), cap)
    confidence = min(max(used_confidence(proposal.confidence, resolved_decisions), 0.0), 1.0)
    size = float(cap)
    volatility = _volatility(symbol, inputs.daily_returns)
    if volatility and limits.sizing.target_volatility is not None:
        size = min(size, float(limits.sizing.target_volatility) / (volatility * sqrt(menu_size)))
    weight = stance * confidence * size
    return min(published(weight), cap) if isfinite(weight) else ZERO


def _part(equity: Decimal, weight: Decimal) -> Decimal:
    # A weight of 1 is all of it, to the last digit; any other is a share and stops at the finest step.
    if weight == 1:
        return equity
    return floor_to(multiply(equity, weight), _STEP)


def _volatility(symbol: str, returns: Mapping[str, DailyReturns] | Missing) -> float | None:
    if isinstance(returns, Missing) or symbol not in returns:
        return None
    values = returns[symbol].values
    if len(values) < FEWEST_DAYS:
        return None
    found = annual_volatility(values)
    return found if isfinite(found) else None


def _held(
    symbol: str,
    portfolio: Portfolio,
    marks: Mapping[str, Decimal],
    pending: tuple[ApprovedOrder, ...],
) -> Decimal:
    total = _value(symbol, sellable(portfolio, symbol, pending), portfolio, marks)
    for order in pending:
        if order.symbol == symbol and order.side is Side.BUY:
            total = add(total, taken(order, marks, ZERO))
    return total


def _value(symbol: str, quantity: Decimal, portfolio: Portfolio, marks: Mapping[str, Decimal]) -> Decimal:
    position = portfolio.positions.get(symbol)
    if position is None or quantity == 0:
        return ZERO
    # Without any price the wish still has to be made, so that its refusal is on record.
    return multiply(quantity, marks.get(symbol, position.average_price))


def _flat(
    proposal: Proposal,
    symbol: str,
    portfolio: Portfolio,
    marks: Mapping[str, Decimal],
    pending: tuple[ApprovedOrder, ...],
) -> Wish | None:
    value = _value(symbol, sellable(portfolio, symbol, pending), portfolio, marks)
    if value == 0:
        return None
    return Wish(
        symbol, Side.SELL, Purpose.REDUCTION, value, "target weight 0", proposal.confidence, proposal.stance
    )
