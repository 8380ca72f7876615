"""What one file holds of one series, ready to be merged into the store."""

from __future__ import annotations

from dataclasses import dataclass

from core.instant import Instant
from tools.store.articles import Articles
from tools.store.catalog import SeriesKey
from tools.store.merge import Incoming


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one series in one file.

    *ends_at*: from then on the ticker means another asset. *unclosed*: candles that had not closed, left
    out. *unit*: of the values, "" where nobody says. *early*: how many rows an explicit rule makes known
    before the table of publication lags allows.
    """

    key: SeriesKey
    ends_at: Instant | None
    incoming: Incoming | Articles
    unclosed: int = 0
    unit: str = ""
    early: int = 0

    def __len__(self) -> int:
        return len(self.incoming.as_of)
