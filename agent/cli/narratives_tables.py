"""What ``narratives`` prints for a person: one line each, or one narrative in full."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from agent.cli.terminal import INDENT, NONE, console, grade_colour, head, moment, signed

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_TURNS = {"in": ("in", "green"), "out": ("out", "red"), "none": ("", "dim")}
_MOST_LEFT_OUT = 6


def tell_narratives(data: Mapping[str, Any], *, simulated: bool) -> None:
    """The narratives, then where money moves and who stands where leading ones meet."""
    from rich.text import Text

    out = console()
    rows = data["narratives"]
    whose = "" if data["asset"] == "market" else f" of {data['symbol'] or data['asset']}"
    head(out, f"Narratives{whose}", f"as of {moment(data['as_of'])}", simulated=simulated)
    median = signed(data["market_return_30d"] * 100)
    out.print(f"{INDENT}the median asset made {median} % in 30 days", style="dim")
    _table(out, data)
    if len(rows) == 1:
        _whole(out, rows[0])
    out.print()
    told = data["rotation"] or "No rotation: ranks and traded value do not both say so of any two."
    _indented(out, Text(told, "" if data["rotation"] else "dim"))
    if data["intersections"]:
        out.print()
        _indented(out, Text("Where leading narratives meet", "bold"))
        for one in data["intersections"]:
            share = f"{signed(one['return_30d'] * 100)} %"
            _indented(out, Text(f"{one['asset']:<20}{share:>10}  {', '.join(one['narratives'])}"))
    _rest(out, data)


def _table(out: Console, data: Mapping[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("", no_wrap=True, vertical="bottom", min_width=12)
    for name in ("7d %", "30d %", "rose", "rank", "trader", "invest", "tvl %", "traded %", "money"):
        side: Literal["left", "right"] = "left" if name == "money" else "right"
        table.add_column(name, justify=side, no_wrap=True, vertical="bottom")
    for row in data["narratives"]:
        alone = "one_asset" in row["flags"]
        turn, style = _TURNS[row["rotation"]]
        table.add_row(
            Text(row["narrative"]).append("*" if alone else "", "dim"),
            _percent(row["return_7d"]),
            _percent(row["return_30d"]),
            f"{row['breadth_30d'] * len(row['assets']):.0f}/{len(row['assets'])}",
            _ranks(row),
            _grade(row["trader_grade"]),
            _grade(row["investor_grade"]),
            _percent(row["tvl_change_30d"], 0),
            _percent(row["traded_change"], 0),
            Text(turn, style),
        )
    out.print()
    _indented(out, table)
    out.print()
    told = "rank: 30 days, then 7; tvl: 30 days; traded: 7 days against 30 before"
    _indented(out, Text(told, "dim"))
    if any("one_asset" in row["flags"] for row in data["narratives"]):
        _indented(out, Text("* one asset only: its own move, and no trend", "dim"))


def _whole(out: Console, row: Mapping[str, Any]) -> None:
    lines = [
        ("assets", f"{len(row['assets'])}: {', '.join(row['assets'])}"),
        ("leaders", _movers(row["leaders"])),
        ("laggards", _movers(row["laggards"])),
        (
            "rose",
            f"{row['breadth_7d'] * 100:.0f} % of them in 7 days, {row['breadth_30d'] * 100:.0f} % in 30",
        ),
        (
            "graded",
            f"{row['trader_graded']} by the trader's, {row['investor_graded']} by the investor's formula",
        ),
    ]
    if row["tvl"] is not None:
        flows = f"{_money(row['tvl_flow_7d'], sign=True)} in 7 days, {_money(row['tvl_flow_30d'], sign=True)} in 30"
        lines.append(("tvl", f"{_money(row['tvl'])} USD in {row['tvl_assets']} assets: {flows}"))
    if row["traded_7d"] is not None:
        lines.append(
            (
                "traded",
                f"{_money(row['traded_7d'])} USD a day, {signed(row['traded_change'] * 100)} % in a week",
            )
        )
    if row["share_7d"] is not None:
        lines.append(
            (
                "share",
                f"{row['share_before'] * 100:.1f} % of what is traded, now {row['share_7d'] * 100:.1f} %",
            )
        )
    out.print()
    for name, text in lines:
        if text:
            _indented(out, _line(name, text))


def _line(name: str, text: str) -> Any:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=9)
    grid.add_column()
    grid.add_row(Text(name, "dim"), Text(text))
    return grid


def _movers(many: list[Mapping[str, Any]]) -> str:
    return ", ".join(f"{one['asset']} {signed(one['return_30d'] * 100)} %" for one in many)


def _rest(out: Console, data: Mapping[str, Any]) -> None:
    from rich.text import Text

    without = data["without"]
    if without:
        out.print()
        more = f" and {len(without) - _MOST_LEFT_OUT} more" if len(without) > _MOST_LEFT_OUT else ""
        named = ", ".join(without[:_MOST_LEFT_OUT])
        _indented(out, Text(f"Without a whole month of candles: {named}{more}.", "dim"))
    for one in data["credits"]:
        _indented(out, Text(one, "dim"))


def _ranks(row: Mapping[str, Any]) -> str:
    month, week = row["rank_30d"], row["rank_7d"]
    return f"{month}" if month == week else f"{month}→{week}"


def _grade(value: float | None) -> Text:
    from rich.text import Text

    return Text(NONE, "dim") if value is None else Text(f"{value:.0f}", grade_colour(value))


def _percent(value: float | None, places: int = 1) -> str:
    if value is None:
        return NONE
    return signed(value * 100, places if abs(value) < 1 else 0)


def _money(text: str, *, sign: bool = False) -> str:
    from tools.desk.words import large

    value = Decimal(text)
    return f"+{large(value)}" if sign and value > 0 else large(value)


def _indented(out: Console, what: Any) -> None:
    from rich.padding import Padding

    out.print(Padding(what, (0, 0, 0, len(INDENT))))
