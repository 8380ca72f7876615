"""Round trips: each position from flat to flat, and what it earned; and what is still held."""

from __future__ import annotations

from agent.report import words
from agent.report.markup import Markup, join, section, table, tag
from agent.report.view import View
from strategies.measure.round_trips import RoundTrip

MOST = 2_000
_HEAD = ("Closed", "Symbol", "Held", "Bought at", "Sold at", "Ended by", "Profit", "Of cost")
_HELD = ("Symbol", "Since", "Quantity", "Cost a unit, with fees", "Last price", "Value")


def trips(view: View) -> Markup:
    """Closed positions, newest first; above 2,000 those that moved most."""
    shown = list(view.trips)
    note = ""
    if len(shown) > MOST:
        note = f"The {MOST:,} largest of {len(shown):,} round trips are shown."
        shown = sorted(shown, key=lambda trip: abs(trip.pnl))[-MOST:]
    shown.sort(key=lambda trip: trip.exited_at, reverse=True)
    if not shown:
        return section(
            "trades", "Round trips", tag("p", "No position was closed.", class_="note"), _held(view)
        )
    closed = table(
        _HEAD, [_row(view, trip) for trip in shown], class_="cards-on-phones", numbers=(3, 4, 6, 7)
    )
    paged = Markup(closed.replace("<table", '<table data-pages="10"', 1))
    return section(
        "trades",
        "Round trips",
        tag("p", note, class_="note") if note else None,
        paged,
        _held(view),
        lead=f"Positions from flat to flat; profit in {view.quote} after all fees.",
    )


def _held(view: View) -> Markup:
    rows = []
    for position in view.summary["positions"]:
        held = view.story.portfolio.positions[position["symbol"]]
        rows.append(
            (
                position["symbol"],
                words.clock(held.opened_at),
                words.quantity(position["quantity"]),
                words.price(held.average_price),
                words.price(position["price"]),
                words.amount(position["value"]),
            )
        )
    if not rows:
        return Markup("")
    listed = table(_HELD, rows, class_="cards-on-phones", numbers=(2, 3, 4, 5))
    return join(tag("h3", "Still held at the end"), listed)


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
