"""The offline analyst's rules: what the evidence of one asset says, in numbers that stand there.

The grade of a view's own horizon gives its score by the band of its signal; two votes beside it move that a
little. Entering asks more than staying does, so that a position is not opened and closed on every wobble.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from agent.models.lines import ACCOUNT, MARKET, Brief, EvidenceLine
from core.money import plain

TRADER, INVESTOR = "trader", "investor"
HORIZONS = {TRADER: "weeks", INVESTOR: "months"}
BANDS = {"strong_buy": 1.0, "buy": 0.6, "neutral": 0.0, "sell": -0.6, "strong_sell": -1.0}
_BESIDE = 0.2


@dataclass(frozen=True, slots=True)
class Vote:
    """What speaks beside a grade: rising above *high*, falling below *low*. *told* puts its number into words."""

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
    way = "fell" if line.value.startswith("-") else "rose"
    return f"that grade {way} {line.value.removeprefix('-')} points in 7 days"


_TREND = Vote("daily.sma_50_distance", 0.01, -0.01, _side("its 50-day mean"))
VOTES = {TRADER: (Vote("grade.trader_change_7d", 5.0, -5.0, _moved), _TREND), INVESTOR: (_TREND,)}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one grade says: its *grade* and *signal* lines, and its *score*, -1 to 1."""

    name: str
    score: float
    lines: tuple[EvidenceLine, EvidenceLine]

    @property
    def is_bearish(self) -> bool:
        """Whether it signals to sell."""
        return BANDS[self.lines[1].value] < 0

    @property
    def is_bullish(self) -> bool:
        """Whether it signals to buy."""
        return BANDS[self.lines[1].value] > 0

    @property
    def told(self) -> str:
        """In words: ``its trader grade is 71.2 (buy)``."""
        grade, signal = self.lines
        return f"its {self.name} grade is {grade.value} ({signal.value.replace('_', ' ')})"


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

    def opinion(self, name: str) -> Opinion | None:
        """What the grade *name* says, moved a little by the votes beside it; `None` where it is not known."""
        grade, signal = self.own.get(f"grade.{name}"), self.own.get(f"grade.{name}_signal")
        if grade is None or signal is None or signal.value not in BANDS:
            return None
        beside = _BESIDE * sum(self._vote(vote) for vote in VOTES[name])
        score = round(min(max(BANDS[signal.value] + beside, -1.0), 1.0), 3)
        return Opinion(name, score, (grade, signal))

    def reasons(self, opinion: Opinion, side: int) -> list[tuple[str, tuple[EvidenceLine, ...]]]:
        """The grade, and what agrees with *side* (1 rising, -1 falling) beside it: each in words with its lines."""
        agreeing = [
            (vote.told(self.own[vote.metric]), (self.own[vote.metric],))
            for vote in VOTES[opinion.name]
            if self._vote(vote) == side
        ]
        return [(opinion.told, opinion.lines), *agreeing]

    def _vote(self, vote: Vote) -> int:
        value = self.number(vote.metric)
        if value is None:
            return 0
        return 1 if value > vote.high else -1 if value < vote.low else 0


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
