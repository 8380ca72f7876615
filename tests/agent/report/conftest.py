"""A small trading house on random prices: journals what a real account would, so that reports have a story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import pytest

from agent.report.inputs import ReportInput, series_note
from agent.report.summary import summarise
from core.canonical import digest
from core.decision import Proposal
from core.events import (
    Alert,
    Approved,
    Decided,
    Ended,
    Event,
    Exit,
    Filled,
    Refused,
    Span,
    Started,
    Submitted,
    body,
)
from core.ids import DecisionId, OrderId, RunId
from core.instant import HOUR, Instant, Interval, instant, iso
from core.market import Bars, BarSeries, Costs
from core.money import divide, floor_to, published
from core.orders import ApprovedOrder, Fill, Finding, Liquidity, OrderType, Purpose, Side, Wish
from core.portfolio import Portfolio
from core.ports import Record
from strategies.measure.curve import equity_curve
from tests.agent.report.hold_fills import hold_fills

START = instant("2024-01-01")
GRAIN = Interval(HOUR)
TICKERS = ("VELA/USDT", "ORYX/USDT", "KORU/USDT", "NIMB/USDT", "TARN/USDT")
FEE = Decimal("0.001")


def random_bars(symbol: str, count: int, seed: int) -> Bars:
    """Candles of a random walk with calm and wild stretches."""
    draw = np.random.default_rng(seed)
    wild = 0.005 * (1 + 0.9 * np.sin(np.arange(count) / 170 + seed)) + 0.002
    close = 10.0 ** (seed % 4) * np.exp(np.cumsum(draw.standard_t(4, count) * wild * 0.7 + 0.00008))
    opened = np.concatenate(([close[0]], close[:-1]))
    reach = np.abs(draw.normal(0, 1, (2, count))) * wild * 0.6
    high, low = np.maximum(opened, close) * (1 + reach[0]), np.minimum(opened, close) * (1 - reach[1])
    at = START + np.arange(count, dtype=np.int64) * HOUR
    columns = [np.array([float(f"{v:.6g}") for v in column]) for column in (opened, high, low, close)]
    return Bars(symbol, GRAIN, at, *columns, draw.uniform(100, 900, count))


@dataclass
class House:
    """Writes records as a journal would, without hashing anything that matters."""

    account: str = "paper"
    records: list[Record] = field(default_factory=list)
    books: Portfolio = field(default_factory=lambda: Portfolio(Decimal(10_000), "USDT"))
    fills: list[Fill] = field(default_factory=list)

    def write(self, at: int, event: Event) -> None:
        told = body(event)
        before = self.records[-1].hash if self.records else "0" * 64
        record = Record(
            f"trading/{self.account}", len(self.records) + 1, Instant(at), event.kind, told, (), before, ""
        )
        self.records.append(
            Record(*(getattr(record, name) for name in Record.__slots__[:-1]), digest([before, told]))
        )

    def start(
        self, symbols: tuple[str, ...], until: Instant, *, simulated: bool = True, resumed: bool = False
    ) -> None:
        config = {
            "account": self.account, "market": "sim?assets=5&faults=none&grain=1h&seed=7&start=2024-01-01",
            "decider": "rule:sma_cross?fast=20&slow=50", "symbols": list(symbols), "from": iso(START),
            "until": iso(until), "every": "4h", "grain": "1h", "cash": "10000 USDT", "profile": "balanced",
            "limits_hash": "5" * 64, "approve": "auto", "seed": 0,
            "costs": "impact=0.1&latency=0s&maker=0.001&participation=0.1&slippage_bps=5&taker=0.001",
        }  # fmt: skip
        self.write(
            START,
            Started(RunId("k3v9x2m4q8zt"), config, digest(config), simulated, Decimal(10_000), "USDT",
                    {"profile": "balanced"}, {}, resumed),
        )  # fmt: skip

    def decide(
        self, at: int, symbol: str, stance: float, thesis: str, symbols: tuple[str, ...]
    ) -> DecisionId:
        name = DecisionId(f"d{len(self.records)}")
        wish = Proposal(symbols.index(symbol), stance, thesis=thesis)
        self.write(
            at,
            Decided(name, self.account, "rule:sma_cross", "rule:sma_cross", symbols, (wish,), None, {}, {}),
        )
        return name

    def trade(
        self, at: int, symbol: str, side: Side, quantity: Decimal, price: Decimal,
        *, decision: DecisionId | None, reason: str, purpose: Purpose, findings: tuple[Finding, ...] = (), trigger: str | None = None,
    ) -> None:  # fmt: skip
        name = OrderId(f"o{len(self.records)}")
        order = ApprovedOrder(
            name,
            symbol,
            side,
            OrderType.MARKET,
            purpose,
            quantity,
            None,
            None,
            None,
            decision,
            reason,
            Instant(at),
        )
        if trigger:
            self.write(at, Exit(symbol, trigger, price, name))
        self.write(at, Approved(order, findings))
        self.write(at, Submitted(name))
        fill = Fill(
            f"t-{name}",
            name,
            symbol,
            side,
            quantity,
            price,
            quantity * price * FEE,
            Liquidity.TAKER,
            Instant(at),
        )
        self.fills.append(fill)
        self.books = self.books.after(fill)
        self.write(at + HOUR, Filled(fill, len(self.records), done=True))


def lived(house: House, bars: dict[str, Bars], every: int) -> None:
    """Crosses of two averages, sized by a tenth of cash, with a stop; refuses when much is held."""
    symbols = tuple(bars)
    means = {
        s: [np.convolve(b.close, np.ones(n) / n, "full")[: len(b)] for n in (20, 50)] for s, b in bars.items()
    }
    count = min(len(b) for b in bars.values())
    quiet, first = 0, START
    for i in range(60, count - 2):
        for symbol, series in bars.items():
            held = house.books.positions.get(symbol)
            if held and series.low[i] < float(held.average_price) * 0.94:
                stop = published(float(min(series.open[i], float(held.average_price) * 0.94))).quantize(
                    Decimal("1e-6")
                )
                house.trade(int(series.opened_at[i]), symbol, Side.SELL, held.quantity, stop, decision=None,
                            reason="stop", purpose=Purpose.EXIT, trigger="trailing" if i % 3 == 0 else "stop")  # fmt: skip
        if i % every:
            continue
        at = START + i * HOUR
        changed = False
        for symbol, series in bars.items():
            fast, slow = (column[i - 1] for column in means[symbol])
            before = [column[i - 1 - every] for column in means[symbol]]
            if (fast > slow) == (before[0] > before[1]):
                continue
            changed = True
            if quiet:
                house.write(at, Span("rule:sma_cross", first, Instant(at), quiet, "0" * 64))
                quiet = 0
            rose = bool(fast > slow)
            thesis = (
                f"mean of 20 closes {fast:.4g} crossed {'above' if rose else 'below'} mean of 50 {slow:.4g}"
            )
            decision = house.decide(at, symbol, float(rose), thesis, symbols)
            _act(house, symbol, at, decision, thesis, published(float(series.open[i])), rose=rose)
        if not changed:
            first = Instant(at) if not quiet else first
            quiet += 1
    if quiet:
        house.write(
            START + count * HOUR,
            Span("rule:sma_cross", first, Instant(START + count * HOUR), quiet, "0" * 64),
        )


def _act(
    house: House, symbol: str, at: int, decision: DecisionId, thesis: str, price: Decimal, *, rose: bool
) -> None:
    held = house.books.positions.get(symbol)
    if rose and held is None:
        share = house.books.cash / 4
        if len(house.books.positions) > 2:
            wish = Wish(symbol, Side.BUY, Purpose.ENTRY, share, thesis, 1.0, 1.0)
            found = [
                Finding(
                    "exposure.gross",
                    f"would invest 0.8412 of equity; at most 0.80 <{symbol}>",
                    "0.80",
                    "0.8412",
                )
            ]
            if at // HOUR // 4 % 3 == 0:
                found.insert(
                    0,
                    Finding(
                        "edge",
                        "expected move 0.0021 is below 1.5 x the round trip of 0.003",
                        "0.0045",
                        "0.0021",
                    ),
                )
            else:
                found.insert(0, Finding("notional.min", "order worth 0 USDT; at least 10 USDT", "10", "0"))
            house.write(at, Refused(decision, wish, tuple(found)))
            return
        cut = (
            (Finding("exposure.asset", "cut from 2800.00 to 2500.00 USDT", "0.25", "0.28"),)
            if at % 5 == 0
            else ()
        )
        quantity = floor_to(divide(share, price), Decimal("1e-6"))
        house.trade(
            at,
            symbol,
            Side.BUY,
            quantity,
            price,
            decision=decision,
            reason=thesis,
            purpose=Purpose.ENTRY,
            findings=cut,
        )
    elif not rose and held is not None:
        house.trade(
            at,
            symbol,
            Side.SELL,
            held.quantity,
            price,
            decision=decision,
            reason=thesis,
            purpose=Purpose.REDUCTION,
        )


def build(
    count: int = 1_600, symbols: tuple[str, ...] = TICKERS, every: int = 4, *, simulated: bool = True
) -> ReportInput:
    """A whole report's input: *count* hourly candles of *symbols*."""
    bars = {symbol: random_bars(symbol, count, 11 + n) for n, symbol in enumerate(symbols)}
    house = House()
    until = Instant(START + count * HOUR)
    house.start(symbols, until, simulated=simulated)
    lived(house, bars, every)
    house.write(until - HOUR, Alert("data.stale", "NIMB/USDT had no candle for 3 hours"))
    house.write(until, Ended("until"))
    costs = Costs()
    curve = equity_curve(house.fills, bars, Decimal(10_000), START, until, GRAIN)
    hold = equity_curve(
        hold_fills(bars, Decimal(10_000), START, costs), bars, Decimal(10_000), START, until, GRAIN
    )
    marks = {symbol: published(float(series.close[-1])) for symbol, series in bars.items()}
    gained = float(hold.equity[-1] / hold.equity[0] - 1)
    summary = summarise(
        house.records,
        marks=marks,
        curve=curve,
        benchmark={"decider": "rule:hold", "total_return": gained},
        report="report.html",
    )
    limits = {
        "profile": "balanced",
        "exposure": {"per_order": "0.1", "per_asset": "0.25", "gross": "0.8", "cash_reserve": "0.05"},
        "pace": {"orders_per_hour": 6, "orders_per_day": 20, "min_hold": "12h", "cooldown_after_loss": "1d"},
        "loss": {"per_day": "0.03", "drawdown_reduce": "0.1", "drawdown_halt": "0.2"},
        "rules": {"state": "required", "data.gate": "required", "liquidity": "if_available", "depeg": "off"},
    }  # fmt: skip
    notes = tuple(series_note(_series(series)) for series in bars.values())
    return ReportInput(
        summary, house.records, curve, hold, bars, limits,
        ({"code": "restated", "message": "VELA/USDT is served from restated history."},), notes, "0.1.0",
    )  # fmt: skip


def _series(bars: Bars) -> BarSeries:
    count = len(bars)
    codes = tuple("gap" if i in {40, 900} else "" for i in range(count))
    return BarSeries(
        bars.symbol, bars, np.zeros(count, np.int32), np.full(count, -1), codes, "sim", digest(bars.symbol)
    )


@pytest.fixture(scope="session")
def report() -> ReportInput:
    """Five symbols, 1,600 hourly candles, a rule's trades."""
    return build()


@pytest.fixture(scope="session")
def build_report() -> Callable[..., ReportInput]:
    """Builds another one."""
    return build


@pytest.fixture
def house() -> House:
    """An empty journal to write into."""
    return House()
