"""The lines of a prompt that carry data: evidence, what is missing, views. Written and read in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

MARKET = "market"
ACCOUNT = "account"

_EVIDENCE = re.compile(r"^\[(e\d+)\] (\d+|market|account) ([a-z0-9_.]+) (\S+) (\S+)$", re.MULTILINE)
_MENU = re.compile(r"^(\d+) (\S+)$", re.MULTILINE)
_TASK = re.compile(r"\Atask: ([a-z]+)$", re.MULTILINE)
_VIEW = re.compile(
    r"^view: (technical|risk|debate) (\d+) (-?\d+(?:\.\d+)?) (\d+(?:\.\d+)?) (days|weeks|months)"
    r" (-|e\d+(?:,e\d+)*)$",
    re.MULTILINE,
)
_DISPUTED = re.compile(r"^disputed: ([\d,]+)$", re.MULTILINE)


class EvidenceLine(NamedTuple):
    """One fact as a model reads it. *scope*: an asset's number in the menu, ``market`` or ``account``.

    A tuple because hundreds are made per decision, at a quarter of the cost of a frozen dataclass.
    """

    id: str
    scope: str
    metric: str
    value: str
    unit: str

    def __str__(self) -> str:
        return f"[{self.id}] {self.scope} {self.metric} {self.value} {self.unit}"


@dataclass(frozen=True, slots=True)
class View:
    """What one analyst thinks of one asset; its words stay out of every other prompt."""

    by: str
    asset: int
    stance: float
    confidence: float
    horizon: str
    evidence: tuple[str, ...]

    def __str__(self) -> str:
        ids = ",".join(self.evidence) or "-"
        return f"view: {self.by} {self.asset} {self.stance:.4g} {self.confidence:.4g} {self.horizon} {ids}"


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that a user message holds, read back."""

    task: str
    menu: Mapping[int, str]
    lines: tuple[EvidenceLine, ...]
    views: tuple[View, ...]
    disputed: tuple[int, ...]


def menu_text(menu: Iterable[str]) -> str:
    """One line per asset, its index first."""
    return "\n".join(f"{index} {symbol}" for index, symbol in enumerate(menu))


def read(message: str) -> Brief:
    """The data of a user message made from ``prompts/decide.md``; what is no such line is passed over."""
    task = _TASK.search(message)
    disputed = _DISPUTED.search(message)
    listed = message.partition("\nEvidence:\n")[0]
    return Brief(
        task[1] if task else "decide",
        {int(match[1]): match[2] for match in _MENU.finditer(listed)},
        tuple(EvidenceLine(*match.groups()) for match in _EVIDENCE.finditer(message)),
        tuple(_view(match) for match in _VIEW.finditer(message)),
        tuple(int(one) for one in disputed[1].split(",") if one) if disputed else (),
    )


def _view(match: re.Match[str]) -> View:
    by, asset, stance, confidence, horizon, ids = match.groups()
    evidence = () if ids == "-" else tuple(ids.split(","))
    return View(by, int(asset), float(stance), float(confidence), horizon, evidence)
