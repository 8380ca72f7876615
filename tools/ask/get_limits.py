"""The risk limits in force for the account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from core.errors import UsageError
from core.instant import duration
from core.money import exact, plain
from core.observation import Missing
from tools.ask._arguments import Strict
from tools.ask._text import Stamp
from tools.ask._vocabulary import AskContext, Reply, Tool

SCOPE = "account"
SOURCE = "limits"
_UNITS = {"pace": "orders", "edge": "times"}
_ENDS = {"_bps": "bps", "_atr": "atr", "_volatility": "fraction_per_year"}


class Args(Strict):
    """Nothing: the account is the one that asks."""


class Result(Strict):
    """*limits* as `limits.toml` names them, fractions of equity; ``null``: not limited. *rules*: mode by code."""

    account: str | None = None
    profile: str | None = None
    limits: dict[str, dict[str, Any]] = Field(default_factory=dict)
    rules: dict[str, str] = Field(default_factory=dict)


def answer(_: Args, context: AskContext) -> Reply:
    """Every limit with its value, and every rule's mode."""
    held = context.limits
    if held is None:
        return Reply(Result(account=context.account).model_dump(), (), (Missing("limits", "no_account"),))
    sections = {name: dict(told) for name, told in held.items() if isinstance(told, Mapping)}
    rules = sections.pop("rules", {})
    told = Result(account=context.account, profile=str(held["profile"]), limits=sections, rules=rules)
    at = context.now if context.account_at is None else context.account_at
    stamp = Stamp(TOOL.name, SCOPE, at, SOURCE)
    evidence = [stamp("limits.profile", str(held["profile"]), "profile")]
    evidence += [stamp(f"limits.{name}", value, unit) for name, value, unit in _values(sections)]
    return Reply(told.model_dump(), tuple(evidence))


def _values(sections: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Name, text and unit of every limit that is set."""
    for section, values in sections.items():
        for key, value in values.items():
            if value is not None and isinstance(value, str | int | float):
                text = str(value)
                yield f"{section}.{key}", _number(text), _unit(section, key, text)


def _number(text: str) -> str:
    try:
        return plain(exact(text))
    except ValueError:
        return text


def _unit(section: str, key: str, text: str) -> str:
    try:
        duration(text)
        return "duration"
    except UsageError:
        pass
    for end, unit in _ENDS.items():
        if key.endswith(end):
            return unit
    if not text[:1].isdigit():
        return "mode"
    return _UNITS.get(section, "fraction")


TOOL = Tool(
    "get_limits",
    "The risk limits in force: exposure, pace, loss, sizing and exits, and which rules are on.",
    Args,
    Result,
    answer,
    of_account=True,
)
