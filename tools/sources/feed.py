"""RSS 2.0, RSS 1.0 and Atom, read strictly: no entities of their own, nothing fetched, everything bounded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from tools.sources.http.body import UnreadableError

_DEEPEST = 40
_MOST_ITEMS = 500
_LONGEST = 20_000
_ITEMS = frozenset({"item", "entry"})
_ROOTS = frozenset({"rss", "rdf", "feed"})
# their name: ours; the first that an item has is taken
_PARTS = {
    "title": "title",
    "link": "url",
    "guid": "guid",
    "id": "guid",
    "pubdate": "published",
    "date": "published",
    "published": "published",
    "updated": "updated",
    "description": "summary",
    "summary": "summary",
}


@dataclass(slots=True)
class _Reading:
    """Where the parser stands."""

    path: list[str] = field(default_factory=list)
    items: list[dict[str, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    length: int = 0
    inside: int = 0


def feed_items(body: bytes) -> list[dict[str, str]]:
    """The items of a feed, in its order, by `title`, `url`, `guid`, `published`, `updated` and `summary`.

    Raises:
        UnreadableError: not well-formed, no feed, or with a document type, which may hold entities.
    """
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, marks: _start(reading, _local(name), marks)
    parser.EndElementHandler = lambda name: _end(reading, _local(name))
    parser.CharacterDataHandler = lambda text: _words(reading, text)
    parser.StartDoctypeDeclHandler = lambda *_: _refuse()
    parser.EntityDeclHandler = lambda *_: _refuse()
    parser.ExternalEntityRefHandler = lambda *_: _refuse()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("the body is not well-formed XML") from None
    return reading.items


def _local(name: str) -> str:
    return name.rpartition(" ")[2].lower()


def _start(reading: _Reading, name: str, marks: dict[str, str]) -> None:
    if not reading.path and name not in _ROOTS:
        raise UnreadableError("the body is no feed")
    reading.path.append(name)
    if len(reading.path) > _DEEPEST:
        raise UnreadableError("the feed is nested too deeply")
    if name in _ITEMS and not reading.inside:
        if len(reading.items) == _MOST_ITEMS:
            raise UnreadableError(f"the feed has more than {_MOST_ITEMS} items")
        reading.items.append({})
        reading.inside = len(reading.path)
    elif reading.inside and len(reading.path) == reading.inside + 1:
        reading.text, reading.length = [], 0
        if name == "link" and marks.get("href") and marks.get("rel", "alternate") == "alternate":
            reading.items[-1].setdefault("url", marks["href"][:_LONGEST])


def _words(reading: _Reading, text: str) -> None:
    if reading.inside and len(reading.path) > reading.inside and reading.length < _LONGEST:
        reading.text.append(text)
        reading.length += len(text)


def _end(reading: _Reading, name: str) -> None:
    depth = len(reading.path)
    reading.path.pop()
    if reading.inside == depth:
        reading.inside = 0
    elif reading.inside and depth == reading.inside + 1 and name in _PARTS:
        words = "".join(reading.text)[:_LONGEST].strip()
        if words:
            reading.items[-1].setdefault(_PARTS[name], words)


def _refuse() -> NoReturn:
    raise UnreadableError("the feed declares a document type or entities")
