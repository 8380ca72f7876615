"""One endpoint as data: where it is, how long its answer keeps, how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from core.errors import UsageError
from core.instant import HOUR, Instant
from tools.sources.answer import LeftOut
from tools.sources.http.limits import Pace

R = TypeVar("R")
T = TypeVar("T")
Given = str | int

_LONGEST = 6_000


class Form(Enum):
    """What a body is."""

    JSON = "application/json"
    XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Provider:
    """Whom we ask: how fast, how often, with which key, and what must stand beside the answer.

    monthly: requests in a calendar month (UTC), or `None`.
    opt_in: why a person must first say yes to it; empty where nobody need.
    """

    name: str
    pace: Pace
    attribution: str = ""
    licence: str = ""
    key_header: str | None = None
    needs_key: bool = False
    monthly: int | None = None
    opt_in: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader knows beside the body. *given*: what was asked; *about*: what only we know."""

    source: str
    fetched_at: Instant
    given: Mapping[str, str]
    about: Mapping[str, str]

    @property
    def asset(self) -> str:
        """The asset that the answer is about."""
        return self.about["asset"]


Reader = Callable[[Any, Asked], Iterable[R | LeftOut]]


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[R]):
    """``GET host + path``: ``{name}`` in *path* is filled in, all else that is given becomes the query.

    A ``POST`` sends what is given as a JSON body, as *pack* makes it; it is asked once and never kept.
    """

    provider: Provider
    host: str
    path: str
    read: Reader[R]
    query: Mapping[str, str] = field(default_factory=dict)
    keeps_ms: int = HOUR
    largest: int = 4 * 1024 * 1024
    form: Form = Form.JSON
    method: str = "GET"
    pack: Callable[[Mapping[str, str]], Any] | None = None

    @property
    def names_something(self) -> bool:
        """Whether a 404 says that there is no such thing, not that the source has changed."""
        return "{" in self.path


def chosen(known: Mapping[str, T], name: str) -> T:
    """What *known* holds under *name*.

    Raises:
        UsageError: nothing; the mend says what it does hold.
    """
    if name not in known:
        raise UsageError(f"there is no {name!r} here", f"Use one of {', '.join(sorted(known))}.")
    return known[name]


def sendable(given: Mapping[str, Given | None]) -> dict[str, str]:
    """*given* as texts, without what is `None`.

    Raises:
        ValueError: a text that cannot be sent.
    """
    values = {name: str(value) for name, value in given.items() if value is not None}
    for name, value in values.items():
        if not value or len(value) > _LONGEST or not value.isprintable():
            raise ValueError(f"{name} cannot be sent: it is empty, too long or not printable")
    return values


def target(endpoint: Endpoint[Any], values: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The path and query that *values* make; the query in order.

    Raises:
        ValueError: a part of the path that is missing or would lead elsewhere.
    """
    path = endpoint.path
    query = dict(endpoint.query)
    for name, value in values.items():
        place = f"{{{name}}}"
        if place not in path:
            query[name] = value
        elif value in (".", ".."):
            raise ValueError(f"{name} cannot be {value!r}")
        else:
            path = path.replace(place, quote(value, safe=":,"))
    if "{" in path:
        raise ValueError(f"{endpoint.path} needs more than {sorted(values)}")
    return path, dict(sorted(query.items()))


def address(origin: str, path: str, query: Mapping[str, str]) -> str:
    """The whole address."""
    return f"{origin}{path}" + (f"?{urlencode(query, safe=':,')}" if query else "")
