"""The story on a terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO

from rich.console import Console

from agent.report.inputs import ReportInput
from agent.report.story import spark, tell_story


def told(report: ReportInput, width: int = 80) -> str:
    out = StringIO()
    tell_story(report, Console(file=out, width=width, highlight=False))
    return out.getvalue()


def test_it_tells_the_end_the_moves_the_exits_the_refusals_and_buy_and_hold(report: ReportInput) -> None:
    text = told(report)
    for part in (
        "SIMULATED",
        "while buy & hold gained",
        "What moved it",
        "3 stop",
        "notional.min 14, exposure.gross 14, edge 7",
        "10,674.11",
    ):
        assert part in text, part


def test_the_moves_stand_under_each_other_whatever_the_symbols_and_amounts(report: ReportInput) -> None:
    renamed = [
        replace(record, body=json.loads(json.dumps(record.body).replace("KORU/USDT", "1000KORUCOIN/USDT")))
        for record in report.records
    ]
    lines = [
        line for line in told(replace(report, records=renamed), 120).splitlines() if line.count("%") == 1
    ]
    moves = [line for line in lines if "/USDT" in line]
    assert len(moves) > 3
    assert len({line.index("/USDT") for line in moves}) > 1
    assert len({line.index("%") for line in moves}) == 1


def test_the_last_line_names_the_report_however_narrow_the_terminal(report: ReportInput) -> None:
    path = "/home/someone/a long folder/runs/k3v9x2m4q8zt/report.html"
    text = told(replace(report, summary={**report.summary, "report": path}), width=30)
    assert text.endswith(f"report: {path}\n")


def test_without_a_report_no_line_promises_one(report: ReportInput) -> None:
    assert "report:" not in told(replace(report, summary={**report.summary, "report": None}))


def test_square_brackets_in_a_reason_are_text_and_not_colours(report: ReportInput) -> None:
    summary = {**report.summary, "decider": "llm:[red]model[/red]"}
    assert "llm:[red]model[/red]" in told(replace(report, summary=summary))


def test_a_flat_curve_is_a_flat_line(report: ReportInput) -> None:
    assert set(spark(report.curve.equity[:1])) == {"▁"}
    assert len(spark(report.curve.equity)) == 48
