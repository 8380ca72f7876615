"""The command that brings a scenario's candles into the store."""

from __future__ import annotations

from core.assets import split_symbol
from core.instant import Instant, iso
from evals.scenario import Scenario
from tools.identity import Registry


def fetch_command(scenario: Scenario, registry: Registry) -> str | None:
    """``tokenwise data fetch candles …`` for every symbol that *registry* knows, warm-up included; `None` for none."""
    named = [
        registry.traded_as("binance", split_symbol(symbol)[0], scenario.start) for symbol in scenario.symbols
    ]
    ids = ",".join(one.id for one in named if one is not None)
    if not ids:
        return None
    since = Instant(scenario.start - scenario.warmup_ms)
    return (
        f"tokenwise data fetch candles --assets {ids} --from {_short(since)} --until {_short(scenario.end)}"
        f" --interval {scenario.grain}"
    )


def _short(moment: Instant) -> str:
    return iso(moment).removesuffix("T00:00:00Z")
