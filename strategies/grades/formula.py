"""What a grade is made of: inputs with a sign, a weight and a reference, in parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from strategies.indicators.universe.frame import BENCHMARK
from strategies.indicators.universe.registry import REGISTRY

RANGE = "atr_14"


@dataclass(frozen=True, slots=True)
class Input:
    """One indicator in a grade.

    *part*: the sub-grade it belongs to. *sign*: +1 where more is better, -1 where less is. *weight*: within the
    part. *centre*, *spread*: the logistic distribution that stands for what is usual of any asset, declared from
    round numbers and never fitted to outcomes. *in_ranges*: the indicator, a fraction (or percent) of price, is first
    divided by the average true range as a fraction of price, so that calm and wild assets compare.
    """

    indicator: str
    part: str
    sign: int
    weight: float
    centre: float
    spread: float
    in_ranges: bool = False

    @property
    def of_one(self) -> float:
        """What a whole is in the indicator's unit: 100 where it is in percent."""
        return 100.0 if REGISTRY[self.indicator].unit == "percent" else 1.0

    @property
    def beside_benchmark(self) -> bool:
        """Whether it measures against the benchmark."""
        return BENCHMARK in REGISTRY[self.indicator].needs

    @property
    def family(self) -> str:
        """The indicator's family, in the registry's word."""
        return REGISTRY[self.indicator].family.value


@dataclass(frozen=True, slots=True)
class Formula:
    """A whole grade. *kind*: ``trader`` or ``investor``. *parts*: their weights, which add up to 1."""

    kind: str
    version: str
    parts: Mapping[str, float]
    inputs: tuple[Input, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All indicators that are measured for it, each once: the inputs' and the range that some divide by."""
        return tuple(dict.fromkeys([*(one.indicator for one in self.inputs), RANGE]))

    @property
    def needs(self) -> frozenset[str]:
        """Columns other than an asset's own candles: metrics, and the benchmark's close."""
        return frozenset().union(*(REGISTRY[name].needs for name in self.names))

    @property
    def metrics(self) -> frozenset[str]:
        """The facts among `needs`."""
        return self.needs - {BENCHMARK}
