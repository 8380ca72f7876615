"""What deciding took and came to: who decided, what was wished, why not, and what the models cost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from agent.report.history import History
from core.money import ZERO, add, exact, plain


@dataclass(slots=True)
class Thinking:
    """Totals over an account's decisions.

    *decided_by*: decisions by who made them. *actions*: proposals by what they wish (``long``, ``flat``),
    decisions without one as ``no_view``, and those of rules that changed nothing as ``unchanged``.
    *abstained*: decisions by the reason for giving none. *usd*: what calls with a known price cost;
    *unpriced*: calls without one.
    """

    decisions: int = 0
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: Decimal = ZERO
    unpriced: int = 0
    decided_by: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    abstained: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)

    def totals(self) -> dict[str, Any]:
        """The ``llm`` part of ``paper --json``."""
        return {
            "calls": self.calls,
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "usd": plain(self.usd),
            "unpriced_calls": self.unpriced,
        }

    @property
    def abstention_rate(self) -> float | None:
        """Abstentions as a fraction of decisions; `None` where there was no decision."""
        return sum(self.abstained.values()) / self.decisions if self.decisions else None


def thinking(story: History) -> Thinking:
    """The totals of *story*."""
    found = Thinking(decisions=story.decisions)
    for told in story.told.values():
        body = told.decided
        found.decided_by[body["decided_by"]] += 1
        if body["abstained"] is not None:
            found.abstained[body["abstained"]] += 1
        elif not body["proposals"]:
            found.actions["no_view"] += 1
        for proposal in body["proposals"]:
            found.actions["long" if proposal["stance"] > 0 else "flat"] += 1
        for call in (body["model"] or {}).get("calls", ()):
            _add_call(found, call)
    unchanged = story.decisions - len(story.told)
    if unchanged:
        found.decided_by["rule"] += unchanged  # only a rule's decisions are told as spans
        found.actions["unchanged"] = unchanged
    return found


def restated_facts(story: History) -> tuple[str, ...]:
    """The series beside candles that decisions saw as they are today, and not as they were shown then."""
    models = (told.decided["model"] or {} for told in story.told.values())
    return tuple(sorted({name for model in models for name in model.get("restated", ())}))


def _add_call(found: Thinking, call: dict[str, Any]) -> None:
    found.calls += 1
    found.models[call["model"]] += 1
    found.tokens_in += call["tokens_in"] or 0
    found.tokens_out += call["tokens_out"] or 0
    if call["usd"] is None:
        found.unpriced += 1
    else:
        found.usd = add(found.usd, exact(call["usd"]))
