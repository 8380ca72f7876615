"""Reads the tables in which formulas are declared."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from strategies.grades.formula import Input
from strategies.indicators.universe.definition import Family

Line = tuple[str, int, float, float] | tuple[str, int, float, float, bool]
IN_RANGES = True


def inputs_from(part: str, families: Mapping[Family, tuple[int, tuple[Line, ...]]]) -> tuple[Input, ...]:
    """The inputs of *part*: each family's weight is shared by its lines in equal measure.

    A line is indicator, sign, centre, spread, and `IN_RANGES` where the indicator is read in average ranges.
    """
    whole = sum(weight for weight, _ in families.values())
    return tuple(
        Input(
            line[0],
            part,
            line[1],
            float(Fraction(weight, whole * len(lines))),
            line[2],
            line[3],
            line[4:] == (True,),
        )
        for weight, lines in families.values()
        for line in lines
    )
