"""Grades, sizes and indicators of every asset of a market, as they are known at the market's now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, isfinite
from typing import Protocol

import numpy as np

from core.instant import DAY, Instant
from core.observation import Missing, Observation
from core.ports import MarketData
from strategies.baskets.basket import GRADES, MARKET_CAP, Basket, Candidate
from strategies.indicators.universe.registry import REGISTRY, measure_universe
from tools.desk.grading.grades import Sheet
from tools.desk.grading.reading import laid_out, read_daily
from tools.desk.indices.universe import Listed

TOO_OLD = 7 * DAY
"""From when on a market cap says nothing of now."""
_LOG = "log_usd"

Value = float | Missing


class Caps(Protocol):
    """Where market caps come from."""

    def __call__(
        self, asset: str, metric: str, now: Instant, count: int, /
    ) -> tuple[Observation, ...] | Missing:
        """The newest *count* observations known at *now*, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Values:
    """What was asked about the assets *listed*, as far as they have been traded by now.

    *columns*: name -> symbol -> value, of all that are fit. *unfit*: why the others may not be looked at:
    ``pegged``, ``leveraged token``, ``stale``, ``delisted``, or what the gate says.
    """

    listed: tuple[Listed, ...]
    columns: Mapping[str, Mapping[str, Value]]
    unfit: Mapping[str, str]


def read_values(
    names: Sequence[str],
    listed: Sequence[Listed],
    market: MarketData,
    *,
    sheet: Callable[[], Sheet],
    caps: Caps | None,
) -> Values:
    """*names* (grades, ``market_cap``, indicators) of every asset of *listed* at the market's now.

    *sheet* is asked only for a grade, or for an indicator that rests on more than an asset's own candles.
    """
    here = tuple(one for one in listed if not isinstance(market.close(one.symbol), Missing))
    reading = read_daily(market, [one.symbol for one in here if one.never is None])
    symbols = reading.showing
    plain = [name for name in names if _is_plain(name)]
    columns: dict[str, Mapping[str, Value]] = {}
    if symbols and plain:
        frame = laid_out(reading.of(symbols), None)
        for name, matrix in measure_universe(frame, plain).items():
            columns[name] = dict(zip(frame.assets, _values(name, matrix[-1].tolist()), strict=True))
    assets = {one.symbol: one.asset for one in here}
    for name in names:
        if name == MARKET_CAP:
            columns[name] = {symbol: _cap(assets[symbol], caps, market.now) for symbol in symbols}
        elif name not in columns and symbols:
            columns[name] = _of_sheet(sheet(), name, symbols)
    never = {one.symbol: one.never for one in here if one.never is not None}
    return Values(here, columns, {**reading.missing, **never})


def candidates(
    basket: Basket,
    listed: Sequence[Listed],
    market: MarketData,
    *,
    sheet: Callable[[], Sheet],
    caps: Caps | None,
) -> tuple[Candidate, ...]:
    """Every asset of *listed* that *basket* may hold, with the values that its rule needs or why it is not fit."""
    wanted = [one for one in listed if basket.narrative is None or basket.narrative in one.narratives]
    found = read_values(basket.needs, wanted, market, sheet=sheet, caps=caps)
    return tuple(
        Candidate(
            one.asset,
            one.symbol,
            one.narratives,
            found.unfit.get(one.symbol),
            {name: column[one.symbol] for name, column in found.columns.items() if one.symbol in column},
        )
        for one in found.listed
    )


def needs_sheet(basket: Basket) -> bool:
    """Whether the rule of *basket* needs a sheet of grades."""
    return any(name != MARKET_CAP and not _is_plain(name) for name in basket.needs)


def is_money(name: str) -> bool:
    """Whether values of *name* are in USD."""
    return name == MARKET_CAP or (name not in GRADES and REGISTRY[name].unit == _LOG)


def _is_plain(name: str) -> bool:
    """Whether *name* is an indicator of an asset's own candles alone."""
    if name in GRADES or name == MARKET_CAP:
        return False
    return not REGISTRY[name].needs and not REGISTRY[name].in_universe


def _values(name: str, row: Iterable[float]) -> list[Value]:
    definition = REGISTRY[name]
    lacking = Missing(name, f"warming_up: {definition.warm_up} days are needed")
    return [_natural(name, value) if isfinite(value) else lacking for value in row]


def _natural(name: str, value: float) -> float:
    """*value*, in USD where the indicator is a logarithm of USD."""
    return exp(value) if REGISTRY[name].unit == _LOG else value


def _of_sheet(sheet: Sheet, name: str, symbols: Iterable[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for symbol in symbols:
        if name in GRADES:
            grade = (sheet.trader if name == "trader" else sheet.investor).get(symbol)
            value = None if grade is None else grade.value
            why = "no_data" if grade is None else grade.why or "no grade"
            found[symbol] = Missing(name, why) if value is None else value
        else:
            told = sheet.value(symbol, name)
            found[symbol] = told if isinstance(told, Missing) else _natural(name, told)
    return found


def _cap(asset: str, caps: Caps | None, now: Instant) -> Value:
    told = Missing(MARKET_CAP, "no_data") if caps is None else caps(asset, MARKET_CAP, now, 1)
    if isinstance(told, Missing):
        return told
    newest = told[-1]
    if now - newest.as_of > TOO_OLD:
        return Missing(MARKET_CAP, "stale")
    value = float(newest.value)
    return value if np.isfinite(value) and value > 0 else Missing(MARKET_CAP, "no_data")
