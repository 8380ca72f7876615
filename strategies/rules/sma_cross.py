"""``rule:sma_cross``: long from where a fast mean crosses above a slow one until it crosses below."""

from __future__ import annotations

from collections.abc import Mapping

from strategies.rules import Columns, Moment, Need, Rule
from strategies.rules._comparison import above
from strategies.rules._parameters import ordered


class SmaCross:
    """Acts where SMA(*fast*) of the closes crosses SMA(*slow*).

    A cross above is a bar with fast > slow after one with fast <= slow, and the other way round below; so
    a mean that touches the other for a bar on its way through is not overlooked.
    """

    def __init__(self, fast: int, slow: int) -> None:
        self._fast, self._slow = fast, slow
        self.needs = (Need("close", slow + 1),)

    def stance(self, columns: Columns, moment: Moment) -> float | None:
        """1 at a cross above, 0 where a long position finds fast < slow, else keep.

        So who is long and missed the cross below (bars were refused or absent) is made flat all the same;
        an entry is never made up so.
        """
        closes = columns[0]
        fast = sum(closes[-self._fast :]) / self._fast
        slow = sum(closes[1:]) / self._slow
        is_long = (moment.wished or 0.0) > 0
        if is_long:
            return 0.0 if above(slow, fast, slow) else None
        return 1.0 if above(fast, slow, slow) and self._before(closes) <= 0 else None

    def _before(self, closes: list[float]) -> int:
        """Where fast stood against slow one bar earlier: 1 above, −1 below, 0 level."""
        fast = sum(closes[-self._fast - 1 : -1]) / self._fast
        slow = sum(closes[:-1]) / self._slow
        return above(fast, slow, slow) - above(slow, fast, slow)

    def thesis(self, columns: Columns, stance: float) -> str:
        """Both means, and which way they crossed."""
        closes = columns[0]
        fast = sum(closes[-self._fast :]) / self._fast
        slow = sum(closes[1:]) / self._slow
        way = "crossed above" if stance > 0 else "crossed below"
        return f"SMA({self._fast}) {fast:.8g} {way} SMA({self._slow}) {slow:.8g}"


def _make(params: Mapping[str, str]) -> SmaCross:
    return SmaCross(*ordered(params, "fast", "slow", least=1))


STRATEGY = Rule(make=_make, defaults={"fast": "20", "slow": "50"}, aliases=("slma",))
