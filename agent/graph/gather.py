"""What a decision reads: the account's books and, for each asset, numbers measured on its closed candles."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from agent.graph.features import measured
from agent.graph.known import gathered_facts
from agent.graph.state import Reading, Standing
from core.decision import Situation
from core.instant import DAY
from core.money import add, divide, multiply, published
from core.observation import Missing
from core.ports import MarketData
from tools.ask._text import ratio


def gathered(reading: Reading) -> dict[str, Any]:
    """Everything that this decision will rest on, as plain JSON values.

    ``{"menu": [...], "account": {"facts": [...], "missing": [...]}, "assets": [{...}, ...]}``, where a fact is
    ``[metric, value, unit]`` and something missing ``[what, why]``. Where anything is known beside prices, also
    ``"market": {"facts", "missing"}`` and ``"restated"``: the series that are not what was shown then.
    """
    situation = _situation(reading)
    market = cast("MarketData", situation.market)  # the loop's view of the market is the whole port
    marks = _marks(situation, market)
    equity = _equity(situation, marks)
    found: dict[str, Any] = {
        "menu": list(situation.menu),
        "account": _account(situation, equity, marks, reading.standing and reading.standing()),
        "assets": [
            measured(reading, market, symbol, situation.every).with_facts(
                _position(situation, symbol, equity, marks)
            )
            for symbol in situation.menu
        ],
    }
    if reading.knowledge is not None:
        known = gathered_facts(reading.knowledge, situation.menu, market.now)
        for asset, more in zip(found["assets"], known.pop("assets"), strict=True):
            asset["facts"] += more["facts"]
            asset["missing"] += more["missing"]
        found |= known
    return found


def _situation(reading: Reading) -> Situation:
    if reading.situation is None:
        raise ValueError("a replay begins with what was gathered; there is nothing to read here")
    return reading.situation


def _marks(situation: Situation, market: MarketData) -> dict[str, Decimal]:
    """The last good close of every held symbol; its cost where it never had one, as the risk engine does."""
    marks = {}
    for symbol, held in situation.portfolio.positions.items():
        found = market.close(symbol)
        marks[symbol] = held.average_price if isinstance(found, Missing) else published(found[0])
    return marks


def _equity(situation: Situation, marks: dict[str, Decimal]) -> Decimal:
    return situation.portfolio.equity(marks)


def _share(part: Decimal, whole: Decimal) -> str:
    return ratio(float(divide(part, whole))) if whole else "0"


def _account(
    situation: Situation, equity: Decimal, marks: dict[str, Decimal], standing: Standing | None
) -> dict[str, Any]:
    portfolio = situation.portfolio
    held = Decimal(0)
    for symbol, position in portfolio.positions.items():
        held = add(held, multiply(position.quantity, marks[symbol]))
    facts = [
        ["equity", ratio(float(equity)), portfolio.quote],
        ["cash_share", _share(portfolio.cash, equity), "fraction"],
        ["exposure", _share(held, equity), "fraction"],
    ]
    if standing is None:
        missing = [[what, "not_given"] for what in ("drawdown", "state")]
        return {"facts": facts, "missing": missing}
    peak = max(standing.peak_equity, equity)
    facts.append(["drawdown", ratio(float(divide(equity, peak)) - 1) if peak else "0", "fraction"])
    facts.append(["state", standing.state, "word"])
    return {"facts": facts, "missing": []}


def _position(
    situation: Situation, symbol: str, equity: Decimal, marks: dict[str, Decimal]
) -> list[list[str]]:
    """How much of the asset is held, what it has brought, for how long, and what was wished last."""
    held = situation.portfolio.positions.get(symbol)
    wished = situation.wished.get(symbol)
    last = [] if wished is None else [["last_stance", ratio(wished), "stance"]]
    if held is None:
        return [["position_weight", "0", "fraction"], *last]
    value = multiply(held.quantity, marks[symbol])
    return [
        ["position_weight", _share(value, equity), "fraction"],
        ["position_return", ratio(float(divide(value, held.cost)) - 1) if held.cost else "0", "fraction"],
        ["position_age", ratio((situation.now - held.opened_at) / DAY, 3), "days"],
        *last,
    ]
