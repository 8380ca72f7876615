"""What price may do next at its levels: what would trigger it, what would confirm it, and what would fail it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.instant import iso
from core.market import Bars
from core.observation import Missing
from strategies.grades.reasons import PEGGED
from strategies.indicators.true_range import atr
from strategies.levels import Finding, FindingKind
from strategies.levels.findings import BUSY_VOLUME, MARGIN, MEAN_BARS
from tools.ask import price, ratio
from tools.desk.analysis.case import Case
from tools.desk.analysis.cited import MINE
from tools.desk.prose import day, share

_TESTS = {
    "margin": "a close well beyond it",
    "volume": "its volume",
    "held": "a later close that held",
    "retest": "a retest that held",
}
_DIGITS = 6
_LEVELS = "get_levels"


def scenarios(case: Case) -> list[dict[str, Any]]:
    """Breakout, pullback and breakdown from the newest close; none where no level is known, one sentence of who is pegged."""
    zones: list[dict[str, Any]] = case.data(_LEVELS).get("levels") or []
    if zones and case.grade("trader").get("why") == PEGGED:
        text = "It is pegged: its price is meant to stay where it is, and no breakout or pullback is read into it."
        return [
            {
                "name": PEGGED,
                "direction": None,
                "status": "none",
                "lately": None,
                "zone": None,
                "text": text,
                "evidence": case.cited.ids((_LEVELS, "price")),
            }
        ]
    if isinstance(case.daily, Missing) or not zones:
        return []
    above = [zone for zone in zones if zone["kind"] == "resistance"]
    below = [zone for zone in zones if zone["kind"] == "support"]
    found = [_beyond(case, case.daily, "breakout", above), _pullback(case, below)]
    return [*found, _beyond(case, case.daily, "breakdown", below)]


def events(case: Case) -> list[dict[str, Any]]:
    """What price lately did at its zones, newest first."""
    return [_event(case, number, one) for number, one in enumerate(case.lately, 1)]


def _beyond(case: Case, daily: Bars, name: str, zones: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A close beyond the nearest zone: above a resistance, below a support."""
    up = name == "breakout"
    kind, way, back = ("resistance", "above", "below") if up else ("support", "below", "above")
    told: dict[str, Any] = {
        "name": name,
        "direction": "up" if up else "down",
        "status": "waiting",
        "lately": None,
    }
    if not zones:
        side = "highest" if up else "lowest"
        text = f"No {kind} is known {way} the price, which is at the {side} of its last {len(daily)} days."
        text = text.replace(str(len(daily)), case.note("days", str(len(daily)), "days", (_LEVELS, "price")))
        return {
            **told,
            **dict.fromkeys(("zone", "trigger", "confirmed_beyond", "volume", "fails_at", "target")),
            "text": text,
            "evidence": case.cited.ids((MINE, "days")),
        }
    zone, edge = zones[0], ("high" if up else "low")
    trigger, fails = zone[edge], zone["low" if up else "high"]
    margin = MARGIN * (atr(daily) or 0.0) * (1 if up else -1)
    beyond = ratio(max(float(trigger) + margin, 0.0), _DIGITS)
    mean = float(daily.volume[-MEAN_BARS:].mean())
    like = (_LEVELS, f"{kind}_1_{edge}")
    case.note(f"{name}_confirmed_beyond", beyond, case.quote, like)
    volume = case.note(f"{name}_volume", ratio(BUSY_VOLUME * mean, 4), case.base, like) if mean > 0 else None
    target = zones[1] if len(zones) > 1 else None
    busy = "" if volume is None else f", by a volume of at least {_thousands(volume)} {case.base} that day"
    after = f" Next {kind} {way} it: {target['low']} to {target['high']}." if target else ""
    text = (
        f"A daily close {way} {trigger} breaks the {kind} {zone['low']} to {zone['high']}"
        f"{_away(zone)}. It is confirmed by a close {way} {beyond}{busy}, by a later close that holds and "
        f"by a retest; a close back {back} {fails} fails it.{after}"
    )
    return {
        **told,
        **_status(case, zone, {FindingKind.FAILED_BREAKOUT: "failed_lately"}),
        "zone": zone,
        "trigger": trigger,
        "confirmed_beyond": beyond,
        "volume": volume,
        "fails_at": fails,
        "target": target,
        "text": text,
        "evidence": case.cited.ids(
            *_of_zone(kind, 1),
            *(_of_zone(kind, 2) if target else ()),
            (MINE, f"{name}_confirmed_beyond"),
            (MINE, f"{name}_volume"),
        ),
    }


