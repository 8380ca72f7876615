"""An evaluation as one HTML file that needs nothing but a browser, and asks no host for anything."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from agent.report.markup import Markup, join, tag
from evals.cache import write_whole
from evals.report import blocks
from evals.report.words import headline
from evals.result import REPORT, Evaluation

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_PARTS = (
    ("pooled", "Over all windows"),
    ("windows", "Window by window"),
    ("selection", "Best of many"),
    ("conduct", "What they did"),
    ("data", "Data"),
)


def render(made: Evaluation) -> str:
    """The whole page: a function of what `evals.result` keeps."""
    result = made.result
    links = (tag("a", title, href=f"#{anchor}") for anchor, title in _PARTS)
    body = tag(
        "body",
        blocks.banner(result),
        tag("nav", *links, aria_label="Parts"),
        tag(
            "main",
            blocks.header(result),
            blocks.warnings(result),
            blocks.pooled(result),
            blocks.windows(made),
            blocks.selection(result),
            blocks.conduct(result),
            blocks.data(result),
        ),
        tag(
            "footer",
            tag("p", "Paper money; nothing here promises profit. The next stretch of prices will differ."),
        ),
    )
    return f"<!doctype html>\n{tag('html', _head(result), body, lang='en')}\n"


def _head(result: Mapping[str, Any]) -> Markup:
    marker = "SIMULATED · " if result["data"]["simulated"] else ""
    return tag(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'),
        tag("title", join(marker, headline(result), " · tokenwise")),
        Markup(f"<style>{_asset('agent.report', 'report.css')}{_asset('evals.report', 'eval.css')}</style>"),
    )


def _asset(package: str, name: str) -> str:
    return (files(package) / "assets" / name).read_text(encoding="utf-8")


def write(made: Evaluation, folder: Path) -> Path:
    """Writes the page into *folder*; its path.

    Raises:
        OSError: it cannot be written.
    """
    path = folder.absolute() / REPORT
    write_whole(path, render(made).encode())
    return path
