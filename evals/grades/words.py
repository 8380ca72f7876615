"""Numbers as a reader meets them: a true minus, a dash for none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Row = dict[str, Any]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def signed(value: float | None, digits: int) -> str:
    """A number with its sign; a dash for none."""
    if value is None:
        return "–"
    told = f"{value:+.{digits}f}"
    return (told if float(told) else f"{0:.{digits}f}").replace("-", "−")


def plain(value: float | None, digits: int) -> str:
    """A number without a sign; a dash for none."""
    return "–" if value is None else f"{value:.{digits}f}"


def percent(value: float | None, digits: int = 0) -> str:
    """A fraction as signed per cent."""
    return "–" if value is None else f"{signed(100.0 * value, digits)} %"


def share(value: float | None) -> str:
    """A fraction as per cent."""
    return "–" if value is None else f"{100.0 * value:.0f} %"


def p_value(value: float | None) -> str:
    """A p-value to three places, never a bare nought."""
    return "–" if value is None else "< 0.001" if value < 0.001 else f"{value:.3f}"


def span(found: Row | None, digits: int, scale: float = 1.0, unit: str = "") -> str:
    """A difference with its interval."""
    if found is None or found["difference"] is None:
        return "–"
    told = f"{signed(scale * found['difference'], digits)}{unit}"
    if found["low"] is None:
        return told
    return f"{told} [{signed(scale * found['low'], digits)}, {signed(scale * found['high'], digits)}]"
