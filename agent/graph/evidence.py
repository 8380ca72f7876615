"""From what was gathered to the lines that models see: numbered, ordered, and the same for the same facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from agent.models.lines import ACCOUNT, MARKET, EvidenceLine
from tools.ask._text import ratio

MIXED = "mixed"
_TREND = "daily.sma_50_distance"
_MONTH = "daily.return_30"
_REGIME = "daily.regime"


def assessed(gathered: Mapping[str, Any]) -> dict[str, Any]:
    """The evidence, what is missing, and the assets that may not be proposed on (their indices)."""
    assets = gathered["assets"]
    facts = [(ACCOUNT, *fact) for fact in gathered["account"]["facts"]]
    facts += [(MARKET, *fact) for fact in _whole_market(assets)]
    missing = [f"missing: {ACCOUNT} {what} {why}" for what, why in gathered["account"]["missing"]]
    if "market" in gathered:
        facts += [(MARKET, *fact) for fact in gathered["market"]["facts"]]
        missing += [f"missing: {MARKET} {what} {why}" for what, why in gathered["market"]["missing"]]
    for index, asset in enumerate(assets):
        facts += [(str(index), *fact) for fact in asset["facts"]]
        missing += [f"missing: {index} {what} {why}" for what, why in asset["missing"]]
    return {
        "evidence": [
            {"id": f"e{number}", "scope": scope, "metric": metric, "value": value, "unit": unit}
            for number, (scope, metric, value, unit) in enumerate(facts, start=1)
        ],
        "missing": missing,
        "unfit": [index for index, asset in enumerate(assets) if asset["unfit"]],
    }


def lines(evidence: Iterable[Mapping[str, str]]) -> dict[str, EvidenceLine]:
    """The evidence of the state as `EvidenceLine` objects, by id."""
    return {one["id"]: EvidenceLine(**one) for one in evidence}


def _whole_market(assets: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """The regime that more than half of the assets are in, how many are in an uptrend, and how far they went."""
    by_metric: dict[str, list[str]] = {_TREND: [], _MONTH: [], _REGIME: []}
    for asset in assets:
        for metric, value, _ in asset["facts"]:
            if metric in by_metric:
                by_metric[metric].append(value)
    found: list[list[str]] = []
    if climates := by_metric[_REGIME]:
        word, count = Counter(climates).most_common(1)[0]
        found.append(["regime", word if 2 * count > len(climates) else MIXED, "word"])
    if trends := by_metric[_TREND]:
        above = sum(float(value) > 0 for value in trends) / len(trends)
        found.append(["share_above_sma_50", ratio(above, 3), "fraction"])
    if months := by_metric[_MONTH]:
        mean = sum(float(value) for value in months) / len(months)
        found.append(["mean_return_30", ratio(mean, 4), "fraction"])
    return found
