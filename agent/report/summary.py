"""The data of ``paper --json``: one account's journal stream in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from agent.report.history import History, history
from agent.report.thinking import thinking
from core.instant import iso
from core.money import divide, multiply, plain, subtract
from core.observation import Missing
from core.ports import Record
from strategies.measure.curve import Curve
from strategies.measure.drawdown import drawdown

TRIGGERS = ("stop", "target", "trailing", "time")


def summarise(
    records: Iterable[Record],
    *,
    marks: Mapping[str, Decimal],
    curve: Curve | None = None,
    benchmark: Mapping[str, Any] | None = None,
    report: str | None = None,
) -> dict[str, Any]:
    """Folds *records* (a ``trading/<account>`` stream) into the data of ``paper --json``.

    Args:
        records: The account's stream, in order.
        marks: Last price of each held symbol, quote currency per unit.
        curve: Equity of every bar, for the drawdown.
        benchmark: ``{"decider", "total_return"}`` of the baseline, or `None` where there is none.
        report: Path of the HTML report.

    Raises:
        NoAnswerError: no run was journalled.
    """
    return summary_of(history(records), marks=marks, curve=curve, benchmark=benchmark, report=report)


def summary_of(
    story: History,
    *,
    marks: Mapping[str, Decimal],
    curve: Curve | None = None,
    benchmark: Mapping[str, Any] | None = None,
    report: str | None = None,
) -> dict[str, Any]:
    """`summarise` for a stream that was read already."""
    config, books = story.config, story.portfolio
    missing = [Missing(f"price:{symbol}", "no_data") for symbol in books.positions if symbol not in marks]
    first = Decimal(story.started["cash"])
    final = None if missing else books.equity(marks)
    missing += [Missing(name, "no_data") for name in ("final_equity", "total_return") if final is None]
    if curve is None:
        missing.append(Missing("max_drawdown", "no_curve"))
    if benchmark is None:
        missing.append(Missing("benchmark", "no_data"))
    told = thinking(story)
    return {
        "account": story.account,
        "run_id": story.started["run_id"],
        "market": config["market"],
        "decider": config["decider"],
        "symbols": list(config["symbols"]),
        "from": config["from"],
        "until": config["until"],
        "decisions": story.decisions,
        "abstentions": story.abstentions,
        "orders": sum(order.submitted for order in story.orders.values()),
        "fills": books.fills,
        "round_trips": books.round_trips,
        "vetoes": dict(sorted(story.vetoes.items())),
        "exits": {**dict.fromkeys(TRIGGERS, 0), **Counter(fired.trigger for fired in story.exits)},
        "start_equity": plain(first),
        "final_equity": None if final is None else plain(final),
        "cash": plain(books.cash),
        "positions": _positions(story, marks),
        "fees": plain(books.fees),
        "total_return": None if final is None else float(divide(subtract(final, first), first)),
        "max_drawdown": None if curve is None else float(drawdown(curve).min()),
        "benchmark": None if benchmark is None else dict(benchmark),
        "state": story.state,
        "halted_at": None if story.halted_at is None else iso(story.halted_at),
        "journal_head": f"sha256:{story.head}",
        "report": report,
        "llm": told.totals(),
        "decided_by": dict(told.decided_by),
        "actions": dict(told.actions),
        "abstained": dict(told.abstained),
        "missing": [{"what": gap.what, "why": gap.why} for gap in missing],
    }


def _positions(story: History, marks: Mapping[str, Decimal]) -> list[dict[str, str | None]]:
    listed: list[dict[str, str | None]] = []
    for symbol, held in sorted(story.portfolio.positions.items()):
        price = marks.get(symbol)
        listed.append(
            {
                "symbol": symbol,
                "quantity": plain(held.quantity),
                "price": None if price is None else plain(price),
                "value": None if price is None else plain(multiply(held.quantity, price)),
            }
        )
    return listed
