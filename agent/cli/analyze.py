"""``tokenwise analyze TOKEN``: one asset in full, on the terminal and as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.cli.session import answer

if TYPE_CHECKING:
    from agent.runtime.asking import Asking

_DAYS = 180


@click.command("analyze")
@click.option("--market", default="auto", show_default=True, metavar="M", help="auto, replay or sim?…")
@click.option("--as-of", metavar="T", help="Answer as it was known at this time.")
@click.option(
    "--html", "page", metavar="PATH", help="Also write it as one HTML page that needs nothing else."
)
@click.argument("token")
def app(token: str, market: str, as_of: str | None, page: str | None) -> None:
    """TOKEN in full: price, grades, levels, scenarios, risks, what would change the view, what is not known."""
    from agent.cli.analyze_tables import tell_analysis
    from agent.cli.grades import asked_of, comparisons
    from tools.desk.analysis.whole import analyse

    if page is not None:
        _check(Path(page))
    with asked_of(token, market, as_of) as (asked, symbol):
        context = asked.context
        reply = analyse(context, symbol)
        data = reply.told()
        written = None if page is None else _write(Path(page), data, asked, symbol)
        if written is not None:
            data["report"] = str(written)
        answer(
            "analyze",
            data,
            lambda: tell_analysis(data, simulated=asked.simulated),
            as_of=context.now,
            simulated=asked.simulated,
            warnings=comparisons(asked),
        )


def _write(path: Path, data: dict[str, Any], asked: Asking, symbol: str) -> Path:
    """Writes the page; a file that is there is replaced whole."""
    from agent.report.analysis import page
    from tools.ask import ask
    from tools.desk.grading.sheet import KINDS
    from tools.desk.grading.views import history

    context = asked.context
    candles = ask("get_candles", {"asset": symbol, "count": _DAYS, "interval": "1d"}, context)
    past = {kind: history(context, symbol, kind, _DAYS) for kind in KINDS}
    text = page(data, candles.data, past, simulated=asked.simulated)
    beside = path.with_name(f"{path.name}.part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
    return path.absolute()


def _check(path: Path) -> None:
    """Refuses a page that could not be written, before anything is worked out.

    Raises:
        UsageError: *path* is a folder, or lies in one that is not there.
    """
    from core.errors import UsageError

    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Give the path of a file, such as analysis.html.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {path.absolute().parent}", "Make it, or write elsewhere.")
