"""``result.json``: the run's figures, byte for byte the same for the same run."""

from __future__ import annotations

import json

import pytest

from agent.report.inputs import ReportInput
from agent.report.result import result_json


def test_it_holds_the_summary_and_not_where_the_report_lies(report: ReportInput) -> None:
    told = json.loads(result_json(report.summary))
    assert told == {name: value for name, value in report.summary.items() if name != "report"}
    assert "report" not in told


def test_the_same_run_is_the_same_bytes_whatever_the_order_and_the_folder(report: ReportInput) -> None:
    elsewhere = {**dict(reversed(report.summary.items())), "report": "/elsewhere/report.html"}
    assert list(elsewhere) != list(report.summary)
    assert result_json(elsewhere) == result_json(report.summary)
    assert result_json(report.summary).endswith(b"}\n")


def test_a_figure_that_is_no_number_is_not_written(report: ReportInput) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        result_json({**report.summary, "total_return": float("nan")})
