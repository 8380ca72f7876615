"""The one way from the loop into the journal.

A failed write raises, and nothing that rests on it is sent: an order goes on the wire only after the
call that wrote its intent has returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.runtime.account import Account
from agent.runtime.bookings import postings
from agent.runtime.span import OpenSpan
from core.codec import encode
from core.events import Event
from core.instant import Instant
from core.ports import Entry, Journal, MarketData

_ANCHOR_EVERY = 256


class Recorder:
    """Writes an account's events, with the open span before them and the checkpoint beside them.

    *lasting*: the journal outlives the run, so the checkpoint goes with it. *prompt*: real time, where every acknowledgement is written at once and the heads are anchored
    after each decision; in simulated time both may wait, since a restart finds the same again. *heard* is called
    with every event once it is written.
    """

    def __init__(
        self,
        journal: Journal,
        account: Account,
        market: MarketData,
        decider: str,
        *,
        prompt: bool,
        lasting: bool,
    ) -> None:
        self._journal = journal
        self._account = account
        self._market = market
        self._prompt = prompt
        self._lasting = lasting
        self._late: list[Entry] = []
        self._writes = 0
        self.span = OpenSpan(decider)
        self.heard: Callable[[Event], None] | None = None

    def write(self, at: Instant, *events: Event, blobs: Mapping[str, bytes] | None = None) -> None:
        """Appends *events* in one transaction and folds them in.

        Raises:
            JournalError: nothing was written; nothing may be sent.
        """
        span = self.span.close()
        fresh = [] if span is None else [Entry(at, span)]
        account = self._account
        if span is not None:
            account.apply(at, span)
        for event in events:
            booked = postings(at, event, self._market.instrument, account.portfolio.quantity)
            fresh.append(Entry(at, event, blobs or {}, booked))
            blobs = None  # they belong to the first event
            account.apply(at, event, booked)
        checkpoint = encode(self._account.checkpoint()) if self._lasting else None
        self._journal.append(self._account.stream, [*self._late, *fresh], checkpoint)
        self._late = []
        self._writes += 1
        if self.heard is not None:
            for event in events:
                self.heard(event)
        if self._prompt or self._writes % _ANCHOR_EVERY == 0:
            self._journal.anchor()

    def later(self, at: Instant, event: Event) -> None:
        """Like `write`, but in simulated time the event may wait for the next one."""
        if self._prompt:
            self.write(at, event)
            return
        self._account.apply(at, event)
        self._late.append(Entry(at, event))

    def finish(self) -> None:
        """Makes the heads durable."""
        self._journal.anchor()
