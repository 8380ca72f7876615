"""``eval lookahead``: exit 6 where anything rested on what came after it."""

from __future__ import annotations

from pathlib import Path

import click

from agent.cli.session import answer, session

LEAKED = 6
UNPROVIDED = ("flash_crash", "poisoned_news", "depeg")
"""What needs no data, where no scenario is named."""


@click.command("lookahead")
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="ID|FILE",
    help="Which; repeatable.  [default: flash_crash, poisoned_news, depeg]",
)
@click.option(
    "--decider",
    "deciders",
    multiple=True,
    metavar="SPEC",
    help="Which; repeatable.  [default: offline, rule:sma_cross]",
)
@click.option("--profile", "limits", default="balanced", show_default=True, help="Limits in force.")
@click.option(
    "--costs", default="", help="maker=…&taker=…&slippage_bps=…&impact=…&latency=…&participation=…, or none."
)
@click.option("--deliberation", default="single", show_default=True, help="single, committee or debate.")
@click.option("--llm", metavar="MODE", help="How models are asked: replay.")
@click.option("--cassettes", type=click.Path(path_type=Path), help="Where recorded answers lie.")
@click.option(
    "--moments", default=48, show_default=True, type=click.IntRange(1), help="Decisions asked again, each."
)
@click.option(
    "--runs", default=3, show_default=True, type=click.IntRange(0), help="Whole runs lived again, each."
)
@click.option(
    "--answers", default=4, show_default=True, type=click.IntRange(0), help="Instants of every answer."
)
@click.option("--seed", default=0, show_default=True, help="Which instants, and which garbage.")
def lookahead(
    scenarios: tuple[str, ...],
    deciders: tuple[str, ...],
    limits: str,
    costs: str,
    deliberation: str,
    llm: str | None,
    cassettes: Path | None,
    moments: int,
    runs: int,
    answers: int,
    seed: int,
) -> None:
    """Prove that no decision rests on what came after it: all of that becomes garbage, nothing may change."""
    from agent.runtime.minds import Thinking, deliberation_of
    from evals.lookahead.proof import Depth, Manner, check
    from evals.scenario import load
    from strategies.risk.limits import profile
    from tools.clocks import SystemClock

    names = [one for text in scenarios or UNPROVIDED for one in text.split(",")]
    found = check(
        [load(one) for one in names],
        list(deciders) or ["offline", "rule:sma_cross"],
        session().home,
        SystemClock(),
        manner=Manner(profile(limits), costs, Thinking(llm, cassettes, deliberation_of(deliberation))),
        depth=Depth(moments, runs, answers, seed),
        tell=lambda line: click.echo(line, err=True),
    )

    def tell() -> None:
        for leak in found.leaks:
            click.echo(str(leak))
        if not found.leaks:
            click.echo(found.line())

    missing = [{"code": "missing", "message": f"{one['what']}: {one['why']}"} for one in found.missing]
    answer("eval_lookahead", found.told(), tell, simulated=found.simulated, warnings=missing)
    if found.leaks:
        raise click.exceptions.Exit(LEAKED)
