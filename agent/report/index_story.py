"""A back-computed index as plain JSON: its figures, the curve, and every rebalance."""

from __future__ import annotations

from typing import Any

from agent.report.thin import kept_rows
from agent.runtime.index_run import BackComputed, Rebalanced
from core.instant import Instant, iso
from core.money import plain
from strategies.measure.curve import Curve, daily

_DIGITS = 6


def performance_of(lived: BackComputed) -> dict[str, Any]:
    """What holding it did, after costs, beside buy & hold of the market's first asset and of its whole universe."""
    config, curve = lived.config, lived.curve
    metrics = lived.measured.metrics()
    return {
        "from": iso(config.start),
        "until": iso(Instant(int(curve.at[-1]))),
        "market": config.market,
        "grain": str(config.grain),
        "costs": config.costs_text,
        "start_equity": plain(config.cash.amount),
        "final_equity": _money(float(curve.equity[-1])),
        **{name: metrics[name] for name in _FIGURES},
        "trades": len(lived.fills),
        "benchmarks": [
            {
                "name": one.name,
                "decider": one.decider,
                "symbols": one.bought,
                "total_return": one.measured.total_return,
                "max_drawdown": one.measured.max_drawdown,
                "volatility": one.measured.volatility,
                "sharpe": one.measured.sharpe,
            }
            for one in lived.beside
        ],
        "equity": _points(curve),
        "missing": [
            *(
                {"what": gap.what, "why": gap.why}
                for gap in (*lived.measured.missing, *lived.missing)
                if gap.what not in _NOT_TOLD
            ),
            *(
                {
                    "what": f"hold {one.name}",
                    "why": f"{one.asked - one.bought} of {one.asked} could not be bought",
                }
                for one in lived.beside
                if one.bought < one.asked
            ),
        ],
    }


_FIGURES = (
    *("total_return", "cagr", "volatility", "sharpe", "sortino", "calmar", "max_drawdown"),
    *("max_drawdown_days", "exposure", "turnover", "fees"),
)
_NOT_TOLD = ("hit_rate", "profit_factor")


def rebalances_of(lived: BackComputed) -> list[dict[str, Any]]:
    """Each rebalance: who came and left, the weights aimed at, and what was traded until the next."""
    found = []
    before: dict[str, float] = {}
    for one in lived.rebalances:
        weights = one.of.composition.weights
        found.append(_rebalance(one, weights, before))
        before = weights
    return found


def _rebalance(one: Rebalanced, weights: dict[str, float], before: dict[str, float]) -> dict[str, Any]:
    made = one.of.composition
    return {
        "at": iso(one.of.at),
        "equity": _money(one.equity),
        "compared": made.members[0].of if made.members else 0,
        "left_out": len(made.left_out),
        "entered": [symbol for symbol in weights if symbol not in before],
        "left": [symbol for symbol in before if symbol not in weights],
        "weights": {symbol: round(weight, _DIGITS) for symbol, weight in weights.items()},
        "turnover": round(one.traded, _DIGITS),
        "fees": _money(one.fees),
        "missing": [{"what": gap.what, "why": gap.why} for gap in made.missing],
    }


def _points(curve: Curve) -> list[dict[str, str]]:
    closes = daily(curve)
    rows = kept_rows(len(closes))
    pairs = zip(closes.at[rows].tolist(), closes.equity[rows].tolist(), strict=True)
    return [{"at": iso(Instant(at)), "equity": _money(value)} for at, value in pairs]


def _money(value: float) -> str:
    return f"{value:.2f}"
