"""A scenario's TOML file, read and checked: what is wrong in it is said in one sentence with the mend."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.assets import split_symbol
from core.errors import TokenwiseError, UsageError
from core.instant import DAY, Instant, Interval, duration, instant, interval, iso
from core.money import Money, exact, money
from evals.scenario import CHECKS, KINDS, Check, Expect, Fact, Scenario, Synthetic

SCHEMA = "tokenwise.scenario.v1"
_PREFIX = "tokenwise.scenario.v"
_MEND = "CONTRIBUTING.md shows the format; 'tokenwise eval list' shows the scenarios there are."
_MOST_BYTES = 1_000_000
_MOST_SYMBOLS = 50
_MOST_WARMUP = 5 * 365 * DAY
_EARLIEST, _LATEST = instant("2009-01-01"), instant("2100-01-01")


class _Wrong(ValueError):
    """A value that its reader refused: carried out of pydantic, which knows under which key it stood."""

    def __init__(self, refused: UsageError) -> None:
        super().__init__(refused.message)
        self.refused = refused


def _moment(text: str) -> Instant:
    found = instant(text)
    if not _EARLIEST <= found <= _LATEST:
        raise UsageError(f"{text!r} is not a time of this market", "Give one between 2009 and 2100.")
    return found


def _number(text: str) -> Decimal:
    try:
        return exact(text)
    except ValueError as error:
        raise UsageError(str(error), 'Write it as text, such as "2110000000".') from None


def _read(reader: Callable[[str], object], example: str) -> BeforeValidator:
    """Reads a text by *reader*; a time of TOML's own is a text too."""

    def read(value: object) -> object:
        text = value.isoformat() if isinstance(value, date) else value
        if not isinstance(text, str):
            raise _Wrong(UsageError(f"{value!r} is not a text", f"Write it as {example}."))
        try:
            return reader(text)
        except UsageError as refused:
            raise _Wrong(refused) from None

    return BeforeValidator(read)


Moment = Annotated[Instant, _read(_moment, '"2024-01-31T00:00:00Z"')]
Width = Annotated[Interval, _read(interval, '"1h"')]
Span = Annotated[int, _read(duration, '"60d"')]
Amount = Annotated[Decimal, _read(_number, '"2110000000"')]
Cash = Annotated[Money, _read(money, '"10000 USDT"')]
Line = Annotated[str, Field(min_length=1, max_length=500)]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class _Fact(_Strict):
    text: Line
    source: Line
    as_of: Moment
    known_at: Moment
    asset: Name | None = None
    metric: Name | None = None
    value: Amount | None = None
    unit: str = Field(default="", max_length=20)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.known_at < self.as_of:
            raise UsageError(
                f"known_at {iso(self.known_at)} is before as_of {iso(self.as_of)}",
                "Nothing is known before it happens: mend one of them.",
            )
        if (self.metric is None) != (self.value is None):
            raise UsageError("metric and value belong together", "Give both, or neither.")
        if self.metric is not None and self.asset is None:
            raise UsageError("a metric is of an asset", 'Add asset = "…", or asset = "market".')
        return self


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


class _Expect(_Strict):
    check: Check
    value: Any = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.check == "orders_at_most":
            if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 0:
                raise UsageError(f"orders_at_most has the value {self.value!r}", "Write it as value = 40.")
        elif self.check == "no_entry_after":
            if self.value is None:
                raise UsageError("no_entry_after has no value", 'Write it as value = "2024-03-01T00:00:00Z".')
            _moment(_as_text(self.value))
        elif self.value is not None:
            raise UsageError(f"{self.check} takes no value", "Leave value away.")
        return self

    def frozen(self) -> Expect:
        if self.check == "no_entry_after":
            return Expect(self.check, iso(instant(_as_text(self.value))))
        return Expect(self.check, None if self.value is None else str(self.value))


class _Synthetic(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    generator: Name
    seed: int = Field(ge=0, lt=2**63)


class _File(_Strict):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_\-]{0,63}$")
    title: Line
    start: Moment
    end: Moment
    warmup: Span
    grain: Width
    every: Width
    symbols: list[str] = Field(min_length=1, max_length=_MOST_SYMBOLS)
    cash: Cash
    sources: list[str] = ["ohlcv"]
    facts: list[_Fact] = []
    expect: list[_Expect] = []
    synthetic: _Synthetic | None = None
    needs: Line | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        _check_window(self)
        _check_symbols(self.symbols, self.cash)
        for source in self.sources:
            _check_source(source)
        for fact in self.facts:
            if fact.known_at >= self.end:
                raise UsageError(
                    f"the fact {fact.text!r} is known at {iso(fact.known_at)}, not before the end {iso(self.end)}",
                    "Nobody would ever be told it: leave it away, or mend known_at.",
                )
        return self


def _check_window(file: _File) -> None:
    if file.end <= file.start:
        raise UsageError(
            f"end {iso(file.end)} is not after start {iso(file.start)}", "The end is exclusive: move it on."
        )
    if file.every.ms % file.grain.ms:
        raise UsageError(
            f"every {file.every} is not a multiple of grain {file.grain}",
            "A decision falls on the end of a candle: choose such a multiple.",
        )
    if not 0 <= file.warmup <= _MOST_WARMUP:
        raise UsageError("warmup is longer than five years", "Shorten it.")
    for name, moment in (("start", file.start), ("end", file.end), ("warmup", file.warmup)):
        if moment % file.grain.ms:
            raise UsageError(
                f"{name} does not fall on a boundary of the {file.grain} candles",
                f"Move it to a multiple of {file.grain}, counted from 00:00 UTC.",
            )


