"""No entry against the grade of its own horizon: that is for a person to decide."""

from __future__ import annotations

from core.grades import Signal
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Draft, Rule, given

_AGAINST = frozenset({Signal.SELL, Signal.STRONG_SELL})
_LEAST = Signal.NEUTRAL


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses an entry whose own horizon's grade signals sell or strong_sell (DESIGN §8)."""
    own = given(case.inputs.horizon_signal)
    if own.signal not in _AGAINST:
        return None
    limit, value = _LEAST.value, own.signal.value
    told = f"the {own.grade} grade is {own.value:.1f} ({value}), and an entry asks for {limit} or better"
    return Finding("horizon", told, limit, value)


RULE = Rule(
    "horizon",
    check,
    ENTRIES,
    inputs=("horizon_signal",),
    mode=lambda limits: limits.rules.horizon,
    overrulable=True,
)
