"""What ``get`` prints for a person: a small table of what was found, then what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from core.instant import iso

if TYPE_CHECKING:
    from tools.ask import Reply, Tool

_WIDEST = 72
_WIDEST_TABLE = 160
_LINE = 110


def tell_tools(tools: Sequence[Tool]) -> None:
    """Every answer by its name."""
    for tool in tools:
        print(f"{tool.name:<16}  {tool.about}")


def tell_reply(reply: Reply, simulated: bool) -> None:
    """The result's own fields, its lists as tables, when it was known, and what is missing."""
    if simulated:
        print("SIMULATED: none of this exists")
    _fields(reply.data)
    if reply.evidence:
        known = max(one.known_at for one in reply.evidence)
        print(f"known at {iso(known)}, from {', '.join(sorted({one.source for one in reply.evidence}))}")
    for one in reply.missing:
        print(f"missing: {one.what} ({one.why.replace('_', ' ')})")


def _fields(data: Mapping[str, Any], depth: int = 0) -> None:
    plain = {
        key: value for key, value in data.items() if not isinstance(value, dict | list) and value is not None
    }
    width = max((len(key) for key in plain), default=0)
    for key, value in plain.items():
        print(f"{'  ' * depth}{key:<{width}}  {value}")
    for key, value in data.items():
        if isinstance(value, dict) and value:
            print(f"{'  ' * depth}{key}:")
            _fields(value, depth + 1)
        elif isinstance(value, list) and value and key != "columns":
            _list(key, value, data.get("columns"))


def _list(name: str, rows: Sequence[Any], columns: Sequence[str] | None) -> None:
    if isinstance(rows[0], Mapping):
        columns = [key for key in rows[0] if any(row[key] not in (None, []) for row in rows)]
        cells = [[str(row[key]) if key == "text" else _cell(row[key]) for key in columns] for row in rows]
        widths = _widths(columns, cells)
        if "text" in columns or sum(widths) + 2 * len(widths) <= _WIDEST_TABLE:
            _table(columns, cells)
            return
        width = max(map(len, columns))
        for row in cells:  # too much for a line: one below the other
            print(f"{name}:")
            for key, cell in zip(columns, row, strict=True):
                print(f"  {key:<{width}}  {cell}")
    elif isinstance(rows[0], list | tuple) and columns:
        _table(columns, [[_cell(cell) for cell in row] for row in rows])
    else:
        # what a source asks to stand beside its data stands there whole
        told = map(str, rows) if name == "credits" else map(_cell, rows)
        line = f"{name}: {', '.join(told)}"
        print(
            line if name == "credits" else fill(line, _LINE, subsequent_indent="  ", break_long_words=False)
        )


def _cell(value: Any) -> str:
    text = ", ".join(map(_short, value)) if isinstance(value, list | tuple) else _short(value)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _short(value: Any) -> str:
    """What another source says of the same metric, without its times; anything else as it is."""
    if isinstance(value, Mapping) and {"value", "source"} <= value.keys():
        return f"{value['value']} ({value['source']})"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_short(one)}" for key, one in value.items())
    return "-" if value is None else str(value)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = _widths(columns, rows)
    for row in [columns, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(name), *(len(row[at]) for row in rows)) for at, name in enumerate(columns)]
