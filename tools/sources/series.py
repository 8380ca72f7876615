"""Readers of time series: one metric of one asset, a value per stamp."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from core.instant import Instant
from core.observation import Observation
from tools.sources.answer import LeftOut
from tools.sources.http.endpoint import Asked, Reader
from tools.sources.reading import MalformedError, number
from tools.sources.vintage import RESTATED, Rule

Point = tuple[Instant, Any]
Points = Callable[[Any, Asked], Iterable[Point | LeftOut]]


def series(
    points: Points,
    metric: str,
    unit: str,
    known: Rule,
    *,
    covers_ms: int = 0,
    every_ms: int = 0,
    restated_after_ms: int | None = None,
    least: Decimal | None = Decimal(0),
    most: Decimal | None = None,
) -> Reader[Observation]:
    """A reader that makes an observation of each of *points*, oldest first.

    A value that is null is left out; so is a point off the grid of *every_ms* (a running figure that the
    source appends), one whose *covers_ms* are not over and one from the future. The same stamp twice
    counts once where the values agree.

    Args:
        points: Stamp and raw value of each point.
        metric: Our name of what is measured.
        unit: Its unit.
        known: When a stamp's value could first be known.
        covers_ms: How long after its stamp a value is complete.
        every_ms: The grid of stamps, or 0 for none.
        restated_after_ms: So long after a value was known it may have been rewritten; `None` where none ever is.
        least: The smallest value that can be true.
        most: The largest.
    """

    def read(body: Any, asked: Asked) -> Iterator[Observation | LeftOut]:
        found: dict[Instant, Decimal] = {}
        for point in points(body, asked):
            if isinstance(point, LeftOut):
                yield point
                continue
            stamp, raw = point
            value = number(raw, metric)
            if value is None:
                yield LeftOut("a value is null")
            elif every_ms and stamp % every_ms:
                yield LeftOut("a running figure, not a whole period's")
            elif stamp + covers_ms > asked.fetched_at:
                yield LeftOut("a period that is not over")
            elif (least is not None and value < least) or (most is not None and value > most):
                raise MalformedError(f"{metric} is outside {least} to {most}")
            elif found.setdefault(stamp, value) != value:
                raise MalformedError(f"{metric} has two values for one time")
        for stamp in sorted(found):
            known_at = known(stamp)
            is_old = restated_after_ms is not None and known_at + restated_after_ms < asked.fetched_at
            flags = (RESTATED,) if is_old else ()
            yield Observation(asked.asset, metric, found[stamp], unit, stamp, known_at, asked.source, flags)

    return read
