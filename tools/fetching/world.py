"""Everything that a step needs: the store, the sources, and where to say what happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from core.errors import UsageError
from core.instant import SECOND, Instant
from core.ports import Clock
from tools.fetching.asking import Asked, Span
from tools.fetching.covered import Coverage
from tools.fetching.report import Failure, Report
from tools.fetching.step import Listener, Nobody
from tools.fetching.venues import Venues
from tools.identity import Registry
from tools.sources.answer import Answer
from tools.sources.http.fetcher import Fetcher
from tools.sources.http.redaction import Key
from tools.sources.http.schema import open_cache
from tools.store import assets
from tools.store.importer import ImportReport, import_rows
from tools.store.manifest import entry
from tools.store.store import Store

T = TypeVar("T")

_WAITS = 20
_PATIENCE_MS = 150 * SECOND  # a source may ask everyone to wait a minute or two


@dataclass(slots=True)
class World:
    """What one fetch works with.

    *keys* and *opted_in*: the providers that a key is there for, and those that a person said yes to.
    *refusals*: what a key has no right to, and how that was said.
    """

    asked: Asked
    clock: Clock
    store: Store
    registry: Registry
    coverage: Coverage
    fetcher: Fetcher
    venues: Venues
    keys: frozenset[str] = frozenset()
    opted_in: frozenset[str] = frozenset()
    report: Report = field(default_factory=Report)
    listener: Listener = field(default_factory=Nobody)
    refusals: dict[str, str] = field(default_factory=dict)
    _once: dict[str, Any] = field(default_factory=dict)

    async def once(self, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        """What *ask* came to when it was first asked under *name* in this fetch."""
        if name not in self._once:
            self._once[name] = await ask()
            self.listener.heard()
        found: T = self._once[name]
        return found

    def lacking(self, question: str, span: Span) -> tuple[Span, ...]:
        """The stretches of *span* that are still to be asked for."""
        if not span:
            return ()
        return (span,) if self.asked.refresh else self.coverage.missing(question, span)

    async def keep(
        self, what: str, plain: Mapping[str, Any], frame: pl.DataFrame, question: str, span: Span | None
    ) -> Failure | None:
        """Stores rows, and that *span* of *question* was answered; the failure where they are refused.

        Args:
            what: The step, for a failure.
            plain: The entry (`tools.store.manifest.entry`) that says how *frame* is read; its path is made here.
            frame: The rows.
            question: What was asked.
            span: Which stretch is answered, where that is to be remembered.
        """
        if len(frame):
            told = await self._imported({**plain, "path": "fetch"}, frame, f"fetch: {question}")
            self.report.take(told)
            if told.refused:
                first = told.refused[0]
                row = "" if first.row is None else f" in row {first.row}"
                why = f"{plain['source']} sent what cannot be true{row}: {first.message}"
                return Failure(what, why, f"gate:{first.code}")
        if span is not None:
            self.coverage.add(question, span, self.clock.now())
        return None

    async def _imported(self, plain: Mapping[str, Any], frame: pl.DataFrame, name: str) -> ImportReport:
        for attempt in range(1, _WAITS + 1):
            try:
                return import_rows(self.store, entry(plain, name), frame, name)
            except UsageError as error:
                if error.code != "busy" or attempt == _WAITS:
                    raise
                await self.clock.sleep_until(Instant(self.clock.now() + SECOND // 2))
        raise AssertionError("unreachable")

    def credit(self, answer: Answer[Any]) -> None:
        """Remembers what must stand beside the rows of *answer*, and what it sent that is no value."""
        self.note(answer.source, answer.attribution, answer.licence)

    def note(self, source: str, attribution: str, licence: str) -> None:
        """Remembers what must stand beside the data of *source*."""
        if source not in self.report.notices and (attribution or licence):
            self.report.notices[source] = (attribution, licence)
            self.coverage.note(source, attribution, licence, self.clock.now())


@contextmanager
def opened(
    home: Path,
    clock: Clock,
    asked: Callable[[Store, Registry], Asked],
    *,
    urls: Mapping[str, str],
    keys: Mapping[str, Key],
    opted_in: frozenset[str] = frozenset(),
) -> Iterator[World]:
    """The world of one fetch into *home*; *asked* reads the request once it is known what the store holds.

    Args:
        home: Where the store and the cache lie.
        clock: The wall's.
        asked: Makes the request.
        urls: Loopback origins by provider and venue, in place of their own hosts.
        keys: Keys by provider.
        opted_in: Providers that a person has said yes to.
    """
    with ExitStack() as stack:
        store = Store.open(home, clock)
        stack.callback(store.close)
        registry = Registry(assets.known(store.connection))
        request = asked(store, registry)
        coverage = Coverage.open(store.folder)
        stack.callback(coverage.close)
        cache = open_cache(home)
        stack.callback(cache.close)
        fetcher = Fetcher(
            cache, clock, stand_ins=urls, keys=keys, opted_in=opted_in, deadline_ms=_PATIENCE_MS
        )
        yield World(
            request,
            clock,
            store,
            registry,
            coverage,
            fetcher,
            Venues(clock, urls),
            frozenset(keys),
            opted_in,
        )
