"""What the risk engine refused and why, which exits fired, and what a person should have seen."""

from __future__ import annotations

from agent.report import words
from agent.report.markup import Markup, join, section, table, tag
from agent.report.view import View

_MOST_NOTICES = 50


def vetoes(view: View) -> Markup:
    """Refusals by rule, exits by trigger, notices."""
    counted = view.story.vetoes.most_common()
    most = max((number for _, number in counted), default=1)
    bars = [
        tag(
            "li",
            tag("code", code),
            tag("span", tag("i", style=f"width:{number / most:.1%}"), class_="bar"),
            tag("b", f"{number:,}"),
        )
        for code, number in counted
    ]
    refused = tag("ul", *bars, class_="bars") if bars else tag("p", "No wish was refused.", class_="note")
    exits = [
        tag("li", tag("b", f"{number:,}"), f" {trigger}") for trigger, number in view.summary["exits"].items()
    ]
    return section(
        "risk",
        "Refused, and why",
        tag(
            "div",
            tag("div", tag("h3", "Findings that refused a wish"), refused),
            tag("div", tag("h3", "Protective exits"), tag("ul", *exits, class_="tally")),
            class_="columns",
        ),
        _notices(view),
        lead="A wish may break several rules at once; each that refused it is counted. "
        "What would only have made it smaller is counted where too little was left to order.",
    )


def _notices(view: View) -> Markup:
    notices = view.story.notices[::-1]
    if not notices:
        return Markup("")
    rows = [
        (words.clock(notice.at), tag("span", notice.kind, class_="chip exit"), notice.text)
        for notice in notices[:_MOST_NOTICES]
    ]
    left = len(notices) - _MOST_NOTICES
    more = tag("p", f"{left:,} older ones are in the journal.", class_="note") if left > 0 else None
    listed = tag("div", table(("When", "What", ""), rows), class_="scroll")
    return join(tag("h3", "Halts, delistings and alerts"), listed, more)
