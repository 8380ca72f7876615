"""What a screen is asked for, in words: ``trader>=60``, ``fdv<1e9``, ``narrative=AI``. Read, never evaluated."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from core.assets import NARRATIVES
from core.errors import UsageError
from core.money import plain

NARRATIVE = "narrative"
_FORM = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]{0,59})\s*(>=|<=|!=|>|<|=)\s*(\S(?:.*\S)?)\s*")
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?")
_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_NEAR = 6
_HOW = "Write it in quotes, as 'trader>=60', 'fdv<1e9' or 'narrative=AI'."


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition. *bound*: a number for ``>= <= > <``, the name of a narrative for ``= !=``."""

    metric: str
    sign: str
    bound: Decimal | str

    def __str__(self) -> str:
        return f"{self.metric}{self.sign}{self.bound if isinstance(self.bound, str) else plain(self.bound)}"

    def passes(self, value: Decimal | float) -> bool:
        """Whether *value* fulfils it: exactly where it is money, as floats compare where it is a statistic."""
        bound = Decimal(self.bound)
        return _SIGNS[self.sign](value, bound if isinstance(value, Decimal) else float(bound))

    def admits(self, narratives: Collection[str]) -> bool:
        """Whether an asset of *narratives* fulfils it."""
        return (self.bound in narratives) == (self.sign == "=")


def read_filter(text: str) -> Filter:
    """One filter; whether its metric exists is asked of `known_metric`.

    Raises:
        UsageError: not of the form METRIC SIGN VALUE, or a value that is no number of that form.

    >>> str(read_filter("fdv < 1e9")), str(read_filter("narrative=ai"))
    ('fdv<1000000000', 'narrative=AI')
    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise UsageError(f"{text!r} is no filter", _HOW, code="filter")
    metric, sign, value = form[1].lower(), form[2], form[3]
    if metric == NARRATIVE:
        if sign not in ("=", "!="):
            raise UsageError(
                f"narrative cannot be compared with {sign!r}",
                "Use narrative=AI or narrative!=AI.",
                code="filter",
            )
        return Filter(NARRATIVE, sign, narrative_named(value))
    if sign not in _SIGNS:
        raise UsageError(
            f"{metric} is a number, which {sign!r} does not compare", "Use >=, <=, > or <.", code="filter"
        )
    if not _NUMBER.fullmatch(value):
        raise UsageError(f"{value!r} of {text!r} is no number", _mend(value), code="filter")
    return Filter(metric, sign, Decimal(value))


def narrative_named(name: str) -> str:
    """The narrative called *name*, however it is capitalised.

    Raises:
        UsageError: there is none; all of them are candidates.
    """
    known = {one.casefold(): one for one in NARRATIVES}
    found = known.get(name.strip().casefold())
    if found is None:
        raise UsageError(
            f"there is no narrative {name.strip()!r}",
            "Use one of the candidates.",
            code="unknown_narrative",
            candidates=NARRATIVES,
        )
    return found


def known_metric(name: str, known: Collection[str]) -> str:
    """*name* where it is one of *known*.

    Raises:
        UsageError: it is not; the near ones are candidates.
    """
    if name in known:
        return name
    inside = [one for one in sorted(known) if len(name) > 2 and name in one]
    near = dict.fromkeys((*get_close_matches(name, sorted(known), n=_NEAR, cutoff=0.6), *inside))
    raise UsageError(
        f"there is no metric {name!r}",
        "Use a grade, an indicator or a fact, as one of the candidates.",
        code="unknown_metric",
        candidates=(*near,)[:_NEAR] or ("trader", "investor", "market_cap", "tvl", "return_30"),
    )


def _mend(value: str) -> str:
    if value.endswith("%"):
        return "Fractions are fractions: 10 % is 0.1."
    return "Write it as 60, 0.1 or 1e9; money is in USD."
