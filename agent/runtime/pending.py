"""What waits for a person, over all accounts of a journal; read beside the processes that trade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agent.journal.store import SqlJournal
from agent.runtime.answering import Answers
from agent.runtime.recovery import any_instrument, recover
from agent.runtime.waiting import Request, in_words
from core.codec import encode
from core.errors import NoAnswerError
from core.instant import Instant, iso

_STREAM = "trading/"
_TERMS = ("symbol", "side", "type", "quantity", "spend", "limit_price", "stop_price", "time_in_force")


@dataclass(frozen=True, slots=True)
class Pending:
    """A request of *account* that nobody has answered."""

    account: str
    request: Request
    simulated: bool

    @property
    def words(self) -> str:
        """The order as a person reads it."""
        return in_words(self.request.order)

    @property
    def told(self) -> dict[str, Any]:
        """The request as JSON shows it."""
        order = encode(self.request.order)
        return {
            "id": self.request.order.id,
            "account": self.account,
            "order": {name: order[name] for name in _TERMS},
            "reason": self.request.order.reason,
            "findings": [finding.code for finding in self.request.findings],
            "against": list(self.request.against),
            "asked_at": iso(self.request.asked_at),
            "expires_at": iso(self.request.expires_at),
            "hash": self.request.terms,
            "simulated": self.simulated,
        }


def pending(journal: SqlJournal, now: Instant, only: str | None = None) -> list[Pending]:
    """Every request (of the account *only*) that can still be answered, oldest first.

    A simulated account's time stands still while it does not run; every other's is the wall's.
    """
    answers = Answers(journal)
    names = [stream.removeprefix(_STREAM) for stream in journal.heads() if stream.startswith(_STREAM)]
    found: list[Pending] = []
    for name in sorted(names):
        if only not in (None, name):
            continue
        account, config = recover(journal, name, any_instrument)
        market = str((config or {}).get("market", ""))
        at = now if market.startswith(("ccxt", "live")) else account.beat
        found += [
            Pending(name, request, market.startswith("sim"))
            for request in account.waiting.values()
            if at < request.expires_at and answers.to(request.order) is None
        ]
    return sorted(found, key=lambda one: (one.request.asked_at, one.request.order.id))


def find(journal: SqlJournal, now: Instant, wanted: str) -> Pending:
    """The one request whose order's id is *wanted*.

    Raises:
        NoAnswerError: nothing of that id waits (any more).
    """
    waiting = pending(journal, now)
    for one in waiting:
        if one.request.order.id == wanted:
            return one
    raise NoAnswerError(
        f"no order {wanted!r} waits for an answer: it is unknown, answered or expired",
        "'tokenwise approvals list' shows what waits.",
        code="unknown_approval",
        candidates=[one.request.order.id for one in waiting],
    )
