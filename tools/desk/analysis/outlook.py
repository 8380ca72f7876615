"""What it comes to: value locked and whether price follows it, a view for each horizon, and a balanced close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tools.ask import ratio
from tools.desk.analysis.case import Case
from tools.desk.analysis.cited import MINE
from tools.desk.analysis.would_change import LEAST_COVERAGE, lacking, lacks_coverage
from tools.desk.prose import DESCRIBES, because, day, large, percent, points, share, some_of

_GRADES, _CANDLES = "get_grades", "get_candles"
_AT_HIGH = 0.99
_BEHIND = 0.10
_VIEWS = {
    "strong_buy": "bullish",
    "buy": "bullish",
    "neutral": "neutral",
    "sell": "bearish",
    "strong_sell": "bearish",
}
_SPAN = {"days_weeks": "days to weeks", "months": "months"}
_OF = {"days_weeks": "trader", "months": "investor"}


def locked(case: Case) -> dict[str, Any] | None:
    """Value locked: its level, growth, rank and high, and whether price has followed; `None` where not known."""
    for tool in ("get_fundamentals", "get_onchain"):
        figures = case.data(tool).get("figures") or []
        figure = next((one for one in figures if one["metric"] == "tvl"), None)
        if figure is not None:
            return _locked(case, tool, figure)
    return None


def _locked(case: Case, tool: str, figure: Mapping[str, Any]) -> dict[str, Any]:
    value = Decimal(figure["value"])
    rank = case.cited.text(tool, "tvl_rank")
    month, high = figure["change_30d"], figure["high"]
    texts = [f"{large(float(value))} {figure['unit']} are locked in it"]
    if rank is not None:
        texts.append(f"rank {rank} among those that are tracked")
    if month is not None:
        days = case.note("days_of_tvl_change", "30", "days", (tool, "tvl_change_30d"))
        texts.append(f"{percent(month)} in {days} days")
    at_high = high is not None and float(value) >= _AT_HIGH * float(high)
    cited = [(tool, name) for name in ("tvl", "tvl_rank", "tvl_change_30d", "tvl_high")]
    cited.append((MINE, "days_of_tvl_change"))
    if high is not None:
        texts.append(
            "which is about the most ever known"
            if at_high
            else f"the most was {large(float(high))} on {day(figure['high_at'])}"
        )
    top, last = (case.cited.number(_CANDLES, name) for name in ("window_high", "close"))
    below = None if top is None or last is None else max(1 - last / top, 0.0)
    behind = None if below is None or high is None else at_high and below >= _BEHIND
    if below is not None and behind:
        below = float(case.note("price_below_high", ratio(below, 4), "fraction", (_CANDLES, "window_high")))
        texts.append(f"while the price is {share(below)} below its own high: it does not follow yet")
        cited.append((MINE, "price_below_high"))
    return {
        "value": figure["value"],
        "unit": figure["unit"],
        "rank": None if rank is None else int(Decimal(rank)),
        **{name: figure[name] for name in ("change_1d", "change_7d", "change_30d", "high", "high_at")},
        "at_high": at_high if high is not None else None,
        "price_behind": behind,
        "as_of": figure["as_of"],
        "flags": figure["flags"],
        "text": f"{', '.join(texts)}.",
        "evidence": case.cited.ids(*cited),
    }


def horizons(case: Case, drivers: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """A view for days to weeks and one for months."""
    return [_horizon(case, name, drivers[_OF[name]]) for name in _SPAN]


def _horizon(case: Case, name: str, drivers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    kind, span = _OF[name], _SPAN[name]
    grade = case.grade(kind)
    told = {"horizon": name, "signal": grade.get("signal"), "grade": grade.get("value")}
    if not told["signal"]:
        why = because(grade.get("why"))
        if lacks_coverage(grade):
            why = (
                f"the {kind} grade has a coverage of {grade['coverage']:.2f}, and {LEAST_COVERAGE} is needed"
            )
        text = f"For {span} there is no view: {why}."
        return {**told, "view": "unknown", "text": text, "evidence": lacking(case, kind)}
    view = _VIEWS[grade["signal"]]
    moved = "" if grade["change_7d"] is None else f", {points(grade['change_7d'], signed=True)} in a week"
    text = (
        f"For {span} the view is {view}: the {kind} grade is {points(grade['value'])} "
        f"({_words(grade['band'])}{moved}) and says {_words(grade['signal'])}."
    )
    lifts = [_driver(one) for one in drivers if one["points"] > 0][:2]
    weighs = [_driver(one) for one in drivers if one["points"] < 0][:2]
    if lifts:
        text += f" Lifted most by {some_of(lifts)}"
        text += f", held down by {some_of(weighs)}." if weighs else "."
    cited = [(_GRADES, f"{kind}_{metric}") for metric in ("grade", "signal", "grade_change_7d")]
    return {**told, "view": view, "text": text, "evidence": case.cited.ids(*cited)}


def _driver(one: Mapping[str, Any]) -> str:
    return f"{one['indicator']} ({_words(one['family'])})"


def close(
    case: Case,
    views: Sequence[Mapping[str, Any]],
    told: Sequence[Mapping[str, Any]],
    risks: Sequence[Mapping[str, Any]],
) -> str:
    """Both horizons in one paragraph: what each may wait for, and what speaks against it."""
    by_name = {one["name"]: one for one in told}
    trader, investor = (one["view"] for one in views)
    out, down = by_name.get("breakout"), by_name.get("breakdown")
    parts = [_for_trader(trader, out, down), _for_investor(case, investor)]
    if trader != investor and "unknown" not in {trader, investor}:
        parts.append(
            "The two horizons do not say the same; which of them counts depends on how long one means to stay."
        )
    heavy = [one["code"].replace("_", " ") for one in risks if one["level"] == "high"]
    if heavy:
        parts.append(f"Against both: {some_of(heavy)}.")
    parts.append("None of this is advice, and no forecast: there is no model of what comes.")
    if trader != "unknown":
        parts.append(DESCRIBES)
    return " ".join(parts)


def _for_trader(view: str, out: Mapping[str, Any] | None, down: Mapping[str, Any] | None) -> str:
    lead = {
        "bullish": "For days to weeks momentum is on the buyers' side",
        "bearish": "For days to weeks momentum is on the sellers' side",
        "neutral": "For days to weeks neither side leads",
        "unknown": "For days to weeks nothing can be said",
    }[view]
    bounds = []
    if out is not None and out["trigger"] is not None:
        bounds.append(f"a daily close above {out['trigger']} would speak for buyers")
    if down is not None and down["trigger"] is not None:
        bounds.append(
            f"one below {down['trigger']} for sellers"
            if bounds
            else f"a daily close below {down['trigger']} would speak for sellers"
        )
    return f"{lead}{': ' if bounds else ''}{', '.join(bounds)}."


def _for_investor(case: Case, view: str) -> str:
    grade = case.grade("investor")
    if view == "unknown" and not lacks_coverage(grade):
        return f"For months there is no grade: {because(grade.get('why'))}."
    if view == "unknown":
        return (
            f"For months there is no grade (coverage {float(grade.get('coverage') or 0.0):.2f}): "
            "too little is known to say whether its foundations carry it."
        )
    told = {
        "bullish": "its foundations carry it",
        "bearish": "its foundations do not carry it",
        "neutral": "its foundations neither carry nor sink it",
    }[view]
    return f"For months {told}."


def _words(name: str | None) -> str:
    return "" if name is None else str(name).replace("_", " ")
