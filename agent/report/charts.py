"""The numbers behind the charts, as plain JSON; colours and layout are the page's own script's."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from agent.report import words
from agent.report.history import History
from agent.report.inputs import ReportInput
from agent.report.thin import aggregated, kept_rows
from agent.report.timeline import Row
from core.instant import Instant
from core.market import Bars, Floats
from core.orders import Fill, Side
from strategies.measure.curve import Curve
from strategies.measure.drawdown import drawdown


def chart_data(report: ReportInput, story: History, rows: Sequence[Row]) -> dict[str, Any]:
    """Everything the page draws."""
    return {
        "quote": story.started["quote"],
        "run": _curve(report.curve),
        "hold": None if report.benchmark is None else _curve(report.benchmark),
        "symbols": {
            symbol: _symbol(bars, story, rows) for symbol, bars in sorted(report.bars.items()) if len(bars)
        },
    }


def _curve(curve: Curve) -> dict[str, list[float]]:
    rows = kept_rows(len(curve))
    # The deepest point between two drawn rows is drawn with the first, so that no fall is hidden.
    depth = np.minimum.reduceat(drawdown(curve), rows)
    return {
        "at": curve.at[rows].tolist(),
        "equity": np.round(curve.equity[rows], 2).tolist(),
        "drawdown": np.round(depth, 6).tolist(),
    }


def _symbol(bars: Bars, story: History, rows: Sequence[Row]) -> dict[str, Any]:
    drawn = aggregated(bars)
    return {
        "interval": str(drawn.interval),
        "grain": str(bars.interval),
        "at": drawn.opened_at.tolist(),
        "open": _short(drawn.open),
        "high": _short(drawn.high),
        "low": _short(drawn.low),
        "close": _short(drawn.close),
        "marks": [_mark(fill, story) for fill in story.fills if fill.symbol == bars.symbol],
        "wishes": [
            {"at": row.at, "outcome": row.outcome, "long": (row.stance or 0) > 0, "text": _told(row)}
            for row in rows
            if row.symbol == bars.symbol
        ],
    }


def _short(column: Floats) -> list[float]:
    return [float(f"{value:.7g}") for value in column.tolist()]


def _mark(fill: Fill, story: History) -> dict[str, Any]:
    trigger = story.triggers.get(fill.order_id)
    kind = "buy" if fill.side is Side.BUY else trigger or "sell"
    verb = "bought" if fill.side is Side.BUY else "sold" if trigger is None else f"{trigger} exit, sold"
    text = f"{verb} {words.quantity(fill.quantity)} at {words.price(fill.price)}"
    return {"at": fill.at, "price": float(fill.price), "kind": kind, "text": f"{text}<br>{_when(fill.at)}"}


def _told(row: Row) -> str:
    """Hover text; the chart library reads a little markup in it, so what comes from outside is escaped."""
    what = f"{row.label}: {row.wish}" if row.wish else row.label
    codes = ", ".join(code for code, _ in row.findings)
    lines = [what, codes, row.why[:160], _when(row.at)]
    return "<br>".join(escape(line) for line in lines if line)


def _when(moment: Instant) -> str:
    return f"{words.clock(moment)} UTC"
