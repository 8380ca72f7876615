"""A scenario: a stretch of history, or an invented one, that deciders are put through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from core.canonical import digest
from core.errors import UsageError
from core.instant import Instant, Interval, duration_text, iso
from core.money import Money, plain

Check = Literal["inside_limits", "orders_at_most", "no_entry_after", "flat_at_end"]
CHECKS: tuple[Check, ...] = get_args(Check)
KINDS = ("ohlcv", "onchain", "fundamental", "sentiment", "funding", "news")
"""What `Scenario.sources` may name; ``onchain:bitcoin`` is that of one asset."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was published, not computed here, and by whom.

    With *asset*, *metric*, *value* and *unit* it becomes an observation of the scenario; without them a piece of news.
    """

    text: str
    source: str
    as_of: Instant
    known_at: Instant
    asset: str | None = None
    metric: str | None = None
    value: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Expect:
    """What must hold of a run. *value*: a count for ``orders_at_most``, an instant for ``no_entry_after``."""

    check: Check
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Synthetic:
    """Which invented market stands in the place of stored data; *params* are the generator's own, all of them."""

    generator: str
    seed: int
    params: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario. *end* is exclusive; *warmup_ms* of candles are shown from before *start*.

    *symbols* are frozen at the start. *needs*: the command that brings its data, where that is not at
    hand from the beginning.
    """

    id: str
    title: str
    start: Instant
    end: Instant
    warmup_ms: int
    grain: Interval
    every: Interval
    symbols: tuple[str, ...]
    cash: Money
    sources: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    expects: tuple[Expect, ...] = ()
    synthetic: Synthetic | None = None
    needs: str | None = None

    def describe(self) -> dict[str, Any]:
        """Everything that a run can depend on, as plain JSON values; the title and *needs* are for people only."""
        synthetic = self.synthetic
        return {
            "id": self.id,
            "start": iso(self.start),
            "end": iso(self.end),
            "warmup": duration_text(self.warmup_ms),
            "grain": str(self.grain),
            "every": str(self.every),
            "symbols": list(self.symbols),
            "cash": str(self.cash),
            "sources": list(self.sources),
            "facts": [_described(fact) for fact in self.facts],
            "expects": [[expect.check, expect.value] for expect in self.expects],
            "synthetic": synthetic
            and {"generator": synthetic.generator, "seed": synthetic.seed, "params": dict(synthetic.params)},
        }

    def hash(self) -> str:
        """SHA-256 (hex) over `describe`."""
        return digest(self.describe())


def _described(fact: Fact) -> dict[str, Any]:
    return {
        "text": fact.text,
        "source": fact.source,
        "asset": fact.asset,
        "metric": fact.metric,
        "value": None if fact.value is None else plain(fact.value),
        "unit": fact.unit,
        "as_of": iso(fact.as_of),
        "known_at": iso(fact.known_at),
    }


def load(text: str) -> Scenario:
    """The scenario that *text* names: a built-in id, or the path of a TOML file.

    Raises:
        UsageError: there is none, or the file says something that cannot be.
    """
    from evals.scenario_file import read_scenario

    known = _shelf()
    if text in known:
        return known[text]
    path = Path(text)
    if path.suffix == ".toml" or "/" in text or path.is_file():
        return read_scenario(path, str(path))
    near = sorted(known, key=lambda one: (not one.startswith(text[:3]), one))
    raise UsageError(
        f"there is no scenario {text!r}",
        "Choose one of 'tokenwise eval list', or give the path of a TOML file.",
        code="unknown_scenario",
        candidates=near,
    )


def builtin() -> tuple[Scenario, ...]:
    """Every scenario that comes with the program: history in time, then the synthetic pack by name."""
    return tuple(sorted(_shelf().values(), key=lambda one: (one.synthetic is not None, one.start, one.id)))


@cache
def _shelf() -> Mapping[str, Scenario]:
    from evals.scenario_file import read_scenario

    folder = files("evals").joinpath("scenarios")
    found = (
        read_scenario(file, f"the built-in scenario {file.name}")
        for part in ("history", "synthetic")
        for file in sorted(folder.joinpath(part).iterdir(), key=lambda one: one.name)
        if file.name.endswith(".toml")
    )
    return {scenario.id: scenario for scenario in found}
