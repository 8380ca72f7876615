"""What differs between venues in how they trade, not in how they speak."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class FeeIn(StrEnum):
    """What a fee is taken from."""

    RECEIVED = "received"
    QUOTE = "quote"


@dataclass(slots=True)
class Rules:
    """Fees are fractions. *good_client_id* says which client ids the venue takes.

    *discount_asset*: where the account has enough of it, fees are taken in it at its market price (Binance: BNB).
    *refuses_triggered*: a stop that would trigger at once is refused, not executed.
    """

    fee_in: FeeIn
    good_client_id: Callable[[str], bool]
    maker: Decimal = Decimal("0.001")
    taker: Decimal = Decimal("0.001")
    discount_asset: str | None = None
    refuses_triggered: bool = True
    fee_step: Decimal = Decimal("0.00000001")
