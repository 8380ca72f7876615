"""What a run was asked for: everything that must be the same for an account to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.canonical import digest
from core.errors import UsageError
from core.instant import Instant, Interval, iso
from core.market import Costs
from core.money import Money
from strategies.risk.in_force import limits_hash
from strategies.risk.limits import Limits


@dataclass(frozen=True, slots=True)
class RunConfig:
    """One run's configuration. *market*, *decider* and *costs_text* are canonical texts.

    *open_ended*: no end was asked for, so *until* is where the data ends and may move on with it.
    *sleeves*: a full target is one part of so many; `None`: of as many as there are symbols. With 1 a stance
    is a fraction of the account itself, as a basket's weights are.
    """

    account: str
    market: str
    decider: str
    symbols: tuple[str, ...]
    start: Instant
    until: Instant
    every: Interval
    grain: Interval
    cash: Money
    limits: Limits
    profile: str
    costs: Costs
    costs_text: str
    approve: str = "auto"
    seed: int = 0
    open_ended: bool = False
    deliberation: str = "single"
    sleeves: int | None = None

    def describe(self) -> dict[str, Any]:
        """The configuration as journalled and compared: plain JSON values."""
        return {
            "account": self.account,
            "market": self.market,
            "decider": self.decider,
            "symbols": list(self.symbols),
            "from": iso(self.start),
            "until": iso(self.until),
            "open_ended": self.open_ended,
            "deliberation": self.deliberation,
            "every": str(self.every),
            "grain": str(self.grain),
            "cash": str(self.cash),
            "profile": self.profile,
            "limits_hash": limits_hash(self.limits),
            "costs": self.costs_text,
            "approve": self.approve,
            "seed": self.seed,
            **({} if self.sleeves is None else {"sleeves": self.sleeves}),
        }

    def hash(self) -> str:
        """SHA-256 of the configuration."""
        return digest(self.describe())


def refuse_changes(before: Mapping[str, Any], now: Mapping[str, Any], account: str) -> None:
    """Refuses to go on with an account under another configuration.

    Raises:
        UsageError: what differs, old and new.
    """
    free = {"until"} if before.get("open_ended") and now["open_ended"] else set()
    changed = [key for key in now if key not in free and before.get(key) != now[key]]
    if changed:
        told = "; ".join(f"{key} was {before.get(key)!r}, now {now[key]!r}" for key in changed)
        raise UsageError(
            f"the account {account!r} was started otherwise: {told}",
            "Give the same flags to go on, --new to begin again, or another --account.",
            code="other_flags",
        )
