"""`data fetch` for people: the plan, how far it is, and what came."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from core.instant import SECOND, Instant, duration_text

if TYPE_CHECKING:
    from core.ports import Clock
    from tools.fetching.report import Counts, Report
    from tools.fetching.step import Step
    from tools.store.catalog import SeriesKey

_KEYS = {"needed": "needs a key", "optional": "works without a key"}


def tell_plan(steps: Sequence[Step], *, quiet: bool = False) -> None:
    """Prints what will be asked of whom, and how long that takes at the least."""
    from tools.fetching.planning import duration_of

    if quiet:
        return
    alike: dict[tuple[str, str, str], list[Step]] = {}
    for step in steps:
        alike.setdefault((step.what, step.source, step.skipped[0] if step.skipped else ""), []).append(step)
    for (what, source, skipped), several in alike.items():
        key = f", {_KEYS[several[0].key]}" if several[0].key else ""
        how = skipped or _count(sum(step.calls for step in several), "call") + key
        about = ", ".join(dict.fromkeys(step.about for step in several))
        print(f"{what:<13} {source:<34} {how}: {_some(about)}", file=sys.stderr)
    due = [step for step in steps if step.skipped is None]
    if not due:
        print("plan: nothing to fetch", file=sys.stderr)
    else:
        calls = _count(sum(step.calls for step in due), "call")
        print(f"plan: {calls}, {_lasting(duration_of(due))} at least", file=sys.stderr)


def tell_report(report: Report, *, everything: bool) -> None:
    """Prints what came (*everything*: of each series), what did not, and whose data it is."""
    alike: dict[str, list[tuple[SeriesKey, Counts]]] = {}
    for key, one in report.fetched.items():
        width = str(key.interval) if key.interval.ms else ""
        several = (key.kind, key.venue, width) if key.venue else (key.kind, key.source)
        parts = (key.kind, key.asset, key.metric, key.venue or key.source, key.symbol, width)
        name = " ".join(part for part in (parts if everything else several) if part)
        alike.setdefault(name, []).append((key, one))
    for name, found in alike.items():
        new, same, revised = (sum(getattr(one, what) for _, one in found) for what in _WHATS)
        assets = ", ".join(dict.fromkeys(key.asset for key, _ in found))
        tail = "" if everything else f" in {_count(len(found), 'series', 'series')}: {_some(assets)}"
        print(f"{name}: {new} new, {same} same, {revised} revised{tail}")
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


_WHATS = ("new", "same", "revised")


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"


def _some(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


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
        return f"{_count(self._heard, 'call')}, {self._heard * SECOND / passed:.1f}/s{told}"

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
