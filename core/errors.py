"""Every error this project raises on purpose, grouped by what the caller can do.

TokenwiseError                  one sentence, its mend, an exit status
├── UsageError            (2)   wrong flag, value, file or name          → say it again, corrected
├── NoAnswerError         (3)   unknown asset, no data, refused by gate  → ask for something else
├── StoppedError          (4)   halted, or live not armed                → a person resumes or arms
├── ModelError            (5)   the model did not answer                 → try later, or another model
├── FaultError            (1)   our fault, or the machine's              → mend the machine, then again
│   ├── LookAheadError          something asked for data from after now  → a bug: crash
│   ├── InvariantError          our own books disagree                   → halt
│   └── JournalError            the journal cannot be written            → nothing trades
└── OrderError            (1)   an order went another way than asked
    ├── RejectedError           the venue said no                        → journal it, never retry unchanged
    ├── UnknownFateError        nobody knows whether it arrived          → prove it, never resend
    ├── UnreachableError        the venue did not answer a question      → ask again; never read it as "nothing"
    └── KeyRefusedError         the venue refuses our key                → halt; a person mends the key

Missing data is not an error: readers answer with `core.observation.Missing`.
"""

from __future__ import annotations

from collections.abc import Sequence


class TokenwiseError(Exception):
    """A failure that a person can read: what happened, and how to mend it.

    Args:
        message: One sentence: what is wrong, with the values that made it wrong.
        mend: One sentence: what to do about it.
        code: Short snake_case name of the case, stable for programs.
        candidates: What was perhaps meant (ids, names), best first.
    """

    exit_status = 1
    default_code = "fault"

    def __init__(
        self,
        message: str,
        mend: str = "",
        *,
        code: str | None = None,
        candidates: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.code = code or self.default_code
        self.candidates = tuple(candidates)


class UsageError(TokenwiseError):
    """Wrong flag, value, TOML, name or schema; nothing was done."""

    exit_status = 2
    default_code = "usage"


class NoAnswerError(TokenwiseError):
    """There is no answer to this request: unknown asset, no data at that time, file refused."""

    exit_status = 3
    default_code = "no_data"


class StoppedError(TokenwiseError):
    """Trading is halted, or live trading is not armed."""

    exit_status = 4
    default_code = "halted"


class ModelError(TokenwiseError):
    """The model was unreachable, refused, or its budget is spent."""

    exit_status = 5
    default_code = "model"


class FaultError(TokenwiseError):
    """Our fault, or the machine's (disk full, no permission)."""


class LookAheadError(FaultError):
    """Something asked for data from after the clock's now."""

    default_code = "look_ahead"


class InvariantError(FaultError):
    """Our own books disagree; trading must halt."""

    default_code = "invariant"


class JournalError(FaultError):
    """The journal cannot be written or read; nothing may trade."""

    default_code = "journal"


class OrderError(TokenwiseError):
    """An order could not be placed, cancelled or read."""

    default_code = "order"


class RejectedError(OrderError):
    """The venue refused the order; it does not exist there."""

    default_code = "rejected"


class UnknownFateError(OrderError):
    """Nobody knows whether the order arrived."""

    default_code = "unknown_fate"


class UnreachableError(OrderError):
    """The venue did not answer a question; nothing follows from that. *retry_at*: not before (Instant ms), if it said so."""

    default_code = "unreachable"
    retry_at: int | None = None


class KeyRefusedError(OrderError):
    """The venue refuses our key: revoked, forbidden, suspended. What was sent with it is of unknown fate."""

    default_code = "key_refused"
