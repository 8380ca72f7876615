"""``tokenwise eval``: scenarios, runs over them, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from agent.cli.session import answer, session
from evals.lookahead.command import lookahead


@click.group(name="eval", help="The yardstick: deciders side by side over scenarios, with intervals.")
def app() -> None:
    """The group of the evaluation."""


@app.command("list")
def list_scenarios() -> None:
    """Every scenario that comes with the program."""
    from core.instant import iso
    from evals.scenario import builtin

    known: list[dict[str, Any]] = [
        {
            "id": one.id,
            "title": one.title,
            "start": iso(one.start),
            "end": iso(one.end),
            "grain": str(one.grain),
            "every": str(one.every),
            "symbols": list(one.symbols),
            "simulated": one.synthetic is not None,
            "needs": one.needs,
        }
        for one in builtin()
    ]

    def tell() -> None:
        for one in known:
            window = f"{one['start'][:10]} to {one['end'][:10]}"
            click.echo(f"{one['id']:18} {window}  {one['title']}")
            if one["needs"]:
                click.echo(f"{'':18} needs: {one['needs']}")

    answer("eval_list", {"scenarios": known}, tell)


@app.command("run")
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    required=True,
    metavar="ID|FILE[,…]",
    help="What to live through; repeatable.",
)
@click.option(
    "--decider",
    "deciders",
    multiple=True,
    metavar="SPEC",
    help="A candidate; repeatable.  [default: offline]",
)
@click.option("--arm", default="plain", show_default=True, help="plain.")
@click.option(
    "--seeds",
    type=click.IntRange(1, 1000),
    default=5,
    show_default=True,
    help="Repetitions of what draws or may answer otherwise.",
)
@click.option("--workers", type=int, help="Rows at once.  [default: one per core]")
@click.option(
    "--on", default="processes", show_default=True, metavar="PLACE", help="processes, dask or dask:ADDRESS."
)
@click.option(
    "--profile",
    default="balanced",
    show_default=True,
    help="Limits of candidates and twin; baselines have none.",
)
@click.option("--costs", help="maker=…&taker=…&slippage_bps=…&impact=…&latency=…&participation=…, or none.")
@click.option("--llm", help="live, record, replay or off.")
@click.option(
    "--cassettes",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Recorded answers; those of seed N in DIR/seed-N.",
)
@click.option("--deliberation", default="single", show_default=True, help="single, committee or debate.")
@click.option("--budget-usd", metavar="X", help="The most that models may cost in all.")
@click.option("--baselines", default="default", show_default=True, help="default or none.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where all of it is kept.  [default: in the home's runs/]",
)
@click.option(
    "--resume", is_flag=True, help="Refuse to begin anew: DIR must hold the beginning of this very run."
)
@click.option("--keep-journals", is_flag=True, help="Keep each row's journal in DIR as well.")
def run(**flags: Any) -> None:
    """Run deciders over scenarios and judge them. The same command goes on where it was cut."""
    from evals.running import evaluate

    evaluate(**flags)


@app.command("report")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--markdown", is_flag=True, help="Print the tables as Markdown instead.")
def report(folder: Path, *, markdown: bool) -> None:
    """Draw the report of a finished run again, from its results alone."""
    from evals.report.markdown import tables
    from evals.report.page import write
    from evals.result import load

    made = load(folder)
    path = write(made, folder if folder.is_dir() else folder.parent)

    def tell() -> None:
        if markdown:
            click.echo(tables(made.result))
        else:
            click.echo(f"report: {path}")

    data: Mapping[str, Any] = {"report": str(path), "config_hash": made.result["config_hash"]}
    if markdown:
        data = {**data, "markdown": tables(made.result)}
    answer("eval_report", data, tell, simulated=bool(made.result["data"]["simulated"]))


@app.command("compare")
@click.argument("first", metavar="A", type=click.Path(path_type=Path))
@click.argument("second", metavar="B", type=click.Path(path_type=Path))
def compare(first: Path, second: Path) -> None:
    """Two runs on the rows that they have in common, day by day."""
    from evals.compare import compare as compared
    from evals.compare import in_words
    from evals.result import load

    data = compared(load(first), load(second))
    answer("eval_compare", data, lambda: click.echo(in_words(data)))


@app.command("leaderboard")
def leaderboard() -> None:
    """Every decider of every run in this home, by how it did against buy and hold in the same windows."""
    from evals.leaderboard import board, in_words

    data = board(session().home)
    answer("eval_leaderboard", data, lambda: click.echo(in_words(data)))


app.add_command(lookahead)
