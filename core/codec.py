"""Frozen dataclasses to plain JSON values and back, by their declared types.

Decimals become canonical text, instants RFC 3339, intervals and enums their names; so what is
journalled, kept in a venue's book or checkpointed reads the same everywhere and loses no digit.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from core.instant import Instant, Interval, instant, interval, iso
from core.money import exact, plain

T = TypeVar("T")
_Convert = Callable[[Any], Any]


def encode(value: Any) -> dict[str, Any]:
    """The JSON object of a dataclass; fields that hold their declared kind of ``None`` are kept."""
    kind: Any = type(value)
    names, read, converted = _encoders(kind)
    raw = dict(zip(names, read(value), strict=True))
    for name, convert in converted:
        raw[name] = convert(raw[name])
    return raw


def decode(kind: type[T], raw: Mapping[str, Any]) -> T:
    """The dataclass *kind* that `encode` made *raw* of. Keys it does not declare are passed over.

    Raises:
        KeyError: a field without a default is not there.
    """
    made: Any = kind
    return cast(T, made(**{name: convert(raw[name]) for name, convert in _decoders(made) if name in raw}))


@cache
def _hints(kind: Any) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((f.name, hints[f.name]) for f in fields(kind))


@cache
def _encoders(
    kind: Any,
) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]], tuple[tuple[str, _Convert], ...]]:
    """The field names, how to read all of them at once, and those that need converting."""
    hints = _hints(kind)
    names = tuple(name for name, _ in hints)
    converters = ((name, _converter(hint, 0)) for name, hint in hints)
    converted = tuple((name, convert) for name, convert in converters if convert is not _same)
    if len(names) == 1:
        return names, lambda value: (getattr(value, names[0]),), converted
    return names, attrgetter(*names) if names else lambda _: (), converted


@cache
def _decoders(kind: Any) -> tuple[tuple[str, _Convert], ...]:
    return tuple((name, _converter(hint, 1)) for name, hint in _hints(kind))


def _same(value: Any) -> Any:
    return value


_LEAVES: dict[Any, tuple[_Convert, _Convert]] = {
    Decimal: (plain, exact),
    Instant: (iso, instant),
    Interval: (str, interval),
}


def _converter(hint: Any, way: int) -> _Convert:
    """The converter of *hint*: way 0 encodes, way 1 decodes."""
    if hint in _LEAVES:
        return _LEAVES[hint][way]
    if isinstance(hint, NewType):
        return _converter(hint.__supertype__, way)
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional(args, way)
    if origin is tuple:
        item = _converter(args[0], way)
        made = list if way == 0 else tuple
        return lambda values: made(item(value) for value in values)
    if origin in (dict, Mapping) and args[1] is not Any:
        convert = _converter(args[1], way)
        return lambda values: {key: convert(value) for key, value in values.items()}
    if isinstance(hint, type):
        if is_dataclass(hint):
            return encode if way == 0 else lambda raw: decode(hint, raw)
        if issubclass(hint, Enum):
            return attrgetter("value") if way == 0 else hint
    return dict if way == 0 and origin in (dict, Mapping) else _same


def _optional(args: tuple[Any, ...], way: int) -> _Convert:
    kinds = [arg for arg in args if arg is not types.NoneType]
    if len(kinds) != 1:
        raise TypeError(f"only X | None has a JSON form here, not {args}")
    convert = _converter(kinds[0], way)
    return lambda value: None if value is None else convert(value)
