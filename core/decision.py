"""What a decider is shown and what it may answer.

A stance is the exposure wished for, not a trade: 1 is the full target, 0 or less is flat. A decider
gives no size and no price; those are the risk engine's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from core.grades import Horizon
from core.ids import DecisionId
from core.instant import Instant, Interval
from core.market import Bars, Candle
from core.observation import Missing
from core.portfolio import Portfolio


class MarketView(Protocol):
    """What a decider may see of the market at one instant; nothing later can be asked of it."""

    now: Instant

    def candle(self, symbol: str) -> Candle | Missing:
        """The newest closed candle of the market's grain."""
        ...

    def window(self, symbol: str, interval: Interval, count: int) -> Bars | Missing:
        """The newest *count* closed candles of one segment, all clean; else why not."""
        ...

    def column(self, symbol: str, interval: Interval, name: str, count: int) -> list[float] | Missing:
        """One column of `window` (open, high, low, close or volume) as a plain list, oldest first."""
        ...


class Situation(NamedTuple):
    """Everything a decision may rest on, at one instant.

    *menu*: the symbols that may be named. *wished*: the decider's own last stance per symbol.
    A tuple because one is made per candle, at a third of the cost of a frozen dataclass.
    """

    decision_id: DecisionId
    account: str
    now: Instant
    every: Interval
    menu: tuple[str, ...]
    market: MarketView
    portfolio: Portfolio
    wished: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A wish for one asset of the menu. *asset* is its index there."""

    asset: int
    stance: float
    confidence: float = 1.0
    horizon: Horizon = Horizon.DAYS
    evidence: tuple[str, ...] = ()
    invalidation: str = ""
    thesis: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decider answered; an asset without a proposal keeps its position.

    *abstained*: the reason, where there is no usable answer. *decided_by*: who really decided.
    *inputs*: canonical JSON values that the decision rested on, by name; each becomes a blob.
    """

    proposals: tuple[Proposal, ...]
    decided_by: str
    abstained: str | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    prompt: Mapping[str, Any] | None = None
    model: Mapping[str, Any] | None = None


class Unchanged(NamedTuple):
    """A rule's answer where nothing changed. *fingerprint* are the raw bytes it rested on.

    A tuple for the same reason as `Situation`.
    """

    fingerprint: bytes
