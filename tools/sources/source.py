"""What a source is to those who plan: whom it asks, what it serves, how far back, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from core.registry import discover
from tools.sources.http.endpoint import Endpoint, Provider
from tools.sources.http.fetcher import Fetcher


@dataclass(frozen=True, slots=True)
class Source:
    """One provider's row in the registry.

    serves: metrics by kind of data (``onchain``, ``fundamental``, ``sentiment``, ``ohlcv``, ``news``, ``listing``).
    history_days: how far back it goes; `None` for all there is, 0 where it knows only today.
    cost: requests that one answer takes of the budget.
    client: makes the typed client.
    endpoints: every endpoint that the client may ask, by name.
    """

    provider: Provider
    title: str
    serves: Mapping[str, tuple[str, ...]]
    client: Callable[[Fetcher], object]
    endpoints: Mapping[str, Endpoint[Any]] = field(default_factory=dict)
    history_days: int | None = None
    cost: int = 1

    @property
    def name(self) -> str:
        """The provider's name, as in ``TOKENWISE_URL_<PROVIDER>`` but in lower case."""
        return self.provider.name

    @property
    def needs_key(self) -> bool:
        """Whether it answers nobody without a key."""
        return self.provider.needs_key

    @property
    def attribution(self) -> str:
        """What has to stand beside its data."""
        return self.provider.attribution

    @property
    def licence(self) -> str:
        """Under which licence its data come."""
        return self.provider.licence


@cache
def sources() -> Mapping[str, Source]:
    """Every source, by name."""
    found = discover("tools.sources.providers", "SOURCE").values()
    return {source.name: source for source in cast("list[Source]", list(found))}
