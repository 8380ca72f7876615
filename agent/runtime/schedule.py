"""When to wake: every boundary of the grain, and which of them decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import UsageError
from core.instant import Instant, Interval, iso


@dataclass(frozen=True, slots=True)
class Schedule:
    """Beats at every *grain* boundary from *start* to *until*; decisions at every *every* boundary before *until*.

    The beat at *until* itself only takes in what the last candle brought: nothing is decided there.
    """

    start: Instant
    until: Instant
    grain: Interval
    every: Interval

    def __post_init__(self) -> None:
        if self.every.ms % self.grain.ms:
            raise UsageError(
                f"--every {self.every} is not a multiple of the grain {self.grain}",
                "Choose a multiple, such as 4h with 1h candles.",
            )
        if self.start >= self.until:
            raise UsageError(
                f"the run would begin at {iso(self.start)}, which is not before --until {iso(self.until)}",
                "Choose a --from and an --until with at least one candle between them.",
            )
        if self.grain.ceil(self.start) + self.grain.ms > self.until:
            raise UsageError(
                f"there is no whole candle of {self.grain} between --from and --until",
                "Choose a wider window, or a finer --grain.",
            )

    def beats(self, after: Instant | None = None) -> Iterator[Instant]:
        """The instants to live through, in order; after a pause from the beat *after* itself on."""
        first = self.grain.ceil(self.start if after is None else max(self.start, after))
        return (Instant(moment) for moment in range(first, self.until + 1, self.grain.ms))

    def decides(self, moment: Instant) -> bool:
        """Whether a decision is due at *moment*."""
        return moment % self.every.ms == 0 and moment < self.until
