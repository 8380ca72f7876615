"""Which horizon a view speaks to: the trader's days to weeks and the investor's months, never blurred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.graph.conversation.toolbelt import Toolbelt
from core.observation import Missing
from tools.ask import Evidence

_VIEWS = {
    "strong_buy": "bullish",
    "buy": "bullish",
    "neutral": "neutral",
    "sell": "bearish",
    "strong_sell": "bearish",
}
_HORIZONS = (("days_weeks", "trader"), ("months", "investor"))


def main_asset(belt: Toolbelt) -> str | None:
    """The asset that was looked at first; `None` where the turn was about none."""
    looked_at = (one.asset for one in belt.evidence.values() if one.tool in _OF_ASSETS)
    return next((asset for asset in looked_at if asset != MARKET), None)


MARKET = "market"
_OF_ASSETS = {
    *("get_price", "get_candles", "get_indicators", "get_levels", "get_grades", "get_order_book"),
    *("get_onchain", "get_fundamentals", "get_derivatives", "get_sentiment", "get_news"),
}


def horizons(belt: Toolbelt) -> list[dict[str, Any]]:
    """Both horizons of the main asset: view, signal, grade; an unknown one says why."""
    asset = main_asset(belt)
    graded = {
        one.metric: one for one in belt.evidence.values() if one.tool == "get_grades" and one.asset == asset
    }
    return [_horizon(name, grade, graded, belt.missing, asset) for name, grade in _HORIZONS]


def _horizon(
    name: str, grade: str, graded: Mapping[str, Evidence], missing: list[Missing], asset: str | None
) -> dict[str, Any]:
    signal, value = graded.get(f"{grade}_signal"), graded.get(f"{grade}_grade")
    why = None
    if signal is None:
        reasons = (one.why for one in missing if one.what == f"{grade}_grade")
        why = "no_asset" if asset is None else next(reasons, "no_data")
    return {
        "horizon": name,
        "view": "unknown" if signal is None else _VIEWS.get(signal.value, "unknown"),
        "signal": None if signal is None else signal.value,
        "grade": None if value is None else float(value.value),
        "why": why,
    }
