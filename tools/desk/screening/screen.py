"""The screen: who of the universe passes every filter, in which order, and who could not be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.observation import Missing
from tools.desk.screening.filters import NARRATIVE, Filter
from tools.desk.screening.metrics import Measured, Member, Value


@dataclass(frozen=True, slots=True)
class Passed:
    """One asset that passed, with what it shows of each column; what it does not show is `Missing`."""

    member: Member
    values: Mapping[str, Value | Missing]


@dataclass(frozen=True, slots=True)
class Screened:
    """*passed*: best first. *left_out*: how many passed all that could be judged of them, but lack this metric."""

    universe: int
    passed: tuple[Passed, ...]
    left_out: Mapping[str, int]


def screened(
    measured: Measured,
    filters: Sequence[Filter],
    sort: str,
    columns: Sequence[str] = (),
    *,
    derived: bool = True,
) -> Screened:
    """Judges every member by every filter; what is missing passes none.

    Args:
        measured: The universe.
        filters: All of them must hold; of metrics that there are (`known_in`).
        sort: Most first; an asset without it is left out. Equal ones by id.
        columns: Further metrics to read of those who passed.
        derived: Whether wrapped, bridged and staked tokens take part.
    """
    compared = [one for one in filters if one.metric != NARRATIVE]
    needed = list(dict.fromkeys((sort, *(one.metric for one in compared))))
    shown = dict.fromkeys((*needed, *columns))
    members = [one for one in measured.members if derived or not one.derived]
    passed, lacking = [], Counter[str]()
    for member in members:
        if not all(one.admits(member.narratives) for one in filters if one.metric == NARRATIVE):
            continue
        values = {name: measured.of(member, name) for name in needed}
        if not all(_holds(one, values[one.metric]) for one in compared):
            continue
        without = [name for name, value in values.items() if isinstance(value, Missing)]
        lacking.update(without)
        if not without:
            passed.append(Passed(member, {name: measured.of(member, name) for name in shown}))
    passed.sort(key=lambda one: (-_size(one.values[sort]), one.member.id))
    order = dict(sorted(lacking.items(), key=lambda one: (-one[1], one[0])))
    return Screened(len(members), tuple(passed), order)


def _holds(condition: Filter, value: Value | Missing) -> bool:
    """Whether nothing that is known speaks against it."""
    return isinstance(value, Missing) or condition.passes(value.number)


def _size(value: Value | Missing) -> float:
    return float("-inf") if isinstance(value, Missing) else float(value.number)
