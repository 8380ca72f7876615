"""What ``screen`` prints for a person: a table of who passed, or a paragraph for each pick."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from agent.cli.terminal import INDENT, NONE, console, grade_colour, head, moment, signed, words
from tools.desk.prose import DESCRIBES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_MOST_COLUMNS = 5
_DESCRIBING = ("trader", "technical", "quant")
_NAME_WIDTH = 18
_SHORT = {"change_7d": "7 days", "investor_coverage": "coverage"}
_MOST_UNGRADED = 5
_GRADED = ("trader", "investor", "technical", "quant", "fundamental", "technology", "valuation", "usage")


def tell_screen(data: Mapping[str, Any], *, simulated: bool) -> None:
    """Who passed, then who could not be judged."""
    from rich.text import Text

    out = console()
    head(out, _title(data), f"as of {moment(data['as_of'])}", simulated=simulated)
    if data["filters"]:
        out.print(f"{INDENT}{', '.join(data['filters'])}; by {data['sort']}", style="dim", soft_wrap=False)
    if data["rows"] and data["sort"] in _DESCRIBING:
        _indented(out, Text(DESCRIBES, "dim"))
    if data["rows"]:
        (_picks if data["picks"] else _table)(out, data)
    _rest(out, data)


def _title(data: Mapping[str, Any]) -> str:
    what = {"long_term": "Long-term picks", "short_term": "Short-term picks"}.get(data["picks"], "Screen")
    return f"{what}: {data['matched']} of {data['universe']} assets"


def _table(out: Console, data: Mapping[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    names = [*data["units"]][:_MOST_COLUMNS]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", justify="right")
    table.add_column("asset", max_width=_NAME_WIDTH, no_wrap=True, overflow="ellipsis", vertical="bottom")
    for name in names:
        table.add_column(_SHORT.get(name, words(name)), justify="right", max_width=12, vertical="bottom")
    narrated = any(row["narratives"] for row in data["rows"])
    if narrated:
        table.add_column("narratives", no_wrap=True, overflow="ellipsis", style="dim", vertical="bottom")
    for row in data["rows"]:
        cells = [_cell(name, row["values"][name], data["units"][name]) for name in names]
        told = [Text(", ".join(row["narratives"]))] if narrated else []
        table.add_row(str(row["rank"]), Text(_called(row)), *cells, *told)
    out.print()
    _indented(out, table)
    more = data["matched"] - len(data["rows"])
    if more > 0:
        out.print(f"{INDENT}and {more} more: --limit", style="dim")


def _picks(out: Console, data: Mapping[str, Any]) -> None:
    from rich.text import Text

    for row in data["rows"]:
        grade = row["values"][data["sort"]] if data["sort"] in _GRADED else None
        told = Text(f"{INDENT}{row['rank']:>2}  ", "dim").append(row["asset"]["name"], "bold")
        told.append(f"  {row['asset']['symbol']}  {', '.join(row['narratives'])}", "dim")
        right = Text("" if grade is None else f"{grade:.1f}", grade_colour(grade))
        out.print()
        told.append(" " * max(out.width - len(told) - len(right), 2)).append(right)
        out.print(told)
        _indented(out, Text(row["thesis"] or ""), 6)
        if row["breaks"]:
            _indented(out, Text("What would break it:", "dim"), 6)
        for one in row["breaks"]:
            _bullet(out, one)


def _bullet(out: Console, text: str, left: int = 6) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column()
    grid.add_column()
    grid.add_row(Text("–", "dim"), Text(text))
    _indented(out, grid, left)


def _rest(out: Console, data: Mapping[str, Any]) -> None:
    from rich.text import Text

    if data["note"]:
        out.print()
        _indented(out, Text(data["note"]))
    if data["ungraded"]:
        out.print()
        _indented(out, Text("Best covered of those without a grade:", "dim"))
        for one in data["ungraded"][:_MOST_UNGRADED]:
            _bullet(out, f"{one['asset']}: {one['why']}", 4)
    if not data["rows"] and not data["note"]:
        out.print()
        _indented(out, Text("Nobody passes."))
    if data["left_out"]:
        told = ", ".join(f"{name} {count}" for name, count in data["left_out"].items())
        out.print()
        _indented(out, Text(f"Left out for want of: {told}.", "dim"))
    for one in data["credits"]:
        _indented(out, Text(one, "dim"))


def _indented(out: Console, what: Any, left: int = len(INDENT)) -> None:
    from rich.padding import Padding

    out.print(Padding(what, (0, 0, 0, left)))


def _called(row: Mapping[str, Any]) -> str:
    base: str = row["asset"]["symbol"].partition("/")[0]
    name = row["asset"]["name"]
    return base if name.startswith("unmapped:") or name.upper() == base else f"{base} {name}"


def _cell(name: str, value: float | str | None, unit: str) -> Text:
    from rich.text import Text

    if value is None:
        return Text(NONE, "dim")
    if name in _GRADED:
        return Text(f"{value:.1f}", grade_colour(float(value)))
    if unit == "points":
        return Text(signed(float(value)))
    if unit == "fraction":
        share = float(value) * 100
        return Text(f"{share:.0f} %" if "coverage" in name else f"{signed(share)} %")
    return Text(_amount(value))


def _amount(value: float | str) -> str:
    """Money and amounts in a few digits."""
    number = Decimal(value) if isinstance(value, str) else Decimal(repr(value))
    for least, word in ((10**12, "tn"), (10**9, "bn"), (10**6, "m"), (10**4, "k")):
        if abs(number) >= least:
            return f"{number / least:.2f} {word}"
    return f"{float(number):.4g}"
