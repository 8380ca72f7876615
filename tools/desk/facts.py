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
        """What `FactSource.facts` answers at each of *moments* (ascending): value and as-of, NaN where nothing.

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
    now = Instant(int(closes[-1]))
    for metric in metrics:
        for asset in dict.fromkeys(assets):
            newest = source.facts(asset, metric, now, 1)
            if isinstance(newest, Missing) and newest.why == "no_data":
                continue  # what is not known now was never known
            values, as_of = _known(source, asset, metric, closes)
            values = np.where(closes - as_of <= CARRIED, values, np.nan)
            matrix = found.setdefault(metric, np.full((len(closes), len(assets)), np.nan))
            matrix[:, [column for column, one in enumerate(assets) if one == asset]] = values[:, None]
    return found


def _known(source: FactSource, asset: str, metric: str, closes: Instants) -> tuple[Floats, Instants]:
    told = source.newest_at(asset, metric, closes) if isinstance(source, Dated) else None
    if told is not None:
        return told
    values, as_of = np.full(len(closes), np.nan), np.zeros(len(closes), dtype=np.int64)
    for row, close in enumerate(closes.tolist()):
        newest = source.facts(asset, metric, Instant(close), 1)
        if not isinstance(newest, Missing):
            values[row], as_of[row] = float(newest[-1].value), newest[-1].as_of
    return values, as_of
