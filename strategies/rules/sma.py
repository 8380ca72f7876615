"""``rule:sma``: long while the close is above its simple mean."""

from __future__ import annotations

from collections.abc import Mapping

from strategies.rules import Columns, Moment, Need, Rule
from strategies.rules._comparison import above
from strategies.rules._parameters import whole


class SimpleMean:
    """Long while close > mean of the last *window* closes, its own included; else flat."""

    def __init__(self, window: int) -> None:
        self._window = window
        self.needs = (Need("close", window),)

    def stance(self, columns: Columns, moment: Moment) -> float | None:  # noqa: ARG002 (the contract's)
        """1 above the mean, 0 at or below it."""
        closes = columns[0]
        mean = sum(closes) / self._window
        return 1.0 if above(closes[-1], mean, mean) else 0.0

    def thesis(self, columns: Columns, stance: float) -> str:
        """Close and mean."""
        closes = columns[0]
        where = "above" if stance > 0 else "not above"
        return f"close {closes[-1]:.8g} is {where} SMA({self._window}) {sum(closes) / self._window:.8g}"


def _make(params: Mapping[str, str]) -> SimpleMean:
    return SimpleMean(whole(params, "window", least=2))


STRATEGY = Rule(make=_make, defaults={"window": "15"})
