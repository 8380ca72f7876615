"""A venue's filters while an account runs: what changed overnight is told once, and orders follow it at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from agent.runtime.desk import Desk
from core.events import Alert
from core.instant import Instant
from core.market import Instrument
from core.observation import Missing

CHANGED = "filters.changed"


@runtime_checkable
class Listing(Protocol):
    """A venue that reads its own filters anew, as real ones do."""

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """The filters of the symbols that trade now."""
        ...

    async def changed(self) -> tuple[str, ...]:
        """What changed since the last call, in sentences.

        Raises:
            UnreachableError: the venue did not answer.
        """
        ...


@runtime_checkable
class Refiltered(Protocol):
    """A market whose filters can be replaced."""

    def refilter(self, fresh: Instrument) -> bool:
        """Takes *fresh* in; whether that changed anything."""
        ...


async def follow_filters(desk: Desk, now: Instant) -> None:
    """Sizes orders by the venue's newest filters; what the market's own look has not told is told here."""
    venue, market = desk.exchange, desk.market
    if not isinstance(venue, Listing):
        return
    said = await desk.executor.contact.ask(now, "its filters", venue.changed())
    if isinstance(said, Missing) or not said:
        return
    trading = venue.instruments
    moved = [market.refilter(one) for one in trading.values()] if isinstance(market, Refiltered) else [True]
    if any(moved) or len(trading) < len(desk.config.symbols):
        told = f"the venue changed what it takes: {'; '.join(said)}"
        desk.recorder.write(now, Alert(CHANGED, told))
