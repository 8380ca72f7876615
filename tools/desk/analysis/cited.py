"""The evidence of an answer that is made of other answers: every number in it has an entry, once."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.observation import Missing
from tools.ask import Evidence, Reply

MINE = "analyze"
"""Which tool an entry names that the analysis itself put together."""


class Cited:
    """Evidence in the order in which it came, to be found by tool and metric; entry n has the id ``e<n>``."""

    def __init__(self) -> None:
        self.evidence: list[Evidence] = []
        self.missing: dict[str, Missing] = {}
        self._at: dict[tuple[str, str], int] = {}

    def take(self, reply: Reply, only: Iterable[str] | None = None) -> None:
        """Takes in what *reply* rests on, or *only* the metrics of these names, and what it lacks of them."""
        wanted = None if only is None else frozenset(only)
        for one in reply.evidence:
            if wanted is None or one.metric in wanted:
                self.put(one)
        for lacking in reply.missing:
            if wanted is None or lacking.what in wanted:
                self.lacks(lacking.what, lacking.why)

    def put(self, one: Evidence) -> None:
        """Takes in *one*; a metric that is there already is replaced by nothing."""
        key = (one.tool, one.metric)
        if key not in self._at:
            self._at[key] = len(self.evidence)
            self.evidence.append(one)

    def lacks(self, what: str, why: str) -> None:
        """Tells *what* as missing; the first reason stays."""
        self.missing.setdefault(what, Missing(what, why))

    def text(self, tool: str, metric: str) -> str | None:
        """The value of *metric* as *tool* told it."""
        at = self._at.get((tool, metric))
        return None if at is None else self.evidence[at].value

    def number(self, tool: str, metric: str) -> float | None:
        """The same as a number."""
        told = self.text(tool, metric)
        return None if told is None else float(Decimal(told))

    def unit(self, tool: str, metric: str) -> str:
        """In what *metric* is told; "" where it is not."""
        at = self._at.get((tool, metric))
        return "" if at is None else self.evidence[at].unit

    def ids(self, *told: tuple[str, str]) -> list[str]:
        """The ids of the entries (tool, metric) that are there."""
        found = (self._at.get(one) for one in told)
        return [f"e{at + 1}" for at in dict.fromkeys(found) if at is not None]
