"""What limits come to in words and modes: the table that every run's header and report print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from core.canonical import digest
from core.instant import duration_text
from core.money import plain
from strategies.risk.limits import Limits
from strategies.risk.reading import SECTIONS
from strategies.risk.registry import registered
from strategies.risk.sections import Mode

_SPANS = frozenset({"min_hold", "cooldown_after_loss", "max_age", "time"})


def modes(limits: Limits) -> Mapping[str, Mode]:
    """Each registered rule's mode under *limits*, by its code."""
    return {rule.code: rule.mode(limits) for rule in registered()}


def describe(limits: Limits, narratives: Mapping[str, tuple[str, ...]] | None = None) -> dict[str, Any]:
    """Every value in force as JSON (``null``: not limited), and under ``rules`` each rule's mode by code.

    With *narratives*, those of each symbol of the run as well: what has none counts in none.
    """
    told: dict[str, Any] = {"profile": limits.profile}
    for name in SECTIONS:
        held = getattr(limits, name)
        told[name] = {field.name: _told(field.name, getattr(held, field.name)) for field in fields(held)}
    told["rules"] = {code: str(mode) for code, mode in modes(limits).items()}
    if narratives is not None:
        told["narratives"] = {symbol: list(names) for symbol, names in narratives.items()}
    return told


@lru_cache(maxsize=64)
def limits_hash(limits: Limits) -> str:
    """64 hex digits: SHA-256 of what `describe` says."""
    return digest(describe(limits))


def _told(name: str, value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    if name in _SPANS and isinstance(value, int):
        return duration_text(value)
    if isinstance(value, StrEnum):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
