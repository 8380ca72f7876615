"""What is measured on one asset: indicators of the decision interval and of days, levels, regime, and its grades.

Only what a decision needs: some twenty numbers, none of them a date or a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from agent.graph.graded import PREFIX, graded
from agent.graph.state import Reading
from core.instant import DAY, Interval
from core.market import Bars
from core.observation import Missing
from core.ports import MarketData
from strategies.indicators.catalog import INDICATORS
from strategies.indicators.indicator import Indicator
from strategies.levels import levels, nearest
from strategies.regime import regime
from tools.ask import AskContext
from tools.ask._text import price, ratio
from tools.ask._windows import newest_bars

if TYPE_CHECKING:
    from tools.desk.grading.sheet import Sheet

_DAY = Interval(DAY)
_BARS, _REGIME_BARS, _LEVEL_BARS = 250, 300, 180
_REMEMBERED = 4096
_PRICE_DIGITS = 6

# what a decision looks at beside the grades: few enough to be read, each saying what no other does; what is
# slow to measure is of days, which are measured once each
_NOW = (
    "return_30", "sma_20_distance", "sma_50_distance", "rsi_14", "donchian_20_position", "atr_14",
    "volume_ratio_20",
)  # fmt: skip
_DAILY = ("return_30", "sma_50_distance", "sma_200_distance", "drawdown_90", "realised_volatility_30")

Fact = list[str]


@dataclass(frozen=True, slots=True)
class Asset:
    """The facts of one asset, ``[metric, value, unit]``; what is missing, ``[what, why]``; whether it may be judged."""

    facts: tuple[Fact, ...]
    missing: tuple[list[str], ...]
    unfit: str | None = None

    def with_facts(self, own: list[Fact]) -> dict[str, Any]:
        """As JSON, with the account's *own* facts about it first."""
        return {
            "facts": [*own, *(list(fact) for fact in self.facts)],
            "missing": [list(one) for one in self.missing],
            "unfit": self.unfit,
        }


def measured(reading: Reading, market: MarketData, symbol: str, every: Interval) -> Asset:
    """What is known of *symbol* now; `Asset.unfit` says why where its newest candle cannot be used."""
    newest = market.candle(symbol)
    if isinstance(newest, Missing):
        return Asset((), (["candles", newest.why],), newest.why)
    context = AskContext(market.now, market, every, {}, "")
    facts: list[Fact] = [["price", price(newest.close), symbol.partition("/")[2]]]
    missing: list[list[str]] = []
    for width, prefix, names, most in ((every, "", _NOW, _BARS), (_DAY, "daily.", _DAILY, _REGIME_BARS)):
        bars = newest_bars(context, symbol, width, most)
        if isinstance(bars, Missing):
            missing.append([f"{prefix}candles", bars.why])
            continue
        key = (symbol, prefix, every.ms, _digest(bars))
        found = reading.features.get(key)
        if found is None:
            found = _measure(bars, prefix, names)
            _remember(reading.features, key, found)
        facts += found.facts
        missing += found.missing
    unfit = "warming_up" if len(facts) == 1 else None
    if reading.grades is not None:
        of_grades = _graded(reading.features, reading.grades(market).sheet(), symbol)
        facts += of_grades.facts
        missing += of_grades.missing
    return Asset(tuple(facts), tuple(missing), unfit)


def _graded(features: dict[Any, Any], sheet: Sheet, symbol: str) -> Asset:
    """What *sheet* says of *symbol*; it is the same sheet until a day closes or a candle is revised."""
    held = features.get((symbol, PREFIX))
    if held is None or held[0] is not sheet:
        facts, missing = graded(sheet, symbol)
        held = sheet, Asset(tuple(facts), tuple(missing))
        _remember(features, (symbol, PREFIX), held)
    found: Asset = held[1]
    return found


def _measure(bars: Bars, prefix: str, names: tuple[str, ...]) -> Asset:
    facts: list[Fact] = []
    missing: list[list[str]] = []
    quote = bars.symbol.partition("/")[2]

    def told(metric: str, value: str | None, unit: str, why: str = "warming_up") -> None:
        if value is None:
            missing.append([f"{prefix}{metric}", why])
        else:
            facts.append([f"{prefix}{metric}", value, unit])

    warm = _newest(bars, _BARS)
    for name in names:
        indicator = _catalogue()[name]
        value = indicator.compute(warm)
        told(name, None if value is None else ratio(value, 4), indicator.unit)
    if not prefix:
        return Asset(tuple(facts), tuple(missing))
    support, resistance = nearest(levels(_newest(bars, _LEVEL_BARS)))
    told("support_1_low", None if support is None else ratio(support.low, _PRICE_DIGITS), quote, "none_found")
    high = None if resistance is None else ratio(resistance.high, _PRICE_DIGITS)
    told("resistance_1_high", high, quote, "none_found")
    climate = regime(bars)
    told("regime", None if climate is None else climate.value, "word")
    return Asset(tuple(facts), tuple(missing))


def _newest(bars: Bars, count: int) -> Bars:
    """The windows that the answers of ``tools.ask`` measure on, so that both tell the same numbers."""
    return bars.slice(max(0, len(bars) - count), len(bars))


@cache
def _catalogue() -> dict[str, Indicator]:
    return {indicator.name: indicator for indicator in INDICATORS}


def _digest(bars: Bars) -> bytes:
    state = blake2b(digest_size=16)
    for column in (bars.opened_at, bars.open, bars.high, bars.low, bars.close, bars.volume):
        state.update(column.tobytes())
    return state.digest()


def _remember(features: dict[Any, Any], key: tuple[Any, ...], found: object) -> None:
    """Keeps the newest measurements: a day's candles come again at every decision of that day."""
    if len(features) >= _REMEMBERED:
        for old in list(features)[: _REMEMBERED // 2]:
            del features[old]
    features[key] = found
