"""``result.json``: what a run came to, in the same bytes wherever and whenever it is run again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.canonical import canonical


def result_json(summary: Mapping[str, Any]) -> bytes:
    """*summary* (the data of ``paper --json``) as canonical JSON and a newline.

    The path of the report is left out: it names a machine's folder and says nothing of the run.

    Raises:
        ValueError: a figure is NaN or infinite.
    """
    return canonical({name: value for name, value in summary.items() if name != "report"}) + b"\n"
