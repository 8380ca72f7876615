"""The numbers behind the chart of an analysis, as plain JSON; colours and layout are the page's own script's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.instant import instant


def chart_data(
    data: Mapping[str, Any],
    candles: Mapping[str, Any],
    past: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    """Candles, the zones around the price, and both grades day by day."""
    rows = candles.get("rows") or []
    columns = list(zip(*rows, strict=True)) or [(), (), (), (), (), ()]
    opened, *prices = columns
    names = ("open", "high", "low", "close")
    return {
        "quote": candles.get("quote", ""),
        "at": [instant(text) for text in opened],
        **{name: [float(value) for value in prices[index]] for index, name in enumerate(names)},
        "zones": [_zone(one) for one in data["levels"]],
        "grades": {kind: _line(several) for kind, several in past.items()},
    }


def _zone(one: Mapping[str, Any]) -> dict[str, Any]:
    touches = one["touches"]
    return {
        "kind": one["kind"],
        "low": float(one["low"]),
        "high": float(one["high"]),
        "strength": one["strength"],
        "text": f"{one['kind']} {one['low']} – {one['high']}, {touches} touch{'' if touches == 1 else 'es'}",
    }


def _line(several: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {
        "at": [instant(one["as_of"]) for one in several],
        "value": [None if one["value"] is None else round(one["value"], 2) for one in several],
    }
