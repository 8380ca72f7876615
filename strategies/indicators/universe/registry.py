"""Every indicator, by name and by family. A new one is a new entry in its family's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from core.market import Floats
from strategies.indicators.universe.definition import Definition, Family
from strategies.indicators.universe.evaluate import whole
from strategies.indicators.universe.families.facts import DERIVATIVES, FUNDAMENTALS, ONCHAIN, SENTIMENT
from strategies.indicators.universe.families.momentum import MOMENTUM
from strategies.indicators.universe.families.quant import QUANT
from strategies.indicators.universe.families.relative import RELATIVE_STRENGTH
from strategies.indicators.universe.families.structure import STRUCTURE
from strategies.indicators.universe.families.trend import TREND
from strategies.indicators.universe.families.volatility import VOLATILITY
from strategies.indicators.universe.families.volume import VOLUME_LIQUIDITY
from strategies.indicators.universe.frame import Frame
from strategies.indicators.universe.stream import Stream

_ALL = (
    *TREND,
    *MOMENTUM,
    *VOLATILITY,
    *VOLUME_LIQUIDITY,
    *STRUCTURE,
    *RELATIVE_STRENGTH,
    *QUANT,
    *DERIVATIVES,
    *ONCHAIN,
    *FUNDAMENTALS,
    *SENTIMENT,
)
REGISTRY: Mapping[str, Definition] = MappingProxyType({one.name: one for one in _ALL})


def of_family(family: Family) -> tuple[Definition, ...]:
    """The indicators of *family*, as they are registered."""
    return tuple(one for one in _ALL if one.family is family)


def measure_universe(frame: Frame, names: Iterable[str] | None = None) -> dict[str, Floats]:
    """The indicators called *names* (all unless told) at every moment of *frame*: T x N each, NaN for nothing.

    Raises:
        KeyError: a name that is not registered.
    """
    wanted = list(REGISTRY if names is None else names)
    return dict(zip(wanted, whole([REGISTRY[name].node for name in wanted], frame), strict=True))


def stream_universe(width: int, names: Iterable[str] | None = None) -> Stream:
    """A stream of the same indicators for *width* assets, one row at a time.

    Raises:
        KeyError: a name that is not registered.
    """
    return Stream({name: REGISTRY[name].node for name in (REGISTRY if names is None else names)}, width)
