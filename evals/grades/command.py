"""``grades validate``: does the Trader Grade predict anything here?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from agent.cli.session import answer, session
from evals.grades.settings import HORIZONS, LAGS


@click.command("validate")
@click.option("--market", default="replay", show_default=True, help="replay, or sim?…&grain=1d.")
@click.option("--from", "since", metavar="T", help="The first day whose grades are judged.")
@click.option("--until", metavar="T", help="Nothing of this day or later is looked at.")
@click.option("--horizons", default=HORIZONS, show_default=True, help="Days that a ranking is held.")
@click.option(
    "--lags", default=LAGS, show_default=True, help="Days from a grade's day to the open it is traded at."
)
@click.option("--leaky", is_flag=True, help="Allow lag 0, which nobody can trade, and say so everywhere.")
@click.option("--costs", help="maker=…&taker=…&slippage_bps=…&impact=…&latency=…&participation=…, or none.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the report is kept.  [default: in the home's runs/]",
)
def app(
    market: str,
    since: str | None,
    until: str | None,
    horizons: str,
    lags: str,
    *,
    leaky: bool,
    costs: str | None,
    out: Path | None,
) -> None:
    """Judge the Trader Grade by what followed: coefficients, parts after costs, lags, against naive and random."""
    from core.canonical import digest
    from core.market import Costs
    from evals.grades.charts import check_charts, figure
    from evals.grades.markdown import SIMULATED, page
    from evals.grades.settings import Settings, days_of, horizons_of, lags_of
    from evals.grades.universe import read_universe
    from evals.grades.validation import validate
    from strategies.grades.trader import TRADER
    from tools.clocks import SystemClock
    from tools.exchange.paper.costs import costs_text, parse_costs

    first, end = days_of(since, until)
    settings = Settings(
        horizons_of(horizons),
        lags_of(lags, leaky=leaky),
        first,
        end,
        Costs() if costs is None else parse_costs(costs),
    )
    check_charts()
    asked: dict[str, Any] = {"market": market, "from": since, "until": until, "horizons": settings.horizons}
    asked |= {"lags": settings.lags, "costs": costs_text(settings.costs), "formula": TRADER.version}
    home = session().home
    universe = read_universe(market, home, SystemClock(), first, end, settings.reach)
    folder = out or home / "runs" / f"grades-{digest(asked).removeprefix('sha256:')[:12]}"
    made = validate(universe, TRADER, settings, tell=lambda line: click.echo(line, err=True))
    folder.mkdir(parents=True, exist_ok=True)
    words = ["tokenwise grades validate"]
    words += [f"--market '{market}'"] if market != "replay" else []
    for flag, value in (("--from", since), ("--until", until), ("--costs", costs)):
        words += [f"{flag} '{value}'"] if value else []
    for flag, value, usual in (("--horizons", horizons, HORIZONS), ("--lags", lags, LAGS)):
        words += [f"{flag} {value}"] if value != usual else []
    words += ["--leaky"] if leaky else []
    result, report = made.result, folder / "grades.md"
    (folder / "grades.png").write_bytes(figure(made))
    (folder / "result.json").write_text(
        json.dumps(result, ensure_ascii=False, allow_nan=False, indent=1) + "\n", encoding="utf-8"
    )
    report.write_text(page(result, " ".join(words), "grades.png"), encoding="utf-8")

    def tell() -> None:
        if universe.simulated:
            click.echo(SIMULATED)
        for line in result["verdict"]:
            click.echo(line)
        click.echo(f"report: {report}")

    warnings = [{"code": "leaky", "message": "lag 0 is not tradable: LEAKY"}] if settings.is_leaky else []
    answer(
        "grades_validate",
        {"out": str(folder), "report": str(report), **{k: v for k, v in result.items() if k != "schema"}},
        tell,
        simulated=universe.simulated,
        warnings=warnings,
    )
