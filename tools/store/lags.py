"""When a figure was known where its file does not say (CONTRACT §4.5): publication lags, each the later of two."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, HOUR, MINUTE
from core.market import Instants

COMPLETION = "AssetEODCompletionTime"
"""Coin Metrics' own column: when the figures of a day were complete (seconds)."""
_DAY_AFTER_NEXT = 2 * DAY  # Coin Metrics, Etherscan, Dune, DefiLlama; and whatever nobody named
_COINGECKO = 40 * MINUTE
_FEAR_AND_GREED = 6 * HOUR
_GRADE = DAY + 12 * HOUR
_NEWS = DAY + 8 * HOUR
_REFILLED = re.compile(r"tvl|fees|revenue|dex_volume|stablecoin", re.IGNORECASE)
_IS_FEAR = re.compile(r"fear|greed|\bfng\b|alternative", re.IGNORECASE)
_IS_GRADE = re.compile(r"(^|[_ ])grades?($|[_ ])|token[ _]?metrics", re.IGNORECASE)


def figures_known_at(kind: str, source: str, metric: str, as_of: Instants) -> Instants:
    """When figures of *metric* stamped *as_of* were known: never before the day after next, unless the table says so."""
    day = as_of - as_of % DAY
    if metric == "close":
        return day + DAY
    if source.casefold().startswith("coingecko"):
        return as_of + _COINGECKO
    if kind == "sentiment" and (_IS_FEAR.search(metric) or _IS_FEAR.search(source)):
        return day + _FEAR_AND_GREED
    if _IS_GRADE.search(metric) or _IS_GRADE.search(source):
        return day + _GRADE
    return day + _DAY_AFTER_NEXT


def funding_known_at(settled_at: Instants, is_daily_mean: NDArray[np.bool_]) -> Instants:
    """A rate is known at its settlement, the mean of a day when the day has ended."""
    return np.where(is_daily_mean, settled_at - settled_at % DAY + DAY, settled_at)


def news_known_at(published: Instants) -> Instants:
    """News of a day at 08:00 of the next: their stamps are often dates, and of another zone."""
    return published - published % DAY + _NEWS


def is_refilled(source: str, metric: str) -> bool:
    """Whether a source rewrites the history of *metric*, so that old rows are not what was shown then."""
    return source.casefold().startswith("defillama") or _REFILLED.search(metric) is not None


def restated_rows(known_at: Instants, is_told: NDArray[np.bool_], now: int) -> NDArray[np.bool_]:
    """Of a refilled metric's rows those that came as history: fetched later than a day after they were first known."""
    return ~is_told & (known_at < now - DAY)
