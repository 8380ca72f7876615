"""The market as a decision saw it: answers from its recorded inputs, and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.instant import Instant, Interval
from core.market import Bars, Candle
from core.observation import Missing

_COLUMNS = ("open", "high", "low", "close", "volume")


class RecordedView:
    """`core.decision.MarketView` over ``{"<symbol>": {"close": [...], ...} | {"missing": "<why>"}}``.

    What was not recorded was not seen: it is `Missing` with ``not_recorded``.
    """

    def __init__(self, now: Instant, every: Interval, market: Mapping[str, Mapping[str, Any]]) -> None:
        self.now = now
        self._every = every
        self._market = market

    def candle(self, symbol: str) -> Candle | Missing:
        """See `MarketView.candle`."""
        bars = self.window(symbol, self._every, 1)
        return bars if isinstance(bars, Missing) else bars.candle(0)

    def window(self, symbol: str, interval: Interval, count: int) -> Bars | Missing:
        """See `MarketView.window`."""
        columns = []
        for name in _COLUMNS:
            values = self.column(symbol, interval, name, count)
            if isinstance(values, Missing):
                return values
            columns.append(np.asarray(values, dtype=np.float64))
        newest = interval.floor(self.now) - interval.ms
        opened_at = np.arange(newest - (count - 1) * interval.ms, newest + 1, interval.ms, dtype=np.int64)
        return Bars(symbol, interval, opened_at, *columns)

    def column(self, symbol: str, interval: Interval, name: str, count: int) -> list[float] | Missing:  # noqa: ARG002 - the port's form
        """See `MarketView.column`."""
        seen = self._market.get(symbol, {})
        if "missing" in seen:
            return Missing(symbol, str(seen["missing"]))
        values = seen.get(name, ())
        if len(values) < count:
            return Missing(symbol, "not_recorded")
        return [float(value) for value in values[len(values) - count :]]
