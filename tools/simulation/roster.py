"""Who trades in the simulated market: invented names, sectors, and the two events of its calendar.

A token is the same in every market of one seed, however many tokens there are.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.assets import AssetRef
from core.instant import DAY, Instant
from tools.simulation.noise import stream

SECTORS = ("AI", "DeFi", "DePIN", "RWA", "L1", "L2", "meme")
LISTED_LATE = 5
"""Index of the token that starts trading some weeks after `start`."""
DELISTED = 8
"""Index of the token whose fundamentals collapse and that is delisted some months after `start`."""

_FIRST = (
    *("Nova", "Tidel", "Korva", "Myrra", "Osten", "Vexlo"),
    *("Halde", "Zepha", "Runde", "Pelur", "Argeno", "Lumbra"),
)
_SYLLABLES = (
    ("br", "dr", "gl", "kr", "pl", "sk", "tr", "vl", "zh", "fl"),
    ("a", "e", "i", "o", "u"),
    ("lv", "nd", "rk", "st", "mb", "ld", "rv", "nt"),
    ("a", "e", "i", "o", "u"),
    ("n", "x", "r", "s", "l", "m"),
)
_STRIDE = 4111
"""Prime to the number of names that the syllables make, so that no name comes twice."""


@dataclass(frozen=True, slots=True)
class Token:
    """One simulated token; *listed_at* and *delisted_at* are midnights, or `None` where it always trades."""

    index: int
    name: str
    sector: str
    listed_at: Instant | None = None
    delisted_at: Instant | None = None

    @property
    def symbol(self) -> str:
        """As the venue spells it, such as ``NOVA/USDT``."""
        return f"{self.name.upper()}/USDT"

    @property
    def asset(self) -> str:
        """Its id, such as ``sim:nova``."""
        return f"sim:{self.name.lower()}"

    @property
    def ref(self) -> AssetRef:
        """The same as an asset of the vocabulary."""
        return AssetRef(self.asset, self.name.upper(), self.name, narratives=(self.sector,))


def tokens(seed: int, assets: int, start: Instant) -> tuple[Token, ...]:
    """The first *assets* tokens of the market of *seed*."""
    days = stream(seed, "calendar").integers((20, 120), (60, 180))
    listed, delisted = (Instant(start + int(day) * DAY) for day in days)
    return tuple(
        Token(
            index,
            _name(index),
            SECTORS[index % len(SECTORS)],
            listed if index == LISTED_LATE else None,
            delisted if index == DELISTED else None,
        )
        for index in range(assets)
    )


def _name(index: int) -> str:
    if index < len(_FIRST):
        return _FIRST[index]
    rest = index * _STRIDE
    parts = []
    for choices in _SYLLABLES:
        rest, pick = divmod(rest, len(choices))
        parts.append(choices[pick])
    return "".join(parts).capitalize()
