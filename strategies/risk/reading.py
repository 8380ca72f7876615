"""Reads one value of ``limits.toml``: each reader takes the key's full name and the raw value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum

from core.assets import split_symbol
from core.errors import UsageError
from core.instant import DAY, duration
from core.money import exact, plain
from strategies.risk.sections import Mode, SizingMode

Reader = Callable[[str, object], object]
_TEN_YEARS = 3_650 * DAY


def number(lowest: str, highest: str, *, above: bool = False) -> Reader:
    """A reader of decimals from *lowest* (*above*: beyond it) to *highest*, written as text or a whole number."""
    low, high = Decimal(lowest), Decimal(highest)
    span = f"above {lowest} and at most {highest}" if above else f"from {lowest} to {highest}"

    def read(key: str, raw: object) -> Decimal:
        if isinstance(raw, float):
            raise UsageError(
                f"{key} is the binary number {raw!r}",
                f'Write it as text: {key.rpartition(".")[2]} = "{raw}".',
            )
        if isinstance(raw, bool) or not isinstance(raw, str | int):
            raise _wrong(key, raw, f"Write it as text, {span}.")
        try:
            value = exact(raw)
        except ValueError:
            raise _wrong(key, raw, f"Write a number as text, {span}.") from None
        if value < low or value > high or (above and value == low):
            raise UsageError(f"{key} is {plain(value)}", f"It must be {span}.")
        return value

    return read


def count(lowest: int, highest: int) -> Reader:
    """A reader of whole numbers."""

    def read(key: str, raw: object) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise _wrong(key, raw, f"Write a whole number from {lowest} to {highest}.")
        if not lowest <= raw <= highest:
            raise UsageError(f"{key} is {raw}", f"It must be from {lowest} to {highest}.")
        return raw

    return read


def span(shortest: int) -> Reader:
    """A reader of durations such as ``12h``; the value is milliseconds, from *shortest* up."""

    def read(key: str, raw: object) -> int:
        if not isinstance(raw, str):
            raise _wrong(key, raw, 'Write it as text such as "12h".')
        try:
            value = duration(raw)
        except UsageError as wrong:
            raise UsageError(f"{key}: {wrong.message}", wrong.mend) from None
        if not shortest <= value <= _TEN_YEARS:
            raise UsageError(f"{key} is {raw!r}", "It must be at least 1s." if shortest else "At most 3650d.")
        return value

    return read


def choice(kind: type[StrEnum]) -> Reader:
    """A reader of one of an enum's names."""
    names = [member.value for member in kind]

    def read(key: str, raw: object) -> StrEnum:
        if not isinstance(raw, str) or raw not in names:
            raise UsageError(f"{key} is {raw!r}", f"Use one of {', '.join(names)}.", candidates=names)
        return kind(raw)

    return read


def symbols(key: str, raw: object) -> tuple[str, ...]:
    """Reads a list of symbols, each once."""
    if not isinstance(raw, list | tuple) or not all(isinstance(item, str) for item in raw):
        raise _wrong(key, raw, 'Write a list such as ["BTC/USDT"].')
    for item in raw:
        try:
            split_symbol(item)
        except UsageError as wrong:
            raise UsageError(f"{key}: {wrong.message}", wrong.mend) from None
    if len(set(raw)) != len(raw):
        raise UsageError(f"{key} names a symbol twice", "Name each once.")
    return tuple(raw)


def _wrong(key: str, raw: object, mend: str) -> UsageError:
    return UsageError(f"{key} is {raw!r}", mend)


_SHARE = number("0", "1", above=True)
_OR_NONE = number("0", "1")
_BPS = number("0", "10000", above=True)
_ATR = number("0", "100")
_AMOUNT = number("0", "1000000000000", above=True)

SECTIONS: Mapping[str, Mapping[str, Reader]] = {
    "exposure": {
        "per_order": _SHARE,
        "per_asset": _SHARE,
        "per_narrative": _SHARE,
        "gross": _SHARE,
        "cash_reserve": _OR_NONE,
        "correlation": _SHARE,
    },
    "pace": {
        "orders_per_hour": count(1, 1_000_000),
        "orders_per_day": count(1, 1_000_000),
        "min_hold": span(0),
        "cooldown_after_loss": span(0),
    },
    "loss": {"per_day": _SHARE, "drawdown_reduce": _SHARE, "drawdown_halt": _SHARE},
    "price": {"max_age": span(1), "collar_bps": _BPS, "depeg_bps": _BPS},
    "liquidity": {"share_of_bar": _SHARE},
    "sizing": {
        "mode": choice(SizingMode),
        "target_volatility": number("0", "10", above=True),
        "cvar95_per_day": _SHARE,
        "no_trade_band": _OR_NONE,
    },
    "exits": {"stop_atr": _ATR, "target_atr": _ATR, "trailing_atr": _ATR, "time": span(0)},
    "edge": {"multiple": number("0", "1000")},
    "rules": {
        "second_source": choice(Mode),
        "depeg": choice(Mode),
        "liquidity": choice(Mode),
        "horizon": choice(Mode),
    },
    "allow": {"symbols": symbols},
    "caps": {"per_order": _AMOUNT, "gross": _AMOUNT, "loss_per_day": _AMOUNT},
}


def section(name: str, raw: object) -> dict[str, object]:
    """The values that *raw*, the table *name*, gives.

    Raises:
        UsageError: no table, an unknown key, or a value that its reader refuses.
    """
    readers = SECTIONS[name]
    if not isinstance(raw, Mapping):
        raise UsageError(f"{name} is {raw!r}, not a table", f"Write it as {name} = {{ key = value }}.")
    for key in raw:
        if key not in readers:
            known = ", ".join(readers)
            raise UsageError(
                f"limits know no key '{name}.{key}'",
                f"The keys of {name} are: {known}.",
                candidates=[*readers],
            )
    return {key: readers[key](f"{name}.{key}", value) for key, value in raw.items()}
