"""Who says yes to an order that passed the risk engine."""

from __future__ import annotations

from core.errors import UsageError
from core.orders import ApprovedOrder
from core.ports import Approver


class Automatic:
    """Inside the limits means yes: the risk engine has already said so."""

    async def approve(self, order: ApprovedOrder) -> bool:  # noqa: ARG002 - the port's signature
        """Always True."""
        return True


def approver(name: str) -> Approver:
    """The approver called *name*.

    Raises:
        UsageError: no such approver in this version.
    """
    if name == "auto":
        return Automatic()
    raise UsageError(f"--approve {name} is not known", "Use --approve auto.", candidates=["auto"])
