"""An analysis as one HTML file that needs nothing but a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from agent.report import words
from agent.report.analysis import facts, grades, levels
from agent.report.analysis.chart import chart_data
from agent.report.markup import Markup, embedded, join, section, tag
from core.instant import instant

# The browser itself refuses any request; what the page needs is inside it.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
_PARTS = (
    ("grades", "Grades"),
    ("prices", "Price and levels"),
    ("scenarios", "Scenarios"),
    ("drivers", "Drivers"),
    ("facts", "Facts"),
    ("risk", "Risks"),
    ("change", "What would change it"),
    ("evidence", "Evidence"),
)


def page(
    data: Mapping[str, Any],
    candles: Mapping[str, Any],
    past: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    simulated: bool,
) -> str:
    """The whole page, its chart and the chart's library included; it makes no request to any host.

    Args:
        data: The analysis, with its evidence and what is missing.
        candles: Daily candles, as ``get_candles`` tells them.
        past: By kind the grades of the days before, as ``grades history`` tells them.
        simulated: Whether none of it exists, which the page then says first.
    """
    from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]  # plotly ships no types

    body = tag(
        "body",
        _banner(simulated=simulated),
        tag("nav", *(tag("a", title, href=f"#{anchor}") for anchor, title in _PARTS), aria_label="Parts"),
        tag(
            "main",
            _header(data),
            grades.gauges(data, past),
            levels.chart(data),
            levels.scenarios(data),
            grades.drivers(data),
            facts.known(data),
            facts.risks(data),
            facts.would_change(data),
            _close(data),
            facts.evidence(data),
        ),
        _footer(data, simulated=simulated),
        embedded("chart-data", chart_data(data, candles, past)),
        Markup(f"<script>{get_plotlyjs()}</script>"),
        Markup(f"<script>{_asset('analysis.js')}</script>"),
    )
    return f"<!doctype html>\n{tag('html', _head(data, simulated=simulated), body, lang='en')}\n"


def _banner(*, simulated: bool) -> Markup:
    if simulated:
        text = "every token, every price and every figure on this page is invented by a seeded market."
        return tag("div", tag("strong", "SIMULATED"), tag("span", text), class_="banner loud", role="note")
    text = "as it was known then; no advice, and no forecast: grades describe what has happened."
    return tag("div", tag("strong", "ANALYSIS"), tag("span", text), class_="banner", role="note")


def _header(data: Mapping[str, Any]) -> Markup:
    asset, price = data["asset"], data["price"]
    moved = "not known" if price["change_7d"] is None else words.percent(price["change_7d"], signed=True)
    last = "not known" if price["price"] is None else f"{price['price']} {price['quote']}"
    told = (
        ("Price", last),
        ("In a week", moved),
        ("Known at", words.clock(instant(data["as_of"]))),
    )
    return tag(
        "header",
        tag("p", "tokenwise", tag("span", f" · {asset['name']}, {asset['symbol']}"), class_="brand"),
        tag("h1", asset["name"], ": ", tag("span", _headline(data))),
        *(tag("p", one["text"], class_="verdict") for one in data["horizons"]),
        tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in told), class_="facts"),
    )


def _headline(data: Mapping[str, Any]) -> str:
    trader, investor = (one["view"] for one in data["horizons"])
    return f"{_view(trader)} for days to weeks, {_view(investor)} for months"


def _view(name: str) -> str:
    return "not known" if name == "unknown" else name


def _close(data: Mapping[str, Any]) -> Markup:
    return section("close", "In short", tag("p", data["close"], class_="verdict"))


def _footer(data: Mapping[str, Any], *, simulated: bool) -> Markup:
    prices = "simulated prices" if simulated else "recorded prices"
    return tag(
        "footer",
        tag("p", f"Made by tokenwise from {prices}; nothing here promises profit."),
        *(tag("p", one) for one in data["credits"]),
        tag("p", "This file needs no network and asks for none."),
    )


def _head(data: Mapping[str, Any], *, simulated: bool) -> Markup:
    marker = "SIMULATED · " if simulated else ""
    return tag(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'),
        tag("title", join(marker, data["asset"]["name"], ": ", _headline(data), " · tokenwise")),
        Markup(f"<style>{_asset('report.css')}{_asset('analysis.css')}</style>"),
    )


def _asset(name: str) -> str:
    return (files("agent.report") / "assets" / name).read_text(encoding="utf-8")
