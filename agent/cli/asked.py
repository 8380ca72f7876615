"""What a command that trades was asked for, and what that means on a world."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.cli.session import session
from agent.runtime.account import Account
from agent.runtime.approvers import check_approver
from agent.runtime.config import RunConfig
from agent.runtime.deciders import canonical_decider
from agent.runtime.halt_switch import HaltSwitch
from agent.runtime.minds import Thinking, deliberation_of
from agent.runtime.schedule import Schedule
from agent.runtime.worlds import World
from core.assets import split_symbol
from core.errors import StoppedError, UsageError
from core.instant import instant, interval
from core.market import Costs
from core.money import money
from strategies.risk.case import State
from strategies.risk.limits import Limits, limits_from, profile
from tools.exchange.paper.costs import costs_text, parse_costs


@dataclass(frozen=True, slots=True)
class Asked:
    """The flags of ``paper``, as they were given."""

    account: str = "paper"
    market: str = "sim"
    decider: str = "offline"
    symbols: str = ""
    start: str | None = None
    until: str | None = None
    every: str = "4h"
    grain: str | None = None
    cash: str = "10000 USDT"
    profile: str | None = None
    limits_file: str | None = None
    costs: str | None = None
    approve: str = "auto"
    seed: int = 0
    once: bool = False
    new: bool = False
    report_path: str | None = None
    deliberation: str = "single"
    llm: str | None = None
    cassettes: str | None = None

    @property
    def thinking(self) -> Thinking:
        """How models are asked."""
        folder = None if self.cassettes is None else Path(self.cassettes).absolute()
        return Thinking(self.llm, folder, self.deliberation)


def configured(asked: Asked, world: World) -> RunConfig:
    """What *asked* means on *world*.

    Raises:
        UsageError: flags that cannot be lived through.
    """
    limits = _limits(asked)
    costs = Costs() if asked.costs is None else parse_costs(asked.costs)
    cash, quote = money(asked.cash), split_symbol(world.symbols[0])[1]
    if cash.asset != quote:
        raise UsageError(
            f"--cash is {cash}, but these symbols are paid in {quote}", f"Write it as '10000 {quote}'."
        )
    until = world.until if asked.until is None else instant(asked.until)
    every = interval(asked.every)
    # what cannot be lived through is refused before anything is opened
    Schedule(world.start, min(until, world.until), world.grain, every)
    check_approver(asked.approve)
    return RunConfig(
        asked.account,
        world.spec,
        canonical_decider(asked.decider),
        world.symbols,
        world.start,
        until,
        every,
        world.grain,
        cash,
        limits,
        limits.profile,
        costs,
        costs_text(costs),
        asked.approve,
        asked.seed,
        open_ended=asked.until is None,
        deliberation=deliberation_of(asked.deliberation),
    )


def symbols_of(asked: Asked) -> list[str]:
    """The symbols that were named."""
    return [symbol.strip().upper() for symbol in asked.symbols.split(",") if symbol.strip()]


def _limits(asked: Asked) -> Limits:
    home_file = session().home / "limits.toml"
    file = home_file if asked.limits_file is None else Path(asked.limits_file)
    if asked.limits_file is None and not os.path.lexists(home_file):
        return profile(asked.profile or "balanced")
    if asked.profile is not None:
        raise UsageError(
            f"--profile {asked.profile} and the limits of {file} are both asked for",
            f'Leave one out: {file} may itself say profile = "{asked.profile}".',
        )
    return limits_from(_toml(file))


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}", "Give the path of a limits.toml.") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder", "Give the path of a limits.toml.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}", "Mend that line.") from error


def refuse_halted(home: Path, account: Account) -> None:
    """Refuses to start while trading is halted.

    Raises:
        StoppedError: it is.
    """
    switch = HaltSwitch(home)
    if switch.is_set():
        raise StoppedError(f"trading is halted: {switch.read()[1]}", "Lift the halt with 'tokenwise resume'.")
    if account.state is State.HALTED:
        raise StoppedError(
            f"the account {account.name!r} was halted",
            "Look at its report, then lift it with 'tokenwise resume'.",
        )
