"""One asset in full: what is known of it, what may happen at its levels, what speaks against it, what would change it.

It puts together what other answers and strategies say. Every number in it has its entry in the evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.instant import DAY, Interval, iso
from core.market import Bars
from core.observation import Missing
from strategies.levels import findings, levels
from tools.ask import AskContext, Reply, ask, candidates, newest_bars, ratio, resolve
from tools.desk.analysis.case import Case
from tools.desk.analysis.cited import Cited
from tools.desk.analysis.drivers import drivers, market_state
from tools.desk.analysis.outlook import close, horizons, locked
from tools.desk.analysis.risks import NEEDED, risks
from tools.desk.analysis.scenarios import events, scenarios
from tools.desk.analysis.would_change import would_change
from tools.desk.grading.grades import grades_of

BARS = 180
"""Daily candles that levels and what happens at them are found in."""
_FEWEST = 20
_DAILY = Interval(DAY)
_FACTS = ("get_fundamentals", "get_onchain", "get_sentiment", "get_derivatives")
_MOST_EVENTS = 3
_HOW: Mapping[str, Mapping[str, Any]] = {
    "get_levels": {"interval": "1d", "count": 4},
    "get_indicators": {"interval": "1d"},
    "get_candles": {"interval": "1d", "count": BARS},
}


def analyse(context: AskContext, asset: str) -> Reply:
    """Everything that is known of *asset* at the question's now.

    Returns:
        The analysis; all its keys are there always, and what is not known is ``None`` or empty and told as
        missing. Where *asset* is no one symbol: ``candidates`` and why.
    """
    symbol = resolve(context, asset)
    if isinstance(symbol, Missing):
        return Reply({"asked": asset, "candidates": [*candidates(context, asset)]}, (), (symbol,))
    if context.grades is None:
        context = replace(context, grades=grades_of(context))
    case, cited = _case(context, symbol)
    sheet = grades_of(context).sheet()
    moving = drivers(sheet, symbol, case.name, cited)
    market = market_state(context, cited)
    case = replace(case, regime=market[0])
    lately, told = events(case), scenarios(case)
    speaks_against = risks(case)
    views = horizons(case, moving)
    data = {
        "asset": case.data("get_grades").get("asset"),
        "as_of": iso(context.now),
        "price": case.data("get_price"),
        "grades": case.data("get_grades"),
        "drivers": moving,
        "levels": _levels(case),
        "events": lately,
        "scenarios": told,
        "market": market[1],
        "fundamentals": _section(case, "get_fundamentals"),
        "tvl": locked(case),
        "onchain": _section(case, "get_onchain"),
        "sentiment": _section(case, "get_sentiment"),
        "derivatives": _section(case, "get_derivatives"),
        "narratives": case.data("get_narratives").get("narratives") or [],
        "forecast": None,
        "risks": speaks_against,
        "would_change": would_change(case, told),
        "horizons": views,
        "close": close(case, views, told, speaks_against),
        "credits": _credits(case),
    }
    cited.lacks("forecast", "no_model")
    return Reply(data, tuple(cited.evidence), tuple(cited.missing.values()))


def _case(context: AskContext, symbol: str) -> tuple[Case, Cited]:
    known = context.assets.get(symbol)
    name = symbol if known is None or context.symbols.get(known.id) != symbol else known.id
    cited, replies = Cited(), {}
    for tool in ("get_price", "get_grades", "get_levels", "get_narratives", *_FACTS):
        replies[tool] = ask(tool, {"asset": name, **_HOW.get(tool, {})}, context)
        cited.take(replies[tool])
        if not replies[tool].evidence:
            section = tool.removeprefix("get_")
            why = replies[tool].missing[0].why if replies[tool].missing else "no_data"
            cited.lacks(section, why)
    for tool, only in (("get_indicators", NEEDED), ("get_candles", ("window_high", "window_low", "close"))):
        replies[tool] = ask(tool, {"asset": name, **_HOW[tool]}, context)
        cited.take(replies[tool], only=only)
    daily = newest_bars(context, symbol, _DAILY, BARS, _FEWEST)
    if isinstance(daily, Missing):
        cited.lacks("scenarios", daily.why)
    seen = findings(daily)[:_MOST_EVENTS] if isinstance(daily, Bars) else ()
    return Case(context, symbol, name, daily, seen, None, replies, cited), cited


def _levels(case: Case) -> list[dict[str, Any]]:
    """The zones of ``get_levels``, each with the closes of all bars that turned in it."""
    told: list[dict[str, Any]] = case.data("get_levels").get("levels") or []
    if isinstance(case.daily, Missing):
        return told
    found = {(ratio(one.low, 6), ratio(one.high, 6)): one.touched_at for one in levels(case.daily)}
    return [
        {**one, "touched_at": [iso(at) for at in found.get((one["low"], one["high"]), ())]} for one in told
    ]


def _section(case: Case, tool: str) -> dict[str, Any] | None:
    return case.data(tool) if case.replies[tool].evidence else None


def _credits(case: Case) -> list[str]:
    """What the sources ask to stand beside their data, each once."""
    asked = (case.data(tool).get("credits") or [] for tool in (*_FACTS, "get_narratives"))
    return list(dict.fromkeys(one for several in asked for one in several))
