"""The story of a run on a terminal: what happened, what moved it, what was refused, how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from agent.report import words
from agent.report.blocks.thinking import reasons, spent
from agent.report.blocks.verdict import details, headline
from agent.report.inputs import ReportInput
from agent.report.thinking import thinking
from agent.report.view import View, view_of
from core.market import Floats

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 48
_NOTABLE = 3
_INDENT = "  "


def tell_story(report: ReportInput, console: Console | None = None) -> None:
    """Prints the story; the last line is ``report: PATH`` where a report was written.

    *console* is stdout's where none is given.

    Raises:
        NoAnswerError: *report* holds no run.
    """
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    out = console or Console(highlight=False, emoji=False)
    view = view_of(report)
    out.print()
    if view.simulated:
        out.print(Text(" SIMULATED ", "bold black on yellow").append(
            " every token and every price is invented", "not bold default on default"
        ))  # fmt: skip
        out.print()
    told = [Text(headline(view), "bold"), *(Text(line) for line in details(view))]
    told[-1].stylize("dim")
    for line in told:
        out.print(Padding(line, (0, 0, 0, len(_INDENT))))
    for title, rows in _chapters(view):
        out.print()
        out.print(Text(f"{_INDENT}{title}", "bold"))
        out.print(_lines(rows))
    out.print()
    out.print(_beside(view))
    if view.summary["report"]:
        out.print()
        out.out(f"report: {view.summary['report']}", highlight=False)


def _chapters(view: View) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    summary, config = view.summary, view.story.config
    yield (
        "The run",
        [
            (
                "when",
                f"{words.day(view.start)} – {words.day(view.end)}, deciding every {config['every']}",
                "",
            ),
            ("market", str(summary["market"]), ""),
            ("symbols", ", ".join(summary["symbols"]), ""),
            ("decider", f"{summary['decider']} within the {config['profile']} limits", ""),
            ("equity", spark(view.report.curve.equity), "cyan"),
        ],
    )
    if view.trips:
        yield "What moved it", _moves(view)
    happened = _happened(view)
    if happened:
        yield "On the way", happened


def _moves(view: View) -> list[tuple[str, str, str]]:
    ranked = sorted(view.trips, key=lambda trip: trip.pnl, reverse=True)
    best = [trip for trip in ranked[:_NOTABLE] if trip.pnl > 0]
    worst = [trip for trip in ranked[-_NOTABLE:] if trip.pnl < 0]
    told = sorted([*best, *worst], key=lambda each: each.exited_at)
    symbol = max(len(trip.symbol) for trip in told) if told else 0
    earned = [words.amount(trip.pnl, signed=True) for trip in told]
    gained = [words.percent(trip.gain, signed=True) for trip in told]
    lines = []
    for trip, pnl, gain in zip(told, _right(earned), _right(gained), strict=True):
        ended = view.story.triggers.get(trip.exit_order, "decision")
        held = words.span(trip.exited_at - trip.entered_at)
        text = f"{trip.symbol:<{symbol}}  {pnl}  {gain}   {held}, {ended}"
        lines.append((words.day(trip.exited_at), text, "green" if trip.pnl > 0 else "red"))
    return lines


def _right(column: list[str]) -> list[str]:
    """The texts of a column, each as wide as the widest."""
    width = max(map(len, column), default=0)
    return [text.rjust(width) for text in column]


def _happened(view: View) -> list[tuple[str, str, str]]:
    story = view.story
    lines = []
    if view.trips:
        earned = sum(trip.pnl > 0 for trip in view.trips)
        lines.append(("trades", f"{words.count(len(view.trips), 'round trip')}, {earned:,} earned", ""))
    if story.fills:
        lines.append(("fees", f"{words.amount(view.run.fees)} {view.quote}", ""))
    exits = [f"{number:,} {name}" for name, number in view.summary["exits"].items() if number]
    if exits:
        lines.append(("exits", ", ".join(exits), "yellow"))
    if story.vetoes:
        refused = ", ".join(f"{code} {number:,}" for code, number in story.vetoes.most_common(6))
        lines.append(("refused", refused, "yellow"))
    told = thinking(story)
    lines.append(("decided by", spent(told), ""))
    if story.abstentions:
        lines.append(("abstained", reasons(told.abstained), "yellow"))
    loud = [notice for notice in story.notices if notice.kind != "alert"][-_NOTABLE:]
    lines += [(words.day(notice.at), f"{notice.kind}: {notice.text}", "red") for notice in loud]
    alerts = sum(notice.kind == "alert" for notice in story.notices)
    if alerts:
        lines.append(("alerts", words.count(alerts, "alert"), "yellow"))
    return lines


def _lines(rows: list[tuple[str, str, str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(min_width=11)
    grid.add_column(overflow="fold")
    for name, text, style in rows:
        grid.add_row(Text(_INDENT + name, "dim"), Text(text, style))
    return grid


def _beside(view: View) -> Table:
    """The end, next to buy and hold."""
    from rich.table import Table

    run, hold = view.run, view.hold
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(_INDENT)
    for title in ("this run", "buy & hold"):
        table.add_column(title, justify="right")
    held = None if view.report.benchmark is None else f"{float(view.report.benchmark.equity[-1]):,.2f}"
    final = _cell(words.amount(view.summary["final_equity"]), "bold")
    table.add_row(f"{_INDENT}final equity, {view.quote}", final, held or words.NONE)
    for name, mine, other in (
        ("return", run.total_return, hold and hold.total_return),
        ("deepest drawdown", run.max_drawdown, hold and hold.max_drawdown),
        ("invested", run.exposure, hold and hold.exposure),
    ):
        signed = name == "return"
        other_text = words.NONE if hold is None else words.percent(_number(other), signed=signed)
        table.add_row(_INDENT + name, _cell(words.percent(mine, signed=signed), "bold"), other_text)
    sharpe = words.NONE if hold is None else words.ratio(hold.sharpe)
    table.add_row(f"{_INDENT}Sharpe", _cell(words.ratio(run.sharpe), "bold"), sharpe)
    return table


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _cell(text: str, style: str) -> Text:
    from rich.text import Text

    return Text(text, style)


def spark(values: Floats) -> str:
    """A column as one line of little bars, lowest to highest."""
    shown = values[np.linspace(0, len(values) - 1, min(_WIDTH, len(values))).astype(np.int64)]
    low, high = float(shown.min()), float(shown.max())
    if high == low:
        return _BARS[0] * len(shown)
    steps = ((shown - low) / (high - low) * (len(_BARS) - 1)).round().astype(np.int64)
    return "".join(_BARS[step] for step in steps.tolist())
