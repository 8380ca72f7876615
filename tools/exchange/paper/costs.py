"""The text form of what trading costs (``--costs``)."""

from __future__ import annotations

from decimal import Decimal

from core.errors import UsageError
from core.instant import DAY, SECOND, duration, duration_text
from core.market import NO_COSTS, Costs
from core.money import exact, plain
from core.spec import check_keys, pairs, parse_pairs

# Above these a figure is a slip of the keyboard (0.1 % written as 0.1 passes, 10 % as 10 does not).
_HIGHEST = {
    "maker": Decimal("0.5"),
    "taker": Decimal("0.5"),
    "slippage_bps": Decimal(5000),
    "impact": Decimal(100),
    "participation": Decimal(1),
}


def parse_costs(text: str) -> Costs:
    """Reads ``maker=0.001&taker=0.001&slippage_bps=5&impact=0.1&latency=0s&participation=0.1`` or ``none``.

    Keys that are not named keep their defaults.

    Raises:
        UsageError: an unknown key, no number, or a value that no venue would have.
    """
    if text.strip() == "none":
        return NO_COSTS
    raw = parse_pairs(text.strip())
    check_keys(raw, {**_HIGHEST, "latency": None}, "--costs")
    numbers = {key: _number(key, value) for key, value in raw.items() if key != "latency"}
    return Costs(**numbers, latency_ms=_latency(raw.get("latency", "0s")))


def costs_text(costs: Costs) -> str:
    """The canonical text of *costs*: every key, sorted; ``none`` where trading is free and unlimited.

    >>> costs_text(parse_costs("taker=0.0020"))
    'impact=0.1&latency=0s&maker=0.001&participation=0.1&slippage_bps=5&taker=0.002'
    """
    if costs == NO_COSTS:
        return "none"
    values = {key: plain(getattr(costs, key)) for key in _HIGHEST}
    return pairs({**values, "latency": duration_text(costs.latency_ms)})


def _number(key: str, text: str) -> Decimal:
    highest = _HIGHEST[key]
    try:
        value = exact(text)
    except ValueError:
        value = Decimal(-1)
    if not 0 <= value <= highest:
        raise UsageError(
            f"--costs: {key}={text} is out of range", f"Give {key} a number from 0 to {plain(highest)}."
        )
    return value


def _latency(text: str) -> int:
    latency = duration(text)
    if latency > DAY or latency % SECOND:
        raise UsageError(f"--costs: latency={text} is out of range", "Give latency from 0s to 1d.")
    return latency
