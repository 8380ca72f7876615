"""The weightiest inputs of each grade, and the state of the market that it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.grades import Contribution, Regime
from core.instant import DAY, Instant, Interval
from core.observation import Missing
from strategies.indicators.universe.registry import REGISTRY
from strategies.regime import HISTORY_DAYS, MEAN_DAYS, VOLATILITY_DAYS, regime
from tools.ask import AskContext, Evidence, newest_bars, ratio
from tools.desk.analysis.cited import MINE, Cited
from tools.desk.grading.sheet import KINDS, Sheet
from tools.desk.grading.universe import universe_of

LIFTING, WEIGHING = 5, 3
_DAILY = Interval(DAY)
_DIGITS = 5
_PHASES = {
    Regime.BULL: "is in a bull phase",
    Regime.BEAR: "is in a bear phase",
    Regime.RANGE: "goes sideways",
    Regime.STRESS: "is in stress",
}


def drivers(sheet: Sheet, symbol: str, label: str, cited: Cited) -> dict[str, list[dict[str, Any]]]:
    """By grade its weightiest inputs, what lifts it first, with their points from 50; none where there is no grade."""
    return {kind: _of(sheet, symbol, label, kind, cited) for kind in KINDS}


def weightiest(contributions: Sequence[Contribution]) -> list[Contribution]:
    """The five that lift a grade most, then the three that weigh on it most; fewer where fewer do."""
    ordered = sorted(contributions, key=lambda one: (-one.points, one.indicator))
    lifting = [one for one in ordered if one.points > 0][:LIFTING]
    return lifting + [one for one in reversed(ordered) if one.points < 0][:WEIGHING]


def _of(sheet: Sheet, symbol: str, label: str, kind: str, cited: Cited) -> list[dict[str, Any]]:
    found = sheet.explain(symbol, kind)
    if found is None:
        return []
    grade = sheet.grade(symbol, kind)
    told = []
    for one in weightiest(found.contributions):
        definition = REGISTRY[one.indicator]
        names = f"{kind}_input.{one.indicator}", f"{kind}_points.{one.indicator}"
        for name, value, unit in zip(
            names, (one.input, one.points), (definition.unit, "points"), strict=True
        ):
            text = ratio(value, _DIGITS)
            cited.put(Evidence(MINE, label, name, text, unit, grade.as_of, grade.known_at, "tokenwise"))
        told.append(
            {
                "indicator": one.indicator,
                "meaning": definition.meaning,
                "part": one.part,
                "family": one.family,
                "input": float(ratio(one.input, _DIGITS)),
                "points": float(ratio(one.points, _DIGITS)),
                "evidence": cited.ids(*((MINE, name) for name in names)),
            }
        )
    return told


def market_state(context: AskContext, cited: Cited) -> tuple[Regime | None, dict[str, Any] | None]:
    """The regime of the whole market, read from its benchmark's daily candles, and how it is told."""
    universe = universe_of(
        context.market.symbols, context.assets, context.now, simulated=context.market.simulated
    )
    benchmark = universe.benchmark
    if benchmark is None:
        cited.lacks("regime", "no_benchmark")
        return None, None
    most = HISTORY_DAYS + VOLATILITY_DAYS + 1
    bars = newest_bars(context, benchmark, _DAILY, most)
    if isinstance(bars, Missing):
        cited.lacks("regime", bars.why)
        return None, None
    found = regime(bars)
    if found is None:
        cited.lacks("regime", "warming_up")
        return None, None
    known = context.assets.get(benchmark)
    name, at = benchmark if known is None else known.id, Instant(int(bars.opened_at[-1]) + DAY)
    cited.put(
        Evidence(
            MINE,
            name,
            "regime",
            found.value,
            "regime",
            at,
            at,
            context.sources.get(benchmark, context.source),
        )
    )
    return found, {
        "regime": found.value,
        "of": benchmark,
        "days": min(len(bars), most),
        "mean_days": MEAN_DAYS,
        "text": f"The market, read from {benchmark}, {_PHASES[found]}.",
        "evidence": cited.ids((MINE, "regime")),
    }
