"""Key figures, each beside buy and hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.report import words
from agent.report.blocks.verdict import ONE_RUN
from agent.report.markup import Markup, section, table, tag
from agent.report.view import View
from strategies.measure.performance import Performance

_MEANING = {
    "no_losing_round_trip": "no losing round trip",
    "no_round_trips": "no round trip",
    "no_drawdown": "no drawdown",
    "no_variation": "no variation",
    "no_losing_day": "no losing day",
    "too_short": "too short",
    "out_of_range": "out of range",
}


def _days(value: float) -> str:
    return f"{value:,.1f} days"


def _signed(value: float | None) -> str:
    return words.percent(value, signed=True)


def _times(value: float | None) -> str:
    return words.NONE if value is None else f"{words.ratio(value)} x"


# Title, name, form, whether buy and hold has it, what it means.
_ROWS: tuple[tuple[str, str, Callable[[Any], str], bool, str], ...] = (
    ("Growth per year", "cagr", _signed, True, "CAGR"),
    ("Volatility", "volatility", words.percent, True, "yearly, of daily returns"),
    ("Sharpe", "sharpe", words.ratio, True, "mean over spread of daily returns, yearly"),
    ("Sortino", "sortino", words.ratio, True, "the same, counting losing days only"),
    ("Calmar", "calmar", words.ratio, True, "growth per year over deepest drawdown"),
    ("Longest drawdown", "max_drawdown_days", _days, True, "from a peak until it was reached again"),
    ("Invested", "exposure", words.percent, True, "mean share of equity that was not cash"),
    ("Turnover", "turnover", _times, False, "traded a year, both sides, over mean equity"),
    ("Round trips", "round_trips", "{:,}".format, False, "opened and fully closed"),
    ("Hit rate", "hit_rate", words.percent, False, "round trips that earned after fees"),
    ("Profit factor", "profit_factor", words.ratio, False, "earned over lost"),
)


def figures(view: View) -> Markup:
    """Four large figures, then the rest as a table."""
    run, hold = view.run, view.hold
    held = None if view.report.benchmark is None else f"{float(view.report.benchmark.equity[-1]):,.2f}"
    cards = (
        _card("Final equity", words.amount(view.summary["final_equity"]), held, unit=view.quote),
        _card("Return", _signed(run.total_return), _of(hold, "total_return", _signed), tone=run.total_return),
        _card("Deepest drawdown", words.percent(run.max_drawdown), _of(hold, "max_drawdown", words.percent)),
        _card("Sharpe", words.ratio(run.sharpe), _of(hold, "sharpe", words.ratio)),
    )
    return section(
        "overview",
        "In figures",
        tag("div", *cards, class_="cards"),
        tag("div", _rest(view), class_="scroll"),
        tag("p", ONE_RUN, class_="note"),
    )


def _card(title: str, value: str, hold: str | None, *, unit: str = "", tone: float | None = None) -> Markup:
    colour = "" if not tone else " up" if tone > 0 else " down"
    return tag(
        "div",
        tag("p", title, class_="label"),
        tag("p", value, tag("small", f" {unit}") if unit else None, class_=f"value{colour}"),
        tag("p", tag("i", class_="key hold"), f"buy & hold {hold}", class_="versus") if hold else None,
        class_="card",
    )


def _rest(view: View) -> Markup:
    missing = {gap.what: gap.why for gap in view.run.missing}
    rows = []
    for title, name, form, shared, meaning in _ROWS:
        value = getattr(view.run, name)
        mine = tag("span", _MEANING[missing[name]], class_="muted") if value is None else form(value)
        other = _of(view.hold, name, form) if shared else None
        rows.append((title, mine, other or words.NONE, tag("span", meaning, class_="muted")))
    return table(("", "this run", "buy & hold", "what it is"), rows, class_="compare", numbers=(1, 2))


def _of(measured: Performance | None, name: str, form: Callable[[Any], str]) -> str | None:
    value = None if measured is None else getattr(measured, name)
    return None if value is None else form(value)
