"""The limits that bind every order: one frozen, validated object; nothing here ever writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from core.errors import UsageError
from core.instant import duration
from core.money import ZERO, plain
from strategies.risk.reading import SECTIONS, section
from strategies.risk.sections import (
    Allow,
    Caps,
    Edge,
    Exits,
    Exposure,
    LiquidityShare,
    Loss,
    Mode,
    Pace,
    Price,
    RuleModes,
    Sizing,
    SizingMode,
)

_SPANS = frozenset({"min_hold", "cooldown_after_loss", "max_age", "time"})


@dataclass(frozen=True)
class Limits:
    """Everything of ``limits.toml`` in force. Fractions are of equity unless a section says otherwise."""

    profile: str
    exposure: Exposure
    pace: Pace
    loss: Loss
    price: Price
    liquidity: LiquidityShare
    sizing: Sizing
    exits: Exits
    edge: Edge
    rules: RuleModes
    allow: Allow
    caps: Caps

    def __hash__(self) -> int:
        # Every review looks its rules up by these limits, so the hash is worked out once.
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, field.name) for field in fields(self)))


def profile(name: str) -> Limits:
    """The limits of a profile: ``cautious``, ``balanced``, ``bold`` or ``none``.

    Raises:
        UsageError: no such profile.
    """
    if name not in PROFILES:
        known = ", ".join(PROFILES)
        raise UsageError(f"there is no profile {name!r}", f"Use one of {known}.", candidates=[*PROFILES])
    return PROFILES[name]


def limits_from(raw: Mapping[str, object]) -> Limits:
    """The limits that a parsed ``limits.toml`` asks for; what it leaves out is its profile's (``balanced``).

    Raises:
        UsageError: an unknown key, a wrong type, a value out of its range, or values that contradict
            each other; the message names the key.
    """
    name = raw.get("profile", "balanced")
    if not isinstance(name, str):
        raise UsageError(f"profile is {name!r}", f"Use one of {', '.join(PROFILES)}.")
    limits = profile(name)
    for key, value in raw.items():
        if key == "profile":
            continue
        if key not in SECTIONS:
            known = ["profile", *SECTIONS]
            raise UsageError(
                f"limits know no key {key!r}", f"The keys are: {', '.join(known)}.", candidates=known
            )
        given: Any = section(key, value)
        limits = replace(limits, **{key: replace(getattr(limits, key), **given)})
    _check(limits)
    return limits


def _check(limits: Limits) -> None:
    reduce_at, halt_at = limits.loss.drawdown_reduce, limits.loss.drawdown_halt
    if reduce_at is not None and halt_at is not None and reduce_at > halt_at:
        raise UsageError(
            f"loss.drawdown_reduce is {plain(reduce_at)}, above loss.drawdown_halt of {plain(halt_at)}",
            "An account reduces before it halts: lower the first or raise the second.",
        )
    for switch, mode, needs, value in (
        ("rules.second_source", limits.rules.second_source, "price.collar_bps", limits.price.collar_bps),
        ("rules.depeg", limits.rules.depeg, "price.depeg_bps", limits.price.depeg_bps),
        ("rules.liquidity", limits.rules.liquidity, "liquidity.share_of_bar", limits.liquidity.share_of_bar),
    ):
        if mode is not Mode.OFF and value is None:
            raise UsageError(f"{switch} is {str(mode)!r}, but {needs} is not set", f"Set {needs} as well.")
    if limits.sizing.mode is SizingMode.VOLATILITY and limits.sizing.target_volatility is None:
        raise UsageError(
            "sizing.mode is 'volatility', but sizing.target_volatility is not set",
            "Set sizing.target_volatility as well, or use mode = 'full'.",
        )


_D = Decimal
_AVAILABLE = RuleModes(Mode.IF_AVAILABLE, Mode.IF_AVAILABLE, Mode.IF_AVAILABLE, Mode.IF_AVAILABLE)

BALANCED = Limits(
    profile="balanced",
    exposure=Exposure(_D("0.10"), _D("0.25"), _D("0.40"), _D("0.80"), _D("0.05"), _D("0.90")),
    pace=Pace(6, 20, duration("12h"), duration("24h")),
    loss=Loss(_D("0.03"), _D("0.10"), _D("0.20")),
    price=Price(duration("90s"), _D(100), _D(100)),
    liquidity=LiquidityShare(_D("0.02")),
    sizing=Sizing(SizingMode.VOLATILITY, _D("0.40"), _D("0.05"), _D("0.02")),
    exits=Exits(_D(3), ZERO, ZERO, 0),
    edge=Edge(_D("1.5")),
    rules=_AVAILABLE,
    allow=Allow(()),
    caps=Caps(None, None, None),
)

CAUTIOUS = replace(
    BALANCED,
    profile="cautious",
    exposure=Exposure(_D("0.05"), _D("0.15"), _D("0.25"), _D("0.50"), _D("0.20"), _D("0.85")),
    pace=Pace(3, 10, duration("24h"), duration("48h")),
    loss=Loss(_D("0.02"), _D("0.06"), _D("0.12")),
    price=Price(duration("90s"), _D(50), _D(50)),
    liquidity=LiquidityShare(_D("0.01")),
    sizing=Sizing(SizingMode.VOLATILITY, _D("0.25"), _D("0.03"), _D("0.02")),
    exits=Exits(_D("2.5"), ZERO, ZERO, 0),
    edge=Edge(_D(2)),
)

BOLD = replace(
    BALANCED,
    profile="bold",
    exposure=Exposure(_D("0.25"), _D("0.50"), _D("0.70"), _D("0.95"), _D("0.02"), _D("0.95")),
    pace=Pace(12, 40, duration("4h"), duration("8h")),
    loss=Loss(_D("0.06"), _D("0.20"), _D("0.35")),
    price=Price(duration("90s"), _D(200), _D(200)),
    liquidity=LiquidityShare(_D("0.05")),
    sizing=Sizing(SizingMode.VOLATILITY, _D("0.80"), _D("0.10"), _D("0.02")),
    exits=Exits(_D(4), ZERO, ZERO, 0),
    edge=Edge(_D(1)),
)

# For baselines and comparisons with other programs: nothing but what a venue itself would refuse.
NONE = Limits(
    profile="none",
    exposure=Exposure(None, None, None, None, ZERO, None),
    pace=Pace(None, None, 0, 0),
    loss=Loss(None, None, None),
    price=Price(None, None, None),
    liquidity=LiquidityShare(None),
    sizing=Sizing(SizingMode.FULL, None, None, ZERO),
    exits=Exits(ZERO, ZERO, ZERO, 0),
    edge=Edge(ZERO),
    rules=RuleModes(Mode.OFF, Mode.OFF, Mode.OFF, Mode.OFF),
    allow=Allow(()),
    caps=Caps(None, None, None),
)

PROFILES: Mapping[str, Limits] = {
    "cautious": CAUTIOUS,
    "balanced": BALANCED,
    "bold": BOLD,
    "none": NONE,
}
