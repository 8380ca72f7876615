"""What every command shares: the home, the output form, and the one way to answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import TokenwiseError
from core.instant import Instant, iso


@dataclass(frozen=True, slots=True)
class Session:
    """The global flags of one call."""

    home: Path
    json: bool = False
    debug: bool = False
    verbose: bool = False


_current: ContextVar[Session] = ContextVar("session")


def session() -> Session:
    """The flags of the running command."""
    return _current.get()


def begin(flags: Session) -> None:
    """Sets the flags of the running command."""
    _current.set(flags)


def answer(
    name: str,
    data: Mapping[str, Any],
    tell: Callable[[], None],
    *,
    as_of: Instant | None = None,
    simulated: bool = False,
    warnings: Sequence[Mapping[str, str]] = (),
) -> None:
    """Prints a command's answer to stdout: the JSON envelope with ``--json``, else what *tell* prints.

    *warnings* are ``{"code", "message"}``; on a terminal they go to stderr.
    """
    if session().json:
        envelope = {
            "schema": f"tokenwise.{name}.v1",
            "ok": True,
            "as_of": None if as_of is None else iso(as_of),
            "simulated": simulated,
            "warnings": list(warnings),
            "data": data,
        }
        print(json.dumps(envelope, ensure_ascii=False, allow_nan=False), flush=True)
        return
    for warning in warnings:
        print(f"warning: {warning['message']}", file=sys.stderr)
    tell()
    sys.stdout.flush()


def complain(error: TokenwiseError, *, as_json: bool) -> None:
    """Prints an error: one JSON object on stdout with ``--json``, else one sentence with the mend on stderr."""
    if as_json:
        told = {
            "code": error.code,
            "exit": error.exit_status,
            "message": error.message,
            "mend": error.mend,
            "candidates": list(error.candidates),
        }
        body = {"schema": "tokenwise.error.v1", "ok": False, "error": told}
        print(json.dumps(body, ensure_ascii=False), flush=True)
        return
    print(f"error: {error.message}", file=sys.stderr)
    if error.mend:
        print(f"       {error.mend}", file=sys.stderr)
    if error.candidates:
        print(f"       candidates: {', '.join(error.candidates)}", file=sys.stderr)
