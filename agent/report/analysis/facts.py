"""What is known beside prices, what speaks against it, what would change it, and what all of it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.report import words
from agent.report.markup import Markup, join, section, table, tag

_SECTIONS = (
    ("fundamentals", "Fundamentals"),
    ("onchain", "On its chain"),
    ("sentiment", "Mood"),
    ("derivatives", "Derivatives"),
)
_TONE = {"high": "bad", "medium": "exit", "low": ""}


def known(data: Mapping[str, Any]) -> Markup:
    """The stored figures of each kind; what is missing stands below them."""
    blocks: list[Markup] = []
    if data["tvl"] is not None:
        blocks += [tag("h3", "Value locked"), tag("p", data["tvl"]["text"], class_="note")]
    for name, title in _SECTIONS:
        figures = (data[name] or {}).get("figures") or []
        if figures:
            blocks += [tag("h3", title), tag("div", _figures(figures), class_="scroll")]
    if data["market"] is not None:
        blocks += [tag("h3", "Market"), tag("p", data["market"]["text"], class_="note")]
    if data["narratives"]:
        blocks += [tag("h3", "Narratives"), tag("div", _narratives(data["narratives"]), class_="scroll")]
    if not blocks:
        blocks = [tag("p", "Nothing beside prices is known of it.", class_="muted")]
    return section("facts", "Facts", *blocks, _missing(data["missing"]))


def risks(data: Mapping[str, Any]) -> Markup:
    """Each risk with its weight."""
    rows = [
        (tag("span", one["code"].replace("_", " "), class_=f"chip {_TONE[one['level']]}"), one["text"])
        for one in data["risks"]
    ]
    return section("risk", "Risks", table(("Risk", "What is known of it"), rows, class_="risks"))


def would_change(data: Mapping[str, Any]) -> Markup:
    """Conditions, each with its number."""
    rows = [tag("li", one["text"]) for one in data["would_change"]]
    return section("change", "What would change it", tag("ul", *rows, class_="prose"))


def evidence(data: Mapping[str, Any]) -> Markup:
    """Every value with its source and the moment at which it was known."""
    rows = [
        (
            one["id"],
            one["metric"].replace("_", " "),
            one["value"],
            one["unit"],
            one["as_of"].replace("T", " ").removesuffix("Z"),
            one["known_at"].replace("T", " ").removesuffix("Z"),
            f"{one['source']}, {one['tool']}",
        )
        for one in data["evidence"]
    ]
    titles = ("", "Metric", "Value", "Unit", "As of", "Known at", "Source")
    folded = tag(
        "details",
        tag("summary", words.count(len(rows), "value")),
        tag("div", table(titles, rows, numbers=(2,)), class_="scroll"),
    )
    return section("evidence", "Evidence", folded, lead="Every number on this page is one of these.")


def _figures(figures: Sequence[Mapping[str, Any]]) -> Markup:
    rows = [
        (
            one["metric"].replace("_", " "),
            f"{words.quantity(one['value'])} {one['unit']}",
            _moved(one, "change_7d"),
            _moved(one, "change_30d"),
            one["as_of"][:10],
            join(
                one["source"],
                *(tag("span", flag, class_="chip exit") for flag in one["flags"]),
            ),
        )
        for one in figures
    ]
    return table(("Metric", "Value", "7 days", "30 days", "As of", "Source"), rows, numbers=(1, 2, 3))


def _moved(one: Mapping[str, Any], name: str) -> str:
    value = one[name]
    if value is None:
        return words.NONE
    if one["change_unit"] == "fraction":
        return words.percent(value, signed=True)
    return f"{words.MINUS if value < 0 else '+'}{abs(value):g} {one['change_unit']}"


def _narratives(several: Sequence[Mapping[str, Any]]) -> Markup:
    rows = [
        (
            one["narrative"],
            words.percent(one["return_7d"], signed=True),
            words.percent(one["return_30d"], signed=True),
            f"{one['breadth_30d']:.0%}",
            f"{one['rank_30d']}",
            one["turn"],
        )
        for one in several
    ]
    titles = ("Narrative", "7 days", "30 days", "Rising", "Rank", "Turn")
    return table(titles, rows, numbers=(1, 2, 3, 4))


def _missing(missing: Sequence[Mapping[str, str]]) -> Markup:
    if not missing:
        return Markup("")
    by_why: dict[str, list[str]] = {}
    for one in missing:
        by_why.setdefault(one["why"].replace("_", " "), []).append(one["what"].replace("_", " "))
    rows = [tag("li", tag("b", f"{why}: "), ", ".join(names)) for why, names in by_why.items()]
    return join(tag("h3", "Not known"), tag("ul", *rows, class_="prose"))
