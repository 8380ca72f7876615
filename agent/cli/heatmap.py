"""``tokenwise heatmap``: every asset as a coloured cell, by narrative; as a treemap with --html."""

from __future__ import annotations

from pathlib import Path

import click

from agent.cli.session import answer, session
from core.errors import NoAnswerError, UsageError


@click.command(name="heatmap")
@click.option(
    "--by",
    default="trader",
    show_default=True,
    help="trader, investor (grades); change_24h, change_7d, return_30 (of the price).",
)
@click.option("--size", default="market_cap", show_default=True, help="market_cap, traded_value or equal.")
@click.option("--group", default="narrative", show_default=True, help="What cells stand together by.")
@click.option("--market", default="auto", show_default=True, metavar="M", help="auto, replay or sim?…")
@click.option("--as-of", metavar="T", help="As it was known at this time.")
@click.option("--html", metavar="PATH", help="Write a treemap page there.")
def app(by: str, size: str, group: str, market: str, as_of: str | None, html: str | None) -> None:
    """The market at a glance: grade or price move of every asset, in colour and in signs, by narrative."""
    from agent.cli.heatmap_tables import tell_heatmap
    from agent.runtime.asking import asking
    from core.instant import instant, iso
    from tools.clocks import SystemClock
    from tools.desk.heatmap import BY, GROUPS, SIZES, heatmap, told

    for flag, value, known in (("--by", by, tuple(BY)), ("--size", size, SIZES), ("--group", group, GROUPS)):
        if value not in known:
            raise UsageError(
                f"{flag} {value!r} is not known", f"Use one of {', '.join(known)}.", candidates=known
            )
    if html is not None and Path(html).is_dir():
        raise UsageError(f"--html {html!r} is a folder", "Give the path of a file, such as heatmap.html.")
    moment = None if as_of is None else instant(as_of)
    with asking(market, session().home, SystemClock(), as_of=moment) as asked:
        made = heatmap(asked.context, by, size)
        now = asked.context.now
    if not made.groups:
        raise NoAnswerError(
            f"no asset of this market shows a daily candle at {iso(now)}",
            "Choose another --as-of or --market, or import candles.",
        )
    report = None if html is None else Path(html).absolute()
    if report is not None:
        from agent.report.treemap import render

        report.write_text(
            render(made, market=asked.market, at=now, simulated=asked.simulated), encoding="utf-8"
        )
    data = {**told(made), "report": None if report is None else str(report)}
    answer(
        "heatmap",
        data,
        lambda: tell_heatmap(made, now, report, simulated=asked.simulated),
        as_of=now,
        simulated=asked.simulated,
    )
