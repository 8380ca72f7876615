"""The market at a glance: a cell for each asset, by narrative, its size and the band of its value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.money import plain, published
from core.observation import Missing
from strategies.baskets.basket import GRADES, MARKET_CAP, TRADED
from tools.ask import AskContext
from tools.desk.grading.grades import grades_of
from tools.desk.indices.index import caps_of
from tools.desk.indices.reading import read_values
from tools.desk.indices.universe import Listed, listed_in

BY: Mapping[str, str] = {
    "trader": "trader",
    "investor": "investor",
    "change_24h": "return_1",
    "change_7d": "return_7",
    "return_30": "return_30",
}
"""What a cell's colour may follow -> what it is read from; the changes are of the price."""
SIZES = (MARKET_CAP, "traded_value", "equal")
GROUPS = ("narrative",)
OTHER = "other"
GRADE_BANDS = ("very_weak", "weak", "steady", "strong", "very_strong")
MOVE_BANDS = ("sharp_fall", "fall", "flat", "rise", "sharp_rise")
_GRADE_EDGES = (20.0, 40.0, 60.0, 80.0)
_MOVE_EDGES: Mapping[str, tuple[float, float]] = {
    "change_24h": (0.01, 0.05),
    "change_7d": (0.02, 0.10),
    "return_30": (0.05, 0.25),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One asset. *value*: a grade or a fraction; `None` with a *why*. *size*: in USD a day or USD; 1 where all are equal."""

    asset: str
    symbol: str
    value: float | None
    size: float
    band: str | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Heatmap:
    """*groups*: by name, the largest first, their cells too. *size*: what sizes really follow. *left_out*: why, by symbol."""

    by: str
    size: str
    groups: tuple[tuple[str, tuple[Cell, ...]], ...]
    left_out: Mapping[str, str]
    missing: tuple[Missing, ...] = ()


def heatmap(context: AskContext, by: str = "trader", size: str = MARKET_CAP) -> Heatmap:
    """Every asset that stands for itself and trades now. An asset is in the first of its narratives.

    Where fewer than half of the market caps are known, sizes follow the value traded in 30 days instead, for
    all of them; else who lacks one is drawn as small as the smallest. Both are told.
    """
    name = BY[by]
    found = read_values(
        tuple(dict.fromkeys((name, TRADED, MARKET_CAP))),
        listed_in(context),
        context.market,
        sheet=lambda: grades_of(context).sheet(),
        caps=caps_of(context),
    )
    shown = [one for one in found.listed if one.symbol not in found.unfit]
    sizes, follows, missing = _sizes(size, shown, found.columns)
    groups: dict[str, list[Cell]] = {}
    for one in shown:
        value = found.columns[name][one.symbol]
        known = None if isinstance(value, Missing) else value
        why = value.why if isinstance(value, Missing) else None
        cell = Cell(one.asset, one.symbol, known, sizes[one.symbol], band(by, known), why)
        groups.setdefault(next(iter(one.narratives), OTHER), []).append(cell)
    ordered = {
        group: tuple(sorted(cells, key=lambda cell: (-cell.size, cell.symbol)))
        for group, cells in groups.items()
    }
    ranked = sorted(ordered, key=lambda group: (-sum(cell.size for cell in ordered[group]), group))
    lacking = [cell for cells in ordered.values() for cell in cells if cell.value is None]
    if lacking:
        told = f"{len(lacking)} of {len(shown)} assets have none: {_few([one.symbol for one in lacking])}"
        missing = (*missing, Missing(by, told))
    return Heatmap(by, follows, tuple((group, ordered[group]) for group in ranked), found.unfit, missing)


def band(by: str, value: float | None) -> str | None:
    """The band of a grade, or of a price's move over the span that *by* names; a border belongs to the better one.

    >>> band("trader", 80.0), band("change_7d", -0.04), band("return_30", None)
    ('very_strong', 'fall', None)
    """
    if value is None:
        return None
    if by in GRADES:
        return GRADE_BANDS[sum(value >= edge for edge in _GRADE_EDGES)]
    small, large = _MOVE_EDGES[by]
    return MOVE_BANDS[sum(value >= edge for edge in (-large, -small, small, large))]


def bands_of(by: str) -> tuple[str, ...]:
    """The names of the five bands, the weakest first."""
    return GRADE_BANDS if by in GRADES else MOVE_BANDS


def told(made: Heatmap) -> dict[str, Any]:
    """The heatmap as plain JSON; a size in USD is a text, as money is."""
    return {
        "by": made.by,
        "size": made.size,
        "groups": [
            {
                "name": group,
                "cells": [
                    {
                        "asset": cell.asset,
                        "symbol": cell.symbol,
                        "value": None if cell.value is None else float(f"{cell.value:.6g}"),
                        "size": 1 if made.size == "equal" else _dollars(cell.size),
                        "band": cell.band,
                        "why": cell.why,
                    }
                    for cell in cells
                ],
            }
            for group, cells in made.groups
        ],
        "left_out": [{"symbol": symbol, "why": why} for symbol, why in sorted(made.left_out.items())],
        "missing": [{"what": gap.what, "why": gap.why} for gap in made.missing],
    }


def _dollars(value: float) -> str:
    return plain(published(float(f"{value:.6g}")))


def _sizes(
    size: str, shown: Sequence[Listed], columns: Mapping[str, Mapping[str, float | Missing]]
) -> tuple[dict[str, float], str, tuple[Missing, ...]]:
    """The size of each symbol, what sizes follow, and what is not known."""
    symbols = [one.symbol for one in shown]
    if size == "equal" or not symbols:
        return dict.fromkeys(symbols, 1.0), size, ()
    missing: list[Missing] = []
    if size == MARKET_CAP:
        caps = _known(columns[MARKET_CAP])
        without = [symbol for symbol in symbols if symbol not in caps]
        if 2 * len(caps) >= len(symbols):
            if without:
                missing.append(Missing(MARKET_CAP, f"not known of {_few(without)}, drawn small"))
            return _filled(symbols, caps), size, tuple(missing)
        why = f"known of {len(caps)} of {len(symbols)} assets only: sizes follow the value traded instead"
        missing.append(Missing(MARKET_CAP, why))
    traded = _known(columns[TRADED])
    without = [symbol for symbol in symbols if symbol not in traded]
    if without:
        missing.append(Missing("traded_value", f"not known of {_few(without)}, drawn small"))
    return _filled(symbols, traded), "traded_value", tuple(missing)


def _known(column: Mapping[str, float | Missing]) -> dict[str, float]:
    return {symbol: value for symbol, value in column.items() if not isinstance(value, Missing)}


def _filled(symbols: Sequence[str], known: Mapping[str, float]) -> dict[str, float]:
    smallest = min(known.values(), default=1.0)
    return {symbol: known.get(symbol, smallest) for symbol in symbols}


def _few(symbols: Sequence[str]) -> str:
    rest = len(symbols) - 4
    return ", ".join(symbols[:4]) + (f" and {rest} more" if rest > 0 else "")
