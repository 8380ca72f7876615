"""One question to one model: in the style that the endpoint takes, with at most two more attempts.

An answer that cannot be used goes back with the complaint; a connection or a status that may pass is tried
again after a pause. Where there is no time or no money for another attempt, the last failure stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.models.asked import Asked, messages_of
from agent.models.budget import NOTHING, Budget, Reservation
from agent.models.call import Call
from agent.models.deadline import Episode
from agent.models.failures import PASSING, STYLE_NOT_TAKEN, told
from agent.models.heard import Heard, form
from agent.models.library import ask
from agent.models.prices import Prices
from agent.models.reply import Malformed, RawReply, Style, from_wire, proposals_of
from agent.models.styles import Taken
from agent.models.transport import Line
from agent.models.usage import Usage, reported
from core.decision import Proposal
from core.instant import Instant
from core.ports import Clock

Check = Callable[[tuple[Proposal, ...]], str | None]
REPAIRS = 2
FIRST_PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. *fault* is `None` where *proposals* may be used."""

    proposals: tuple[Proposal, ...]
    fault: Malformed | None
    calls: tuple[Call, ...]


class Attempts:
    """Asks over one line; remembers which style it takes."""

    def __init__(self, line: Line, clock: Clock, taken: Taken, prices: Prices, budget: Budget | None) -> None:
        self._line = line
        self._clock = clock
        self._taken = taken
        self._prices = prices
        self._budget = budget

    def reserve(self, asked: Asked, model: str, episode: Episode) -> Reservation | None:
        """Sets aside what one call may cost; `None` where the budget does not allow it."""
        return None if self._budget is None else self._budget.reserve(episode, model, asked.usage())

    def release(self, reserved: Reservation | None) -> None:
        """Gives back what was set aside for a call that is not made."""
        self._settle(reserved, NOTHING)

    async def run(
        self,
        asked: Asked,
        model: str,
        episode: Episode,
        reserved: Reservation | None,
        check: Check | None,
    ) -> Outcome:
        """The model's proposals, or the fault of its last answer. Never raises for what the endpoint does.

        Args:
            asked: The question.
            model: Its name at the endpoint.
            episode: The decision that this is asked for; its end is the deadline.
            reserved: What was set aside for the first call.
            check: What is wrong with proposals that parse, in a sentence for the model; `None`: nothing.
        """
        calls: list[Call] = []
        styles = list(self._taken.candidates(model))
        fault: Malformed | None = None
        messages = messages_of(asked, None, b"")
        left, pause_s = REPAIRS, FIRST_PAUSE_S
        while True:
            wire = await ask(self._line, model, messages, styles[0], episode.until)
            heard = wire.heard
            if heard.is_unrecorded and not calls and len(styles) > 1:
                del styles[0]
                continue
            if heard.is_unrecorded and fault is not None:
                # the recorded run stopped here: it had no time or no money for another attempt
                return Outcome((), fault, tuple(calls))
            used = reported(heard.body) if heard.is_reply else None
            self._settle(reserved, used if heard.is_reply or not _is_free(heard) else NOTHING)
            read = _read(heard, styles[0], model, asked, check)
            calls.append(self._call(wire.key, wire.asked, model, styles[0], heard, read, used or NOTHING))
            if heard.is_reply:
                self._taken.take(model, styles[0])
            if not isinstance(read, Malformed):
                return Outcome(read, None, tuple(calls))
            fault = read
            if heard.is_reply and left and fault.reason != "refusal":
                left -= 1
                messages = messages_of(asked, fault, heard.body)
            elif heard.status in STYLE_NOT_TAKEN and len(styles) > 1:
                del styles[0]
            elif left and await self._has_passed(heard, wire.key, heard.pause_s or pause_s, episode):
                left, pause_s = left - 1, 2 * pause_s
            else:
                return Outcome((), fault, tuple(calls))
            reserved = self.reserve(asked, model, episode)
            poor = self._budget is not None and reserved is None
            if poor or (episode.left_s <= 0 and not self._line.is_playback):
                self.release(reserved)
                return Outcome((), fault, tuple(calls))

    async def _has_passed(self, heard: Heard, key: str, pause_s: float, episode: Episode) -> bool:
        """Waits, where waiting can help and there is time to."""
        if heard.failed == "timeout" or heard.status not in PASSING or heard.is_unrecorded:
            return False
        if self._line.is_playback:
            return self._line.has_more(key)
        if pause_s >= episode.left_s:
            return False
        await self._clock.sleep_until(Instant(self._clock.now() + int(pause_s * 1000)))
        return True

    def _settle(self, reserved: Reservation | None, usage: Usage | None) -> None:
        if self._budget is not None and reserved is not None:
            self._budget.settle(reserved, usage)

    def _call(
        self,
        key: str,
        request: Mapping[str, Any],
        model: str,
        style: Style,
        heard: Heard,
        read: tuple[Proposal, ...] | Malformed,
        usage: Usage,
    ) -> Call:
        usd = self._prices.usd(model, usage, self._clock.now() if heard.at is None else heard.at)
        outcome = read.reason if isinstance(read, Malformed) else "ok"
        return Call(key, model, style, request, form(heard), heard.latency_s, *usage, usd, outcome)


def _is_free(heard: Heard) -> bool:
    return heard.status >= 300 or not heard.is_sent


def _read(
    heard: Heard, style: Style, model: str, asked: Asked, check: Check | None
) -> tuple[Proposal, ...] | Malformed:
    if not heard.is_reply:
        return Malformed(heard.failed or "http", told(heard, model)[0])
    raw = from_wire(heard.body)
    return raw if isinstance(raw, Malformed) else judged(raw, style, asked, check)


def judged(
    raw: RawReply, style: Style, asked: Asked, check: Check | None
) -> tuple[Proposal, ...] | Malformed:
    """The proposals of *raw* that parse, name only what was shown, and pass *check*."""
    proposals = proposals_of(raw, style, len(asked.menu), asked.evidence.keys())
    if isinstance(proposals, Malformed) or check is None:
        return proposals
    complaint = check(proposals)
    return proposals if complaint is None else Malformed("ungrounded", complaint)
