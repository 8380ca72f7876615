"""Every decision with its reasons, what the risk engine said, and the price it got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from agent.report import words
from agent.report.markup import Markup, join, section, tag
from agent.report.timeline import ABSTAINED, EXITED, ORDERED, REFUSED, WISHED, Row
from agent.report.view import View

MOST = 2_000
_HEAD = ("When", "Symbol", "Outcome", "Wish and reason", "Risk engine", "Order", "Filled at")
_KINDS = (ORDERED, REFUSED, EXITED, ABSTAINED, WISHED)
_NAMES = {ORDERED: "Ordered", REFUSED: "Refused", EXITED: "Exits", ABSTAINED: "Abstained", WISHED: "No order"}


def decisions(view: View) -> Markup:
    """A table that can be searched, filtered and leafed through; newest first."""
    rows = view.rows[::-1][:MOST]
    story = view.story
    bodies = [told.decided for told in story.told.values()]
    heard = sum(bool(body["proposals"]) or body["abstained"] is not None for body in bodies)
    lead = f"{words.count(heard, 'decision')} wished something or abstained, newest first."
    if story.decisions > heard:
        lead += f" {story.decisions - heard:,} more left everything as it was; the journal holds them."
    if not rows:
        return section("decisions", "Decisions and their reasons", tag("p", "Nothing was wished.", class_="note"), lead=lead)  # fmt: skip
    left_out = ""
    if len(view.rows) > MOST:
        left_out = (
            f"The newest {MOST:,} of {len(view.rows):,} lines are shown; the journal holds all of them."
        )
    return section(
        "decisions",
        "Decisions and their reasons",
        tag("p", left_out, class_="note") if left_out else None,
        _filters(rows),
        tag(
            "table",
            tag("thead", tag("tr", *(tag("th", title, scope="col") for title in _HEAD))),
            tag("tbody", *(_row(row) for row in rows)),
            class_="cards-on-phones",
            data_pages="20",
        ),
        lead=lead,
    )


def _filters(rows: Sequence[Row]) -> Markup:
    kinds = Counter(row.outcome for row in rows)
    chips = [
        tag("button", "All", tag("span", f"{len(rows):,}"), type="button", data_kind="", aria_pressed="true")
    ]
    chips += [
        tag(
            "button", _NAMES[kind], tag("span", f"{kinds[kind]:,}"),
            type="button", data_kind=kind, aria_pressed="false",
        )
        for kind in _KINDS
        if kinds[kind]
    ]  # fmt: skip
    search = tag("input", type="search", placeholder="Symbol, reason or code", aria_label="Search decisions")
    return tag("div", tag("div", *chips, class_="chips"), search, class_="filters")


def _row(row: Row) -> Markup:
    day, _, time = words.clock(row.at).partition(", ")
    jump = tag(
        "button", day, type="button", class_="jump", data_at=str(row.at), data_symbol=row.symbol,
        title="Show on the chart",
    )  # fmt: skip
    when = tag("div", jump, tag("span", time, class_="time"))
    base, slash, quote = row.symbol.partition("/")
    cells: list[object] = [
        when,
        join(base, slash, Markup("<wbr>"), quote),
        tag("span", row.label, class_=f"chip {_tone(row)}"),
        join(tag("span", row.wish, class_="wish") if row.wish else None, row.why, _grounds(row)),
        _findings(row),
    ]
    if row.outcome == REFUSED:
        # Nothing was ordered, so the reasons may have the room.
        wide = tag("td", tag("div", cells.pop()), data_label=_HEAD[4], colspan="3")
    else:
        cells += [row.order, row.fill]
        wide = Markup("")
    narrow = (
        tag(
            "td",
            tag("div", cell),
            data_label=_HEAD[i],
            class_="empty" if not cell else "number" if i == len(_HEAD) - 1 else None,
        )
        for i, cell in enumerate(cells)
    )
    return tag("tr", *narrow, wide, data_kind=row.outcome)


def _grounds(row: Row) -> Markup:
    """The evidence that the wish cites, and what thinking of it took; folded away."""
    if not row.grounds and not row.thought:
        return Markup("")
    cited = [tag("div", tag("code", name), " ", text) for name, text in row.grounds]
    title = f"{len(cited)} pieces of evidence" if cited else "who decided"
    return tag("details", tag("summary", title), *cited, tag("div", row.thought, class_="muted"))


def _findings(row: Row) -> Markup:
    lines = [tag("div", tag("code", code), " ", message) for code, message in row.findings]
    if not lines and row.outcome == ORDERED:
        return tag("span", "passed", class_="muted")
    return join(*lines)


def _tone(row: Row) -> str:
    if row.outcome == ORDERED:
        return "run"
    return {REFUSED: "bad", EXITED: "exit", ABSTAINED: "quiet"}.get(row.outcome, "quiet")
