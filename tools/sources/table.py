"""Readers of tables: which fields a row has is data, how they are read is here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from core.instant import MINUTE, Instant
from tools.sources.answer import LeftOut, Listed
from tools.sources.http.endpoint import Asked, Reader
from tools.sources.opaque import opaque
from tools.sources.reading import (
    MalformedError,
    fields,
    identifier,
    items,
    number,
    text,
)
from tools.sources.vintage import Rule

_SKEW = 10 * MINUTE  # by so much a source's clock may run ahead of ours


class Kind(Enum):
    """What a field may hold."""

    AMOUNT = auto()  # a number, not below 0
    SIGNED = auto()
    GRADE = auto()  # 0 to 100
    TEXT = auto()
    LIST = auto()  # of texts
    OPAQUE = auto()  # kept as JSON text


@dataclass(frozen=True, slots=True)
class Column:
    """Our *name* for what a source keeps under *key*, dotted where it is nested."""

    name: str
    key: str
    kind: Kind
    unit: str = ""


def amounts(unit: str, **keys: str) -> tuple[Column, ...]:
    """Numbers that are not below 0."""
    return tuple(Column(name, key, Kind.AMOUNT, unit) for name, key in keys.items())


def signed(unit: str, **keys: str) -> tuple[Column, ...]:
    """Numbers that may be below 0."""
    return tuple(Column(name, key, Kind.SIGNED, unit) for name, key in keys.items())


def texts(**keys: str) -> tuple[Column, ...]:
    """Single lines of text."""
    return tuple(Column(name, key, Kind.TEXT) for name, key in keys.items())


def lists(**keys: str) -> tuple[Column, ...]:
    """Lists of texts."""
    return tuple(Column(name, key, Kind.LIST) for name, key in keys.items())


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which of *keys* says when a row holds, how it is read, and when it was known (`None`: when it was read).

    covers_ms: how long after its stamp a row is complete; before that it is left out.
    """

    keys: tuple[str, ...]
    read: Callable[[object, str], Instant]
    known: Rule | None = None
    covers_ms: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Where the rows are and what they hold.

    id: the key of a row's id; empty for a table about the whole market.
    inside: the key under which each row wraps its fields.
    needs: names without which a row says nothing.
    fold: how a key is spelled before it is looked up.
    """

    id: str
    columns: tuple[Column, ...]
    at: str = ""
    inside: str = ""
    stamp: Stamp | None = None
    needs: tuple[str, ...] = ()
    fold: Callable[[str], str] | None = None


def table(shape: Table) -> Reader[Listed]:
    """A reader of the list of objects at *shape.at*."""
    return lambda body, asked: _rows(shape, items(_at(body, shape.at), shape.at or "the body"), asked)


def single(shape: Table) -> Reader[Listed]:
    """A reader of one object, which is a table of one row."""
    return lambda body, asked: _rows(shape, [fields(_at(body, shape.at), shape.at or "the body")], asked)


def keyed(shape: Table) -> Reader[Listed]:
    """A reader of an object whose keys are the ids of its rows."""

    def read(body: Any, asked: Asked) -> Iterator[Listed | LeftOut]:
        whole = fields(_at(body, shape.at), shape.at or "the body")
        rows = [{**fields(row, "a row"), shape.id: name} for name, row in whole.items()]
        yield from _rows(shape, rows, asked)

    return read


def ranked(reader: Reader[Listed], by: str, name: str, among: Callable[[Listed], bool]) -> Reader[Listed]:
    """*reader*'s rows with their rank by number *by*, 1 the largest, counted *among* those that take part.

    A row that cannot be read could stand anywhere: then nobody has a rank.
    """

    def read(body: Any, asked: Asked) -> Iterator[Listed | LeftOut]:
        rows: list[Listed] = []
        is_whole = True
        for row in reader(body, asked):
            if isinstance(row, LeftOut):
                is_whole = is_whole and not row.broken
                yield row
            else:
                rows.append(row)
        if not is_whole:
            yield LeftOut(f"{name}: it cannot be counted while a row cannot be read")
        taking_part = [row for row in rows if is_whole and by in row.numbers and among(row)]
        taking_part.sort(key=lambda row: (-row.numbers[by], row.id))
        places = {row.id: Decimal(place) for place, row in enumerate(taking_part, start=1)}
        for row in rows:
            if row.id in places:
                numbers, units = {**row.numbers, name: places[row.id]}, {**row.units, name: "rank"}
                yield replace(row, numbers=numbers, units=units)
            else:
                yield row

    return read


def _rows(shape: Table, raw: Iterable[Any], asked: Asked) -> Iterator[Listed | LeftOut]:
    seen: dict[tuple[str, Instant], Listed] = {}
    is_any_known = False
    is_empty = True
    for one in raw:
        is_empty = False
        try:
            cells = _cells(shape, one)
            is_any_known = is_any_known or any(_at(cells, c.key) is not None for c in shape.columns)
            row = _row(shape, cells, asked)
        except MalformedError as error:
            yield LeftOut(f"a row cannot be read: {error}", broken=True)
            continue
        if isinstance(row, LeftOut):
            yield row
        elif seen.setdefault((row.id, row.as_of), row) != row:
            yield LeftOut(f"two rows that differ for {row.id}", broken=True)
    if not is_empty and not is_any_known:
        raise MalformedError("no row has any of the fields that are expected")
    yield from seen.values()


def _cells(shape: Table, raw: Any) -> Mapping[str, Any]:
    cells = fields(raw, "a row")
    if shape.fold is not None:
        cells = {shape.fold(key): value for key, value in cells.items()}
    return fields(_at(cells, shape.inside), shape.inside) if shape.inside else cells


def _row(shape: Table, cells: Mapping[str, Any], asked: Asked) -> Listed | LeftOut:
    name = identifier(_at(cells, shape.id), shape.id) if shape.id else "market"
    stamps = [cells[key] for key in shape.stamp.keys if key in cells] if shape.stamp is not None else []
    if stamps and all(stamp is None for stamp in stamps):
        return LeftOut(f"{name} has no time")
    as_of, known_at = _times(shape.stamp, cells, asked)
    if as_of > asked.fetched_at + _SKEW:
        return LeftOut(f"{name} is stamped after now", broken=True)
    covers = shape.stamp.covers_ms if shape.stamp is not None else 0
    if covers and as_of + covers > asked.fetched_at:
        return LeftOut(f"{name} has a period that is not over")
    as_of = min(as_of, asked.fetched_at)
    numbers: dict[str, Decimal] = {}
    words: dict[str, str] = {}
    several: dict[str, tuple[str, ...]] = {}
    for column in shape.columns:
        raw = _at(cells, column.key)
        if column.kind is Kind.LIST:
            several[column.name] = tuple(
                found for one in items(raw or [], column.key) if (found := text(one, column.key))
            )
        elif column.kind is Kind.OPAQUE:
            words |= {} if raw is None else {column.name: opaque(raw)}
        elif column.kind is Kind.TEXT:
            found = text(raw, column.key)
            words |= {} if found is None else {column.name: found}
        else:
            value = _number(column, raw)
            numbers |= {} if value is None else {column.name: value}
    absent = [name for name in shape.needs if name not in numbers and name not in words]
    if absent:
        return LeftOut(f"{name} has no {absent[0]}")
    units = {column.name: column.unit for column in shape.columns if column.name in numbers}
    return Listed(name, as_of, max(known_at, as_of), asked.source, words, numbers, units, several)


def _times(stamp: Stamp | None, cells: Mapping[str, Any], asked: Asked) -> tuple[Instant, Instant]:
    if stamp is None:
        return asked.fetched_at, asked.fetched_at
    key = next((key for key in stamp.keys if cells.get(key) is not None), stamp.keys[0])
    as_of = stamp.read(cells.get(key), key)
    return as_of, asked.fetched_at if stamp.known is None else stamp.known(as_of)


def _number(column: Column, raw: Any) -> Decimal | None:
    value = number(raw, column.key)
    if value is None or column.kind is Kind.SIGNED:
        return value
    if value < 0 or (column.kind is Kind.GRADE and value > 100):
        raise MalformedError(f"{column.key} is outside what it can be")
    return value


def _at(value: Any, path: str) -> Any:
    """What *value* holds under the dotted *path*; `None` where it holds nothing there."""
    for key in path.split(".") if path else ():
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value