def _pullback(case: Case, below: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A fall to a support that holds: the nearest, and below it the strongest."""
    told: dict[str, Any] = {
        "name": "pullback",
        "direction": "down_then_up",
        "status": "waiting",
        "lately": None,
    }
    if not below:
        empty = dict.fromkeys(("zone", "deeper", "holds_above", "fails_at"))
        text = "No support is known below the price: a fall would meet nothing that held before."
        return {**told, **empty, "text": text, "evidence": []}
    zone = below[0]
    deeper = max(below[1:], key=lambda one: float(one["strength"]), default=None)
    text = (
        f"A pullback meets the support {zone['low']} to {zone['high']}{_away(zone)}, {_touched(zone)}. It holds "
        f"while days close above {zone['low']}, and fails with a close below it."
    )
    cited = [*_of_zone("support", 1)]
    if deeper is not None:
        text += (
            f" The strongest support below is {deeper['low']} to {deeper['high']}{_away(deeper)}, "
            f"{_touched(deeper)}."
        )
        cited += _of_zone("support", below.index(deeper) + 1)
    seen = {FindingKind.PULLBACK: "held_lately", FindingKind.REVERSAL: "turned_lately"}
    return {
        **told,
        **_status(case, zone, seen),
        "zone": zone,
        "deeper": deeper,
        "holds_above": zone["low"],
        "fails_at": zone["low"],
        "text": text,
        "evidence": case.cited.ids(*cited),
    }


def _status(case: Case, zone: Mapping[str, Any], kinds: Mapping[FindingKind, str]) -> dict[str, Any]:
    """How it stands with *zone*: ``waiting``, ``inside`` it, or what of *kinds* was lately seen at it.

    *lately*: that event's place among the events.
    """
    for at, one in enumerate(case.lately):
        same = one.zone.low <= float(zone["high"]) and float(zone["low"]) <= one.zone.high
        if same and one.kind in kinds:
            return {"status": kinds[one.kind], "lately": at}
    return {"status": "waiting" if zone["distance"] else "inside", "lately": None}


def _event(case: Case, number: int, one: Finding) -> dict[str, Any]:
    low, high = (ratio(value, _DIGITS) for value in (one.zone.low, one.zone.high))
    like = (_LEVELS, "price")
    case.note(f"event_{number}_low", low, case.quote, like)
    case.note(f"event_{number}_high", high, case.quote, like)
    kind, way = one.kind.value, one.direction.value
    zone = f"the {one.zone.kind.value} {low} to {high}"
    if one.kind is FindingKind.BREAKOUT:
        text = f"closed {'above' if way == 'up' else 'below'} {zone}"
    elif one.kind is FindingKind.FAILED_BREAKOUT:
        text = f"closed back through {zone}: that breakout failed"
    elif one.kind is FindingKind.PULLBACK:
        text = f"came back to {zone} and held {'above' if way == 'up' else 'below'} it"
    else:
        text = f"turned {way} at {zone}"
    tests = [
        f"{word} {_told(names)}"
        for word, names in _tests(one)
        if names and one.kind is not FindingKind.PULLBACK
    ]
    return {
        "kind": kind,
        "direction": way,
        "low": low,
        "high": high,
        "at": iso(one.at),
        "confirmed_by": [*one.confirmed_by],
        "awaits": [*one.awaits],
        "text": f"{day(one.at)}: {text}{'; ' if tests else ''}{'; '.join(tests)}.",
        "evidence": case.cited.ids((MINE, f"event_{number}_low"), (MINE, f"event_{number}_high")),
    }


def _tests(one: Finding) -> tuple[tuple[str, Sequence[str]], ...]:
    return ("confirmed by", one.confirmed_by), ("not yet by", one.awaits)


def _told(names: Sequence[str]) -> str:
    return ", ".join(_TESTS[name] for name in names)


def _away(zone: Mapping[str, Any]) -> str:
    away = abs(float(zone["distance"]))
    if not away:
        return ", in which the price is"
    return f", {share(away)} {'above' if zone['kind'] == 'resistance' else 'below'} the price"


def _touched(zone: Mapping[str, Any]) -> str:
    count = int(zone["touches"])
    return f"touched {'once' if count == 1 else f'{count} times'}, last on {day(zone['last_touch'])}"


def _of_zone(kind: str, rank: int) -> list[tuple[str, str]]:
    return [(_LEVELS, f"{kind}_{rank}_{name}") for name in ("low", "high", "distance", "touches")]


def _thousands(number: str) -> str:
    return f"{float(number):,.0f}" if float(number) >= 1000 else price(float(number))
