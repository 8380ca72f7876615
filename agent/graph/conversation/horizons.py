"""Which horizon a view speaks to: the trader's days to weeks and the investor's months, never blurred."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agent.graph.conversation.offline.words import number, reason
from agent.graph.conversation.toolbelt import Toolbelt
from strategies.grades.sums import LEAST_COVERAGE

MARKET = "market"
_VIEWS = {
    "strong_buy": "bullish",
    "buy": "bullish",
    "neutral": "neutral",
    "sell": "bearish",
    "strong_sell": "bearish",
}
_HORIZONS = (("days_weeks", "trader"), ("months", "investor"))
_OF_ASSETS = {
    *("get_price", "get_candles", "get_indicators", "get_levels", "get_grades", "get_order_book"),
    *("get_onchain", "get_fundamentals", "get_derivatives", "get_sentiment", "get_news"),
}
_NOTHING = "no_data"

Graded = Mapping[str, Any]


def assets_looked_at(belt: Toolbelt) -> list[str]:
    """The assets that the turn looked at, in order, as their evidence names them."""
    looked_at = (one.asset for one in belt.evidence.values() if one.tool in _OF_ASSETS)
    return [asset for asset in dict.fromkeys(looked_at) if asset != MARKET]


def horizons(belt: Toolbelt) -> list[dict[str, Any]]:
    """Both horizons of the asset that was looked at first: view, signal, grade; an unknown one says why."""
    assets = assets_looked_at(belt)
    graded = belt.graded(assets[0]) if assets else None
    return [_horizon(name, kind, assets, graded) for name, kind in _HORIZONS]


def _horizon(name: str, kind: str, assets: list[str], graded: Graded | None) -> dict[str, Any]:
    told = {} if graded is None else graded[kind]
    known = told.get("value") is not None and told.get("signal") is not None
    why = None if known else told.get("why") or (_NOTHING if assets else "no_asset")
    return {
        "horizon": name,
        "view": _VIEWS.get(told["signal"], "unknown") if known else "unknown",
        "signal": told["signal"] if known else None,
        "grade": told["value"] if known else None,
        "why": why,
    }


def in_words(name: str, graded: Graded) -> str:
    """What both horizons say of the asset *name*, and whether they part.

    *graded*: what ``get_grades`` told of it.
    """
    spans = {"trader": "days to weeks", "investor": "months"}
    views = [
        f"{_view(graded[kind])} for {kind}s over {spans[kind]}{_because(graded[kind])}" for kind in spans
    ]
    return f"Views of {name}: {', '.join(views)}.{_parting(graded)}"


def _view(told: Mapping[str, Any]) -> str:
    return "unknown" if told["value"] is None else _VIEWS.get(told["signal"], "unknown")


def _because(told: Mapping[str, Any]) -> str:
    """The grade and its signal in brackets; where there is none, why."""
    if told["value"] is not None:
        return f" ({number(str(told['value']))}, {str(told['signal']).replace('_', ' ')})"
    why = told["why"] or _NOTHING
    if why.startswith("coverage"):
        return f" (coverage {told['coverage']:.2f}, {LEAST_COVERAGE} is needed)"
    return f" ({reason(_NOTHING if why.startswith(_NOTHING) else why)})"


def _parting(graded: Graded) -> str:
    apart = graded["divergence"]
    if apart["direction"] not in ("trader_above", "investor_above"):
        return ""
    size = number(str(abs(Decimal(str(apart["size"])))))
    above, below = ("trader", "investor") if apart["direction"] == "trader_above" else ("investor", "trader")
    return f" The horizons part: its {above} grade stands {size} points above its {below} grade."
