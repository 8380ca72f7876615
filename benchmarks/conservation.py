"""Nothing is created, nothing lost: random trading on the ledger and the portfolio, checked exactly.

    python benchmarks/conservation.py [OPERATIONS]

Deposits, reservations, releases, partial fills, fees, cancels and overdrafts that must be refused, at
random (seeded). At the end every asset's accounts sum to zero, nothing of ours is below zero, and the
portfolio's fold over the same fills agrees with the ledger to the last digit. Exit status 1 otherwise.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import numpy as np

from core.errors import InvariantError
from core.ids import OrderId
from core.instant import Instant
from core.ledger import AVAILABLE, OURS, RESERVED, Ledger, deposit, release, reserve, settle
from core.market import Instrument
from core.money import ZERO, add, divide, floor_to, multiply, subtract
from core.orders import Fill, Liquidity, Side
from core.portfolio import Portfolio

# Prices scatter by half a per cent: wider, and buying low at random would grow without end.
SYMBOLS = {"BTC/USDT": 4, "ETH/USDT": 2, "SOL/USDT": 1}
STEP = Decimal("1e-8")
FEE = Decimal("0.00075")
OPERATIONS = ("deposit", "buy", "sell", "cancel", "overdraw")


@dataclass
class Books:
    """The ledger, the portfolio, and what was counted beside them in plain fractions."""

    ledger: Ledger = field(default_factory=Ledger)
    portfolio: Portfolio = field(default_factory=lambda: Portfolio(ZERO, "USDT"))
    paid_in: Fraction = Fraction(0)
    fees: Fraction = Fraction(0)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*OPERATIONS, "refused"), 0))


def residuals(books: Books) -> dict[str, Fraction]:
    """What ought to be zero, by name."""
    ledger, portfolio = books.ledger, books.portfolio
    found = {f"sum of {asset}": Fraction(ledger.total(asset)) for asset in ("USDT", "BTC", "ETH", "SOL")}
    found["cash, ledger against portfolio"] = Fraction(
        add(ledger.balance(AVAILABLE, "USDT"), ledger.balance(RESERVED, "USDT"))
    ) - Fraction(portfolio.cash)
    for symbol in SYMBOLS:
        held = ledger.balance(AVAILABLE, symbol.partition("/")[0])
        found[f"{symbol}, ledger against portfolio"] = Fraction(held) - Fraction(portfolio.quantity(symbol))
    cost = sum((Fraction(position.cost) for position in portfolio.positions.values()), Fraction(0))
    found["cash + cost - paid in - realised"] = (
        Fraction(portfolio.cash) + cost - books.paid_in - Fraction(portfolio.realised)
    )
    found["fees"] = Fraction(portfolio.fees) - books.fees
    negative = [amount for (role, _), amount in ledger.balances().items() if role in OURS and amount < 0]
    found["below zero"] = Fraction(len(negative))
    return found


def trade(books: Books, operations: int, seed: int = 7) -> None:
    """*operations* random operations."""
    draw = np.random.default_rng(seed)
    instruments = {symbol: Instrument(symbol, STEP, STEP, STEP, ZERO) for symbol in SYMBOLS}
    symbols = tuple(SYMBOLS)
    kinds = draw.choice(5, size=operations, p=[0.02, 0.45, 0.43, 0.05, 0.05])
    which = draw.integers(0, len(SYMBOLS), size=operations)
    levels = draw.integers(9_950, 10_051, size=operations)
    shares = draw.integers(1, 101, size=operations)
    _deposit(books, Decimal(1_000_000), 0)
    for number, (kind, symbol, level, share) in enumerate(
        zip(kinds.tolist(), which.tolist(), levels.tolist(), shares.tolist(), strict=True), start=1
    ):
        name, instrument = OPERATIONS[kind], instruments[symbols[symbol]]
        price = Decimal(level).scaleb(SYMBOLS[instrument.symbol] - 4)
        part = Decimal(share).scaleb(-2)
        books.counts[name] += 1
        if name == "deposit":
            _deposit(books, price, number)
        elif name == "cancel":
            aside = floor_to(multiply(books.ledger.balance(AVAILABLE, "USDT"), part), STEP)
            books.ledger.apply(reserve("USDT", aside, str(number), Instant(number)))
            books.ledger.apply(release("USDT", aside, str(number), Instant(number)))
        elif name == "overdraw":
            _overdraw(books, instrument, price, number)
        elif name == "buy":
            _buy(books, instrument, price, part, number)
        else:
            _sell(books, instrument, price, part, number)


def _deposit(books: Books, amount: Decimal, number: int) -> None:
    books.ledger.apply(deposit("USDT", amount, str(number), Instant(number)))
    books.portfolio = Portfolio(
        **{name: getattr(books.portfolio, name) for name in Portfolio.__slots__}
        | {"cash": add(books.portfolio.cash, amount)}
    )
    books.paid_in += Fraction(amount)


def _fill(instrument: Instrument, side: Side, quantity: Decimal, price: Decimal, number: int) -> Fill:
    fee = multiply(multiply(quantity, price), FEE)
    return Fill(
        str(number), OrderId(str(number)), instrument.symbol, side, quantity, price, fee,
        Liquidity.TAKER, Instant(number),
    )  # fmt: skip


def _book(books: Books, fill: Fill, instrument: Instrument) -> None:
    books.ledger.apply(settle(fill, instrument))
    books.portfolio = books.portfolio.after(fill)
    books.fees += Fraction(fill.fee)


def _buy(books: Books, instrument: Instrument, price: Decimal, part: Decimal, number: int) -> None:
    """Sets money aside, fills some of it and gives the rest back."""
    aside = floor_to(multiply(books.ledger.balance(AVAILABLE, "USDT"), part), STEP)
    quantity = floor_to(divide(multiply(aside, Decimal("0.9")), price), STEP)
    if quantity <= 0:
        return
    books.ledger.apply(reserve("USDT", aside, str(number), Instant(number)))
    fill = _fill(instrument, Side.BUY, quantity, price, number)
    _book(books, fill, instrument)
    left = subtract(aside, add(multiply(fill.quantity, fill.price), fill.fee))
    books.ledger.apply(release("USDT", left, str(number), Instant(number)))


def _sell(books: Books, instrument: Instrument, price: Decimal, part: Decimal, number: int) -> None:
    held = books.ledger.balance(AVAILABLE, instrument.base)
    quantity = held if part == 1 else floor_to(multiply(held, part), STEP)
    if quantity <= 0:
        return
    books.ledger.apply(reserve(instrument.base, quantity, str(number), Instant(number)))
    _book(books, _fill(instrument, Side.SELL, quantity, price, number), instrument)


def _overdraw(books: Books, instrument: Instrument, price: Decimal, number: int) -> None:
    """One step more than there is: must be refused, and leave everything as it was."""
    quantity = add(books.ledger.balance(AVAILABLE, instrument.base), STEP)
    fill = _fill(instrument, Side.SELL, quantity, price, number)
    before = books.ledger.balances()
    try:
        books.ledger.apply(settle(fill, instrument, paying=AVAILABLE))
    except InvariantError:
        books.counts["refused"] += books.ledger.balances() == before


def main(operations: int) -> int:
    """Runs, prints, and says whether everything is zero."""
    books, began = Books(), time.perf_counter()
    trade(books, operations)
    seconds = time.perf_counter() - began
    found = residuals(books)
    print(
        f"{operations:,} operations in {seconds:.1f} s ({1e6 * seconds / operations:.1f} microseconds each)"
    )
    print(", ".join(f"{name} {count:,}" for name, count in books.counts.items()))
    for name, residual in found.items():
        print(f"{name:34s} {residual}")
    exact = not any(found.values()) and books.counts["refused"] == books.counts["overdraw"]
    print("exact" if exact else "NOT EXACT")
    return 0 if exact else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
