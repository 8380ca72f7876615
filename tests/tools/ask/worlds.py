"""A small world to ask of: three walks on an hourly market, an account with a position, its journal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from agent.journal.memory_journal import MemoryJournal
from core.assets import AssetRef
from core.decision import Proposal
from core.events import Decided, Event, Exit, Refused
from core.grades import Horizon
from core.ids import DecisionId, OrderId
from core.instant import DAY, HOUR, Instant, Interval, instant, interval
from core.market import Bars, BarSeries
from core.orders import Finding, Purpose, Side, Wish
from core.portfolio import Portfolio, Position
from core.ports import Entry
from strategies.risk.in_force import describe
from strategies.risk.limits import profile
from tests.builders import an_instrument
from tests.tools.ask import facts_by_hand
from tools.ask import AskContext, Reply, ask
from tools.clocks import SimulatedClock
from tools.desk.grading.grades import grades_of
from tools.market.bar_market import BarMarket
from tools.market.names import names_of
from tools.store.gate import judge

START = instant("2024-01-01")
H1 = interval("1h")
ASSETS = {
    "BTC/USDT": AssetRef("bitcoin", "BTC", "Bitcoin", narratives=("L1", "payments")),
    "SUI/USDT": AssetRef("sui", "SUI", "Sui", narratives=("L1",)),
    "NEW/USDT": AssetRef("new-coin", "NEW", "New Coin"),
}
KNOWN = (AssetRef("terra-luna", "LUNA", "Terra"), AssetRef("terra-luna-2", "LUNA", "Terra 2"))
DAYS = 40
LATE_DAYS = 36  # the last asset is listed only then


def bars_of(symbol: str, closes: np.ndarray[Any, Any], start: int = START, grain: Interval = H1) -> Bars:
    opened = np.concatenate((closes[:1], closes[:-1]))
    return Bars(
        symbol,
        grain,
        start + grain.ms * np.arange(len(closes), dtype=np.int64),
        opened,
        np.round(np.maximum(opened, closes) * 1.001, 4),
        np.round(np.minimum(opened, closes) * 0.999, 4),
        closes,
        np.round(1_000 + 50 * np.sin(np.arange(len(closes))), 3),
    )


def walk(rows: int, seed: int, price: float = 100.0) -> np.ndarray[Any, Any]:
    steps = np.random.default_rng(seed).normal(0, 0.004, rows)
    return np.round(price * np.exp(np.cumsum(steps)), 4)


def paths(seed: int = 1) -> dict[str, BarSeries]:
    """Hourly candles: two assets from the start, one that is listed later."""
    rows = DAYS * 24
    late = START + LATE_DAYS * DAY
    found = {
        "BTC/USDT": bars_of("BTC/USDT", walk(rows, seed, 40_000.0)),
        "SUI/USDT": bars_of("SUI/USDT", walk(rows, seed + 1, 4.0)),
        "NEW/USDT": bars_of("NEW/USDT", walk((DAYS - LATE_DAYS) * 24, seed + 2, 0.5), late),
    }
    return {symbol: judge(ASSETS[symbol].id, bars, "test") for symbol, bars in found.items()}


def spoiled(series: Mapping[str, BarSeries], now: int, seed: int) -> dict[str, BarSeries]:
    """*series* with garbage in every row that closes after *now*."""
    return {symbol: _spoil(one, now, np.random.default_rng(seed)) for symbol, one in series.items()}


def _spoil(series: BarSeries, now: int, chance: np.random.Generator) -> BarSeries:
    bars, columns = series.bars, {}
    after = bars.opened_at + bars.interval.ms > now
    for name in ("open", "high", "low", "close", "volume"):
        column = getattr(bars, name).copy()
        column[after] = chance.uniform(1e-6, 1e9, int(after.sum()))
        columns[name] = column
    return judge(series.asset, replace(bars, **columns), series.source)


def records(*later: tuple[int, Event]) -> MemoryJournal:
    """The journal of an account that decided, was refused and stopped out on its first days."""
    events: list[tuple[int, Event]] = [
        (4, decided(1, Proposal(0, 0.4, 0.6, Horizon.DAYS, ("e1",), "", "the trend holds"))),
        (8, refusal()),
        (12, Exit("SUI/USDT", "stop", Decimal("3.9"), OrderId("k" * 22))),
        (16, decided(2, abstained="timeout")),
        *later,
    ]
    journal = MemoryJournal()
    journal.append("trading/paper", [Entry(Instant(START + hour * HOUR), event) for hour, event in events])
    return journal


def decided(number: int, *proposals: Proposal, abstained: str | None = None) -> Decided:
    menu = ("BTC/USDT", "SUI/USDT")
    name = DecisionId(f"d{number}".ljust(22, "a"))
    return Decided(name, "paper", "llm", "llm:m", menu, proposals, abstained, {}, {})


def refusal() -> Refused:
    wish = Wish("SUI/USDT", Side.BUY, Purpose.ENTRY, Decimal(1000), "target 0.1")
    finding = Finding("exposure.asset", "SUI/USDT would be 0.3 of equity; at most 0.25", "0.25", "0.3")
    return Refused(DecisionId("d9".ljust(22, "a")), wish, (finding,))


def books() -> Portfolio:
    held = Position("BTC/USDT", Decimal("0.1"), Decimal("4000.4"), Instant(START + 5 * HOUR))
    return Portfolio(Decimal("5999.6"), "USDT", {"BTC/USDT": held}, Decimal("0.4"), fills=1)


def market_at(series: Mapping[str, BarSeries], now: int, grain: Interval = H1) -> BarMarket:
    filters = {symbol: an_instrument(symbol) for symbol in series}
    market = BarMarket(SimulatedClock(Instant(now)), grain, series, filters, simulated=False)
    asyncio.run(market.advance(Instant(now)))
    return market


FACTS = facts_by_hand.held()


def context_at(series: Mapping[str, BarSeries], now: int, **changes: Any) -> AskContext:
    names = names_of(ASSETS, {"SUI/USDT": "binance"}, KNOWN)
    fields: dict[str, Any] = {
        "now": Instant(now),
        "market": market_at(series, now),
        "every": interval("4h"),
        "symbols": names.symbols,
        "source": "test",
        "portfolio": books(),
        "marks": {"BTC/USDT": Decimal("41000.5")},
        "equity": Decimal("10099.65"),
        "peak": Decimal("10200"),
        "state": "active",
        "limits": describe(profile("balanced")),
        "records": records(),
        "account": "paper",
        "assets": names.assets,
        "sources": names.sources,
        "others": names.others,
        "facts": FACTS.facts(),
    }
    context = AskContext(**{**fields, **changes})
    return context if "grades" in changes else replace(context, grades=grades_of(context))


# every answer, once with what it takes at least and once with what else it takes
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("get_price", {"asset": "SUI"}),
    ("get_price", {"asset": "NEW/USDT"}),
    ("get_candles", {"asset": "sui", "interval": "1d", "count": 200}),
    ("get_candles", {"asset": "BTC/USDT"}),
    ("get_indicators", {"asset": "BTC/USDT"}),
    ("get_indicators", {"asset": "new-coin", "interval": "1h"}),
    ("get_order_book", {"asset": "BTC"}),
    ("get_levels", {"asset": "bitcoin", "interval": "1d"}),
    ("get_levels", {"asset": "SUI/USDT", "count": 10}),
    ("get_grades", {"asset": "BTC/USDT"}),
    ("get_grades", {"asset": "new coin"}),
    ("get_portfolio", {}),
    ("get_limits", {}),
    ("get_decisions", {"count": 50}),
    ("get_onchain", {"asset": "BTC"}),
    ("get_onchain", {"asset": "market"}),
    ("get_onchain", {"asset": "bitcoin", "metric": "mvrv"}),
    ("get_onchain", {"asset": "bitcoin", "metric": "colour"}),
    ("get_fundamentals", {"asset": "SUI/USDT"}),
    ("get_fundamentals", {"asset": "bitcoin"}),
    ("get_derivatives", {"asset": "BTC/USDT"}),
    ("get_derivatives", {"asset": "sui"}),
    ("get_sentiment", {}),
    ("get_sentiment", {"asset": "SUI"}),
    ("get_narratives", {}),
    ("get_narratives", {"asset": "bitcoin"}),
    ("get_narratives", {"narrative": "L1"}),
    ("get_screen", {}),
    ("get_screen", {"filters": ["tvl>1", "return_7>-1"], "sort": "tvl", "narrative": "L1"}),
    ("get_screen", {"filters": ["trader>=0"], "picks": "short_term"}),
    ("get_screen", {"filters": ["investor>=0"], "picks": "long_term"}),
    ("get_index", {}),
    ("get_index", {"index": "narrative:L1?by=return_7&count=2&weight=inverse_volatility"}),
    ("get_news", {}),
    ("get_news", {"asset": "SUI", "count": 20}),
    ("find_asset", {"query": "bitcoin"}),
    ("find_asset", {"query": "luna"}),
)


def replies(context: AskContext) -> dict[str, Reply]:
    return {f"{name} {json.dumps(raw)}": ask(name, raw, context) for name, raw in QUESTIONS}
