"""Dates and times in an answer: each must be a moment that some evidence is of."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_CLOCK = r"(?P<clock>\d{1,2}:\d{2})(?::\d{2}(?:\.\d+)?)?"
_AFTER = rf"(?:(?:T|,? (?:at )?){_CLOCK})?(?:Z\b| ?\(?UTC\b\)?)?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<year>\d{{4}})-(?P<number>\d{{2}})(?:-(?P<day>\d{{2}}))?(?![\d-]){_AFTER}",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH}(?:,? (?P<year>\d{{4}}))?\b{_AFTER}",
        rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>\d{{4}})\b)?{_AFTER}",
        rf"\b{_CLOCK}(?:Z\b| ?\(?UTC\b\)?)?",
    )
)


class Moments:
    """The moments (ISO texts) that an answer may tell, to the minute, the day or the month."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = sorted({moment[:16] for moment in known})

    def without(self, sentence: str) -> tuple[str, list[str]]:
        """*sentence* with its moments blanked out, and those among them that are not known."""
        wrong = []
        for pattern in _PATTERNS:
            for match in pattern.finditer(sentence):
                if not any(_is_of(match, moment) for moment in self._known):
                    wrong.append(match[0].strip())
            sentence = pattern.sub(" ", sentence)
        return sentence, wrong


def _is_of(match: re.Match[str], moment: str) -> bool:
    told = match.groupdict()
    month = told.get("number") or (
        f"{_MONTHS.index(told['month'][:3].lower()) + 1:02}" if told.get("month") else None
    )
    day, clock = told.get("day"), told.get("clock")
    return (
        moment[:4] == (told.get("year") or moment[:4])
        and moment[5:7] == (month or moment[5:7])
        and moment[8:10] == (day.zfill(2) if day else moment[8:10])
        and moment[11:16] == (clock.zfill(5) if clock else moment[11:16])
    )
