"""What a fetch brought, what it did not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.observation import BadRequest, NoData, NotEntitled, Ok, Outcome, Throttled, Unreachable
from tools.sources.reading import plain_text
from tools.store.catalog import SeriesKey
from tools.store.importer import ImportReport

_LONGEST = 400
CODES: Mapping[type, str] = {
    NoData: "no_data",
    NotEntitled: "not_entitled",
    Throttled: "throttled",
    Unreachable: "unreachable",
    BadRequest: "bad_request",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What did not come, and why."""

    what: str
    why: str
    code: str


def failure_of(what: str, outcome: Outcome[Any]) -> Failure:
    """The failure that an outcome is which brought nothing."""
    if isinstance(outcome, Ok):
        raise TypeError("an answer is no failure")
    # it may quote a stranger: nothing of it steers a terminal
    return Failure(what, plain_text(outcome.detail, _LONGEST), CODES[type(outcome)])


@dataclass(slots=True)
class Counts:
    """Rows of one series that were new, there already, or another vintage."""

    new: int = 0
    same: int = 0
    revised: int = 0


@dataclass(slots=True)
class Report:
    """What a fetch came to.

    *findings*: what is remarkable about what did come, as (code, message).
    *notices*: attribution and licence by source. *assets*: how many were new, known and changed.
    """

    fetched: dict[SeriesKey, Counts] = field(default_factory=dict)
    failed: list[Failure] = field(default_factory=list)
    findings: list[tuple[str, str]] = field(default_factory=list)
    notices: dict[str, tuple[str, str]] = field(default_factory=dict)
    assets: Counts | None = None
    is_cut: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing came although something was asked for."""
        return bool(self.failed) and not self.fetched and self.assets is None

    def take(self, told: ImportReport) -> None:
        """Adds what an import did."""
        for key, one in told.series.items():
            counts = self.fetched.setdefault(key, Counts())
            counts.new += one.rows_new
            counts.same += one.rows_same
            counts.revised += one.rows_revised
        for why in told.mismatches:
            self.find("asset_symbol_mismatch", why)

    def fail(self, failure: Failure) -> None:
        """Adds a failure once."""
        if failure not in self.failed:
            self.failed.append(failure)

    def find(self, code: str, message: str) -> None:
        """Adds a finding once."""
        if (code, message) not in self.findings:
            self.findings.append((code, message))
