"""Questions to the venue: one that was not answered is never read as an empty answer."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from agent.runtime.account import Account
from agent.runtime.recorder import Recorder
from agent.runtime.remembered import TROUBLE
from core.errors import KeyRefusedError, OrderError, RejectedError, TokenwiseError
from core.events import Alert, Halted
from core.instant import Instant
from core.observation import Missing
from core.ports import Exchange
from strategies.risk.case import State

T = TypeVar("T")


class Contact:
    """The line to an account's venue.

    *trouble*: why nothing may be bought now, in words. It begins with a question that stays without an
    answer, or when the venue says so, is told a person once, and ends when all is well again (`well`).
    """

    def __init__(self, exchange: Exchange, recorder: Recorder, account: Account) -> None:
        self._exchange = exchange
        self._recorder = recorder
        self._account = account
        self.trouble: str | None = None

    async def ask(self, at: Instant, what: str, question: Awaitable[T]) -> T | Missing:
        """The answer, or that there is none: then trouble begins, or the account halts where our key is refused.

        Raises:
            RejectedError: the venue answered: no.
        """
        try:
            return await question
        except RejectedError:
            raise
        except KeyRefusedError as error:
            self.refused(at, error)
            return Missing(what, "key_refused")
        except TokenwiseError as error:
            if not isinstance(error, OrderError):
                raise
            self.begins(at, f"it does not answer about {what}: {error.message}")
        except Exception as failure:
            # what nobody foresaw is no answer either; its words may hold a key
            self.begins(at, f"it does not answer about {what}: {type(failure).__name__}")
        return Missing(what, "unreachable")

    def begins(self, at: Instant, words: str) -> None:
        """Trouble, told once while it lasts."""
        if self.trouble is None:
            told = f"nothing is bought while the venue is in trouble: {words}"
            self._recorder.write(at, Alert(TROUBLE, told))
        self.trouble = words

    def well(self) -> None:
        """Everything was answered again."""
        self.trouble = None

    def refused(self, at: Instant, error: KeyRefusedError) -> None:
        """A venue that refuses our key halts the account: only a person can mend that."""
        if self._account.state is not State.HALTED:
            self._recorder.write(at, Halted(f"the venue refuses our key: {error.message}", "venue"))

    async def standing(self, at: Instant) -> str | None:
        """Why nothing may be bought now, as the venue itself says or as its silence does."""
        if self.trouble is None:
            words = await self.ask(at, "its state", self._exchange.trouble())
            if isinstance(words, str):
                self.begins(at, words)
        return self.trouble
