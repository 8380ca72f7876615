"""Price and its levels, and what may happen there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.report import words
from agent.report.markup import Markup, section, table, tag
from core.instant import instant

_STATUS = {
    "waiting": ("waiting", ""),
    "none": ("none", ""),
    "inside": ("price is in the zone", "exit"),
    "failed_lately": ("failed lately", "bad"),
    "held_lately": ("held lately", "good"),
    "turned_lately": ("turned lately", "good"),
}


def chart(data: Mapping[str, Any]) -> Markup:
    """Candles with the zones drawn in, the grades below them, and the zones as a table."""
    found = data["levels"]
    drawn = tag("div", id="candle-chart", class_="chart tall")
    if not found:
        return section("prices", "Price and levels", drawn, tag("p", "No level is known.", class_="muted"))
    ordered = sorted(found, key=lambda one: -float(one["low"]))
    rows = [
        (
            tag("span", one["kind"], class_=f"chip {'good' if one['kind'] == 'support' else 'bad'}"),
            f"{one['low']} – {one['high']}",
            "inside" if not one["distance"] else words.percent(one["distance"], signed=True),
            f"{one['strength']:.2f}",
            str(one["touches"]),
            tag("span", words.day(instant(one["last_touch"])), title=_touches(one))
            if one["last_touch"]
            else words.NONE,
            ", ".join(one["basis"]),
        )
        for one in ordered
    ]
    titles = ("Zone", "Prices", "Away", "Strength", "Touches", "Last touch", "Basis")
    return section(
        "prices",
        "Price and levels",
        drawn,
        tag("div", table(titles, rows, numbers=(1, 2, 3, 4)), class_="scroll"),
        lead="Daily candles; the bands are zones at which price turned before. Below: the grades, day by day.",
    )


def _touches(one: Mapping[str, Any]) -> str:
    return ", ".join(words.day(instant(at)) for at in one.get("touched_at") or [one["last_touch"]])


def scenarios(data: Mapping[str, Any]) -> Markup:
    """What may happen at the nearest levels, and what lately has."""
    found = data["scenarios"]
    if not found:
        why = "Without levels there are no scenarios."
        return section("scenarios", "Scenarios", tag("p", why, class_="muted"))
    cards = [_card(one) for one in found]
    lately = [tag("li", one["text"]) for one in data["events"]]
    past = (tag("h3", "Lately"), tag("ul", *lately, class_="prose")) if lately else ()
    return section(
        "scenarios",
        "Scenarios",
        tag("div", *cards, class_="cards three"),
        *past,
        lead="No forecast: what would have to happen, what would confirm it, and what would fail it.",
    )


def _card(one: Mapping[str, Any]) -> Markup:
    told, tone = _STATUS[one["status"]]
    zone = one["zone"]
    edge = one.get("trigger") or (None if zone is None else f"{zone['low']} – {zone['high']}")
    return tag(
        "div",
        tag("p", one["name"].capitalize(), " ", tag("span", told, class_=f"chip {tone}"), class_="label"),
        tag("p", edge or words.NONE, class_="value small"),
        tag("p", one["text"], class_="note"),
        class_="card",
    )
