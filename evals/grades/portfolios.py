"""What following a ranking would have earned, day by day, after costs of what was really traded.

Source of the overlapping sleeves: Jegadeesh and Titman, "Returns to Buying Winners and Selling Losers" (1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.market import Floats
from evals.grades.outcomes import Outcomes


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Daily simple returns of k ways to follow a ranking, days x k. *traded*: bought plus sold over worth.

    *first*: the row that the first day belongs to.
    """

    first: int
    gross: Floats
    traded: Floats

    def net(self, rate: float) -> Floats:
        """The returns after *rate* of all that is bought and sold."""
        found: Floats = (1.0 + self.gross) * (1.0 - rate * self.traded) - 1.0
        return found


def weights_of(part: Floats, parts: int) -> Floats:
    """N x (parts + 1) weights of a day: each part in equal weights, and last all that were ranked; zeros for nobody."""
    member = np.zeros((len(part), parts + 1))
    ranked = np.isfinite(part)
    member[ranked, part[ranked].astype(int)] = 1.0
    member[ranked, parts] = 1.0
    count = member.sum(axis=0)
    found: Floats = member / np.where(count > 0, count, 1.0)
    return found


def follow(part: Floats, outcomes: Outcomes, parts: int, horizon: int, lag: int) -> Followed | None:
    """Holds each of *parts* parts of a daily ranking, and all of them together, for *horizon* days each.

    The money lies in *horizon* sleeves; every day one of them is turned over to the ranking of *lag* days ago, at
    the open, and then left alone. What ended is cash from its last close. Only who can be bought is counted in.

    Args:
        part: T x N, which part of day D's ranking each is in; NaN for none.
        outcomes: What followed.
        parts: How many parts.
        horizon: Days held.
        lag: Rows from the ranking to the open it is traded at.

    Returns:
        From the first day that all sleeves are in use to the last; None where there is no such day. What was paid
        to fill them is not in it.
    """
    rows, kinds = len(part), parts + 1
    gross, traded = np.zeros((rows, kinds)), np.zeros((rows, kinds))
    held: dict[int, Floats] = {}
    first: int | None = None
    for decided in range(rows - lag):
        row = decided + lag
        buyable = np.where(np.isfinite(outcomes.entry[row]), part[decided], np.nan)
        if not np.isfinite(buyable).any() and decided % horizon not in held:
            continue
        first = row if first is None else first
        wanted = weights_of(buyable, parts)
        days = min(horizon, rows - row)
        growth = np.nan_to_num(outcomes.path(row, days), nan=1.0)
        # what no part holds stays cash
        cash = 1.0 - wanted.sum(axis=0)
        worth = growth @ wanted + cash
        before = held.get(decided % horizon, np.zeros_like(wanted))
        gross[row : row + days] += worth[1:] / worth[:-1] - 1.0
        traded[row] += np.abs(wanted - before).sum(axis=0)
        held[decided % horizon] = growth[-1][:, None] * wanted / worth[-1]
    if first is None or first + horizon > rows:
        return None
    first += horizon - 1
    return Followed(first, gross[first:] / horizon, traded[first:] / horizon)