def _check_symbols(symbols: list[str], cash: Money) -> None:
    for symbol in symbols:
        split_symbol(symbol)
        quote = split_symbol(symbol)[1]
        if quote != cash.asset:
            raise UsageError(
                f"cash is {cash.asset}, but {symbol} is paid with {quote}",
                "Give the cash in the quote of the symbols, and all symbols the same quote.",
            )
    if len(set(symbols)) != len(symbols):
        raise UsageError("symbols names one twice", "Name each symbol once.")


def _check_source(source: str) -> None:
    kind, colon, asset = source.partition(":")
    if kind not in KINDS or (colon and not asset):
        raise UsageError(
            f"{source!r} is not a source",
            f"Use one of {', '.join(KINDS)}, or one of an asset: onchain:bitcoin.",
        )


def read_scenario(path: Path | Traversable, where: str) -> Scenario:
    """The scenario in the file at *path*, which messages call *where*.

    Raises:
        UsageError: it is not there, is no TOML, or says something that cannot be.
    """
    try:
        raw_bytes = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(
            f"there is no file {where}",
            "Give the path of a scenario's TOML file, or one of 'tokenwise eval list'.",
            code="unknown_scenario",
        ) from None
    except OSError as error:
        raise UsageError(
            f"{where} cannot be read: {error.strerror or error}", "Give the path of a readable file."
        ) from None
    if len(raw_bytes) > _MOST_BYTES:
        raise UsageError(
            f"{where} is larger than a scenario can be", "Give the path of a scenario's TOML file."
        )
    try:
        raw = tomllib.loads(raw_bytes.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{where} is not TOML: {error}", "Mend that line.") from None
    return scenario_from(raw, where)


def scenario_from(raw: Mapping[str, Any], where: str = "the scenario") -> Scenario:
    """The scenario that parsed TOML describes.

    Raises:
        UsageError: says which key is wrong, and how to mend it.
    """
    _check_schema(raw, where)
    try:
        file = _File.model_validate({key: value for key, value in raw.items() if key != "schema"})
        return _frozen(file)
    except ValidationError as error:
        raise _told(error, where) from None
    except TokenwiseError as error:
        raise UsageError(
            f"{where}: {error.message}", error.mend or _MEND, candidates=error.candidates
        ) from None


def _check_schema(raw: Mapping[str, Any], where: str) -> None:
    schema = raw.get("schema")
    if schema == SCHEMA:
        return
    version = schema.removeprefix(_PREFIX) if isinstance(schema, str) and schema.startswith(_PREFIX) else ""
    if version.isdecimal() and int(version) > 1:
        raise UsageError(
            f"{where} has the schema {schema!r}, which is newer than this program",
            "Install a newer tokenwise, or write it for " + SCHEMA + ".",
            code="newer_schema",
        )
    told = "has no schema" if schema is None else f"has the schema {schema!r}"
    raise UsageError(f"{where} {told}", f'Begin it with schema = "{SCHEMA}".')


def _frozen(file: _File) -> Scenario:
    from evals.synthetic import check_params

    synthetic = None
    if file.synthetic is not None:
        given = file.synthetic.model_extra or {}
        name = file.synthetic.generator
        synthetic = Synthetic(name, file.synthetic.seed, check_params(name, given))
    return Scenario(
        file.id,
        file.title,
        file.start,
        file.end,
        file.warmup,
        file.grain,
        file.every,
        tuple(file.symbols),
        file.cash,
        tuple(file.sources),
        tuple(Fact(**fact.model_dump()) for fact in file.facts),
        tuple(expect.frozen() for expect in file.expect),
        synthetic,
        file.needs,
    )


def _told(error: ValidationError, where: str) -> UsageError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"] if not str(part).startswith("function-"))
    if first["type"] == "extra_forbidden":
        model: type[BaseModel] = _File
        if len(first["loc"]) > 1:
            model = _Fact if first["loc"][0] == "facts" else _Expect
        known = (["schema"] if model is _File else []) + list(model.model_fields)
        near = difflib.get_close_matches(str(first["loc"][-1]), known, n=3)
        return UsageError(
            f"{where}: unknown key {key!r}", f"The keys are {', '.join(known)}.", candidates=near
        )
    if first["type"] == "missing":
        return UsageError(f"{where}: {key} is missing", f"Add {key} = … to it.")
    if key.endswith("check"):
        return UsageError(
            f"{where}: {key} is {first['input']!r}", f"Use one of {', '.join(CHECKS)}.", candidates=CHECKS
        )
    refused = first.get("ctx", {}).get("error")
    if isinstance(refused, _Wrong):
        return UsageError(f"{where}: {key}: {refused}", refused.refused.mend)
    said = first["msg"][:1].lower() + first["msg"][1:]
    return UsageError(f"{where}: {key}: {said}", _MEND)
