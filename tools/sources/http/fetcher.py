"""The one HTTP core: ask an endpoint, get rows or the reason why there are none. Raises nothing of the network."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar
from weakref import WeakValueDictionary

import numpy as np

from core.instant import SECOND, Instant
from core.observation import BadRequest, NotEntitled, Ok, Outcome, Throttled, Unreachable
from core.ports import Clock
from tools.sources.answer import Answer
from tools.sources.http.addresses import Addresses
from tools.sources.http.body import is_page
from tools.sources.http.budget import Budget, next_month
from tools.sources.http.cache import Cache, Kept
from tools.sources.http.call import Call
from tools.sources.http.endpoint import Endpoint, Given, Provider, sendable
from tools.sources.http.limits import OF_THE_PROCESS, Limits
from tools.sources.http.network import Heard, Network, Timeouts
from tools.sources.http.redaction import Key, scrubbed
from tools.sources.http.retries import Retries, asked_pause
from tools.sources.http.verdict import Failed, Failure

R = TypeVar("R")


class Fetcher:
    """Asks endpoints, politely.

    Args:
        connection: ``cache.db`` (`tools.sources.http.schema.open_cache`); the caller closes it.
        clock: The wall's.
        stand_ins: Loopback origins by provider, in place of its own hosts.
        keys: Keys by provider.
        opted_in: Providers that a person has said yes to.
        budgets: Requests per calendar month by provider, in place of the provider's own figure.
        limits: Who shares the pace; by default the whole process.
        seed: Of the jitter between attempts.
        deadline_ms: For one question, all attempts and waits together.

    Raises:
        UsageError: a stand-in that is not on this machine.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        clock: Clock,
        *,
        stand_ins: Mapping[str, str] | None = None,
        keys: Mapping[str, Key] | None = None,
        opted_in: frozenset[str] = frozenset(),
        budgets: Mapping[str, int] | None = None,
        limits: Limits = OF_THE_PROCESS,
        retries: Retries | None = None,
        timeouts: Timeouts | None = None,
        seed: int = 0,
        deadline_ms: int = 60 * SECOND,
    ) -> None:
        self._clock = clock
        self._addresses = Addresses(stand_ins)
        self._keys = dict(keys or {})
        self._opted_in = opted_in
        self._budgets = dict(budgets or {})
        self._budget = Budget(connection)
        self._cache = Cache(connection, clock.now())
        self._limits = limits
        self._retries = retries or Retries()
        self._network = Network(timeouts or Timeouts())
        self._chance = np.random.default_rng(seed)
        self._deadline_ms = deadline_ms
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def ask(
        self,
        endpoint: Endpoint[R],
        given: Mapping[str, Given | None] | None = None,
        about: Mapping[str, str] | None = None,
    ) -> Outcome[Answer[R]]:
        """The rows of *endpoint* for *given*; *about* is for the reader only and never leaves."""
        provider = endpoint.provider
        refused = self._refused(provider)
        if refused is not None:
            return refused
        origin = self._addresses.origin(provider.name, endpoint.host)
        try:
            call = Call(endpoint, origin, sendable(given or {}), about or {}, self._keys.get(provider.name))
        except ValueError as error:
            return BadRequest(f"{provider.name}: {error}")
        latest = Instant(self._clock.now() + self._deadline_ms)
        lock = self._asking.setdefault(call.key, asyncio.Lock())
        try:
            async with asyncio.timeout(self._deadline_ms / 1000), lock:
                return await self._answer(call, latest)
        except TimeoutError:
            return Unreachable(f"{call.name}: no answer within {self._deadline_ms} ms")

    async def aclose(self) -> None:
        """Closes the connections; the cache stays open."""
        await self._network.aclose()

    def spent(self, provider: str) -> int:
        """Requests sent to *provider* this month."""
        return self._budget.spent(provider, self._clock.now())

    def _refused(self, provider: Provider) -> Failure | None:
        if provider.opt_in and provider.name not in self._opted_in:
            return NotEntitled(f"{provider.name} is off until you turn it on: {provider.opt_in}")
        if provider.needs_key and provider.name not in self._keys:
            return NotEntitled(f"{provider.name} needs a key, and there is none")
        return None

    async def _answer(self, call: Call[R], latest: Instant) -> Outcome[Answer[R]]:
        kept = self._cache.get(call.key) if call.is_kept else None
        if kept is not None and kept.fetched_at > self._clock.now():
            kept = None  # the clock was set back: nothing may be served from after now
        if kept is not None and self._clock.now() - kept.fetched_at < call.endpoint.keeps_ms:
            answer = await call.read(kept)
            if isinstance(answer, Ok):
                return answer
            kept = None
        attempt = 0
        while True:
            attempt += 1
            heard = await self._attempt(call, kept, latest)
            if not isinstance(heard, Failed):
                return await self._taken_in(call, kept, heard)
            now = self._clock.now()
            pause = self._retries.pause(attempt, self._chance) if heard.pause_ms is None else heard.pause_ms
            if not heard.again or attempt == self._retries.attempts or now + pause > latest:
                return heard.outcome
            await self._clock.sleep_until(Instant(now + pause))

    async def _attempt(self, call: Call[R], kept: Kept | None, latest: Instant) -> Heard | Failed:
        provider = call.endpoint.provider
        gate = self._limits.gate(call.origin, provider.pace)
        now = self._clock.now()
        start = gate.reserve(now, latest)
        if start is None:
            told = f"{call.name}: its limit leaves no room before the deadline"
            return Failed(Throttled(told, gate.opens_at() - now))
        await self._clock.sleep_until(start)
        most = self._budgets.get(provider.name, provider.monthly)
        now = self._clock.now()
        if not self._budget.take(provider.name, most, now):
            told = f"{provider.name}: this month's {most} requests are spent"
            return Failed(Throttled(told, next_month(now) - now))
        endpoint = call.endpoint
        async with gate.seat():
            heard = await self._network.send(
                endpoint.method, call.url, call.headers(kept), call.content(), endpoint.largest, call.name
            )
        if isinstance(heard, Failed):
            # a question that costs may have been heard: it is not asked twice
            return heard if call.is_kept else replace(heard, again=False)
        heard = replace(heard, body=scrubbed(heard.body, self._keys.values()))
        if heard.status == 200 or (heard.status == 304 and kept is not None):
            return heard
        now = self._clock.now()
        pause = asked_pause(heard.headers.get("retry-after"), now)
        if heard.status == 429 and pause is not None:
            gate.close_until(Instant(now + pause))
        refusal = call.refusal(heard, pause)
        return refusal if call.is_kept or heard.status == 429 else replace(refusal, again=False)

    async def _taken_in(self, call: Call[R], kept: Kept | None, heard: Heard) -> Outcome[Answer[R]]:
        now = self._clock.now()
        if heard.status == 304 and kept is not None:
            self._cache.confirm(call.key, now)
            return await call.read(replace(kept, fetched_at=now))
        if is_page("", heard.body):  # what it is called is not always what it is
            return Unreachable(f"{call.name}: a web page in place of data")
        fresh = Kept(heard.body, now, self._mark(heard, "etag"), self._mark(heard, "last-modified"))
        answer = await call.read(fresh)
        if isinstance(answer, Ok) and call.is_kept:
            self._cache.put(call.key, call.endpoint.provider.name, fresh)
        return answer

    def _mark(self, heard: Heard, name: str) -> str | None:
        mark = heard.headers.get(name, "")
        return (
            mark
            if 0 < len(mark) <= 200 and scrubbed(mark.encode(), self._keys.values()) == mark.encode()
            else None
        )
