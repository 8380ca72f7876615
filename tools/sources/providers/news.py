"""News by RSS and Atom: headlines, and a few lines of each. No key.

What a feed says was published when it says; it is known from the moment when we read it. The text is a stranger's:
stripped of markup, bounded, quoted as data and never as instructions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from core.errors import UsageError
from core.instant import MINUTE, SECOND, Instant, from_datetime, instant
from core.observation import Outcome
from tools.sources.answer import Answer, LeftOut
from tools.sources.feed import feed_items
from tools.sources.http.endpoint import Asked, Endpoint, Form, Provider, chosen
from tools.sources.http.fetcher import Fetcher
from tools.sources.http.limits import Pace
from tools.sources.markup import without_markup
from tools.sources.source import Source

PROVIDER = Provider(
    "news",
    Pace(1, 5 * SECOND, burst=2),
    "Headlines belong to their publishers; follow each link",
    "the publishers' own",
)
# by name: the host, and where the feed is on it
FEEDS: dict[str, tuple[str, str]] = {
    "coindesk": ("https://www.coindesk.com", "/arc/outboundfeeds/rss/"),
    "cointelegraph": ("https://cointelegraph.com", "/rss"),
    "decrypt": ("https://decrypt.co", "/feed"),
    "theblock": ("https://www.theblock.co", "/rss.xml"),
}
_TITLE, _SUMMARY, _URL = 300, 1_000, 2_000
_SKEW = 10 * MINUTE
_FIRST = instant("2009-01-01")


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One item of a feed. *published*: what the feed says, `None` where it says nothing that can be."""

    title: str
    summary: str
    url: str
    published: Instant | None
    known_at: Instant
    feed: str


def _items(body: Any, asked: Asked) -> Iterator[NewsItem | LeftOut]:
    seen: set[tuple[str, str]] = set()
    for raw in feed_items(body):
        title = without_markup(raw.get("title", ""), _TITLE)
        if not title:
            yield LeftOut("an item without a title")
            continue
        url = _link(raw)
        if (title, url) in seen:
            yield LeftOut("an item that is there twice")
            continue
        seen.add((title, url))
        published = _moment(raw.get("published") or raw.get("updated", ""))
        if published is not None and not _FIRST <= published <= asked.fetched_at + _SKEW:
            published = None
        summary = without_markup(raw.get("summary", ""), _SUMMARY)
        yield NewsItem(title, summary, url, published, asked.fetched_at, asked.about["feed"])


def _link(raw: dict[str, str]) -> str:
    """The item's address, empty where it is none that a person could follow."""
    for given in (raw.get("url", ""), raw.get("guid", "")):
        try:
            parts = urlsplit(given)
        except ValueError:
            continue
        if (
            parts.scheme in ("http", "https")
            and parts.hostname
            and given.isprintable()
            and len(given) <= _URL
        ):
            return given
    return ""


def _moment(text: str) -> Instant | None:
    try:
        return instant(text[:40])
    except (UsageError, OverflowError):
        pass
    try:
        moment = parsedate_to_datetime(text[:60])
        return None if moment.tzinfo is None else from_datetime(moment)
    except (ValueError, OverflowError):
        return None


def _feed(host: str, path: str) -> Endpoint[NewsItem]:
    return Endpoint(
        PROVIDER, host, path, _items, keeps_ms=10 * MINUTE, largest=4 * 1024 * 1024, form=Form.XML
    )


ENDPOINTS = {name: _feed(host, path) for name, (host, path) in FEEDS.items()}


class News:
    """Reads feeds."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def items(self, feed: str) -> Outcome[Answer[NewsItem]]:
        """What a feed (of `FEEDS`) has now, in its order."""
        return await self._fetcher.ask(chosen(ENDPOINTS, feed), {}, {"feed": feed})


SOURCE = Source(PROVIDER, "News feeds", {"news": tuple(FEEDS)}, News, ENDPOINTS, history_days=0)
