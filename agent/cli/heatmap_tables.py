"""A heatmap on a terminal: blocks of five colours, each with a sign and a number for who sees none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from agent.cli.terminal import INDENT, NONE, console, head, moment, signed, words
from core.instant import Instant, iso
from strategies.baskets.basket import GRADES
from tools.desk.heatmap import Cell, Heatmap, bands_of

if TYPE_CHECKING:
    from rich.text import Text

_SIGNS = ("--", "- ", "= ", "+ ", "++")
_STYLES = (
    "white on #b35806",
    "black on #fdb863",
    "black on #d9d9d9",
    "black on #92c5de",
    "white on #0571b0",
)
"""From orange to blue, which all kinds of colour sight tell apart."""
_NO_VALUE = "dim"
_NAME, _NUMBER, _PER_LINE = 7, 5, 4
_MOST = 12
_TITLES = {
    "trader": "Trader grade",
    "investor": "Investor grade",
    "change_24h": "Price, change of a day",
    "change_7d": "Price, change of 7 days",
    "return_30": "Price, change of 30 days",
}


def tell_heatmap(made: Heatmap, at: Instant, report: Path | None, *, simulated: bool) -> None:
    """Each narrative with its largest assets; the last line names the page where one was written."""
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    head(out, f"{_TITLES[made.by]} by narrative", moment(iso(at)), simulated=simulated)
    out.print()
    out.print(Text(INDENT).append_text(_legend(made.by)))
    for group, cells in made.groups:
        out.print()
        middle = [cell.value for cell in cells if cell.value is not None]
        told = f"median {_number(made.by, median(middle))}" if middle else "no value known"
        rest = len(cells) - _MOST
        more = f", {rest} more not shown" if rest > 0 else ""
        out.print(Text(INDENT).append(group, "bold").append(f"  {_count(len(cells))}, {told}{more}", "dim"))
        for line in _lines(made.by, cells[:_MOST]):
            out.print(Text(INDENT).append_text(line))
    out.print()
    notes = [f"{words(gap.what)}: {gap.why}" for gap in made.missing]
    if made.left_out:
        counted = Counter(words(why.partition(":")[0]) for why in made.left_out.values())
        notes.append("not shown: " + ", ".join(f"{count} {why}" for why, count in counted.most_common()))
    notes.append(f"largest first by {words(made.size)}" if made.size != "equal" else "in the order of names")
    for note in notes:
        out.print(Padding(Text(note, "dim"), (0, 0, 0, len(INDENT))))
    if report is not None:
        print(f"report: {report}")


def _legend(by: str) -> Text:
    from rich.text import Text

    line = Text()
    for sign, style, name in zip(_SIGNS, _STYLES, bands_of(by), strict=True):
        line.append(f" {sign} ", style).append(f" {words(name)}  ")
    return line


def _lines(by: str, cells: Sequence[Cell]) -> list[Text]:
    from rich.text import Text

    found = []
    for start in range(0, len(cells), _PER_LINE):
        line = Text()
        for cell in cells[start : start + _PER_LINE]:
            line.append_text(_block(by, cell)).append(" ")
        found.append(line)
    return found


def _block(by: str, cell: Cell) -> Text:
    from rich.text import Text

    name = cell.symbol.partition("/")[0]
    name = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
    if cell.value is None:
        return Text(f" {name:<{_NAME}} {'no grade' if by in GRADES else NONE:>8} ", _NO_VALUE)
    place = bands_of(by).index(str(cell.band))
    return Text(f" {name:<{_NAME}} {_SIGNS[place]} {_number(by, cell.value):>{_NUMBER}} ", _STYLES[place])


def _number(by: str, value: float) -> str:
    return f"{value:.1f}" if by in GRADES else f"{signed(100 * value, 0)}%"


def _count(number: int) -> str:
    return f"{number} asset{'' if number == 1 else 's'}"
