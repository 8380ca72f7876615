"""The first difference of two JSON values, by JSON pointer (RFC 6901)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

_ABSENT: Any = object()


class Difference(NamedTuple):
    """Where two values first differ; what is absent on one side is `None` there."""

    path: str
    recorded: Any
    replayed: Any


def first_difference(recorded: Any, replayed: Any, path: str = "") -> Difference | None:
    """The first difference in the order of *recorded*'s keys, or `None`.

    >>> first_difference({"a": [1, 2]}, {"a": [1, 3]})
    Difference(path='/a/1', recorded=2, replayed=3)
    """
    if isinstance(recorded, Mapping) and isinstance(replayed, Mapping):
        names = [*recorded, *(name for name in replayed if name not in recorded)]
        pairs = [(_escaped(n), recorded.get(n, _ABSENT), replayed.get(n, _ABSENT)) for n in names]
    elif isinstance(recorded, list | tuple) and isinstance(replayed, list | tuple):
        both = zip_longest(recorded, replayed, fillvalue=_ABSENT)
        pairs = [(str(n), one, other) for n, (one, other) in enumerate(both)]
    else:
        same = type(recorded) is type(replayed) and recorded == replayed
        return None if same else Difference(path, _shown(recorded), _shown(replayed))
    for name, one, other in pairs:
        if found := first_difference(one, other, f"{path}/{name}"):
            return found
    return None


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _shown(value: Any) -> Any:
    return None if value is _ABSENT else value
