"""`data fetch` for people: the plan, how far it is, and what came."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from core.instant import SECOND, Instant, duration_text

if TYPE_CHECKING:
    from core.ports import Clock
    from tools.fetching.report import Report
    from tools.fetching.step import Step

_KEYS = {"needed": "needs a key", "optional": "works without a key"}


def tell_plan(steps: Sequence[Step], *, quiet: bool = False) -> None:
    """Prints what will be asked of whom, and how long that takes at the least."""
    from tools.fetching.planning import duration_of

    if quiet:
        return
    due = [step for step in steps if step.skipped is None]
    for step in steps:
        how = f"{step.calls} calls" if step.calls != 1 else "1 call"
        key = f", {_KEYS[step.key]}" if step.key else ""
        print(
            f"{step.name:<34} {step.source:<34} {step.skipped[0] if step.skipped else how + key}",
            file=sys.stderr,
        )
    calls = sum(step.calls for step in due)
    if not due:
        print("plan: nothing to fetch", file=sys.stderr)
    else:
        print(f"plan: {calls} calls, {_lasting(duration_of(due))} at least", file=sys.stderr)


def tell_report(report: Report) -> None:
    """Prints what came of each series, what did not, and whose data it is."""
    for key, one in report.fetched.items():
        name = " ".join(
            part
            for part in (key.kind, key.asset, key.metric, key.venue, key.symbol, str(key.interval or ""))
            if part
        )
        print(f"{name}: {one.new} new, {one.same} same, {one.revised} revised ({key.source})")
    if report.assets is not None:
        counts = report.assets
        print(f"assets: {counts.new} new, {counts.same} same, {counts.revised} changed (coingecko)")
    for failure in report.failed:
        print(f"not fetched: {failure.what}: {failure.why}")
    for attribution, licence in report.notices.values():
        print(f"{attribution}" + (f" — {licence}" if licence else ""))
    if report.is_cut:
        print("interrupted: what had come is stored; the same command goes on")
    elif not report.fetched and not report.failed and report.assets is None:
        print("everything is there already")


class Progress:
    """A line that rewrites itself on a terminal; elsewhere a line for each step that ended."""

    def __init__(self, steps: Sequence[Step], wall: Clock) -> None:
        self._steps = [step for step in steps if step.skipped is None]
        self._calls = max(sum(step.calls for step in self._steps), 1)
        self._wall = wall
        self._is_terminal = sys.stderr.isatty()
        self._started = self._due = wall.now()
        self._heard = self._done = self._ended = 0
        self._now: list[str] = []

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def began(self, step: Step) -> None:
        """*step* begins."""
        self._now.append(step.name)
        self._show()

    def heard(self) -> None:
        """A request was answered."""
        self._heard += 1
        self._show()

    def ended(self, step: Step) -> None:
        """*step* is over, with however many requests."""
        self._now.remove(step.name)
        self._done += step.calls
        self._ended += 1
        if not self._is_terminal:
            print(f"{self._ended}/{len(self._steps)} {step.name} ({self._pace()})", file=sys.stderr)
        self._show()

    def _pace(self) -> str:
        passed = max(self._wall.now() - self._started, 1)
        done = min(max(self._heard, self._done), self._calls)
        left = Instant(passed * (self._calls - done) // done) if done else None
        told = "" if left is None else f", {_lasting(left)} left"
        return f"{self._heard} calls, {self._heard * SECOND / passed:.1f}/s{told}"

    def _show(self) -> None:
        if self._wall.now() < self._due:
            return
        self._due = Instant(self._wall.now() + (SECOND // 5 if self._is_terminal else 10 * SECOND))
        line = f"{self._ended}/{len(self._steps)}  {self._pace()}  {', '.join(self._now)}"
        if self._is_terminal:
            print(f"\r\x1b[K{line[:100]}", end="", file=sys.stderr, flush=True)
        elif self._heard:
            print(line, file=sys.stderr, flush=True)


def _lasting(milliseconds: int) -> str:
    """A span for people: ``40s``, ``3m``, ``2h``."""
    for unit, size in (("h", 3_600 * SECOND), ("m", 60 * SECOND)):
        if milliseconds >= 2 * size:
            return f"{round(milliseconds / size)}{unit}"
    return duration_text(-(-milliseconds // SECOND) * SECOND)
