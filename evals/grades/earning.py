"""The tables of what following a grade would have earned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.market import Floats
from evals.grades.judging import difference
from evals.grades.outcomes import Outcomes
from evals.grades.portfolios import Followed, follow
from evals.grades.ranking import parts_by_row
from evals.grades.settings import Settings

A_YEAR = 365
RATES_BPS = (0, 10, 40)
Row = dict[str, Any]


def parts_for(values: Floats) -> int:
    """Tenths where a usual day ranks a hundred assets, else fifths."""
    counts = np.isfinite(values).sum(axis=1)
    usual = np.median(counts[counts > 0]) if (counts > 0).any() else 0
    return 10 if usual >= 100 else 5


def earned(name: str, made: Followed, parts: int, horizon: int, lag: int, settings: Settings) -> Row:
    """One ranking followed: each part, the top against all of them, and the top against the bottom, a year.

    Returns are arithmetic: the mean of daily ones times 365. The interval is of the difference to holding all
    that were ranked in the same way, after costs.
    """
    gross, net = made.gross, made.net(settings.rate)
    top, bottom, every = parts - 1, 0, parts
    spread_gross = gross[:, top] - gross[:, bottom]
    # both legs pay; what was sold short is bought back at the same rate
    spread_net = spread_gross - (gross[:, top] - net[:, top]) - (gross[:, bottom] - net[:, bottom])
    zero = np.zeros(len(net))
    above = difference(net[:, top], net[:, every], horizon, settings.seed)
    spread = difference(spread_net, zero, horizon, settings.seed)
    paid = float(made.traded[:, top].mean()) - float(made.traded[:, every].mean())
    edge = float((gross[:, top] - gross[:, every]).mean())
    return {
        "score": name,
        "horizon": horizon,
        "lag": lag,
        "days": len(gross),
        "parts": [
            {
                "part": part + 1,
                "gross": A_YEAR * float(gross[:, part].mean()),
                "net": A_YEAR * float(net[:, part].mean()),
                "excess": A_YEAR * float((net[:, part] - net[:, every]).mean()),
            }
            for part in range(parts)
        ],
        "universe": {
            "gross": A_YEAR * float(gross[:, every].mean()),
            "net": A_YEAR * float(net[:, every].mean()),
        },
        "top_less_universe": {"gross": A_YEAR * edge, **_yearly(above)},
        "top_less_bottom": {"gross": A_YEAR * float(spread_gross.mean()), **_yearly(spread)},
        "traded_a_day": {
            "top": float(made.traded[:, top].mean()),
            "universe": float(made.traded[:, every].mean()),
        },
        "break_even_bps": 1e4 * edge / paid if edge > 0 and paid > 0 else None,
        "by_cost": [
            {
                "bps": bps,
                "top_less_universe": A_YEAR
                * float((made.net(bps / 1e4)[:, top] - made.net(bps / 1e4)[:, every]).mean()),
            }
            for bps in RATES_BPS
        ],
    }


def followed(
    scores: Mapping[str, Floats], outcomes: Outcomes, rows: slice, parts: int, horizon: int, lag: int
) -> dict[str, Followed]:
    """Each of *scores* followed over the judged days; a score that ranks nobody is left out."""
    found = {}
    for name, values in scores.items():
        judged = np.full(values.shape, np.nan)
        judged[rows] = values[rows]
        made = follow(parts_by_row(judged, parts), outcomes, parts, horizon, lag)
        if made is not None and made.first < rows.stop:
            # what is still held when nobody is ranked any more is not followed to its end
            days = rows.stop - made.first
            found[name] = Followed(made.first, made.gross[:days], made.traded[:days])
    return found


def aligned(one: Followed, other: Followed, rate: float, column: int) -> tuple[Floats, Floats]:
    """The net daily returns of the same part of two rankings, over the days that both were followed."""
    first = max(one.first, other.first)
    return one.net(rate)[first - one.first :, column], other.net(rate)[first - other.first :, column]


def replaced(part: Floats, parts: int, days: int) -> float | None:
    """The share of a top part that is not in it *days* later, averaged."""
    top = part == parts - 1
    before, after = top[:-days], top[days:]
    # who has no grade any more has left as well; days without any ranking say nothing
    usable = before.any(axis=1) & after.any(axis=1)
    if not usable.any():
        return None
    stayed = (before & after).sum(axis=1)[usable] / before.sum(axis=1)[usable]
    return float(1.0 - stayed.mean())


def _yearly(found: Row) -> Row:
    return {
        "net": None if found["difference"] is None else A_YEAR * found["difference"],
        "low": None if found["low"] is None else A_YEAR * found["low"],
        "high": None if found["high"] is None else A_YEAR * found["high"],
    }
