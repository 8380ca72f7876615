"""``rule:breakout``: long on a new high until a new low."""

from __future__ import annotations

from collections.abc import Mapping

from strategies.rules import Columns, Moment, Need, Rule
from strategies.rules._parameters import whole


class Breakout:
    """Long from a close above every high of the *window* bars before it until one below all their lows.

    Source: R. Donchian's channel rule, entered on closes, so that one bar cannot be both.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self.needs = (Need("close", 1), Need("high", window + 1), Need("low", window + 1))

    def stance(self, columns: Columns, moment: Moment) -> float | None:  # noqa: ARG002 (the contract's)
        """1 on a new high, 0 on a new low, between them keep."""
        (close,), highs, lows = columns
        if close > max(highs[:-1]):
            return 1.0
        return 0.0 if close < min(lows[:-1]) else None

    def thesis(self, columns: Columns, stance: float) -> str:
        """The close, and the edge that it passed."""
        (close,), highs, lows = columns
        edge = (
            f"above the high {max(highs[:-1]):.8g}" if stance > 0 else f"below the low {min(lows[:-1]):.8g}"
        )
        return f"close {close:.8g} is {edge} of the {self._window} bars before"


def _make(params: Mapping[str, str]) -> Breakout:
    return Breakout(whole(params, "window", least=2))


STRATEGY = Rule(make=_make, defaults={"window": "20"})
