"""The last word, and it is an honest one."""

from __future__ import annotations

from agent.report.markup import Markup, tag
from agent.report.view import View


def footer(view: View) -> Markup:
    """Paper money, and no promise."""
    prices = "simulated prices" if view.simulated else "recorded prices and simulated fills"
    return tag(
        "footer",
        tag("p", f"Paper money; {prices}; nothing here promises profit."),
        tag(
            "p", "Made by tokenwise from the account's journal. This file needs no network and asks for none."
        ),
    )
