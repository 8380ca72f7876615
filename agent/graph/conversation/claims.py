"""The ground-check of an answer, sentence by sentence: each number and date stands in evidence, or goes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.graph.conversation.toolbelt import QUOTE
from agent.models.claims import claims as numbers_of
from agent.models.grounding import unsupported
from core.instant import iso
from tools.ask import AskContext, Evidence

_BREAK = re.compile(r"(?<=[.!?])(?:\*\*|[)\"'])?\s+(?=[A-Z0-9*_\-+\"'(])")
_MOMENT = re.compile(
    r"\b(\d{4}-\d{2}-\d{2})(?:(?:T|,? (?:at )?)(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?)?(?:Z\b| UTC\b)?"
)
_IDS = re.compile(r"\s?\[e\d+(?:, ?e\d+)*\]")
_WORD = re.compile(r"[A-Za-z0-9][\w:/.-]*\w|\w")


@dataclass(slots=True)
class Checked:
    """*text*: what may be said. *faults*: each sentence that may not, with what it cannot show."""

    text: str
    claims: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


class GroundCheck:
    """Holds sentences against *evidence*; *names* hold digits that are no claims."""

    def __init__(self, evidence: Mapping[str, Evidence], context: AskContext, names: Collection[str]) -> None:
        self._evidence = dict(evidence)
        self._moments = {iso(context.now)[:16]}
        for one in evidence.values():
            self._moments.update((iso(one.as_of)[:16], iso(one.known_at)[:16]))
        self._days = {moment[:10] for moment in self._moments}
        digits = sorted((name for name in names if re.search(r"\d", name)), key=len, reverse=True)
        self._names = re.compile("|".join(map(re.escape, digits)), re.IGNORECASE) if digits else None
        self._metrics = {one.metric for one in evidence.values()}
        self._called = {asset: _called(asset, context) for asset in {e.asset for e in evidence.values()}}

    def answer(self, draft: str) -> Checked:
        """The *draft* without the sentences that claim what nothing bears out."""
        lines, checked = [], Checked("")
        for line in _IDS.sub("", draft).strip().splitlines():
            kept = [one for one in sentences(line) if self._stands(one, checked)]
            if kept or not line.strip():
                lines.append(" ".join(kept))
        checked.text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
        return checked

    def strange(self, sentence: str) -> tuple[str, ...]:
        """The numbers and dates of *sentence* that no evidence about its assets bears out."""
        rest, wrong = self._without_moments(sentence)
        facts = self._about(sentence)
        quoted = {
            number for one in facts.values() if one.metric == QUOTE for number in self._numbers(one.value)
        }
        found = unsupported(rest, facts.values(), self._metrics)
        return (*wrong, *(number for number in found if number not in quoted))

    def _stands(self, sentence: str, checked: Checked) -> bool:
        strange = self.strange(sentence)
        if strange:
            checked.faults.append((sentence.strip(), strange))
            return False
        rest, _ = self._without_moments(sentence)
        numbers = self._numbers(rest)
        if numbers:
            text = re.sub(r"^[\s>*#-]+|\*\*", "", sentence).strip()
            checked.claims.append(
                {"text": text, "numbers": numbers, "evidence": self._grounds(rest, numbers)}
            )
        return True

    def _grounds(self, sentence: str, numbers: list[str]) -> list[str]:
        """For each number the first evidence that bears it out."""
        found: dict[str, str] = {}
        for identity, one in self._about(sentence).items():
            if one.metric == QUOTE:
                borne = set(self._numbers(one.value)) & set(numbers)
            else:
                borne = set(numbers) - set(unsupported(sentence, (one,), self._metrics))
            for number in borne:
                found.setdefault(number, identity)
        return sorted(set(found.values()), key=lambda identity: int(identity[1:]))

    def _numbers(self, text: str) -> list[str]:
        return [one.text for one in numbers_of(text, self._metrics)]

    def _about(self, sentence: str) -> dict[str, Evidence]:
        """The evidence about the assets that *sentence* names, and the account's; all where it names none."""
        words = {word.casefold() for word in _WORD.findall(sentence.replace("*", ""))}
        words |= {word.removesuffix("'s") for word in words}
        named = {asset for asset, called in self._called.items() if called & words}
        if not named:
            return self._evidence
        return {
            identity: one
            for identity, one in self._evidence.items()
            if one.asset in named or one.asset == "account" or one.metric == QUOTE
        }

    def _without_moments(self, sentence: str) -> tuple[str, list[str]]:
        """*sentence* without its dates and times, and those of them that no evidence is of."""
        if self._names is not None:
            sentence = self._names.sub(" ", sentence)
        wrong = []
        for match in _MOMENT.finditer(sentence):
            day, time = match.groups()
            if day not in self._days or (time and f"{day}T{time}" not in self._moments):
                wrong.append(match[0])
        return _MOMENT.sub(" ", sentence), wrong


def sentences(line: str) -> Iterator[str]:
    """The sentences of one line of markdown; a table's row is one."""
    if line.lstrip().startswith("|"):
        yield line
        return
    start = 0
    for match in _BREAK.finditer(line):
        yield line[start : match.end()].rstrip()
        start = match.end()
    if line[start:].strip():
        yield line[start:]


def _called(asset: str, context: AskContext) -> set[str]:
    """Everything that *asset* (an id or a symbol) is called, lower-cased."""
    symbol = context.symbols.get(asset, asset)
    known = context.assets.get(symbol)
    names = {asset, symbol, symbol.partition("/")[0]}
    if known is not None:
        names |= {known.id, known.ticker, known.name}
    return {name.casefold() for name in names if name not in ("account", "market")}
