"""``tokenwise grades``: what an asset is worth to a trader and to an investor, why, and what it was before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, cast

import click

from agent.cli.session import answer, session

if TYPE_CHECKING:
    from agent.runtime.asking import Asking

_MOST_DAYS = 365
_FEW = 20
_SHOWN_DAYS = 48


class _Grades(click.Group):
    """The commands of this file, then those of packages that this one may not import, by their entry point."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *(point.name for point in _further())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        here = self.commands.get(cmd_name)
        if here is not None:
            return here
        point = next((one for one in _further() if one.name == cmd_name), None)
        return None if point is None else cast("click.Command", point.load())


def _further() -> list[EntryPoint]:
    return sorted(entry_points(group="tokenwise.grades"), key=lambda point: point.name)


app = _Grades(
    "grades",
    help="Grades from 0 to 100, explained to the last input and as they were known then.",
    no_args_is_help=True,
)

_MARKET = click.option(
    "--market", default="auto", show_default=True, metavar="M", help="auto, replay or sim?…"
)
_AS_OF = click.option("--as-of", metavar="T", help="Answer as it was known at this time.")


def _of_asset(command: Callable[..., None]) -> Callable[..., None]:
    return _MARKET(_AS_OF(click.argument("asset")(command)))


def _kind(default: str, *more: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    kinds = click.Choice(["trader", "investor", *more])
    return click.option("--kind", type=kinds, default=default, show_default=True, help="Whose grade.")


@app.command("show")
@_of_asset
def show(asset: str, market: str, as_of: str | None) -> None:
    """Both grades of ASSET, their signals and changes, what moves them, and whether they disagree."""
    from agent.cli.grades_tables import tell_grades
    from core.instant import iso
    from tools.ask import ask
    from tools.desk.grading.sheet import KINDS
    from tools.desk.grading.views import explanation, history

    with asked_of(asset, market, as_of) as (asked, symbol):
        context = asked.context
        reply = ask("get_grades", {"asset": symbol}, context)
        data = reply.told()

        def tell() -> None:
            why = {kind: explanation(context, symbol, kind) for kind in KINDS}
            past = {kind: history(context, symbol, kind, _SHOWN_DAYS) for kind in KINDS}
            tell_grades(data, why, past, as_of=iso(context.now), simulated=asked.simulated)

        _answer("grades_show", data, tell, asked)


@app.command("history")
@_of_asset
@click.option("--days", type=click.IntRange(1, _MOST_DAYS), default=90, show_default=True, help="How many.")
@_kind("both", "both")
def past(asset: str, market: str, as_of: str | None, days: int, kind: str) -> None:
    """The grades of ASSET day by day, each from what was known on it and as it was shown then."""
    from agent.cli.grades_tables import tell_history
    from tools.desk.grading.sheet import KINDS
    from tools.desk.grading.views import history, identity_of

    kinds = KINDS if kind == "both" else (kind,)
    with asked_of(asset, market, as_of) as (asked, symbol):
        rows = {one: history(asked.context, symbol, one, days) for one in kinds}
        data = {"asset": identity_of(asked.context, symbol), "kind": kind, "days": days, **rows}
        _answer("grades_history", data, lambda: tell_history(data, simulated=asked.simulated), asked)


@app.command("explain")
@_of_asset
@_kind("trader")
@click.option("--all", "every", is_flag=True, help="Print every input, not only the weightiest.")
def explain(asset: str, market: str, as_of: str | None, kind: str, every: bool) -> None:
    """What each input adds to a grade of ASSET: 50 and all the points make the grade."""
    from agent.cli.grades_tables import tell_explanation
    from tools.desk.grading.views import explanation

    with asked_of(asset, market, as_of) as (asked, symbol):
        data = explanation(asked.context, symbol, kind)
        _answer(
            "grades_explain",
            data,
            lambda: tell_explanation(data, every=every, simulated=asked.simulated),
            asked,
        )


@contextmanager
def asked_of(asset: str, market: str, as_of: str | None) -> Iterator[tuple[Asking, str]]:
    """The market as it was known then, graded once, and the symbol that *asset* means in it.

    Raises:
        NoAnswerError: no asset of that name, several, or none with candles here and then.
    """
    from dataclasses import replace

    from agent.cli.asset_named import symbol_with_candles
    from agent.runtime.asking import asking
    from core.instant import instant
    from tools.clocks import SystemClock
    from tools.desk.grading.grades import grades_of

    then = None if as_of is None else instant(as_of)
    with asking(market, session().home, SystemClock(), as_of=then, asset=asset) as asked:
        symbol = symbol_with_candles(asked, asset)
        yield replace(asked, context=replace(asked.context, grades=grades_of(asked.context))), symbol


def _answer(name: str, data: dict[str, Any], tell: Callable[[], None], asked: Asking) -> None:
    answer(
        name,
        data,
        tell,
        as_of=asked.context.now,
        simulated=asked.simulated,
        warnings=comparisons(asked),
    )


def comparisons(asked: Asking) -> list[dict[str, str]]:
    """A warning where there are too few assets to compare with."""
    from tools.desk.grading.grades import grades_of

    there = len(grades_of(asked.context).sheet().columns)
    if there >= _FEW:
        return []
    who = f"{there} assets show" if there > 1 else "one asset shows" if there else "no asset shows"
    text = (
        f"{'only ' if there else ''}{who} a daily candle here, too few to compare with ({_FEW} are needed): "
        "grades rest on each one's own past"
    )
    return [{"code": "small_universe", "message": text}]
