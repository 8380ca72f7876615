"""A heatmap as one HTML file that needs nothing but a browser, and asks no host for anything."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from agent.report import words
from agent.report.markup import Markup, embedded, join, spec_code, table, tag
from core.instant import Instant
from strategies.baskets.basket import GRADES, short
from tools.desk.heatmap import Heatmap, bands_of

_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
_TITLES = {
    "trader": "Trader grades",
    "investor": "Investor grades",
    "change_24h": "Prices over a day",
    "change_7d": "Prices over 7 days",
    "return_30": "Prices over 30 days",
}
_SIZES = {
    "market_cap": "The larger a cell, the larger the market cap.",
    "traded_value": "The larger a cell, the more is traded of it a day.",
    "equal": "All cells are of one size.",
}


def render(made: Heatmap, *, market: str, at: Instant, simulated: bool) -> str:
    """The whole page, chart library included; it makes no request to any host."""
    from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]  # plotly ships no types

    title = f"{_TITLES[made.by]} by narrative"
    body = tag(
        "body",
        _banner(simulated=simulated),
        tag(
            "main",
            tag(
                "header",
                tag("p", "tokenwise", tag("span", " · heatmap"), class_="brand"),
                tag("h1", title),
                tag(
                    "p",
                    f"As known at {words.clock(at)} UTC, ",
                    join("on ", spec_code(market)) if simulated else "from the store's candles",
                    f". {_SIZES[made.size]}",
                    class_="verdict",
                ),
                _notes(made),
            ),
            _legend(made),
            tag("div", class_="treemap", id="treemap", role="img", aria_label=f"{title}, as a treemap"),
            _values(made),
        ),
        tag("footer", tag("p", "A grade is our opinion of what was known then; it promises nothing.")),
        embedded("treemap-data", _drawn(made)),
        Markup(f"<script>{get_plotlyjs()}</script>"),
        Markup(f"<script>{_asset('treemap.js')}</script>"),
        class_="heatmap",
    )
    return f"<!doctype html>\n{tag('html', _head(title, simulated=simulated), body, lang='en')}\n"


def _banner(*, simulated: bool) -> Markup:
    if not simulated:
        return Markup("")
    text = "every token and every price on this page is invented by a seeded market."
    return tag("div", tag("strong", "SIMULATED"), tag("span", text), class_="banner loud", role="note")


def _head(title: str, *, simulated: bool) -> Markup:
    return tag(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'),
        tag("title", join("SIMULATED · " if simulated else "", title, " · tokenwise")),
        Markup(f"<style>{_asset('report.css')}{_asset('treemap.css')}</style>"),
    )


def _notes(made: Heatmap) -> Markup:
    if not made.missing:
        return Markup("")
    return tag("ul", *(tag("li", f"{gap.what}: {gap.why}") for gap in made.missing), class_="warnings")


def _legend(made: Heatmap) -> Markup:
    keys = [
        tag("span", tag("i", class_=f"swatch band{place}"), name.replace("_", " "))
        for place, name in enumerate(bands_of(made.by))
    ]
    if any(cell.value is None for _, cells in made.groups for cell in cells):
        keys.append(tag("span", tag("i", class_="swatch none"), _nothing(made.by)))
    return tag("div", *keys, class_="legend")


def _nothing(by: str) -> str:
    return "no grade" if by in GRADES else "not known"


def _drawn(made: Heatmap) -> dict[str, Any]:
    """Columns of the treemap: the groups first, then their cells; *band* is 0 .. 4, or null where nothing is known."""
    columns: dict[str, list[Any]] = {
        key: [] for key in ("id", "label", "parent", "size", "band", "text", "more")
    }

    def add(*row: Any) -> None:
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)

    for group, cells in made.groups:
        add(f"group:{group}", group, "", sum(cell.size for cell in cells), None, "", f"{len(cells)} assets")
        for cell in cells:
            told = _number(made.by, cell.value) if cell.value is not None else _nothing(made.by)
            place = None if cell.band is None else bands_of(made.by).index(cell.band)
            more = f"{cell.symbol}: {told}, {(cell.band or str(cell.why)).replace('_', ' ')}"
            if made.size != "equal":
                more += f"; {made.size.replace('_', ' ')} {short(cell.size)}"
            name = cell.symbol.partition("/")[0]
            add(cell.symbol, name, f"group:{group}", cell.size, place, told, more)
    return {"columns": columns, "nothing": _nothing(made.by)}


def _values(made: Heatmap) -> Markup:
    rows = [
        (
            group,
            cell.symbol,
            _nothing(made.by) if cell.value is None else _number(made.by, cell.value),
            (cell.why or "" if cell.value is None else str(cell.band)).replace("_", " "),
            "" if made.size == "equal" else short(cell.size),
        )
        for group, cells in made.groups
        for cell in cells
    ]
    head = ("Narrative", "Asset", made.by.replace("_", " "), "Band", made.size.replace("_", " "))
    summary = tag("summary", f"All {len(rows)} values as a table")
    return tag("details", summary, tag("div", table(head, rows, numbers=(2, 4)), class_="scroll"))


def _number(by: str, value: float) -> str:
    if by in GRADES:
        return f"{value:.1f}"
    sign = "\N{MINUS SIGN}" if value < 0 else "+"
    return f"{sign}{abs(100 * value):.1f} %"


def _asset(name: str) -> str:
    return (files("agent.report") / "assets" / name).read_text(encoding="utf-8")
