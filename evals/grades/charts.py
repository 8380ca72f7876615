"""The figure of a validation. Needs the extra ``charts``."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import Any

import numpy as np

from core.errors import UsageError
from evals.grades.case import GRADE, MOMENTUM
from evals.grades.significance import student_quantile
from evals.grades.validation import Judged

Row = dict[str, Any]
Axes = Any
_INK, _BLUE, _ORANGE, _GREY, _RED = "#222222", "#1f5fa8", "#d9822b", "#b8bdc4", "#b3261e"


def check_charts() -> None:
    """Refuses where matplotlib is absent.

    Raises:
        UsageError: it is.
    """
    if find_spec("matplotlib") is None:
        raise UsageError(
            "the report's figure needs matplotlib, which is not installed",
            "Install it with: pip install 'tokenwise[charts]'",
            code="missing_extra",
        )


def figure(judged: Judged) -> bytes:
    """The figure as PNG; the same validation gives the same bytes."""
    # matplotlib is an extra: imported here, and by name, so that types are checked without it too
    drawn = import_module("matplotlib.figure").Figure(figsize=(11, 7.6), dpi=110, layout="constrained")
    canvas = import_module("matplotlib.backends.backend_agg").FigureCanvasAgg(drawn)
    axes = drawn.subplots(2, 2)
    result = judged.result
    _coefficients(axes[0][0], result)
    _parts(axes[0][1], result)
    _curves(axes[1][0], judged)
    _coverage(axes[1][1], result)
    for one in axes.flat:
        one.spines[["top", "right"]].set_visible(False)
        one.tick_params(labelsize=8, colors=_INK)
        one.title.set_fontsize(10)
    if result["leaky"]:
        drawn.suptitle(
            "LEAKY: lag 0 trades the day whose close the grade needed", color=_RED, fontweight="bold"
        )
    file = BytesIO()
    canvas.print_png(file, metadata={"Software": None})
    return file.getvalue()


def _coefficients(axes: Axes, result: Row) -> None:
    horizons, random = result["horizons"], result["random"]
    places = np.arange(len(horizons))
    if random:
        low, high = [row["low"] for row in random], [row["high"] for row in random]
        for place, (bottom, top) in enumerate(zip(low, high, strict=True)):
            label = "random scores, middle 95 %" if place == 0 else None
            axes.fill_between(
                [place - 0.42, place + 0.42], bottom, top, color=_GREY, alpha=0.6, lw=0, label=label
            )
    shown = [(GRADE, lag) for lag in result["lags"]] + [(MOMENTUM, lag) for lag in result["lags"] if lag][:1]
    offsets = np.linspace(-0.25, 0.25, len(shown)) if len(shown) > 1 else np.zeros(1)
    for (score, lag), offset in zip(shown, offsets, strict=True):
        rows = {r["horizon"]: r for r in result["information"] if r["score"] == score and r["lag"] == lag}
        color = _RED if not lag else _ORANGE if score == MOMENTUM else _BLUE
        means = [rows[h]["ic"] if rows[h]["ic"] is not None else np.nan for h in horizons]
        reach = [_reach(rows[h]) for h in horizons]
        name = "30-day return" if score == MOMENTUM else "grade"
        label = f"{name}, lag {lag}" + ("" if lag else " LEAKY")
        axes.errorbar(
            places + offset,
            means,
            yerr=reach,
            fmt="o" if lag <= 1 else "s",
            mfc=color if lag <= 1 else "white",
            ms=5,
            color=color,
            capsize=3,
            lw=1.2,
            label=label,
        )
    axes.axhline(0, color=_INK, lw=0.8)
    axes.set_xticks(places, [f"{h}d" for h in horizons])
    axes.set_title("Rank correlation with what followed (95 %)", loc="left")
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.3 * (high - low))
    axes.legend(fontsize=7.5, frameon=False, loc="upper center", ncols=2)


def _reach(row: Row) -> float:
    if row["error"] is None:
        return float("nan")
    return student_quantile(0.975, row["freedoms"]) * float(row["error"])


def _parts(axes: Axes, result: Row) -> None:
    lag = min((one for one in result["lags"] if one), default=0)
    made = [r for r in result["following"] if r["score"] == GRADE and r["lag"] == lag]
    horizon = _shown(result)
    row = next((r for r in made if r["horizon"] == horizon), None)
    if row is not None:
        values = [100.0 * one["excess"] for one in row["parts"]]
        places = np.arange(1, len(values) + 1)
        axes.bar(places, values, color=[_BLUE if value >= 0 else _ORANGE for value in values], width=0.8)
        axes.set_xticks(places)
    axes.axhline(0, color=_INK, lw=0.8)
    name = "tenth" if result["parts"] == 10 else "fifth"
    axes.set_title(f"Each {name} less all, % a year after costs ({horizon} days, lag {lag})", loc="left")
    axes.set_xlabel(f"{name} by grade, lowest to highest", fontsize=8)


def _curves(axes: Axes, judged: Judged) -> None:
    days = judged.opened_at.astype("int64").astype("datetime64[ms]")
    styles = ((_GREY, "-"), (_BLUE, "-"), (_ORANGE, "-"))
    for (name, returns), (color, style) in zip(judged.curves.items(), styles, strict=False):
        axes.plot(days, 100.0 * np.cumsum(returns), style, color=color, lw=1.4, label=name)
    axes.axhline(0, color=_INK, lw=0.8)
    axes.set_title(f"Daily returns added up, % ({_shown(judged.result)} days held)", loc="left")
    if judged.curves:
        axes.legend(fontsize=7.5, frameon=False, loc="best")
    _few_dates(axes)


def _coverage(axes: Axes, result: Row) -> None:
    months = result["coverage"]["months"]
    days = np.array([one["month"] for one in months], dtype="datetime64[M]").astype("datetime64[D]")
    axes.plot(days, [100.0 * (one["share"] or 0.0) for one in months], color=_BLUE, lw=1.6)
    axes.set_ylim(0, 102)
    axes.set_title("Assets with a grade, % (blue), and how many (grey, right)", loc="left")
    other = axes.twinx()
    other.plot(days, [one["assets"] for one in months], color=_GREY, lw=1.2)
    other.set_ylim(bottom=0)
    other.tick_params(labelsize=8, colors="#7a7f87")
    other.spines[["top", "right"]].set_visible(False)
    _few_dates(axes)


def _few_dates(axes: Axes) -> None:
    dates = import_module("matplotlib.dates")
    locator = dates.AutoDateLocator(minticks=3, maxticks=7)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))


def _shown(result: Row) -> int:
    horizons: list[int] = result["horizons"]
    return 7 if 7 in horizons else horizons[len(horizons) // 2]
