"""An index at a moment: its constituents and weights, made of what was known then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.instant import Instant
from core.money import plain, published
from core.observation import Missing, Observation
from core.ports import MarketData
from strategies.baskets.basket import Basket, Composition, Member, compose
from tools.ask import AskContext
from tools.desk.grading.grades import Sheet, grades_of
from tools.desk.indices.reading import Caps, candidates, is_money
from tools.desk.indices.universe import Listed, listed_in

_DIGITS = 10


def composed(
    basket: Basket,
    listed: Sequence[Listed],
    market: MarketData,
    *,
    sheet: Callable[[], Sheet],
    caps: Caps | None,
) -> Composition:
    """Who belongs to *basket* on *market* at its now."""
    return compose(basket, candidates(basket, listed, market, sheet=sheet, caps=caps))


def index_of(basket: Basket, context: AskContext) -> Composition:
    """Who belongs to *basket* at the question's now."""
    return composed(
        basket,
        listed_in(context),
        context.market,
        sheet=lambda: grades_of(context).sheet(),
        caps=caps_of(context),
    )


def caps_of(context: AskContext) -> Caps | None:
    """Market caps out of the facts of *context*, of the source that is served first."""
    facts = context.facts
    if facts is None:
        return None

    def read(asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        told = facts.each(asset, metric, now, count)
        return next((rows for rows in told if not isinstance(rows, Missing)), Missing(metric, "no_data"))

    return read


def told(composition: Composition, by: str) -> dict[str, Any]:
    """The keys of a composition in every answer: ``constituents``, ``cash``, ``left_out``, ``missing``.

    *by*: what members were chosen by.
    """
    return {
        "constituents": [constituent(member, by) for member in composition.members],
        "cash": cash_weight(composition),
        "left_out": [
            {"asset": one.asset, "symbol": one.symbol, "why": one.why} for one in composition.left_out
        ],
        "missing": [{"what": gap.what, "why": gap.why} for gap in composition.missing],
    }


def constituent(member: Member, by: str) -> dict[str, Any]:
    """One member as plain JSON: what it was chosen *by* as a text where that is money, else as a number."""
    value = float(f"{member.value:.6g}")
    return {
        "asset": member.asset,
        "symbol": member.symbol,
        "weight": round(member.weight, _DIGITS),
        "rank": member.rank,
        "of": member.of,
        "value": plain(published(value)) if is_money(by) else value,
        "why": member.why,
    }


def cash_weight(composition: Composition) -> float:
    """What no member may take: 1 where there is none, 0 where they take it all."""
    return round(max(0.0, 1.0 - sum(member.weight for member in composition.members)), _DIGITS)
