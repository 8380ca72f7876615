"""Invented markets, each a test of its own: one file per generator, found by its ``GENERATOR``.

Their tokens are nobody's, whatever they are called; they pass the same gate as stored candles, and every
report calls them simulated.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from math import isfinite
from typing import Any, cast

import numpy as np

from agent.runtime.worlds import World, historical
from core.errors import InvariantError, UsageError
from core.instant import Instant
from core.market import Bars
from core.observation import Missing
from core.registry import discover
from evals.facts import ScenarioFacts
from evals.opening import Opened
from evals.scenario import Scenario, Synthetic
from evals.synthetic._generator import Generator, Made, Stage
from tools.facts.stored import StoredFacts
from tools.store.gate import RawRows, first_fault, judge

SOURCE = "synthetic"


def generators() -> Mapping[str, Generator]:
    """Every generator by its name."""
    return {name: cast("Generator", one) for name, one in discover(__name__, "GENERATOR").items()}


def check_params(name: str, given: Mapping[str, Any]) -> dict[str, float]:
    """All parameters of the generator *name*: those *given*, the others with their defaults.

    Raises:
        UsageError: an unknown generator or parameter, or a value that makes no sense.
    """
    known = generators()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3) or sorted(known)
        raise UsageError(
            f"there is no generator {name!r}", f"Use one of {', '.join(sorted(known))}.", candidates=near
        )
    parameters = known[name].parameters
    for key, value in given.items():
        if key not in parameters:
            raise UsageError(
                f"the generator {name!r} has no parameter {key!r}",
                f"Its parameters are {', '.join(parameters) or 'none'}.",
                candidates=[*parameters],
            )
        one = parameters[key]
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
        if not (is_number and one.least <= value <= one.most and (not one.whole or value % 1 == 0)):
            kind = "whole number" if one.whole else "number"
            raise UsageError(
                f"synthetic.{key} is {value!r}", f"Give a {kind} from {one.least:g} to {one.most:g}."
            )
    return {key: float(given.get(key, one.default)) for key, one in parameters.items()}


def invented(scenario: Scenario, synthetic: Synthetic) -> Opened:
    """The market that *synthetic* makes for *scenario*, through the quality gate."""
    made = _made(scenario, synthetic)
    series = {
        symbol: judge(f"sim:{symbol.partition('/')[0].lower()}", _sound(bars, scenario.end), SOURCE)
        for symbol, bars in made.bars.items()
    }
    world = World(
        f"synthetic:{synthetic.generator}?seed={synthetic.seed}",
        True,
        scenario.grain,
        scenario.start,
        scenario.end,
        series,
        {symbol: historical(symbol) for symbol in series},
        pegs=made.pegs,
    )
    nothing = StoredFacts((), _no_series, _no_series)
    invented_kinds = ("ohlcv", "news") if made.news else ("ohlcv",)
    missing = [Missing(one, "not_simulated") for one in scenario.sources if one not in invented_kinds]
    return Opened(world, ScenarioFacts((*scenario.facts, *made.news), nothing), tuple(missing), ())


def _made(scenario: Scenario, synthetic: Synthetic) -> Made:
    stage = Stage(
        Instant(scenario.start - scenario.warmup_ms),
        scenario.start,
        scenario.end,
        scenario.grain,
        scenario.symbols,
        synthetic.seed,
        synthetic.params,
    )
    return generators()[synthetic.generator].make(stage)


def _sound(bars: Bars, now: Instant) -> Bars:
    """*bars*, which nothing may be wrong with that a file would be refused for."""
    values = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
    nulls = {name: np.zeros(len(bars), np.bool_) for name in ("ts", *values)}
    fault = first_fault(RawRows(bars.opened_at, values, nulls), bars.interval, now)
    if fault is not None:
        raise InvariantError(f"an invented candle of {bars.symbol} is impossible: {fault.message}")
    return bars


def _no_series(info: object) -> Any:
    raise InvariantError(f"an invented market has no stored series, but {info} was asked for")
