"""One endpoint as a provider speaks it: who asks, what goes over the wire, what comes back."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.observation import Observation, Ok, Outcome
from tests.tools.sources.provider_server import Request
from tests.wire.replies import Reply
from tools.sources.answer import Answer, Listed
from tools.sources.http.fetcher import Fetcher
from tools.sources.ohlc import Ohlc
from tools.sources.providers.news import NewsItem

Ask = Callable[[Fetcher], Awaitable[Outcome[Answer[Any]]]]


@dataclass(frozen=True, repr=False)
class Case:
    """*body*: a tiny answer in the real form, JSON, or the bytes of a feed. *query*: what must be asked."""

    source: str
    endpoint: str
    ask: Ask
    path: str
    body: Any
    query: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"{self.source}-{self.endpoint}"

    @property
    def good(self) -> Reply:
        return reply_of(self.body)

    def is_met_by(self, request: Request) -> bool:
        return request.path == self.path and self.query.items() <= request.query.items()


def reply_of(body: Any) -> Reply:
    """*body* as an answer."""
    if isinstance(body, bytes):
        return Reply(body, headers={"content-type": "application/rss+xml; charset=utf-8"})
    return Reply(json.dumps(body).encode(), headers={"content-type": "application/json; charset=utf-8"})


def numbers_in(outcome: Outcome[Answer[Any]]) -> set[Decimal]:
    """Every number that an outcome holds and the source sent; a rank we count ourselves."""
    found: set[Decimal] = set()
    if isinstance(outcome, Ok):
        for row in outcome.value.rows:
            if isinstance(row, Observation):
                found.add(row.value)
            elif isinstance(row, Listed):
                found |= {value for name, value in row.numbers.items() if name != "tvl_rank"}
            elif isinstance(row, Ohlc):
                found |= {row.open, row.high, row.low, row.close}
            else:
                assert isinstance(row, NewsItem)
    return found


def times_in(outcome: Outcome[Answer[Any]]) -> Iterator[tuple[int, int]]:
    """When each row holds, and when it was known."""
    if isinstance(outcome, Ok):
        for row in outcome.value.rows:
            if isinstance(row, Observation | Listed):
                yield row.as_of, row.known_at
            elif isinstance(row, Ohlc):
                yield row.closed_at, row.known_at
            elif row.published is not None:
                yield row.published, row.known_at
