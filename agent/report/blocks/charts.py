"""The frames that the page's script draws into, with their legends in words."""

from __future__ import annotations

from agent.report import words
from agent.report.markup import Markup, section, tag
from agent.report.thin import SHOWN
from agent.report.view import View

_MARKS = (
    ("buy", "bought"),
    ("sell", "sold by decision"),
    ("stop", "stop"),
    ("target", "target"),
    ("trailing", "trailing stop"),
    ("time", "time exit"),
    ("flatten", "closed by a halt"),
    ("delisted", "closed at the last print"),
)


def equity(view: View) -> Markup:
    """Equity and drawdown, beside buy and hold."""
    legend = [_key("run", "this run")]
    if view.report.benchmark is not None:
        legend.append(_key("hold", "buy & hold, after fees"))
    thinned = ""
    if len(view.report.curve) > SHOWN:
        points = f"{len(view.report.curve):,}"
        thinned = f"{points} closes are drawn as {SHOWN:,}; figures rest on all of them."
    return section(
        "equity",
        "Equity and drawdown",
        tag("div", *legend, class_="legend"),
        tag("div", class_="chart tall", id="equity-chart", role="img", aria_label="Equity and drawdown"),
        tag("p", thinned, class_="note") if thinned else None,
        lead=f"Value of the account in {view.quote} at every close, and how far below its own peak it stood.",
    )


def candles(view: View) -> Markup:
    """Prices with every entry and exit, one tab per symbol, most traded first."""
    traded = {symbol: 0 for symbol, bars in view.report.bars.items() if len(bars)}
    for fill in view.story.fills:
        if fill.symbol in traded:
            traded[fill.symbol] += 1
    if not traded:
        return section(
            "prices", "Prices and trades", tag("p", "There are no candles to draw.", class_="note")
        )
    fired = {"buy", "sell", *view.story.triggers.values()}
    legend = [_key(kind, text) for kind, text in _MARKS if kind in fired]
    tabs = [
        tag(
            "button", symbol, tag("span", words.count(number, "fill"), class_="muted"),
            type="button", role="tab", data_symbol=symbol,
        )
        for symbol, number in sorted(traded.items(), key=lambda item: (-item[1], item[0]))
    ]  # fmt: skip
    return section(
        "prices",
        "Prices and trades",
        tag("div", *tabs, class_="tabs", role="tablist", aria_label="Symbol"),
        tag("div", *legend, class_="legend"),
        tag("div", class_="chart", id="candle-chart", role="img", aria_label="Candles with trades"),
        tag("p", class_="note", id="candle-note"),
        lead="Trades stand at the price they filled at. The strip below the candles marks each decision.",
    )


def _key(kind: str, text: str) -> Markup:
    return tag("span", tag("i", class_=f"key {kind}"), text)
