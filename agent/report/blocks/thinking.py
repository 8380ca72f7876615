"""Who decided, what was wished how often, what was abstained from, and what models cost."""

from __future__ import annotations

from collections.abc import Mapping

from agent.report import words
from agent.report.markup import Markup, section, table
from agent.report.thinking import Thinking, thinking
from agent.report.view import View
from core.money import plain

_WISHES = {
    "long": "wished long",
    "flat": "wished flat",
    "no_view": "no view: every position stays",
    "unchanged": "nothing changed",
}


def block(view: View) -> Markup:
    """Totals of all decisions."""
    told = thinking(view.story)
    rows = [("decided by", name, f"{number:,}") for name, number in told.decided_by.most_common()]
    rows += [
        ("what came of it", _WISHES[name], f"{told.actions[name]:,}")
        for name in _WISHES
        if told.actions[name]
    ]
    rows += [("abstained", reason, f"{number:,}") for reason, number in told.abstained.most_common()]
    rate = told.abstention_rate
    rows.append(("abstained", "share of decisions", words.percent(rate) if rate is not None else words.NONE))
    rows += _calls(told)
    return section(
        "thinking",
        "Thinking",
        table(("", "", "number"), rows, numbers=(2,)),
        lead="What deciding took and came to. The offline analyst is a set of rules, not a language model.",
    )


def _calls(told: Thinking) -> list[tuple[str, str, str]]:
    rows = [("model calls", name, f"{number:,}") for name, number in told.models.most_common()]
    if not told.calls:
        return [("model calls", "no language model was asked", "0")]
    rows.append(("tokens", "in", f"{told.tokens_in:,}"))
    rows.append(("tokens", "out", f"{told.tokens_out:,}"))
    rows.append(("cost", "USD, all calls with a known price", plain(told.usd)))
    if told.decisions:
        rows.append(("cost", "USD a decision", f"{float(told.usd) / told.decisions:.6f}"))
    if told.unpriced:
        rows.append(("cost", "calls without a known price", f"{told.unpriced:,}"))
    return rows


def spent(told: Thinking) -> str:
    """One line for a terminal: who decided, calls and tokens a decision."""
    by = ", ".join(f"{name} {number:,}" for name, number in told.decided_by.most_common(3)) or "nobody"
    if not told.calls:
        return f"{by}; 0 LLM calls, 0 tokens"
    made = max(1, sum(told.decided_by.values()))
    tokens = (told.tokens_in + told.tokens_out) / made
    return f"{by}; {told.calls / made:.2f} LLM calls and {tokens:,.0f} tokens a decision, {plain(told.usd)} USD in all"


def reasons(abstained: Mapping[str, int]) -> str:
    """Abstentions by reason, the most frequent first."""
    return ", ".join(
        f"{reason} {number:,}" for reason, number in sorted(abstained.items(), key=lambda one: -one[1])
    )
