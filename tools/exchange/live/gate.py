"""The one door to a venue's wire: a deadline per call, a cool-down that is kept, and nothing raw comes back out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import KeyRefusedError, UnreachableError
from core.instant import MINUTE, SECOND, Instant, iso
from core.ports import Clock
from tools.exchange.live.dialect import Client, PartialAnswerError
from tools.exchange.live.outcome import Outcome, Ruling, is_flood, of_failure
from tools.exchange.live.redaction import Redactor

T = TypeVar("T")

DEADLINE_MS = 12 * SECOND
SHORTEST_COOL_DOWN = 30 * SECOND
LONGEST_COOL_DOWN = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """The venue answered."""

    value: T


class Gate:
    """Sends calls through one client.

    A refused flood (429, 418) starts a cool-down as long as the venue asks for; inside it nothing is sent,
    and after it one call goes first: until that is answered, the others wait for another time.
    """

    def __init__(
        self, name: str, client: Client, clock: Clock, redact: Redactor, deadline_ms: int = DEADLINE_MS
    ) -> None:
        self.name = name
        self.cool_until: Instant | None = None
        self.must_resync = False
        self._client = client
        self._clock = clock
        self._redact = redact
        self._deadline_ms = deadline_ms
        self._strikes = 0
        self._floods = 0
        self._probing = False
        self._silent_since: Instant | None = None

    def silence(self) -> str | None:
        """Since when questions have had no answer, in words."""
        if self._silent_since is None:
            return None
        return f"{self.name} has not answered since {iso(self._silent_since)}"

    def cooling(self) -> str | None:
        """Why nothing may be sent now, in words."""
        if self.cool_until is None:
            return None
        if self._clock.now() < self.cool_until:
            return f"{self.name} asked for a pause until {iso(self.cool_until)}"
        return f"{self.name} is being asked whether its pause is over" if self._probing else None

    async def attempt(
        self, call: Callable[[], Awaitable[T]], *, private: bool = True
    ) -> Answered[T] | Ruling:
        """What *call* answers, or what its failure proves. Cancellation goes through.

        Raises:
            UnreachableError: a cool-down; nothing was sent.
        """
        self._refuse_while_cooling()
        probing = self._probing = self.cool_until is not None
        self._client.last_response_headers = None
        failure: Ruling | None = None
        try:
            async with asyncio.timeout(self._deadline_ms / 1000):
                value = await call()
        except Exception as error:
            failure = self._judged(error, private=private)
        finally:
            self._probing = False if probing else self._probing
        if failure is not None:
            return failure
        self.cool_until = None
        self._floods = 0
        self._silent_since = None
        self._strikes = 0 if private else self._strikes
        return Answered(value)

    async def ask(self, what: str, call: Callable[[], Awaitable[T]], *, private: bool = True) -> T:
        """What *call* answers.

        Raises:
            UnreachableError: no whole answer; nothing follows from it.
            KeyRefusedError: the venue refuses our key.
        """
        answer = await self.attempt(call, private=private)
        if isinstance(answer, Answered):
            return answer.value
        raise self._failed(what, answer)

    async def seek(
        self, what: str, call: Callable[[], Awaitable[T]], absent: frozenset[str], *, private: bool = True
    ) -> T | None:
        """What *call* answers; `None` where the venue says one of the codes *absent*.

        Raises:
            UnreachableError: no whole answer; nothing follows from it.
            KeyRefusedError: the venue refuses our key.
        """
        answer = await self.attempt(call, private=private)
        if isinstance(answer, Answered):
            return answer.value
        if answer.code in absent:
            return None
        raise self._failed(what, answer)

    def unreachable(self, why: str) -> UnreachableError:
        """The venue did not answer, or not wholly."""
        error = UnreachableError(f"{self.name} did not answer: {self._redact(why)}", "It is asked again.")
        error.retry_at = self.cool_until
        return error

    def key_refused(self, ruling: Ruling) -> KeyRefusedError:
        """The venue refuses our key."""
        return KeyRefusedError(
            f"{self.name} refuses the key: {ruling.text}",
            "Look at the key on the venue's page; make a new one where it was revoked.",
        )

    def _failed(self, what: str, ruling: Ruling) -> UnreachableError | KeyRefusedError:
        if ruling.outcome is Outcome.KEY_REFUSED:
            return self.key_refused(ruling)
        if self._silent_since is None:
            self._silent_since = self._clock.now()
        return self.unreachable(f"{what}: {ruling.text}")

    def _refuse_while_cooling(self) -> None:
        cooling = self.cooling()
        if cooling is not None:
            error = UnreachableError(cooling, "It is asked again after that.", code="cool_down")
            error.retry_at = self.cool_until
            raise error

    def _judged(self, error: Exception, *, private: bool) -> Ruling:
        if isinstance(error, PartialAnswerError):
            return Ruling(Outcome.UNKNOWN, self._redact(str(error)))
        ruling = of_failure(error, self._strikes if private else 0)
        if private:
            self._strikes = self._strikes + 1 if is_flood(error) else 0
        if ruling.outcome is Outcome.THROTTLED or is_flood(error):
            self._cool_down()
        self.must_resync = self.must_resync or ruling.resync
        return Ruling(ruling.outcome, self._redact(ruling.text), ruling.code, ruling.resync)

    def _cool_down(self) -> None:
        asked_for = _seconds(self._client.last_response_headers)
        doubled = min(SHORTEST_COOL_DOWN * 2**self._floods, LONGEST_COOL_DOWN)
        self._floods += 1
        self.cool_until = Instant(self._clock.now() + (asked_for * SECOND if asked_for else doubled))


def _seconds(headers: object) -> int:
    if not isinstance(headers, dict):
        return 0
    said = next((value for name, value in headers.items() if str(name).lower() == "retry-after"), "")
    return int(said) if str(said).isdigit() else 0
