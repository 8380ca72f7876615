"""Why an asset has no grade, in words."""

from __future__ import annotations

from collections.abc import Mapping

from strategies.grades.formula import Formula

PEGGED = "pegged"
LEVERAGED = "leveraged token"
STILL_AFTER = 14


def why_null(formula: Formula, coverage: float, covered: Mapping[str, float], age: int) -> str:
    """What lacks for a grade: *coverage* and what each part's is (*covered*), *age* rows of candles in a row."""
    if age == 0:
        return "no_data: it shows no candle on this day"
    if formula.kind == "trader" and coverage == 0.0 and age >= STILL_AFTER:
        return f"undefined: the price has not moved in {STILL_AFTER} days"
    lacking = ", ".join(
        f"{name} {found:.2f}"
        for name, found in sorted(covered.items(), key=lambda one: one[1])
        if found < 0.995
    )
    rows = "day" if age == 1 else "days"
    article = "an" if formula.kind[0] in "aeiou" else "a"
    return (
        f"coverage {coverage:.2f} of the 0.50 that {article} {formula.kind} grade needs ({lacking}); "
        f"{age} {rows} of candles in a row"
    )
