"""Volume profile: how much was traded at which price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.market import Bars, Floats

VALUE_AREA = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class VolumeProfile:
    """Volume of some bars by price. *edges*: n + 1 prices, rising; *volume*: n, what was traded between them."""

    edges: Floats
    volume: Floats

    @property
    def point_of_control(self) -> tuple[float, float]:
        """The bin with the most volume; of equal ones the lowest."""
        busiest = int(np.argmax(self.volume))
        return float(self.edges[busiest]), float(self.edges[busiest + 1])

    @property
    def value_area(self) -> tuple[float, float]:
        """The stretch around the point of control that holds 70 % of the volume, the busier side taken first."""
        low = high = int(np.argmax(self.volume))
        wanted, held = VALUE_AREA * float(self.volume.sum()), float(self.volume[low])
        while held < wanted and (low > 0 or high < len(self.volume) - 1):
            below = float(self.volume[low - 1]) if low > 0 else -1.0
            above = float(self.volume[high + 1]) if high < len(self.volume) - 1 else -1.0
            if above >= below:
                high, held = high + 1, held + above
            else:
                low, held = low - 1, held + below
        return float(self.edges[low]), float(self.edges[high + 1])

    def traded(self, low: float, high: float) -> float:
        """Volume between two prices over what it would be were all prices traded alike; 1 is even."""
        width = self.edges[1:] - self.edges[:-1]
        inside = np.minimum(self.edges[1:], high) - np.maximum(self.edges[:-1], low)
        share = np.clip(inside, 0.0, None)
        even = float(share.sum()) / float(self.edges[-1] - self.edges[0])
        held = float((self.volume * share / width).sum()) / float(self.volume.sum())
        return held / even if even > 0 else 0.0


def volume_profile(bars: Bars, bins: int = 48) -> VolumeProfile | None:
    """The volume of each of *bars* spread evenly over its range, in *bins* of equal width.

    Returns:
        `None` where there is no volume or price has not moved: there is no profile then.

    Raises:
        ValueError: fewer than 2 bins.

    Source: J. P. Steidlmayer, Market Profile (1984), by volume; the even spread over a bar's range is ours.
    """
    if bins < 2:
        raise ValueError(f"a profile needs at least 2 bins, was {bins}")
    if not len(bars) or float(bars.volume.sum()) <= 0:
        return None
    bottom, top = float(bars.low.min()), float(bars.high.max())
    if not top > bottom:
        return None
    edges = np.linspace(bottom, top, bins + 1)
    # a bar without a range trades at one price: it counts in the bin that holds it
    least = (top - bottom) * 1e-9
    low, high = bars.low[:, None], np.maximum(bars.high, bars.low + least)[:, None]
    inside = np.clip(np.minimum(high, edges[1:]) - np.maximum(low, edges[:-1]), 0.0, None)
    spread = inside.sum(axis=1, keepdims=True)
    shares = np.divide(inside, spread, out=np.zeros_like(inside), where=spread > 0)
    at_top = (spread == 0.0).ravel()
    shares[at_top, -1] = 1.0
    return VolumeProfile(edges, (shares * bars.volume[:, None]).sum(axis=0))
