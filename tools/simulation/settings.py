"""The spec of a simulated market, read and checked."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import UsageError
from core.instant import DAY, INTERVAL_NAMES, Instant, Interval, instant, interval, iso
from core.spec import Spec

DEFAULTS = {"seed": "7", "assets": "12", "grain": "1h", "start": "2024-01-01", "faults": "none"}
FAULTS = ("none", "light", "heavy")
MOST_ASSETS = 500
HISTORY_DAYS = 250
"""Days of candles before `start`, so that a 200-day mean is warm on the first day."""

_EARLIEST = instant("2000-01-01")
_LATEST = instant("2100-01-01")


@dataclass(frozen=True, slots=True)
class Settings:
    """A simulated market's parameters; *start* is a midnight, *canonical* the spec with every key."""

    canonical: str
    seed: int
    assets: int
    grain: Interval
    start: Instant
    faults: str

    @property
    def begin(self) -> Instant:
        """When the first candle of the market opens."""
        return Instant(self.start - HISTORY_DAYS * DAY)


def settings_from(spec: Spec) -> Settings:
    """The settings that ``sim[?seed=…&assets=…&grain=…&start=…&faults=…]`` names.

    Raises:
        UsageError: another name, an argument, an unknown key or an unknown value.
    """
    if spec.name != "sim" or spec.arg is not None:
        raise UsageError(
            f"{str(spec)!r} is not the simulated market", "Write it as sim or sim?seed=7&assets=12."
        )
    params = spec.with_defaults(DEFAULTS).params
    seed = _whole("seed", params["seed"], 0, 2**63 - 1)
    assets = _whole("assets", params["assets"], 1, MOST_ASSETS)
    grain = _one_of("grain", params["grain"], INTERVAL_NAMES)
    faults = _one_of("faults", params["faults"], FAULTS)
    start = instant(params["start"])
    if start % DAY or not _EARLIEST <= start <= _LATEST:
        raise UsageError(
            f"sim cannot start at {params['start']!r}",
            "Give a day from 2000-01-01 to 2100-01-01, such as 2024-01-01.",
        )
    plain = {
        "seed": str(seed),
        "assets": str(assets),
        "grain": grain,
        "start": iso(start)[:10],
        "faults": faults,
    }
    return Settings(str(Spec("sim", None, plain)), seed, assets, interval(grain), start, faults)


def _whole(key: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and least <= int(text) <= most):
        raise UsageError(f"sim has no {key} {text!r}", f"Give a whole number from {least} to {most}.")
    return int(text)


def _one_of(key: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise UsageError(f"sim has no {key} {text!r}", f"Use one of {', '.join(known)}.", candidates=known)
    return text
