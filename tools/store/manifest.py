"""The manifest: which files hold which series (CONTRACT §4.2). Strict: an unknown key is refused by name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.assets import unmapped
from core.errors import TokenwiseError, UsageError
from core.instant import Instant, Interval, duration, from_datetime, instant, interval
from tools.store.catalog import MARKET

Kind = Literal["ohlcv", "onchain", "fundamental", "sentiment", "funding", "news"]
KINDS: tuple[str, ...] = get_args(Kind)
_MEND = "See the manifest format in the documentation of 'data import'."


def _moment(value: object) -> object:
    if isinstance(value, datetime):
        return from_datetime(value if value.tzinfo else value.replace(tzinfo=UTC))
    return instant(value) if isinstance(value, str) else value


Moment = Annotated[Instant, BeforeValidator(_moment)]
Filter = dict[str, list[str | bool | int | float]]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Split(_Strict):
    """Until when (exclusive; None: for ever) the ticker means *asset*."""

    asset: str = Field(min_length=1)
    until: Moment | None = None


class KnownAt(_Strict):
    """When a row was known: a column of the file (with its *unit*, where it is a number), and at least so long after ts."""

    column: str | None = None
    unit: Literal["s", "ms", "us", "ns"] | None = None
    at_least: str | None = None

    @property
    def lag(self) -> int:
        """Milliseconds after ts before which no row is known."""
        return duration(self.at_least) if self.at_least else 0


def known_at_rule(text: str) -> KnownAt:
    """The rule that a text names: ``ts+24h``, or a column of the file.

    Raises:
        UsageError: the duration is none.
    """
    match = re.fullmatch(r"ts\s*\+\s*(\S+)", text.strip())
    if match:
        duration(match[1])
        return KnownAt(at_least=match[1])
    if not re.fullmatch(r"\w+", text.strip()):
        raise UsageError(f"{text!r} is not a known_at rule", "Write it as 'ts+24h', or name a column.")
    return KnownAt(column=text.strip())


Name = Annotated[str, Field(min_length=1, max_length=100)]
_CANDLES_ONLY = ("symbol_column", "split")
NEEDED: Mapping[str, tuple[str, ...]] = {
    "ohlcv": ("venue", "interval"),
    "onchain": ("asset",),
    "fundamental": ("asset",),
    "sentiment": (),
    "funding": ("asset",),
    "news": (),
}
_FOREIGN: Mapping[str, tuple[str, ...]] = {
    "ohlcv": ("metrics", "units"),
    "onchain": _CANDLES_ONLY,
    "fundamental": _CANDLES_ONLY,
    "sentiment": _CANDLES_ONLY,
    "funding": ("metrics", "units", *_CANDLES_ONLY),
    "news": ("metrics", "units", "interval", "venue", "symbol", *_CANDLES_ONLY),
}


class Entry(_Strict):
    """One ``[[series]]``: files, and the series that they hold.

    *where* and *drop* name columns, or what ``{name}`` binds in the path: then they choose files.
    *metrics* names the columns of a wide file, *units* the unit of each metric.
    """

    path: str = Field(min_length=1)
    kind: Kind
    source: str = Field(min_length=1)
    venue: str = ""
    interval: str = ""
    symbol: str | None = None
    symbol_column: str | None = None
    asset: str | dict[str, str] | None = None
    split: tuple[Split, ...] = Field(default=(), strict=False)
    where: Filter = {}
    drop: Filter = {}
    columns: dict[str, str] = {}
    metrics: dict[Name, str] = {}
    units: dict[str, str] = {}
    known_at: Annotated[
        KnownAt | None, BeforeValidator(lambda v: known_at_rule(v) if isinstance(v, str) else v)
    ] = None
    restated: bool = False

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.interval:
            interval(self.interval)
        if self.known_at is not None:
            _ = self.known_at.lag
        absent = [name for name in NEEDED[self.kind] if not getattr(self, name)]
        if absent:
            raise UsageError(f"{absent[0]} is needed for kind {self.kind!r}")
        foreign = [name for name in _FOREIGN[self.kind] if getattr(self, name)]
        if foreign:
            raise UsageError(f"{foreign[0]} does not go with kind {self.kind!r}")
        if self.kind == "ohlcv" and (self.symbol is None) == (self.symbol_column is None):
            raise UsageError("exactly one of symbol and symbol_column is needed")
        if self.split and self.asset is not None:
            raise UsageError("split names the assets; asset cannot stand beside it")
        ends = [part.until for part in self.split]
        if any(end is None for end in ends[:-1]) or ends != sorted(
            ends, key=lambda e: float("inf") if e is None else e
        ):
            raise UsageError("the parts of a split are ordered by until; only the last may lack it")
        return self

    @property
    def width(self) -> Interval:
        """How far apart the rows are; 0 where nobody says."""
        return interval(self.interval) if self.interval else Interval(0)

    def assets_of(self, base: str | None, venue: str, symbol: str) -> list[tuple[str, Instant | None]]:
        """The assets that *base* (what the path or the symbol says) stands for, each with the end of its time."""
        if self.split:
            return [(part.asset, part.until) for part in self.split]
        if isinstance(self.asset, str):
            return [(self.asset, None)]
        if self.asset is None and self.kind != "ohlcv":
            return [(MARKET, None)]
        return [((self.asset or {}).get(base or "", unmapped(venue, symbol)), None)]

    def takes(self, bound: Mapping[str, str]) -> bool:
        """Whether *where* and *drop* let a file through, as far as they name what its path binds."""
        allowed = all(bound[name] in map(str, values) for name, values in self.where.items() if name in bound)
        return allowed and not any(
            bound[name] in map(str, self.drop[name]) for name in self.drop if name in bound
        )

    def row_filters(self, bound: Mapping[str, str]) -> tuple[Filter, Filter]:
        """*where* and *drop* as far as they name columns."""
        where = {name: values for name, values in self.where.items() if name not in bound}
        return where, {name: values for name, values in self.drop.items() if name not in bound}


def read_manifest(path: Path) -> tuple[Entry, ...]:
    """The entries of a manifest, in order.

    Raises:
        UsageError: not there, not TOML, or not of the manifest's form; says which key of which entry.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no manifest {path}", "Check the path.") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder, not a manifest", "Name the TOML file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}", "Correct the file.") from error
    for key in raw:
        if key != "series":
            raise UsageError(f"{path}: unknown key {key!r}", "A manifest holds [[series]] entries only.")
    entries = raw.get("series")
    if not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
        raise UsageError(f"{path} holds no [[series]]", _MEND)
    return tuple(entry(one, f"{path}: series {number}") for number, one in enumerate(entries, 1))


