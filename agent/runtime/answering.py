"""A person's answers: one event each in the stream ``ops``. The first answer to a request counts, for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from agent.runtime.waiting import Request, in_words, terms_of
from core.events import Alert
from core.ids import OrderId
from core.instant import Instant
from core.orders import ApprovedOrder
from core.ports import Entry, Journal, JournalReader

OPS = "ops"
ANSWERED = "approval.answered"


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no to exactly the order whose terms have the hash *terms*."""

    terms: str
    yes: bool
    at: Instant


class Answers:
    """What has been answered so far; every look reads what was written since the one before."""

    def __init__(self, reader: JournalReader) -> None:
        self._reader = reader
        self._after = 0
        self._known: dict[OrderId, Answer] = {}

    def to(self, order: ApprovedOrder) -> Answer | None:
        """The answer to exactly this order; `None` while there is none."""
        for record in self._reader.records(OPS, self._after, ("alert",)):
            self._after = record.seq
            if record.body["code"] == ANSWERED:
                about = record.body["about"]
                said = Answer(about["terms"], about["verdict"] == "approve", record.at)
                self._known.setdefault(OrderId(about["id"]), said)
        found = self._known.get(order.id)
        return found if found is not None and found.terms == terms_of(order) else None


class _Writing(Journal, JournalReader, Protocol):
    """A journal that is read and written."""


def answer(journal: _Writing, account: str, request: Request, *, yes: bool, at: Instant) -> None:
    """Writes a person's answer to *request*, durably.

    Raises:
        JournalError: it was not written.
    """
    verdict = "approve" if yes else "deny"
    about = {"id": request.order.id, "terms": request.terms, "verdict": verdict, "account": account}
    event = Alert(ANSWERED, f"{verdict}: {in_words(request.order)}", about)
    journal.append(OPS, [Entry(at, event)])
    journal.anchor()
