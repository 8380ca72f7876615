"""Small pictures in SVG: an interval around a difference, and equity over days. No script, no library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agent.report.markup import Markup, tag
from core.market import Floats
from evals.report.words import doubt

_WIDE, _HIGH = 220, 22
_CHART_WIDE, _CHART_HIGH, _PAD = 720, 220, 8
KINDS = ("candidate", "twin", "hold", "baseline")


def reach(comparisons: Sequence[Mapping[str, Any] | None]) -> float:
    """How far to each side of zero the bars of one table go."""
    ends = [
        abs(end) for told in comparisons if told is not None for end in (*(told["ci95"] or ()), told["diff"])
    ]
    return max(ends, default=0.0) or 0.01


def bar(told: Mapping[str, Any] | None, most: float) -> Markup:
    """The 95 % interval as a bar, its difference as a dot, and zero as a line; all bars of a table share *most*."""
    if told is None:
        return tag("span", "–", class_="muted")
    zero = _WIDE / 2
    parts: list[Markup] = [_line(zero, 2, zero, _HIGH - 2, "zero")]
    if told["ci95"] is not None:
        low, high = (_across(end, most) for end in told["ci95"])
        parts.append(
            tag(
                "rect",
                x=f"{low:.1f}",
                y="7",
                width=f"{max(high - low, 1.0):.1f}",
                height="8",
                rx="4",
                class_=told["verdict"],
            )
        )
    parts.append(tag("circle", cx=f"{_across(told['diff'], most):.1f}", cy="11", r="3.5", class_="dot"))
    return _picture(*parts, wide=_WIDE, high=_HIGH, label=doubt(told), class_="interval")


def _across(value: float, most: float) -> float:
    return _WIDE / 2 + value / most * (_WIDE / 2 - 4)


def equities(lines: Sequence[tuple[str, str, Sequence[float]]], label: str) -> Markup:
    """Growth of 1 over days: *lines* are a kind of `KINDS`, a name and daily returns; the last is drawn on top."""
    grown: list[tuple[str, str, Floats]] = [
        (kind, name, np.concatenate(([1.0], np.cumprod(1.0 + np.array(returns)))))
        for kind, name, returns in lines
    ]
    if not grown:
        return Markup("")
    low = min(float(values.min()) for _, _, values in grown)
    high = max(float(values.max()) for _, _, values in grown)
    span = (high - low) or 1.0
    level = _CHART_HIGH - _PAD - (1.0 - low) / span * (_CHART_HIGH - 2 * _PAD)
    parts: list[Markup] = [_line(0, level, _CHART_WIDE, level, "zero")]
    for kind, name, values in grown:
        across = np.linspace(_PAD, _CHART_WIDE - _PAD, len(values))
        down = _CHART_HIGH - _PAD - (values - low) / span * (_CHART_HIGH - 2 * _PAD)
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
        parts.append(tag("polyline", tag("title", name), points=path, class_=kind))
    return _picture(*parts, wide=_CHART_WIDE, high=_CHART_HIGH, label=label, class_="growth")


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return tag("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", class_=kind)


def _picture(*parts: Markup, wide: int, high: int, label: str, class_: str) -> Markup:
    return tag("svg", *parts, viewBox=f"0 0 {wide} {high}", role="img", aria_label=label, class_=class_)