def entry(raw: Mapping[str, Any], where: str) -> Entry:
    """One entry from plain values.

    Raises:
        UsageError: says which key is wrong, and how.
    """
    try:
        return Entry.model_validate(dict(raw))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"] if not str(part).startswith("function-"))
        if first["type"] == "extra_forbidden":
            known = ", ".join(Entry.model_fields)
            raise UsageError(f"{where}: unknown key {key!r}", f"The keys are {known}.") from None
        raise UsageError(f"{where}: {key}: {first['msg'].lower()}", _MEND) from None
    except TokenwiseError as error:
        raise UsageError(f"{where}: {error.message}", error.mend or _MEND) from None


def matching(pattern: str, root: Path) -> list[tuple[Path, Mapping[str, str]]]:
    """The files under *root* that fit *pattern*, by name, with what each ``{name}`` stands for there."""
    binding = re.compile(r"\{(\w+)\}")
    wild = binding.sub("*", pattern)
    base = Path(wild).anchor
    found = sorted(Path(base).glob(wild[len(base) :]) if base else root.glob(wild))
    expression = _expression(pattern, binding)
    matched: list[tuple[Path, Mapping[str, str]]] = []
    for path in found:
        name = path.as_posix() if base else path.relative_to(root).as_posix()
        bound = expression.fullmatch(name)
        if bound is not None and path.is_file():
            matched.append((path, bound.groupdict()))
    return matched


def _expression(pattern: str, binding: re.Pattern[str]) -> re.Pattern[str]:
    parts: list[str] = []
    for literal in re.split(r"(\{\w+\}|\*\*/?|\*|\?|\[[^\]]+\])", pattern):
        if name := binding.fullmatch(literal):
            parts.append(
                f"(?P={name[1]})" if f"(?P<{name[1]}>" in "".join(parts) else f"(?P<{name[1]}>[^/]+)"
            )
        elif literal.startswith("**"):
            parts.append("(?:.*/)?" if literal.endswith("/") else ".*")
        elif literal in ("*", "?"):
            parts.append("[^/]*" if literal == "*" else "[^/]")
        elif literal.startswith("[") and literal.endswith("]"):
            parts.append(f"[^{literal[2:]}" if literal.startswith("[!") else literal)
        else:
            parts.append(re.escape(literal))
    return re.compile("".join(parts))
