"""``rule:equal_weight``: owns everything, brought back to equal weights from time to time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.instant import Instant, Interval, duration_text
from strategies.rules import Columns, Moment, Need, Rule
from strategies.rules._parameters import span


@dataclass(frozen=True, slots=True)
class EqualWeight:
    """Long always; rebalances each *rebalance_ms*, counted from 1970-01-01T00:00:00Z.

    Counted so, the instants are the same for every account, whenever it began.
    """

    rebalance_ms: int
    needs: tuple[Need, ...] = (Need("close", 1),)

    def stance(self, columns: Columns, moment: Moment) -> float | None:  # noqa: ARG002 (the contract's)
        """1."""
        return 1.0

    def repeats(self, now: Instant, every: Interval) -> bool:
        """True at the first decision at or after each rebalancing instant."""
        return now % self.rebalance_ms < every.ms

    def thesis(self, columns: Columns, stance: float) -> str:  # noqa: ARG002 (the contract's)
        """The price, and how often weights are made equal."""
        often = duration_text(self.rebalance_ms)
        return f"holds an equal weight at about {columns[0][-1]:.8g}, made equal again every {often}"


def _make(params: Mapping[str, str]) -> EqualWeight:
    return EqualWeight(span(params, "rebalance"))


STRATEGY = Rule(make=_make, defaults={"rebalance": "7d"})
