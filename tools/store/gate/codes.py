"""The gate's codes (CONTRACT §4.4) and what each one leads to: one table, nowhere else.

A file with a *structural* fault is refused whole at import. A *dropped* row is left out and counted.
A row that is *refused at reading* is stored, but makes every window that holds it
``Missing(gate:<code>)``. What is *noted* is counted and shown; a hole or a new meaning of the ticker
that lasts ends a segment besides (`tools.store.gate.breaks`).

Crossed and empty books and stale tickers (19-21) concern live quotes, which no file holds
(`tools.store.gate.quotes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reaction(StrEnum):
    """What a code leads to."""

    STRUCTURAL = "structural"
    DROPPED = "dropped"
    REFUSED_AT_READING = "refused_at_reading"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Code:
    """One class of bad data."""

    number: int
    reaction: Reaction
    meaning: str

    @property
    def bit(self) -> int:
        """The flag of a stored row."""
        return 1 << self.number


_STRUCTURAL, _REFUSED, _NOTED = Reaction.STRUCTURAL, Reaction.REFUSED_AT_READING, Reaction.NOTED

CODES = {
    "not_rows": Code(1, _STRUCTURAL, "the file holds no readable rows"),
    "wrong_columns": Code(2, _STRUCTURAL, "a column is absent or of another type"),
    "null": Code(3, _STRUCTURAL, "a value is empty"),
    "nan": Code(4, _STRUCTURAL, "a value is not a number"),
    "infinite": Code(5, _STRUCTURAL, "a value is infinite"),
    "nonpositive_price": Code(6, _STRUCTURAL, "a price is zero or negative"),
    "negative_volume": Code(7, _STRUCTURAL, "a volume is negative"),
    "high_below_body": Code(8, _STRUCTURAL, "the high is below open or close"),
    "low_above_body": Code(9, _STRUCTURAL, "the low is above open or close"),
    "duplicate": Code(10, _STRUCTURAL, "a time stands there twice"),
    "out_of_order": Code(11, _STRUCTURAL, "a row is older than the one before it"),
    "misaligned": Code(12, _STRUCTURAL, "a time is no boundary of the interval"),
    "future": Code(13, _STRUCTURAL, "a row lies more than one interval in the future"),
    "stale": Code(14, _REFUSED, "six or more candles that do not move at all"),
    "gap": Code(15, _NOTED, "candles are absent; never filled, over 3 days a new segment begins"),
    "unclosed": Code(16, Reaction.DROPPED, "the candle had not closed yet"),
    "zero_volume_run": Code(17, _REFUSED, "six or more candles without volume"),
    "jump": Code(
        18, _REFUSED, "a return beyond 20 MAD that the next candle did not confirm; refused over a quarter"
    ),
    "crossed_book": Code(19, _REFUSED, "the best bid of a live quote is at or above its best ask"),
    "empty_book": Code(20, _REFUSED, "a side of a live order book is empty"),
    "stale_ticker": Code(21, _REFUSED, "a live quote is older than a minute, or from the future"),
    "wrong_interval": Code(22, _STRUCTURAL, "the rows are another interval apart"),
    "wrong_unit": Code(23, _REFUSED, "the price scale moved by a power of ten, the volume did not"),
    "ticker_reuse": Code(24, _NOTED, "the ticker means another asset from here on; a new segment"),
    "redenomination": Code(25, _NOTED, "the token was redenominated; a new segment"),
    # findings of `data check` that rest on a stored row's flag
    "partial_day": Code(26, _NOTED, "a daily candle of less than 24 hours"),
    "repeated_title": Code(27, _NOTED, "news with the same title on the same day; served once"),
    "perpetual": Code(28, _NOTED, "a candle of a perpetual contract inside a series of spot candles"),
}
ALL_BITS = sum(code.bit for code in CODES.values())


def counts(flags: dict[str, int]) -> dict[str, int]:
    """*flags* in the order of the table, without zeros."""
    return {name: flags[name] for name in CODES if flags.get(name)}
