"""The ground-check of an answer, sentence by sentence: each number and date stands in evidence, or goes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from agent.graph.conversation.moments import Moments
from agent.graph.conversation.toolbelt import QUOTE
from agent.models.claims import claims as numbers_of
from agent.models.grounding import unsupported
from core.instant import iso
from tools.ask import AskContext, Evidence

_BREAK = re.compile(r"(?<=[.!?])(?:\*\*|[)\"'])?\s+(?=[A-Z0-9*_\-+\"'(])")
# three words at least: a bare number in quotation marks is no quotation
_QUOTED = re.compile(r'"([^"\s]+(?: [^"\s]+){2,})"')
_IDS = re.compile(r"\s?\[e\d+(?:, ?e\d+)*\]")
_WORD = re.compile(r"[A-Za-z0-9][\w:/.-]*\w|\w")


@dataclass(slots=True)
class Checked:
    """*text*: what may be said. *faults*: each sentence that may not, with what it cannot show."""

    text: str
    claims: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


class GroundCheck:
    """Holds sentences against *evidence*; *names* hold digits that are no claims, *moments* (ISO) may be told."""

    def __init__(
        self,
        evidence: Mapping[str, Evidence],
        context: AskContext,
        names: Collection[str] = (),
        moments: Collection[str] = (),
    ) -> None:
        self._evidence = dict(evidence)
        known = [iso(moment) for one in evidence.values() for moment in (one.as_of, one.known_at)]
        self._moments = Moments((iso(context.now), *moments, *known))
        digits = sorted((name for name in names if re.search(r"\d", name)), key=len, reverse=True)
        self._names = re.compile("|".join(map(re.escape, digits)), re.IGNORECASE) if digits else None
        self._metrics = {one.metric for one in evidence.values()}
        self._called = {asset: _called(asset, context) for asset in {e.asset for e in evidence.values()}}

    def stands(self, text: str) -> bool:
        """Whether every sentence of *text* is borne out."""
        return not any(self.strange(one) for line in text.splitlines() for one in sentences(line))

    def answer(self, draft: str) -> Checked:
        """The *draft* without the sentences that claim what nothing bears out."""
        lines, checked = [], Checked("")
        for line in without_ids(draft).strip().splitlines():
            kept = [one for one in sentences(line) if self._stands(one, checked)]
            if kept or not line.strip():
                lines.append(" ".join(kept))
        checked.text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
        return checked

    def strange(self, sentence: str) -> tuple[str, ...]:
        """The numbers and dates of *sentence* that no evidence about its assets bears out."""
        rest, wrong = self._without_moments(self._without_quotes(sentence)[0])
        return (*wrong, *unsupported(rest, self._about(sentence).values(), self._metrics))

    def _stands(self, sentence: str, checked: Checked) -> bool:
        strange = self.strange(sentence)
        if strange:
            checked.faults.append((sentence.strip(), strange))
            return False
        own, quoted = self._without_quotes(sentence)
        rest, _ = self._without_moments(own)
        numbers = self._numbers(rest)
        grounds = self._grounds(rest, self._about(sentence), numbers)
        for identity, span in quoted.items():
            numbers += self._numbers(self._without_moments(span)[0])
            grounds.append(identity)
        if numbers:
            text = re.sub(r"^[\s>*#-]+|\*\*", "", sentence).strip()
            checked.claims.append({"text": text, "numbers": numbers, "evidence": grounds})
        return True

    def _grounds(self, sentence: str, about: dict[str, Evidence], numbers: list[str]) -> list[str]:
        """For each number the first evidence that bears it out."""
        identities, facts = list(about), list(about.values())
        found = set()
        for number in dict.fromkeys(numbers):
            # more facts never bear out less, so the first that does can be bisected for
            borne = partial(self._is_borne_out, sentence, number, facts)
            first = bisect_left(range(1, len(facts) + 1), 1, key=borne)
            if first < len(facts):
                found.add(identities[first])
        return sorted(found, key=lambda identity: int(identity[1:]))

    def _is_borne_out(self, sentence: str, number: str, facts: list[Evidence], count: int) -> bool:
        """Whether one of the first *count* of *facts* bears out *number*."""
        return number not in unsupported(sentence, facts[:count], self._metrics)

    def _without_quotes(self, sentence: str) -> tuple[str, dict[str, str]]:
        """*sentence* without what it quotes to the letter, and that by the id of its evidence.

        A quotation says what somebody said; outside its marks its numbers are nobody's.
        """
        quoted = {}
        for match in _QUOTED.finditer(sentence):
            for identity, one in self._evidence.items():
                if one.metric == QUOTE and match[1].strip() in quotable(one.value):
                    quoted[identity] = match[1]
                    sentence = sentence.replace(match[0], " ")
                    break
        return sentence, quoted

    def _numbers(self, text: str) -> list[str]:
        return [one.text for one in numbers_of(text, self._metrics)]

    def _about(self, sentence: str) -> dict[str, Evidence]:
        """The evidence about the assets that *sentence* names, and the account's; all where it names none.

        What somebody said is no ground for a number, were it nothing but one: it can be quoted only.
        """
        words = {word.casefold() for word in _WORD.findall(sentence.replace("*", ""))}
        words |= {word.removesuffix("'s") for word in words}
        named = {asset for asset, called in self._called.items() if called & words}
        return {
            identity: one
            for identity, one in self._evidence.items()
            if one.metric != QUOTE and (not named or one.asset in named or one.asset == "account")
        }

    def _without_moments(self, sentence: str) -> tuple[str, list[str]]:
        """*sentence* without its dates and times, and those of them that no evidence is of."""
        if self._names is not None:
            sentence = self._names.sub(" ", sentence)
        return self._moments.without(sentence)


def without_ids(text: str) -> str:
    """*text* without the ids of evidence: they are told beside the answer, not in it."""
    return _IDS.sub("", text)


def quotable(text: str) -> str:
    """*text* on one line and without quotation marks, as it can stand between them."""
    return " ".join(text.replace('"', "'").split())


def sentences(line: str) -> Iterator[str]:
    """The sentences of one line of markdown; a table's row is one, and a quotation is never cut."""
    if line.lstrip().startswith("|"):
        yield line
        return
    start, whole = 0, _QUOTED.sub(lambda match: "Q" * len(match[0]), line)
    for match in _BREAK.finditer(whole):
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
