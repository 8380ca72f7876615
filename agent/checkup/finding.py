"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One check's finding; *mend* is empty where nothing is to be done.

    *exit_status* is what an error of this kind means for a program (CONTRACT §1): 1 the installation
    or the machine, 2 something that a newer version wrote.
    """

    name: str
    status: Status
    message: str
    mend: str = ""
    exit_status: int = 1


def ok(name: str, message: str) -> Check:
    """A check that found nothing wrong."""
    return Check(name, Status.OK, message)


def warning(name: str, message: str, mend: str) -> Check:
    """A check that found something to know."""
    return Check(name, Status.WARNING, message, mend)


def error(name: str, message: str, mend: str, exit_status: int = 1) -> Check:
    """A check that found what must be mended."""
    return Check(name, Status.ERROR, message, mend, exit_status)


def exit_status(checks: tuple[Check, ...]) -> int:
    """0 for warnings at most, else the status of the gravest error: a fault (1) before a newer schema (2)."""
    return min((check.exit_status for check in checks if check.status is Status.ERROR), default=0)
