"""One run as one HTML file that needs nothing but a browser."""

from __future__ import annotations

from importlib.resources import files

from agent.report.blocks import (
    charts,
    costs,
    data,
    decisions,
    figures,
    footer,
    header,
    risk,
    settings,
    thinking,
    trips,
)
from agent.report.blocks.verdict import headline
from agent.report.charts import chart_data
from agent.report.inputs import ReportInput
from agent.report.markup import Markup, embedded, join, tag
from agent.report.view import View, view_of

# The browser itself refuses any request; what the page needs is inside it.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
_PARTS = (
    ("overview", "Figures"),
    ("equity", "Equity"),
    ("prices", "Prices"),
    ("decisions", "Decisions"),
    ("trades", "Round trips"),
    ("thinking", "Thinking"),
    ("risk", "Refused"),
    ("costs", "Costs"),
    ("settings", "Limits"),
    ("data", "Data"),
)


def render(report: ReportInput) -> str:
    """The whole page, charts and their library included; it makes no request to any host.

    Raises:
        NoAnswerError: *report* holds no run.
    """
    from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]  # plotly ships no types

    view = view_of(report)
    body = tag(
        "body",
        header.banner(view),
        tag("nav", *(tag("a", title, href=f"#{anchor}") for anchor, title in _PARTS), aria_label="Parts"),
        tag("main", *_blocks(view)),
        footer.footer(view),
        embedded("chart-data", chart_data(report, view.story, view.rows)),
        Markup(f"<script>{get_plotlyjs()}</script>"),
        Markup(f"<script>{_asset('report.js')}</script>"),
    )
    return f"<!doctype html>\n{tag('html', _head(view), body, lang='en')}\n"


def _blocks(view: View) -> tuple[Markup, ...]:
    return (
        header.header(view),
        header.warnings(view),
        figures.figures(view),
        charts.equity(view),
        charts.candles(view),
        decisions.decisions(view),
        trips.trips(view),
        thinking.block(view),
        risk.vetoes(view),
        costs.costs(view),
        settings.settings(view),
        data.data(view),
    )


def _head(view: View) -> Markup:
    marker = "SIMULATED · " if view.simulated else ""
    return tag(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'),
        tag("title", join(marker, headline(view), " · tokenwise")),
        Markup(f"<style>{_asset('report.css')}</style>"),
    )


def _asset(name: str) -> str:
    return (files("agent.report") / "assets" / name).read_text(encoding="utf-8")
