"""Files of others as frames: Parquet, Feather, CSV, CSV.gz, and their many ways to write a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.errors import UsageError
from core.instant import instant
from core.market import Floats, Instants
from tools.store.gate import Fault
from tools.store.manifest import Filter

ROW = "__row__"

_READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".parquet": pl.read_parquet,
    ".feather": pl.read_ipc,
    ".arrow": pl.read_ipc,
    ".csv": lambda path: pl.read_csv(path, infer_schema=False),
    ".csv.gz": lambda path: pl.read_csv(path, infer_schema=False),
}
# an epoch of this size and more is counted in the next finer unit
_PER_MILLISECOND = ((1e11, 1e-3), (1e14, 1.0), (1e17, 1e3), (float("inf"), 1e6))
_UNITS = {"s": 1e-3, "ms": 1.0, "us": 1e3, "ns": 1e6}


class RefusedFile(Exception):
    """A file that cannot be taken; carries the `Fault`."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def read_frame(path: Path) -> pl.DataFrame:
    """The rows of a file, numbered from 0 in the column `ROW`. Text stays text.

    Raises:
        RefusedFile: ``not_rows``.
        OSError: it may not be read.
    """
    suffix = next((s for s in _READERS if path.name.lower().endswith(s)), None)
    if suffix is None:
        raise RefusedFile(Fault("not_rows", f"of the kinds {', '.join(_READERS)} it is none"))
    with path.open("rb") as file:
        head = file.read(2)
    if not head:
        raise RefusedFile(Fault("not_rows", "the file is empty"))
    try:
        frame = _READERS[suffix](path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        reason = " ".join(str(error).split("\n", 1)[0].split())
        raise RefusedFile(Fault("not_rows", f"it cannot be read: {reason}")) from error
    if frame.is_empty():
        raise RefusedFile(Fault("not_rows", "it holds no rows"))
    return frame.with_row_index(ROW)


# what other people call our columns
_OTHER_NAMES = {
    "ts": ("timestamp", "time", "open_time", "opentime", "datetime", "date", "unix", "t"),
    "open": ("o", "open_price"),
    "high": ("h", "high_price"),
    "low": ("l", "low_price"),
    "close": ("c", "close_price"),
    "volume": ("vol", "v", "base_volume"),
    "metric": ("name", "indicator", "series"),
    "value": ("val", "v", "amount", "number"),
    "rate": ("funding_rate", "fundingrate"),
    "published": ("published_at", "publishedat", "pubdate", "date", "ts", "timestamp", "time"),
    "title": ("headline", "name"),
}


def renamed(frame: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """The frame with our names, *columns* being ours by the file's own.

    Raises:
        RefusedFile: ``wrong_columns``.
    """
    for column in columns.values():
        require(frame, column)
    taken = [name for name in columns if name in frame.columns and name not in columns.values()]
    return frame.drop(taken).rename({theirs: ours for ours, theirs in columns.items()})


def filtered(frame: pl.DataFrame, where: Filter, drop: Filter) -> pl.DataFrame:
    """The rows that *where* allows in every column and *drop* names in none.

    Raises:
        RefusedFile: ``wrong_columns``.
    """
    for rule, keep in ((where, True), (drop, False)):
        for column, values in rule.items():
            require(frame, column)
            texts = [str(v).lower() if isinstance(v, bool) else str(v) for v in values]
            named = pl.col(column).cast(pl.String).is_in(texts).fill_null(value=False)
            frame = frame.filter(named if keep else ~named)
    return frame


def require(frame: pl.DataFrame, column: str) -> pl.Series:
    """A column by name.

    Raises:
        RefusedFile: ``wrong_columns``.
    """
    if column not in frame.columns:
        there = ", ".join(name for name in frame.columns if name != ROW)
        raise RefusedFile(Fault("wrong_columns", f"there is no column {column!r}; there are {there}"))
    return frame[column]


def require_ours(frame: pl.DataFrame, names: Sequence[str]) -> None:
    """Refuses a file that calls one of our columns otherwise, and says how to name them.

    Raises:
        RefusedFile: ``wrong_columns``.
    """
    absent = [name for name in names if name not in frame.columns]
    if not absent:
        return
    there = [name for name in frame.columns if name != ROW]
    folded = {name.casefold().replace(" ", "_"): name for name in reversed(there) if name not in names}
    pairs = []
    for name in absent:
        meant = next((folded[word] for word in (name, *_OTHER_NAMES.get(name, ())) if word in folded), "…")
        pairs.append(f"{name}={meant}")
    told = f"there is no column {', '.join(map(repr, absent))}; there are {', '.join(there)}"
    raise RefusedFile(Fault("wrong_columns", f"{told}: name the file's own with --columns {','.join(pairs)}"))


def floats(column: pl.Series) -> tuple[Floats, NDArray[np.bool_]]:
    """A column of numbers, and which cells are empty.

    Raises:
        RefusedFile: ``wrong_columns``, at the first cell that is no number.
    """
    empty = column.is_null()
    if column.dtype == pl.String:
        text = column.str.strip_chars()
        empty = empty | (text == "").fill_null(value=True)
        numbers = text.cast(pl.Float64, strict=False)
        wrong = numbers.is_null() & ~empty
        if wrong.any():
            at = int(wrong.arg_max() or 0)
            raise RefusedFile(Fault("wrong_columns", f"{column.name} is {column[at]!r}, no number", at))
    elif column.dtype.is_numeric() or column.dtype == pl.Null:
        numbers = column.cast(pl.Float64)
    else:
        raise RefusedFile(Fault("wrong_columns", f"{column.name} holds {column.dtype}, no numbers"))
    return numbers.fill_null(0.0).to_numpy(), empty.to_numpy()


def instants(column: pl.Series, unit: str | None = None) -> tuple[Instants, NDArray[np.bool_]]:
    """A column of times in UTC milliseconds, and which cells are empty.

    Datetimes (without a zone: UTC), dates, ISO 8601 text, or epochs in *unit* (without one: s, ms,
    us or ns by the largest magnitude).

    Raises:
        RefusedFile: ``wrong_columns``, at the first cell that is no time of the years 1 to 9999.
    """
    times, empty = _times(column, unit)
    beyond = ((times < _FIRST) | (times > _LAST)) & ~empty
    if beyond.any():
        raise RefusedFile(Fault("wrong_columns", f"{column.name} is no time", int(np.argmax(beyond))))
    return times, empty


_FIRST, _LAST = instant("0001-01-01"), instant("9999-12-31T23:59:59.999")


def _times(column: pl.Series, unit: str | None) -> tuple[Instants, NDArray[np.bool_]]:
    if column.dtype == pl.Date:
        column = column.cast(pl.Datetime("ms"))
    if isinstance(column.dtype, pl.Datetime):
        empty = column.is_null().to_numpy()
        return column.dt.timestamp("ms").fill_null(0).to_numpy().astype(np.int64), empty
    if column.dtype == pl.String:
        text = column.str.strip_chars()
        if text.cast(pl.Float64, strict=False).null_count() > text.null_count() + int((text == "").sum()):
            return _from_text(text)
    if column.dtype.is_integer():
        # no detour over floats: an epoch in nanoseconds does not fit into one
        empty = column.is_null().to_numpy()
        whole = column.cast(pl.Int64, strict=False).fill_null(0).to_numpy()
        per = _UNITS[unit] if unit else _per_millisecond(float(np.abs(whole).max(initial=0)))
        return (whole * 1000 if per < 1 else whole // int(per)), empty
    numbers, empty = floats(column)
    bad = ~np.isfinite(numbers)
    if bad.any():
        raise RefusedFile(Fault("wrong_columns", f"{column.name} is no time", int(np.argmax(bad))))
    per = _UNITS[unit] if unit else _per_millisecond(float(np.abs(numbers).max(initial=0)))
    # what no integer holds lies beyond the years anyway
    return np.round(np.clip(numbers / per, -1e18, 1e18)).astype(np.int64), empty


def _per_millisecond(largest: float) -> float:
    return next(per for bound, per in _PER_MILLISECOND if largest < bound)


def _from_text(text: pl.Series) -> tuple[Instants, NDArray[np.bool_]]:
    times = np.zeros(len(text), np.int64)
    empty = np.zeros(len(text), np.bool_)
    for row, cell in enumerate(text.to_list()):
        if not cell:
            empty[row] = True
            continue
        try:
            times[row] = instant(cell)
        except UsageError:
            raise RefusedFile(Fault("wrong_columns", f"{text.name} is {cell!r}, no time", row)) from None
    return times, empty
