"""HTML in which nothing is ever unescaped: text becomes markup only here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

_VOID = frozenset({"br", "img", "input", "link", "meta"})


class Markup(str):
    """Text that is HTML already; every other text is escaped where it enters."""

    __slots__ = ()


def join(*children: object) -> Markup:
    """*children* one after the other; what is not `Markup` is escaped, `None` is nothing."""
    return Markup("".join(_inner(child) for child in children))


def tag(name: str, *children: object, **attributes: str | None) -> Markup:
    """``<name …>children</name>``; ``class_`` and ``data_x`` stand for ``class`` and ``data-x``.

    >>> tag("p", "5 < 6", class_="fact")
    '<p class="fact">5 &lt; 6</p>'
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{''.join(_inner(child) for child in children)}</{name}>")


def spec_code(text: object) -> Markup:
    """A spec as code, which may break after each of its parts."""
    return Markup(f"<code>{escape(str(text)).replace('&amp;', '&amp;<wbr>')}</code>")


def table(
    head: Sequence[str], rows: Iterable[Sequence[object]], *, class_: str = "", numbers: Sequence[int] = ()
) -> Markup:
    """A table; the columns *numbers* are set in figures, right-aligned."""
    kinds = dict.fromkeys(numbers, "number")
    top = tag("tr", *(tag("th", title, class_=kinds.get(i), scope="col") for i, title in enumerate(head)))
    body = [
        tag("tr", *(tag("td", cell, class_=kinds.get(i), data_label=head[i]) for i, cell in enumerate(row)))
        for row in rows
    ]
    return tag("table", tag("thead", top), tag("tbody", *body), class_=class_ or None)


def section(anchor: str, title: str, *children: object, lead: str = "") -> Markup:
    """One part of the page, with its heading and a line that says what it shows."""
    intro = tag("p", lead, class_="lead") if lead else ""
    return tag("section", tag("h2", title), intro, *children, id=anchor)


def embedded(identity: str, value: Any) -> Markup:
    """JSON data for the page's own script; no text in it can end the element."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    safe = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Markup(f'<script type="application/json" id="{escape(identity)}">{safe}</script>')


def _inner(child: object) -> str:
    if isinstance(child, Markup):
        return child
    return "" if child is None else escape(str(child))
