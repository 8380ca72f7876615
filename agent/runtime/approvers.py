"""Who says yes to an order that passed the risk engine."""

from __future__ import annotations

from agent.runtime.answering import Answers
from core.errors import UsageError
from core.orders import ApprovedOrder
from core.ports import Approver, JournalReader

ASK = "ask"
APPROVERS = ("auto", ASK)


class Automatic:
    """Inside the limits means yes: the risk engine has already said so."""

    async def approve(self, order: ApprovedOrder) -> bool | None:  # noqa: ARG002 - the port's signature
        """Always True."""
        return True


class Person:
    """Somebody who answers with ``tokenwise approvals``, in their own time."""

    def __init__(self, reader: JournalReader) -> None:
        self._answers = Answers(reader)

    async def approve(self, order: ApprovedOrder) -> bool | None:
        """What was answered about exactly this order; `None` while nothing was."""
        found = self._answers.to(order)
        return None if found is None else found.yes


def check_approver(name: str) -> None:
    """Refuses a name that no approver has.

    Raises:
        UsageError: no such approver.
    """
    if name not in APPROVERS:
        raise UsageError(
            f"--approve {name} is not known", f"Use {' or '.join(APPROVERS)}.", candidates=APPROVERS
        )


def approver(name: str, reader: JournalReader) -> Approver:
    """The approver called *name*; answers are read from *reader*.

    Raises:
        UsageError: no such approver.
    """
    check_approver(name)
    return Automatic() if name == "auto" else Person(reader)
