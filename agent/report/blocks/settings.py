"""What was asked for, and the limits that were in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.report.markup import Markup, section, tag
from agent.report.view import View

_HOW = {"required": "bad", "if_available": "run", "off": "quiet"}


def settings(view: View) -> Markup:
    """Settings beside limits; below, each rule with how far it is demanded."""
    limits = dict(view.report.limits)
    rules = limits.pop("rules", {})
    narratives = limits.pop("narratives", {})
    return section(
        "settings",
        "Settings and limits in force",
        tag(
            "div",
            tag("div", tag("h3", "Asked for"), _pairs(view.story.config)),
            tag("div", tag("h3", "Limits"), _pairs(limits)),
            class_="columns",
        ),
        _narratives(narratives),
        _rules(rules),
        lead="No decider can change the limits; their hash is part of the configuration that the journal holds.",
    )


def _pairs(values: Mapping[str, Any], prefix: str = "") -> Markup:
    return tag("dl", *_lines(values, prefix), class_="pairs")


def _lines(values: Mapping[str, Any], prefix: str) -> list[Markup]:
    lines: list[Markup] = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            lines += _lines(value, f"{prefix}{key}.")
        else:
            lines.append(tag("div", tag("dt", f"{prefix}{key}"), tag("dd", _text(value))))
    return lines


def _narratives(narratives: Any) -> Markup:
    if not isinstance(narratives, Mapping) or not narratives:
        return Markup("")
    lead = "What exposure.per_narrative counts. An asset of several counts in each; one without a narrative in none."
    told = {symbol: list(names) or "none: counted in no narrative" for symbol, names in narratives.items()}
    return tag("div", tag("h3", "Narratives"), _pairs(told), tag("p", lead, class_="note"))


def _rules(rules: Any) -> Markup:
    if not isinstance(rules, Mapping) or not rules:
        return Markup("")
    items = [
        tag("li", tag("code", name), tag("span", str(how).replace("_", " "), class_=f"chip {_HOW.get(str(how), 'quiet')}"))
        for name, how in rules.items()
    ]  # fmt: skip
    lead = (
        "required: without its input an entry is refused. If available: skipped where its input is missing."
    )
    return tag("div", tag("h3", "Rules"), tag("ul", *items, class_="rules"), tag("p", lead, class_="note"))


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "no limit" if value is None else str(value)
