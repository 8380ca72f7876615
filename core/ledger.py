"""Double entry: every transaction's postings sum to zero in each asset, exactly.

Accounts are roles, not persons: `AVAILABLE` and `RESERVED` are ours, `MARKET`, `FEES` and `EXTERNAL`
are the world's side of a trade, a fee and a deposit. Balances are sums of postings and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.errors import InvariantError
from core.instant import Instant
from core.market import Instrument
from core.money import ZERO, add, multiply, subtract
from core.orders import Fill, Side

AVAILABLE = "available"
RESERVED = "reserved"
MARKET = "market"
FEES = "fees"
EXTERNAL = "external"
OURS = frozenset({AVAILABLE, RESERVED})


@dataclass(frozen=True, slots=True)
class Posting:
    """*amount* of *asset* added to (or, negative, taken from) *account*."""

    account: str
    asset: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Transaction:
    """Postings that happen together or not at all. *ref*: the trade, order or deposit behind them."""

    kind: str
    ref: str
    at: Instant
    postings: tuple[Posting, ...]


def _move(asset: str, amount: Decimal, source: str, target: str) -> tuple[Posting, Posting]:
    return Posting(source, asset, amount.copy_negate()), Posting(target, asset, amount)


def deposit(asset: str, amount: Decimal, ref: str, at: Instant) -> Transaction:
    """Money comes in from outside."""
    return Transaction("deposit", ref, at, _move(asset, amount, EXTERNAL, AVAILABLE))


def reserve(asset: str, amount: Decimal, ref: str, at: Instant) -> Transaction:
    """An open order sets *amount* aside."""
    return Transaction("reserve", ref, at, _move(asset, amount, AVAILABLE, RESERVED))


def release(asset: str, amount: Decimal, ref: str, at: Instant) -> Transaction:
    """What an order had set aside and did not use comes back."""
    return Transaction("release", ref, at, _move(asset, amount, RESERVED, AVAILABLE))


def settle(
    fill: Fill, instrument: Instrument, paying: str = RESERVED, *, held: Decimal | None = None
) -> Transaction:
    """The two legs and the fee of a trade; what we give comes out of *paying*.

    *held*: base units before the trade, where the account is one of several hands at its venue. What a fee in
    base takes beyond what a sale left of them was not this account's.
    """
    notional = multiply(fill.quantity, fill.price)
    base, quote = instrument.base, instrument.quote
    fee = _fee(fill, quote, base, paying, held)
    if fill.side is Side.BUY:
        postings = (
            *_move(quote, notional, paying, MARKET),
            *_move(base, fill.quantity, MARKET, AVAILABLE),
            *fee,
        )
    else:
        postings = (
            *_move(base, fill.quantity, paying, MARKET),
            *_move(quote, notional, MARKET, AVAILABLE),
            *fee,
        )
    return Transaction("trade", fill.trade_id, fill.at, postings)


def _fee(fill: Fill, quote: str, base: str, paying: str, held: Decimal | None) -> tuple[Posting, ...]:
    """What the venue took: quote currency, some of the base, or a coin that is not of this account."""
    if not fill.fee_asset or fill.fee_asset == quote:
        return _move(quote, fill.fee, paying if fill.side is Side.BUY else AVAILABLE, FEES)
    if fill.fee_asset != base:
        return _move(fill.fee_asset, fill.fee_paid, EXTERNAL, FEES)
    ours = fill.fee_paid
    if fill.side is Side.SELL and held is not None:
        ours = min(ours, max(ZERO, subtract(held, fill.quantity)))
    rest = subtract(fill.fee_paid, ours)
    return (*_move(base, ours, AVAILABLE, FEES), *(_move(base, rest, EXTERNAL, FEES) if rest else ()))


class Ledger:
    """The balances that a stream of transactions leads to."""

    def __init__(self, balances: Mapping[tuple[str, str], Decimal] | None = None) -> None:
        self._balances: dict[tuple[str, str], Decimal] = dict(balances or {})

    def balance(self, account: str, asset: str) -> Decimal:
        """What *account* holds of *asset*."""
        return self._balances.get((account, asset), ZERO)

    def balances(self) -> dict[tuple[str, str], Decimal]:
        """Every (account, asset) with its balance."""
        return dict(self._balances)

    def total(self, asset: str) -> Decimal:
        """The sum over all accounts: zero, always."""
        total = ZERO
        for (_, held), amount in self._balances.items():
            if held == asset:
                total = add(total, amount)
        return total

    def apply(self, transaction: Transaction) -> None:
        """Books *transaction*, whole or not at all.

        Raises:
            InvariantError: it does not balance, or would leave one of our accounts below zero.
        """
        check_balanced(transaction)
        changed: dict[tuple[str, str], Decimal] = {}
        for posting in transaction.postings:
            key = (posting.account, posting.asset)
            changed[key] = add(changed.get(key, self._balances.get(key, ZERO)), posting.amount)
        for (account, asset), amount in changed.items():
            if amount < 0 and account in OURS:
                raise InvariantError(
                    f"{transaction.kind} {transaction.ref} would leave {amount} {asset} {account}",
                    "Compare the account with its venue; nothing was booked.",
                )
        self._balances.update(changed)


def check_balanced(transaction: Transaction) -> None:
    """Refuses a transaction that creates or destroys anything.

    Raises:
        InvariantError: the postings of an asset do not sum to zero.
    """
    totals: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for posting in transaction.postings:
        totals[posting.asset] = add(totals[posting.asset], posting.amount)
    for asset, total in totals.items():
        if total != 0:
            raise InvariantError(f"{transaction.kind} {transaction.ref} is off by {total} {asset}")
