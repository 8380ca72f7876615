"""The words that every answer is made of: a question's context, evidence, a reply, and the tool itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from core.assets import AssetRef
from core.instant import Instant, Interval, iso
from core.observation import Missing
from core.portfolio import Portfolio
from core.ports import JournalReader, MarketData
from tools.ask._facts import Facts
from tools.identity import Registry

if TYPE_CHECKING:
    from tools.desk.grading.grades import GradeDesk


@dataclass(frozen=True, slots=True)
class Evidence:
    """One value that an answer rests on. *value* is the canonical text that grounding compares with.

    *asset*: the symbol or the asset's id, ``market`` or ``account``. *as_of*: the moment the value
    describes; *known_at*: when it could first be known, never after the question's now.
    """

    tool: str
    asset: str
    metric: str
    value: str
    unit: str
    as_of: Instant
    known_at: Instant
    source: str

    def told(self, identity: str) -> dict[str, str]:
        """The JSON object of CONTRACT §7, under the id *identity* (``e1``)."""
        return {
            "id": identity,
            "tool": self.tool,
            "asset": self.asset,
            "metric": self.metric,
            "value": self.value,
            "unit": self.unit,
            "as_of": iso(self.as_of),
            "known_at": iso(self.known_at),
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. *data*: the typed result as plain JSON; *missing*: what it could not tell, and why."""

    data: dict[str, Any]
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[Missing, ...] = ()

    def told(self) -> dict[str, Any]:
        """The result as a command shows it: with its evidence, numbered ``e1`` on, and what is missing."""
        return {
            **self.data,
            "evidence": [one.told(f"e{number}") for number, one in enumerate(self.evidence, 1)],
            "missing": [{"what": one.what, "why": one.why} for one in self.missing],
        }


@dataclass(frozen=True, slots=True)
class AskContext:
    """What a question may look at; all of it as known at *now*.

    *market* has been advanced to *now*. *every*: the interval that is meant where none is named.
    *symbols*: asset id, ticker and name (lower-cased) and symbol -> symbol, where only one fits.
    *others*: the names that lead to no one symbol -> the asset ids that they may mean; a single id
    is an asset that is known but has no prices here. *assets*: who stands behind a symbol. *registry*: who
    else is known, by name or address; `None` where nobody of the real world is, as in a simulated market.
    *sources*: whose prices a symbol's are, where that is not *source*. *facts*: what is known beside prices.
    *grades*: the grades of *market*, so that several questions share one working of them; `None`: each works its own.

    The account's part is as of *account_at* (*now* where that is `None`): *portfolio*, *marks*,
    *equity*, *peak* equity, *state* and *limits* (`Limits.describe`), *records* of its journal.
    *account_simulated*: it trades what does not exist.
    """

    now: Instant
    market: MarketData
    every: Interval
    symbols: Mapping[str, str]
    source: str
    portfolio: Portfolio | None = None
    marks: Mapping[str, Decimal] = field(default_factory=dict)
    equity: Decimal | None = None
    state: str | None = None
    limits: Mapping[str, Any] | None = None
    records: JournalReader | None = None
    account: str | None = None
    account_at: Instant | None = None
    account_simulated: bool = False
    peak: Decimal | None = None
    assets: Mapping[str, AssetRef] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    registry: Registry | None = None
    facts: Facts | None = None
    grades: GradeDesk | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """One answer. *about* is what a model and a person read; *answer* reads only and is quick.

    *Args* forbids unknown keys and describes each one; *Result* is the type of `Reply.data`.
    *of_account*: it tells of the account and not of the market.
    """

    name: str
    about: str
    Args: type[BaseModel]
    Result: type[BaseModel]
    answer: Callable[[Any, AskContext], Reply]
    of_account: bool = False

    @property
    def of_asset(self) -> bool:
        """Whether it is asked of one asset."""
        return "asset" in self.Args.model_fields
