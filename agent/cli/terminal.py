"""What reads well in 80 columns: lines, bars and the colour of a grade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.instant import instant

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDTH = 80
INDENT = "  "
NONE = "–"
_EIGHTHS = "▏▎▍▌▋▊▉█"
_STEPS = "▁▂▃▄▅▆▇█"
_COLOURS = (
    (80.0, "bold green"),
    (60.0, "green"),
    (40.0, "yellow"),
    (20.0, "red"),
    (0.0, "bold red"),
)


def console() -> Console:
    """Stdout, at most 80 columns wide."""
    from rich.console import Console

    out = Console(highlight=False, emoji=False)
    return out if out.width <= WIDTH else Console(highlight=False, emoji=False, width=WIDTH)


def head(out: Console, left: str, right: str, *, simulated: bool) -> None:
    """The first lines: who, as of when, and whether any of it exists."""
    from rich.text import Text

    out.print()
    if simulated:
        out.print(
            Text(INDENT).append(" SIMULATED ", "bold black on yellow").append(" none of this exists", "dim")
        )
        out.print()
    room = " " * max(out.width - len(INDENT) - len(left) - len(right), 2)
    out.print(Text(INDENT).append(left, "bold").append(f"{room}{right}", "dim"))


def chapter(out: Console, title: str, *rest: RenderableType) -> None:
    """A heading, then what stands under it."""
    from rich.padding import Padding
    from rich.text import Text

    out.print()
    out.print(Text(f"{INDENT}{title}", "bold"))
    for one in rest:
        out.print(Padding(one, (0, 0, 0, len(INDENT)), expand=False))


def grade_colour(value: float | None) -> str:
    """The style of a grade: green is strong, red is weak."""
    return "dim" if value is None else next(style for least, style in _COLOURS if value >= least)


def bar(share: float, width: int) -> str:
    """*share* (0..1) of *width* cells, to an eighth of a cell; something that is there is never drawn as nothing."""
    eighths = min(round(share * width * 8), width * 8)
    if share > 0 and not eighths:
        eighths = 1
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest - 1] if rest else "")


def spark(values: Sequence[float | None], low: float = 0.0, high: float = 100.0) -> str:
    """One little bar for each of *values*; a gap where one is not known."""
    top = len(_STEPS) - 1
    return "".join(
        " " if value is None else _STEPS[min(max(round((value - low) / (high - low) * top), 0), top)]
        for value in values
    )


def words(name: str | None) -> str:
    """``strong_buy`` as a person says it."""
    return NONE if name is None else name.replace("_", " ")


def signed(value: float | None, places: int = 1) -> str:
    """A number with its sign, and a real minus."""
    if value is None:
        return NONE
    text = f"{abs(value):.{places}f}"
    sign = "" if not text.strip("0.") else "+" if value > 0 else "\N{MINUS SIGN}"
    return f"{sign}{text}"


def moment(text: str) -> str:
    """An RFC 3339 time as ``14 May 2025, 00:00``."""
    from agent.report.words import clock

    return clock(instant(text))
