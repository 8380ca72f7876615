"""What the registry says of an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from strategies.indicators.universe.frame import OWN
from strategies.indicators.universe.kinds import Recursive, Window
from strategies.indicators.universe.node import Node, ordered, sources_of


class Family(StrEnum):
    """What an indicator is about."""

    TREND = "trend"
    MOMENTUM = "momentum"
    VOLATILITY = "volatility"
    VOLUME = "volume_liquidity"
    STRUCTURE = "structure_levels"
    RELATIVE = "relative_strength"
    QUANT = "quant_statistics"
    DERIVATIVES = "derivatives"
    ONCHAIN = "onchain"
    FUNDAMENTALS = "fundamentals"
    SENTIMENT = "sentiment"


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator: a number for each asset at each moment.

    *name*: unique; lower-case letters, digits and underscores. *meaning*: one line for a reader. *unit*: one
    word; ``fraction``: 0.1 is 10 %, ``percent``: 10 is 10 %, ``index``: a scale of its own, ``deviations``,
    ``ratio``, ``fraction_per_year``, ``bars``, ``log_usd``. *source*: where the formula comes from. *node*: the
    formula. *in_universe*: it compares with the universe, so needs 20 assets with a value at the moment.
    """

    name: str
    family: Family
    meaning: str
    unit: str
    source: str
    node: Node
    in_universe: bool = False

    @property
    def warm_up(self) -> int:
        """The fewest unbroken rows that give a value."""
        return self.node.warm_up

    @property
    def needs(self) -> frozenset[str]:
        """Columns other than an asset's own candles, by name: metrics and the benchmark's close."""
        return sources_of(self.node) - frozenset(OWN)

    @property
    def remembers(self) -> bool:
        """Whether a memory moves on with each bar (O(1)), so that more than `span` rows have a say in a value."""
        return any(isinstance(one, Recursive) for one in ordered([self.node]))

    @property
    def span(self) -> int:
        """Rows that one more bar is worked again over: the longest window in the formula; 1 where there is none."""
        return max([1, *(one.length for one in ordered([self.node]) if isinstance(one, Window))])
