"""The tables of what a grade knew: by horizon and lag, by slice of time, by band, against others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import floor
from typing import Any

import numpy as np

from core.grades import Regime
from core.instant import Instant, utc
from core.market import BarSeries, Floats
from evals.grades.baselines import sluggish_noise
from evals.grades.inputs import Known
from evals.grades.outcomes import Outcomes
from evals.grades.ranking import steadiness
from evals.grades.significance import Mean, mean_of, step_down
from strategies.indicators.universe.elementary import LEAST_UNIVERSE
from strategies.indicators.universe.frame import Frame
from strategies.measure.inference.bootstrap import REPETITIONS, block_length, interval, resampled
from strategies.regime import regime

BANDS = (
    (0, 20, "very_weak"),
    (20, 40, "weak"),
    (40, 60, "steady"),
    (60, 80, "strong"),
    (80, 100, "very_strong"),
)
_REGIME_ROWS = 400
_LEVEL_DAYS = 14
Row = dict[str, Any]


def told(mean: Mean | None) -> Row:
    """A mean as it is reported."""
    if mean is None:
        mean = Mean(0.0, 0, 0.0)
        return {"ic": None, **_doubt(mean), "positive": None}
    return {"ic": mean.mean, **_doubt(mean), "positive": mean.positive}


def _doubt(mean: Mean) -> Row:
    return {
        "days": mean.days,
        "t": mean.t,
        "freedoms": mean.freedoms,
        "p": mean.p,
        "p_adjusted": None,
        "newey_west_t": mean.newey_west,
        "apart_t": mean.apart,
        "error": mean.error,
        "detectable": mean.detectable,
    }


def adjusted(rows: Sequence[Row], daily: Sequence[Floats], block: int, seed: int) -> None:
    """Fills in ``p_adjusted`` of *rows*, whose daily figures are *daily*: all of them are one family of tests."""
    tested = [index for index, row in enumerate(rows) if row["p"] is not None]
    if not tested:
        return
    values = np.column_stack([daily[index] for index in tested])
    found = step_down(values, [rows[index]["p"] for index in tested], block=2.0 * block, seed=seed)
    for index, p in zip(tested, found, strict=True):
        rows[index]["p_adjusted"] = p


def difference(candidate: Floats, other: Floats, overlap: int, seed: int) -> Row:
    """The mean of daily differences with a 95 % interval, days drawn in blocks; None below ten blocks."""
    gap = candidate - other
    gap = gap[np.isfinite(gap)]
    if len(gap) < 10:
        return {"difference": None, "low": None, "high": None, "days": len(gap)}
    block = max(block_length(gap), 2.0 * overlap)
    found: Row = {"difference": float(gap.mean()), "low": None, "high": None, "days": len(gap)}
    if len(gap) >= 5 * block and float(gap.std()) > 0:
        drawn = resampled(
            gap, lambda rows: rows.mean(axis=1), block=block, repetitions=REPETITIONS, seed=seed
        )
        found["low"], found["high"] = interval(drawn)
    return found


def random_rows(
    values: Floats,
    forward: Mapping[int, Floats],
    lag: int,
    shown: Mapping[int, float | None],
    draws: int,
    seed: int,
) -> list[Row]:
    """What scores show that know nothing and are as steady as *values*; *shown*: what it showed by horizon."""
    steady = float(np.clip(_one_day(values), 0.0, 0.999))
    known = Known(list(forward.values()))
    means = np.array(
        [
            [
                float(np.nanmean(daily)) if np.isfinite(daily).any() else np.nan
                for daily in known.coefficients(noise)
            ]
            for noise in sluggish_noise(values, steady, draws, seed)
        ]
    )
    rows = []
    for column, horizon in enumerate(forward):
        drawn = means[:, column]
        drawn = drawn[np.isfinite(drawn)]
        seen = shown[horizon]
        low, high = interval(drawn) if len(drawn) else (None, None)
        extreme = (
            None
            if seen is None or not len(drawn)
            else (1 + int((np.abs(drawn) >= abs(seen)).sum())) / (1 + len(drawn))
        )
        rows.append(
            {
                "horizon": horizon,
                "lag": lag,
                "draws": len(drawn),
                "low": low,
                "high": high,
                "as_extreme": extreme,
            }
        )
    return rows


def _one_day(values: Floats) -> float:
    found = steadiness(values, 1)
    return float(np.nanmean(found)) if np.isfinite(found).any() else 0.0


def years(frame: Frame, rows: slice) -> list[str]:
    """The year of each row."""
    return [str(utc(Instant(int(at))).year) for at in frame.opened_at[rows]]


def regimes(series: BarSeries | None, frame: Frame) -> list[str]:
    """The regime at each row's close, from the leading asset's candles up to it alone; ``unknown`` where too few."""
    found = ["unknown"] * len(frame)
    if series is None:
        return found
    first, step = int(frame.opened_at[0]), frame.interval.ms
    begins = 0
    for index in range(len(series.bars)):
        if index and series.segment[index] != series.segment[index - 1]:
            begins = index
        place = (int(series.bars.opened_at[index]) - first) // step
        if not 0 <= place < len(found):
            continue
        seen: Regime | None = regime(series.bars.slice(max(begins, index + 1 - _REGIME_ROWS), index + 1))
        if seen is not None:
            found[place] = seen.value
    return found


def sliced(labels: Sequence[str], daily: Mapping[int, Floats], lag: int) -> list[Row]:
    """The coefficient within each group of days, by horizon; *labels*: each day's group."""
    rows = []
    mark = np.array(labels)
    for label in sorted(set(labels)):
        for horizon, values in daily.items():
            few = np.where(mark == label, values, np.nan)
            if np.isfinite(few).any():
                rows.append({"slice": label, "horizon": horizon, "lag": lag, **told(mean_of(few, horizon))})
    return rows


