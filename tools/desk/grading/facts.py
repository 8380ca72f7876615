"""Facts as they were known at each close: one matrix of days x assets for each metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from core.instant import DAY, Instant
from core.market import Floats, Instants
from core.observation import Missing
from core.ports import FactSource

CARRIED = 14 * DAY
"""How long a fact stands, counted from the moment that it describes."""


@runtime_checkable
class Dated(Protocol):
    """A source of facts that can be asked for many instants at once."""

    def newest_at(self, asset: str, metric: str, moments: Instants) -> tuple[Floats, Instants] | None:
        """What `FactSource.facts` answers at each of *moments* (ascending): value and as-of; NaN and 0 where nothing.

        `None` where it has no quicker way than to be asked for each.
        """
        ...


def fact_columns(
    source: FactSource, assets: Sequence[str], metrics: Iterable[str], closes: Instants
) -> Mapping[str, Floats]:
    """The *metrics* of *assets* (ids, one a column) as they were known at each of *closes* (T, ascending).

    A value stands for 14 days from the moment that it describes. A metric that nobody has is absent.
    """
    found: dict[str, Floats] = {}
    dated = source if isinstance(source, Dated) else None
    columns = {asset: [k for k, one in enumerate(assets) if one == asset] for asset in dict.fromkeys(assets)}
    for metric in metrics:
        for asset, places in columns.items():
            told = dated.newest_at(asset, metric, closes) if dated is not None else None
            values, as_of = _asked(source, asset, metric, closes) if told is None else told
            if as_of[-1] == 0:
                continue  # what is not known now was never known
            matrix = found.setdefault(metric, np.full((len(closes), len(assets)), np.nan))
            matrix[:, places] = np.where(closes - as_of <= CARRIED, values, np.nan)[:, None]
    return found


def _asked(source: FactSource, asset: str, metric: str, closes: Instants) -> tuple[Floats, Instants]:
    """The same by asking for each close; what is refused now may have been known, so that its moment is the close."""
    values, as_of = np.full(len(closes), np.nan), np.zeros(len(closes), dtype=np.int64)
    newest = source.facts(asset, metric, Instant(int(closes[-1])), 1)
    if isinstance(newest, Missing) and newest.why == "no_data":
        return values, as_of
    for row, close in enumerate(closes.tolist()):
        newest = source.facts(asset, metric, Instant(close), 1)
        if not isinstance(newest, Missing):
            values[row], as_of[row] = float(newest[-1].value), newest[-1].as_of
        elif newest.why != "no_data":
            as_of[row] = close
    return values, as_of
