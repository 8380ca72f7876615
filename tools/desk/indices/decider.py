"""Holds a basket: puts it together anew at each rebalance, and proposes its weights as stances.

A stance is a fraction of the account (a run of one sleeve). Sales come first; what they bring buys at
the following decisions, until every member has four fifths of its target or the settling days are over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from core.decision import Decision, Proposal, Situation, Unchanged
from core.grades import Horizon
from core.instant import DAY, Instant
from core.observation import Missing
from core.ports import MarketData
from strategies.baskets.basket import Basket, Composition
from tools.desk.grading.grades import Sheet
from tools.desk.indices.index import composed
from tools.desk.indices.reading import Caps
from tools.desk.indices.universe import Listed

_SETTLING = 7 * DAY
_SHORT = 0.8
_IDLE_CASH = 0.01
_BAND = 0.002
"""Drift below this part of the account is left alone: trading it would cost more than it mends."""


@dataclass(frozen=True, slots=True)
class Rebalance:
    """One rebalance: when, and the composition that was aimed at."""

    at: Instant
    composition: Composition


class IndexDecider:
    """Decides for one basket over *listed*; the menu holds all of their symbols.

    *sheet*: the grades of a market at its now. *rebalances*: what it has aimed at so far, oldest first.
    """

    def __init__(
        self,
        spec: str,
        basket: Basket,
        listed: Sequence[Listed],
        *,
        sheet: Callable[[MarketData], Sheet],
        caps: Caps | None,
    ) -> None:
        self.spec = spec
        self.rebalances: list[Rebalance] = []
        self._basket = basket
        self._listed = tuple(listed)
        self._sheet = sheet
        self._caps = caps
        self._targets: dict[str, float] = {}

    async def decide(self, situation: Situation) -> Decision | Unchanged:
        """The weights where they are due, what is still short where sales have brought cash, else nothing new."""
        now, market = situation.now, cast("MarketData", situation.market)
        if self._is_due(now, situation.every.ms):
            return self._rebalanced(situation, market)
        if now - self.rebalances[-1].at <= _SETTLING:
            return self._settled(situation)
        return Unchanged(b"")

    def _is_due(self, now: Instant, every: int) -> bool:
        if not self.rebalances:
            return True
        return (now - self.rebalances[0].at) % self._basket.rebalance_ms < every

    def _rebalanced(self, situation: Situation, market: MarketData) -> Decision:
        made = composed(
            self._basket, self._listed, market, sheet=lambda: self._sheet(market), caps=self._caps
        )
        self.rebalances.append(Rebalance(situation.now, made))
        self._targets = made.weights
        values, equity = _valued(situation)
        stances = {symbol: 0.0 for symbol in situation.portfolio.positions if symbol not in self._targets}
        for symbol, weight in self._targets.items():
            if abs(weight * equity - values.get(symbol, 0.0)) > _BAND * equity:
                stances[symbol] = weight
        whys = {member.symbol: member.why for member in made.members}
        return self._decision(situation, stances, whys, "no longer a constituent")

    def _settled(self, situation: Situation) -> Decision | Unchanged:
        values, equity = _valued(situation)
        if float(situation.portfolio.cash) < _IDLE_CASH * equity:
            return Unchanged(b"")
        short = {
            symbol: weight
            for symbol, weight in self._targets.items()
            if values.get(symbol, 0.0) < _SHORT * weight * equity
        }
        if not short:
            return Unchanged(b"")
        return self._decision(situation, short, {}, "bought with what the sales have brought")

    def _decision(
        self, situation: Situation, stances: Mapping[str, float], whys: Mapping[str, str], otherwise: str
    ) -> Decision:
        place = {symbol: index for index, symbol in enumerate(situation.menu)}
        proposals = tuple(
            Proposal(place[symbol], stance, horizon=Horizon.MONTHS, thesis=whys.get(symbol, otherwise))
            for symbol, stance in stances.items()
        )
        return Decision(proposals, decided_by="rule", inputs={"targets": dict(sorted(self._targets.items()))})


def _valued(situation: Situation) -> tuple[dict[str, float], float]:
    """What each position is worth at its newest close, and the account with its cash."""
    market = cast("MarketData", situation.market)
    values = {}
    for symbol, position in situation.portfolio.positions.items():
        close = market.close(symbol)
        price = float(position.average_price) if isinstance(close, Missing) else close[0]
        values[symbol] = float(position.quantity) * price
    return values, float(situation.portfolio.cash) + sum(values.values())
