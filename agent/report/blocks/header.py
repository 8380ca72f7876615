"""The top of the page: what, when, which market, who decided; and loudly whether it is invented."""

from __future__ import annotations

from agent.report import words
from agent.report.blocks.verdict import details, headline
from agent.report.markup import Markup, join, spec_code, tag
from agent.report.view import View


def banner(view: View) -> Markup:
    """The loud line above everything."""
    if view.simulated:
        text = "every token and every price on this page is invented by a seeded market."
        return tag("div", tag("strong", "SIMULATED"), tag("span", text), class_="banner loud", role="note")
    text = "paper money on recorded prices; no order on this page was ever sent to a venue."
    return tag("div", tag("strong", "PAPER"), tag("span", text), class_="banner", role="note")


def header(view: View) -> Markup:
    """Headline and the facts of the run."""
    summary, config = view.summary, view.story.config
    symbols = summary["symbols"]
    facts = (
        ("Period", f"{words.day(view.start)} – {words.day(view.end)}"),
        ("Market", spec_code(summary["market"])),
        ("Decider", spec_code(summary["decider"])),
        ("Decides", f"every {config['every']}, on candles of {config['grain']}"),
        ("Symbols", ", ".join(symbols) if len(symbols) <= 8 else f"{len(symbols)} symbols"),
        ("Account", join(summary["account"], " ", _state(view))),
    )
    said, *rest = details(view)[:-1]
    first, comma, compared = headline(view).partition(", ")
    return tag(
        "header",
        tag("p", "tokenwise", tag("span", " · account report"), class_="brand"),
        tag("h1", first, comma, tag("span", compared) if compared else None),
        tag("p", " ".join((said, *rest)), class_="verdict"),
        tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in facts), class_="facts"),
    )


def warnings(view: View) -> Markup:
    """What a reader must know before believing a figure."""
    # The banner has said already that the market is invented.
    notes = [warning["message"] for warning in view.report.warnings if warning["code"] != "simulated"]
    notes += [f"{gap['what']} is missing: {gap['why']}" for gap in view.summary.get("missing", ())]
    if not notes:
        return Markup("")
    return tag("ul", *(tag("li", note) for note in notes), class_="warnings")


def _state(view: View) -> Markup:
    state = view.story.state
    return tag("span", state, class_=f"chip {'good' if state == 'active' else 'bad'}")
