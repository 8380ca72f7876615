"""Runs the checks, and keeps what they found beside the ccxt version that they were found with."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from core.codec import decode, encode
from core.errors import StoppedError
from core.instant import Instant
from core.ports import Clock
from tools.exchange.certification.bench import Bench
from tools.exchange.certification.check import Check, all_checks
from tools.exchange.stand_in import Wrong


@dataclass(frozen=True, slots=True)
class Result:
    """One check: met, or *why* not."""

    name: str
    promise: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was found of *venue*'s dialect with one version of ccxt, on a stand-in and nowhere else."""

    venue: str
    ccxt: str
    at: Instant
    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """Every check was met."""
        return bool(self.results) and all(result.why is None for result in self.results)


async def certify(
    venue: str,
    clock: Clock,
    *,
    wrong: Iterable[Wrong] = (),
    checks: Iterable[Check] | None = None,
    heard: Callable[[Result], None] = lambda _: None,
) -> Certificate:
    """Runs every check of *venue* (or *checks*), each on a stand-in of its own.

    Raises:
        UsageError: no such venue.
    """
    results = []
    for check in all_checks() if checks is None else checks:
        result = await _run(check, venue, clock, wrong)
        heard(result)
        results.append(result)
    return Certificate(venue, version("ccxt"), clock.now(), tuple(results))


async def _run(check: Check, venue: str, clock: Clock, wrong: Iterable[Wrong]) -> Result:
    async with Bench(venue, clock, wrong) as bench:
        try:
            await bench.exchange.start()
            await check.run(bench)
        except Exception as fault:  # whatever a venue does to a check is a finding, never a crash
            return Result(check.name, check.promise, f"{type(fault).__name__}: {fault}")
    return Result(check.name, check.promise)


def save(home: Path, certificate: Certificate) -> Path:
    """Writes *certificate*; the newest counts."""
    path = _path(home, certificate.venue)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(encode(certificate), indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)
    return path


def require(home: Path, venue: str) -> Certificate:
    """The passing certificate of *venue* with the ccxt that is installed.

    Raises:
        StoppedError: there is none.
    """
    mend = f"Run 'tokenwise live certify {venue}'."
    try:
        found = decode(Certificate, json.loads(_path(home, venue).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise StoppedError(f"{venue} was never certified here", mend, code="not_certified") from None
    except (ValueError, KeyError, TypeError) as error:
        raise StoppedError(
            f"the certificate of {venue} cannot be read", mend, code="not_certified"
        ) from error
    installed = version("ccxt")
    if found.ccxt != installed or found.venue != venue:
        raise StoppedError(
            f"{venue} was certified with ccxt {found.ccxt}; {installed} is installed",
            mend,
            code="not_certified",
        )
    if not found.passed:
        failed = [result.name for result in found.results if result.why is not None]
        raise StoppedError(f"{venue} did not pass: {', '.join(failed)}", mend, code="not_certified")
    return found


def _path(home: Path, venue: str) -> Path:
    return home / "certificates" / f"{venue}.json"
