"""What a vendor grades, as it was known then: shown beside our own grades, never a part of them.

Token Metrics names its numbers differently from version to version: each is told by the name it goes by. Its
bands are those that it publishes; a signal is told where it gives one itself, for its grades have no published
thresholds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from core.grades import Grade
from core.instant import DAY, Instant
from core.observation import Missing, Observation

VENDOR = "tokenmetrics"
TRADER = ("tm_grade", "tm_trader_grade", "trader_grade")
INVESTOR = ("tm_investor_grade", "investor_grade", "fundamental_grade")
TRADER_PARTS: Mapping[str, str] = {"technical": "ta_grade", "quant": "quant_grade"}
INVESTOR_PARTS: Mapping[str, str] = {
    "fundamental": "fundamental_grade",
    "technology": "technology_grade",
    "valuation": "valuation_grade",
}
SIGNAL = "trading_signal"
METRICS = frozenset(
    {*TRADER, *INVESTOR, *TRADER_PARTS.values(), *INVESTOR_PARTS.values(), SIGNAL, "token_trend"}
)
"""Everything of the vendor's that may be stored: none of it is an input of ours."""

STALE = 4 * DAY
"""A grade of day D is known on D+1 at noon, and the next one a day later; what describes a day so long ago is old."""

# up to and with; https://www.tokenmetrics.com's support articles, as the vendor writes them
_MOMENTUM = (
    (20.0, "Momentum Crashing"),
    (40.0, "Losing Momentum"),
    (60.0, "Holding Steady"),
    (80.0, "Gaining Momentum"),
    (100.0, "Momentum Surging"),
)
# from; what lies below has no class that is published
_CLASSES = ((90.0, "storeOfValue"), (80.0, "blueChip"), (60.0, "emerging"), (40.0, "speculative"))
_SIGNALS: Mapping[Decimal, str] = {
    Decimal(-1): "bearish",
    Decimal(0): "neutral",
    Decimal(1): "bullish",
}
_ROWS = 8


class Sources(Protocol):
    """Figures by source, as known at an instant."""

    def each(
        self, asset: str, metric: str, now: Instant, count: int
    ) -> tuple[tuple[Observation, ...] | Missing, ...]:
        """Of each source the newest *count* observations, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class VendorGrade:
    """One grade of the vendor's; *grade* has no signal of ours and a coverage of 1, for nobody says another.

    *named*: what the vendor calls the number. *band*: its own word for it, ``None`` where it publishes none.
    *signal*: ``bearish``, ``neutral`` or ``bullish``, where it gave one for that day. *stale*: older than `STALE`.
    """

    grade: Grade
    named: str
    band: str | None
    signal: str | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Vendor:
    """Both grades of one asset; at least one is there."""

    trader: VendorGrade | None
    investor: VendorGrade | None


def vendor_of(facts: Sources | None, asset: str, now: Instant) -> Vendor | None:
    """What Token Metrics says of *asset* (an id) and what of it was known at *now*; ``None`` where that is nothing."""
    if facts is None:
        return None
    trader = _graded(facts, asset, now, TRADER, TRADER_PARTS)
    investor = _graded(facts, asset, now, INVESTOR, INVESTOR_PARTS)
    return None if trader is None and investor is None else Vendor(trader, investor)


def _graded(
    facts: Sources, asset: str, now: Instant, names: Sequence[str], parts: Mapping[str, str]
) -> VendorGrade | None:
    """The newest of *names*, the first of them where several describe the same day, with that day's parts."""
    found = [rows[-1] for name in names if (rows := _rows(facts, asset, name, now))]
    if not found:
        return None
    value = max(found, key=lambda one: one.as_of)
    beside = {
        part: told for part, name in parts.items() if (told := _on(facts, asset, name, now, value.as_of))
    }
    signal = _on(facts, asset, SIGNAL, now, value.as_of) if names is TRADER else None
    told_last = max(one.known_at for one in (value, *beside.values(), *((signal,) if signal else ())))
    grade = Grade(
        asset,
        float(value.value),
        None,
        1.0,
        value.as_of,
        told_last,
        value.metric,
        {part: float(one.value) for part, one in beside.items()},
    )
    return VendorGrade(
        grade,
        value.metric,
        _band(float(value.value), value.metric),
        None if signal is None else _SIGNALS.get(signal.value),
        now - value.as_of >= STALE,
    )


def _rows(facts: Sources, asset: str, metric: str, now: Instant) -> tuple[Observation, ...]:
    """The vendor's own rows: another source that calls a figure alike is another's."""
    for rows in facts.each(asset, metric, now, _ROWS):
        if not isinstance(rows, Missing) and rows[-1].source.casefold().startswith(VENDOR):
            return rows
    return ()


def _on(facts: Sources, asset: str, metric: str, now: Instant, day: Instant) -> Observation | None:
    return next((one for one in _rows(facts, asset, metric, now) if one.as_of == day), None)


def _band(value: float, named: str) -> str | None:
    if named in TRADER:
        return next((word for most, word in _MOMENTUM if 0.0 <= value <= most), None)
    if named == "fundamental_grade":
        return next((word for least, word in _CLASSES if value >= least), None)
    return None
