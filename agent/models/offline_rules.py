"""The offline analyst's rules: what the evidence of one asset says, in numbers that stand there.

Seven signals vote; the score is (rising - falling) / known. Entering asks more than staying does, so that a
position is not opened and closed on every wobble.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from agent.models.lines import ACCOUNT, MARKET, Brief, EvidenceLine
from core.money import plain

_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Signal:
    """One vote: rising above *high*, falling below *low*. *told* puts its number into words."""

    metric: str
    high: float
    low: float
    told: Callable[[EvidenceLine], str]


def _side(what: str) -> Callable[[EvidenceLine], str]:
    def told(line: EvidenceLine) -> str:
        way = "below" if line.value.startswith("-") else "above"
        return f"it stands {share(line)} {way} {what}"

    return told


def _moved(line: EvidenceLine) -> str:
    return f"it {'fell' if line.value.startswith('-') else 'rose'} {share(line)} in 30 days"


SIGNALS = (
    Signal("daily.sma_50_distance", 0.01, -0.01, _side("its 50-day mean")),
    Signal("daily.return_30", 0.03, -0.03, _moved),
    Signal("sma_50_distance", 0.004, -0.004, _side("its 50-bar mean")),
    Signal("daily.sma_200_distance", 0.0, 0.0, _side("its 200-day mean")),
    Signal("rsi_14", 52.0, 48.0, lambda line: f"its RSI is {line.value}"),
    Signal("donchian_20_position", 0.6, 0.4, lambda line: f"it stands at {line.value} of its 20-bar channel"),
    Signal("daily.trader_grade", 55.0, 45.0, lambda line: f"its trader grade is {line.value}"),
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset's lines by metric, with the account's and the market's beside them."""

    index: int
    own: Mapping[str, EvidenceLine]
    account: Mapping[str, EvidenceLine]
    market: Mapping[str, EvidenceLine]

    def number(self, metric: str) -> float | None:
        """The number of a line of its own; `None` where there is none."""
        return _number(self.own.get(metric))

    def word(self, metric: str) -> str:
        """The word of a line of its own, else of the market's; ``""`` where there is none."""
        line = self.own.get(metric) or self.market.get(metric)
        return "" if line is None else line.value

    @property
    def state(self) -> str:
        """The account's state; active where nobody says."""
        line = self.account.get("state")
        return "active" if line is None else line.value

    @property
    def drawdown(self) -> float:
        """The account's fall from its peak, 0 or less."""
        return _number(self.account.get("drawdown")) or 0.0

    @property
    def weight(self) -> float:
        """The share of equity that is held in it."""
        return self.number("position_weight") or 0.0

    @property
    def breadth(self) -> float:
        """The share of the menu above its 50-day mean; all of it where nobody says."""
        found = _number(self.market.get("share_above_sma_50"))
        return 1.0 if found is None else found

    @property
    def exposure(self) -> float:
        """The share of equity that is held in anything."""
        return _number(self.account.get("exposure")) or 0.0

    def is_stretched(self, ranges: float) -> bool:
        """Whether price stands further above its 20-bar mean than *ranges* average true ranges."""
        above, atr = self.number("sma_20_distance"), self.number("atr_14")
        return above is not None and atr is not None and above * 100 > ranges * atr

    def score(self) -> float | None:
        """(rising - falling) / known votes, -1 to 1; `None` where fewer than three are known."""
        votes = [vote for vote in map(self._vote, SIGNALS) if vote is not None]
        return sum(votes) / len(votes) if len(votes) >= 3 else None

    def reasons(self, side: int) -> list[tuple[str, EvidenceLine]]:
        """The strongest signals on *side* (1 rising, -1 falling), each in words with its line."""
        agreeing = [(signal, self.own[signal.metric]) for signal in SIGNALS if self._vote(signal) == side]
        return [(signal.told(line), line) for signal, line in agreeing[:_MOST_REASONS]]

    def _vote(self, signal: Signal) -> int | None:
        value = self.number(signal.metric)
        if value is None:
            return None
        return 1 if value > signal.high else -1 if value < signal.low else 0


def assets(brief: Brief) -> list[Asset]:
    """Every asset of the menu that has lines."""
    scopes: dict[str, dict[str, EvidenceLine]] = {}
    for line in brief.lines:
        scopes.setdefault(line.scope, {})[line.metric] = line
    account, market = scopes.get(ACCOUNT, {}), scopes.get(MARKET, {})
    return [Asset(index, scopes[str(index)], account, market) for index in brief.menu if str(index) in scopes]


def share(line: EvidenceLine) -> str:
    """A fraction as a percentage without its sign, to three digits: ``4.21 %``."""
    return f"{plain(Decimal(f'{abs(Decimal(line.value)) * 100:.3g}'))} %"


def _number(line: EvidenceLine | None) -> float | None:
    if line is None:
        return None
    try:
        return float(line.value)
    except ValueError:
        return None
