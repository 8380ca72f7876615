"""Round trips: each position from flat to flat, and what it earned."""

from __future__ import annotations

from agent.report import words
from agent.report.markup import Markup, section, table, tag
from agent.report.view import View
from strategies.measure.round_trips import RoundTrip

MOST = 2_000
_HEAD = ("Closed", "Symbol", "Held", "Bought at", "Sold at", "Ended by", "Profit", "Of cost")


def trips(view: View) -> Markup:
    """Closed positions, newest first; above 2,000 those that moved most."""
    shown = list(view.trips)
    note = ""
    if len(shown) > MOST:
        note = f"The {MOST:,} largest of {len(shown):,} round trips are shown."
        shown = sorted(shown, key=lambda trip: abs(trip.pnl))[-MOST:]
    shown.sort(key=lambda trip: trip.exited_at, reverse=True)
    if not shown:
        return section("trades", "Round trips", tag("p", "No position was closed.", class_="note"))
    closed = table(
        _HEAD, [_row(view, trip) for trip in shown], class_="cards-on-phones", numbers=(3, 4, 6, 7)
    )
    paged = Markup(closed.replace("<table", '<table data-pages="10"', 1))
    return section(
        "trades",
        "Round trips",
        tag("p", note, class_="note") if note else None,
        paged,
        lead=f"Positions from flat to flat; profit in {view.quote} after all fees.",
    )


def _row(view: View, trip: RoundTrip) -> tuple[object, ...]:
    trigger = view.story.triggers.get(trip.exit_order)
    tone = "up" if trip.pnl > 0 else "down" if trip.pnl < 0 else ""
    return (
        words.clock(trip.exited_at),
        trip.symbol,
        words.span(trip.exited_at - trip.entered_at),
        words.price(trip.entry_price),
        words.price(trip.exit_price),
        tag("span", trigger or "decision", class_=f"chip {'exit' if trigger else 'quiet'}"),
        tag("span", words.amount(trip.pnl, signed=True), class_=tone),
        tag("span", words.percent(trip.gain, signed=True), class_=tone),
    )
