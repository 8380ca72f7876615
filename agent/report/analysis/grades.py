"""Both grades as gauges with their days before, and what moves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, pi, sin
from typing import Any

from agent.report import words
from agent.report.markup import Markup, join, section, tag

_HORIZON = {"trader": "days to weeks", "investor": "months"}
_DIVERGES = {
    "trader_above": "The trader grade stands above the investor grade: a rise on weaker foundations.",
    "investor_above": "The investor grade stands above the trader grade: foundations that price does not follow yet.",
    "none": "Both horizons see it alike.",
    "unknown": "How far the horizons are apart is not known: it takes both grades.",
}
_RADIUS, _MIDDLE, _FLOOR = 88.0, 100.0, 98.0


def gauges(data: Mapping[str, Any], past: Mapping[str, Sequence[Mapping[str, Any]]]) -> Markup:
    """A card for each grade, and how they stand to each other."""
    told = data["grades"]
    cards = [_card(kind, told[kind], past[kind]) for kind in _HORIZON]
    apart = told["divergence"]
    size = "" if apart["size"] is None else f" The difference is {apart['size']:.1f} points."
    return section(
        "grades",
        "Grades",
        tag("div", *cards, class_="cards two"),
        tag("p", _DIVERGES[apart["direction"]], size, class_="note"),
        lead="From 0, very weak, to 100, very strong; each explained to its last input.",
    )


def drivers(data: Mapping[str, Any]) -> Markup:
    """Diverging bars: what lifts a grade and what weighs on it."""
    blocks = [_bars(kind, several) for kind, several in data["drivers"].items() if several]
    if not blocks:
        blocks = [tag("p", "There is no grade to be explained.", class_="muted")]
    return section(
        "drivers",
        "What moves the grades most",
        *blocks,
        lead="Points from 50 that an input adds; all of them together are the grade.",
    )


def _card(kind: str, grade: Mapping[str, Any], past: Sequence[Mapping[str, Any]]) -> Markup:
    label = tag("p", f"{kind.capitalize()} grade · {_HORIZON[kind]}", class_="label")
    if grade["value"] is None:
        why = str(grade["why"] or "no data").replace("_", " ")
        return tag(
            "div", label, tag("p", "none", class_="value"), tag("p", why, class_="note"), class_="card"
        )
    parts = (f"{name} {value:.1f}" for name, value in grade["parts"].items())
    moved = [
        f"{words.MINUS if grade[name] < 0 else '+'}{abs(grade[name]):.1f} in {span}"
        for name, span in (("change_24h", "a day"), ("change_7d", "a week"))
        if grade[name] is not None
    ]
    lines = [" · ".join(parts), ", ".join(moved), f"coverage {grade['coverage']:.0%}"]
    return tag(
        "div",
        label,
        _gauge(grade),
        *(tag("p", line, class_="versus") for line in lines if line),
        _spark([one["value"] for one in past]),
        class_="card",
    )


def _gauge(grade: Mapping[str, Any]) -> Markup:
    value, tone = grade["value"], _tone(grade["value"])
    signal = str(grade["signal"]).replace("_", " ")
    arcs = join(
        tag("path", d=_arc(0, 100), class_="track"),
        tag("path", d=_arc(0, max(value, 0.5)), class_=f"fill {tone}"),
    )
    texts = join(
        tag("text", f"{value:.1f}", x="100", y="84", class_="number"),
        tag("text", f"{str(grade['band']).replace('_', ' ')} · {signal}", x="100", y="104", class_="word"),
    )
    return tag(
        "svg",
        arcs,
        texts,
        viewBox="0 0 200 112",
        class_="gauge",
        role="img",
        aria_label=f"grade {value:.1f}, {signal}",
    )


def _arc(low: float, high: float) -> str:
    (x0, y0), (x1, y1) = _on_arc(low), _on_arc(high)
    return f"M{x0:.2f} {y0:.2f} A{_RADIUS:g} {_RADIUS:g} 0 0 1 {x1:.2f} {y1:.2f}"


def _on_arc(value: float) -> tuple[float, float]:
    angle = pi * (1 - value / 100)
    return _MIDDLE + _RADIUS * cos(angle), _FLOOR - _RADIUS * sin(angle)


def _tone(value: float) -> str:
    return "good" if value >= 60 else "bad" if value < 40 else "even"


def _spark(values: Sequence[float | None]) -> Markup:
    """The days before as one line; broken where a grade is not known."""
    if sum(value is not None for value in values) < 2:
        return Markup("")
    step = 200 / max(len(values) - 1, 1)
    told, pen = [], "M"
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        told.append(f"{pen}{index * step:.1f} {36 - value * 0.32:.1f}")
        pen = "L"
    return tag(
        "svg",
        tag("path", d="M0 20 H200", class_="mid"),
        tag("path", d=" ".join(told), class_="line"),
        viewBox="0 0 200 40",
        preserveAspectRatio="none",
        class_="spark",
        role="img",
        aria_label=f"the grades of the last {len(values)} days",
    )


def _bars(kind: str, several: Sequence[Mapping[str, Any]]) -> Markup:
    widest = max(abs(one["points"]) for one in several) or 1.0
    return join(
        tag("h3", f"{kind.capitalize()} grade"),
        tag("ul", *(_bar(one, abs(one["points"]) / widest) for one in several), class_="drivers"),
    )


def _bar(one: Mapping[str, Any], share: float) -> Markup:
    up = one["points"] > 0
    filled = tag("i", class_="up-bar" if up else "down-bar", style=f"width: {share * 50:.1f}%")
    return tag(
        "li",
        tag("span", one["indicator"], tag("small", one["meaning"])),
        tag("span", f"{one['input']:.4g}", class_="muted number"),
        tag("span", filled, class_="scale"),
        tag("b", f"{'+' if up else words.MINUS}{abs(one['points']):.2f}", class_="up" if up else "down"),
    )
