"""The flags that every command which trades has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

_FLAGS = (
    click.option(
        "--decider",
        default="offline",
        show_default=True,
        help="offline, llm, llm:MODEL, rule:NAME[?key=value&…], grade:trader, grade:investor, grade:both or py:FILE.py.",
    ),
    click.option("--symbols", default="", help="A/USDT,B/USDT (default: all of the market)."),
    click.option(
        "--until",
        metavar="T",
        help="End, exclusive (default: 90 days on sim, all data on replay, never live).",
    ),
    click.option("--every", default="4h", show_default=True, help="How often to decide."),
    click.option("--grain", help="Width of the candles lived through (default: 1h, the sim's, or 1m live)."),
    click.option(
        "--profile", help="cautious, balanced, bold or none (default: the home's limits.toml, else balanced)."
    ),
    click.option("--limits", "limits_file", metavar="FILE", help="A limits.toml instead of a profile."),
    click.option("--deliberation", default="single", show_default=True, help="single, committee or debate."),
    click.option(
        "--llm", metavar="MODE", help="live, record, replay or off (default: TOKENWISE_LLM, else live)."
    ),
    click.option("--cassettes", metavar="DIR", help="Where model calls are recorded and replayed."),
    click.option(
        "--approve",
        default="auto",
        show_default=True,
        help="Who says yes to orders: auto, or ask (see approvals).",
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Seed of whatever draws."),
    click.option("--once", is_flag=True, help="Make one decision and end."),
    click.option("--new", is_flag=True, help="Begin the account again; its journal is kept."),
    click.option("--report", "report_path", metavar="PATH", help="Where the report goes, or none."),
)


def trading_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the common flags to *command*, in the order in which they are listed above."""
    for flag in reversed(_FLAGS):
        command = flag(command)
    return command