def banded(values: Floats, forward: Mapping[int, Floats], lag: int) -> list[Row]:
    """What followed a grade of each band, over asset-days. *excess*: less the mean of all graded that day."""
    rows = []
    for horizon, outcome in forward.items():
        known = np.isfinite(values) & np.isfinite(outcome)
        ranked = known.sum(axis=1) >= LEAST_UNIVERSE
        beyond = np.where(known, outcome - _means(outcome, known)[:, None], 0.0)
        for low, high, name in BANDS:
            inside = known & (values >= low) & ((values < high) | (high == 100)) & ranked[:, None]
            count = int(inside.sum())
            # a day weighs as many as it has members, so that the mean over days is that over asset-days
            daily = np.where(inside, beyond, 0.0).sum(axis=1) * (int(ranked.sum()) / max(count, 1))
            excess = mean_of(np.where(ranked, daily, np.nan), horizon) if count else None
            rows.append(
                {
                    "band": name,
                    "low": low,
                    "high": high,
                    "horizon": horizon,
                    "lag": lag,
                    "asset_days": count,
                    "return": float(outcome[inside].mean()) if count else None,
                    "median": float(np.median(outcome[inside])) if count else None,
                    "excess": None if excess is None else excess.mean,
                    "t": None if excess is None else excess.t,
                }
            )
    return rows


def timing(values: Floats, forward: Mapping[int, Floats], lag: int) -> list[Row]:
    """Whether all of the graded rise after days on which they are graded high: a correlation over days."""
    rows = []
    for horizon, outcome in forward.items():
        known = np.isfinite(values) & np.isfinite(outcome)
        shown = known.sum(axis=1) >= LEAST_UNIVERSE
        level, followed = (np.where(shown, _means(one, known), np.nan) for one in (values, outcome))
        if shown.sum() < 3 or not np.nanstd(level) > 0 or not np.nanstd(followed) > 0:
            continue
        together = _standard(level) * _standard(followed)
        # the level of all grades itself remembers weeks
        found = told(mean_of(together, max(horizon, _LEVEL_DAYS)))
        rows.append({"horizon": horizon, "lag": lag, "correlation": found.pop("ic"), **found})
    return rows


def _standard(values: Floats) -> Floats:
    found: Floats = (values - np.nanmean(values)) / np.nanstd(values)
    return found


def _means(outcome: Floats, inside: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Floats:
    count = inside.sum(axis=1)
    found: Floats = np.where(
        count > 0, np.where(inside, outcome, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan
    )
    return found


def monthly(frame: Frame, rows: slice, there: Floats, showing: Floats) -> list[Row]:
    """How many of the assets that showed a candle had a grade, by month. *there*, *showing*: counts by day."""
    found: dict[str, list[float]] = {}
    for at, graded, seen in zip(frame.opened_at[rows], there, showing, strict=True):
        moment = utc(Instant(int(at)))
        total = found.setdefault(f"{moment.year}-{moment.month:02d}", [0.0, 0.0, 0.0])
        total[0] += float(graded)
        total[1] += float(seen)
        total[2] += 1.0
    return [
        {"month": month, "share": graded / seen if seen else None, "assets": floor(graded / days + 0.5)}
        for month, (graded, seen, days) in sorted(found.items())
    ]


def forwards(
    outcomes: Outcomes, horizons: Iterable[int], lag: int, rows: slice, compared: Floats
) -> dict[int, Floats]:
    """What followed by horizon, of the compared assets alone."""
    return {
        horizon: np.where(np.isfinite(compared), outcomes.forward(horizon, lag), np.nan)[rows]
        for horizon in horizons
    }
