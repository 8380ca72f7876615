"""Grades on a terminal: value, signal and change, what moves them, and the days before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from agent.cli.terminal import (
    NONE,
    bar,
    chapter,
    console,
    grade_colour,
    head,
    moment,
    signed,
    spark,
    words,
)
from tools.desk.prose import DESCRIBES, because

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_HORIZON = {"trader": "days to weeks", "investor": "months"}
_GAUGE, _POINTS = 24, 16
_LIFTING, _WEIGHING, _MANY = 5, 3, 24
_SPARK = 48
_NARROW = 78
_DIVERGES = {
    "trader_above": "better for a trader than for an investor: a rise on weaker foundations",
    "investor_above": "better for an investor than for a trader: foundations that price does not follow yet",
    "none": "both horizons see it alike",
    "unknown": "not known: it takes both grades",
}


def tell_grades(
    data: Mapping[str, Any],
    why: Mapping[str, Mapping[str, Any]],
    past: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    as_of: str,
    simulated: bool,
) -> None:
    """Both grades; *why*: their explanations; *past*: their history; *as_of*: when, where there is no grade."""
    out = console()
    when = data["trader"]["as_of"] or data["investor"]["as_of"] or as_of
    head(out, _who(data["asset"]), moment(when), simulated=simulated)
    for kind, horizon in _HORIZON.items():
        told = data[kind]
        claims = [line(DESCRIBES, "dim")] if kind == "trader" and told["value"] is not None else []
        chapter(out, f"{kind.capitalize()} grade · {horizon}", _grade(told, past[kind]), *claims)
        if told["value"] is not None:
            title = f"What moves the {kind} grade most, in points from 50"
            chapter(out, title, drivers(_both_ways(why[kind]["contributions"])))
    chapter(out, "Divergence", divergence(data["divergence"]))
    if data["vendor"] is not None:
        chapter(out, "Token Metrics, beside ours and not part of ours", vendor(data["vendor"]))
    out.print()


def tell_explanation(data: Mapping[str, Any], *, every: bool, simulated: bool) -> None:
    """One grade taken apart."""
    out = console()
    head(out, f"{_who(data['asset'])}: {data['kind']} grade", moment(data["as_of"]), simulated=simulated)
    chapter(out, f"{_HORIZON[data['kind']]} · formula {data['version']}", _grade(data, ()))
    contributions = data["contributions"]
    if contributions:
        chapter(out, "By family, in points from 50", _families(contributions))
        title = "By input" if every else f"By input, the {min(_MANY, len(contributions))} weightiest"
        chapter(out, title, drivers(contributions if every else contributions[:_MANY]))
        total = sum(one["points"] for one in contributions)
        text = f"{data['base']:g} {signed(total, 2)} from {len(contributions)} inputs = {data['value']:.2f}"
        chapter(out, "Sum", line(text))
    if data["missing"]:
        chapter(out, "Not known", line(_lacking(data["missing"])))
    out.print()


def tell_history(data: Mapping[str, Any], *, simulated: bool) -> None:
    """The grades of every day, the newest last."""
    out = console()
    kinds = [kind for kind in _HORIZON if kind in data]
    rows = {kind: data[kind] for kind in kinds}
    last = next((some[-1]["as_of"] for some in rows.values() if some), None)
    head(out, f"{_who(data['asset'])}: grades", moment(last) if last else "", simulated=simulated)
    for kind in kinds:
        chapter(out, f"{kind.capitalize()} · {_HORIZON[kind]}", _span(rows[kind]))
    basis = "each from what was known on it, as it was shown then"
    chapter(out, "Day by day", line(basis, "dim"), _days(rows))
    out.print()


def drivers(shown: Sequence[Mapping[str, Any]]) -> Table:
    """Inputs with what they add, the best first."""
    from rich.table import Table

    widest = max((abs(one["points"]) for one in shown), default=1.0) or 1.0
    narrow = console().width < _NARROW
    table = Table.grid(padding=(0, 2))
    for side in ("left", "right") if narrow else ("left", "left", "right", "right", "left"):
        table.add_column(justify=side, no_wrap=True)
    for one in sorted(shown, key=lambda one: -one["points"]):
        style = "green" if one["points"] > 0 else "red"
        if narrow:
            table.add_row(one["indicator"], line(signed(one["points"], 2), style))
            continue
        table.add_row(
            one["indicator"],
            line(words(one["family"]), "dim"),
            line(f"{one['input']:.4g}".replace("-", "\N{MINUS SIGN}"), "dim"),
            line(signed(one["points"], 2), style),
            line(bar(abs(one["points"]) / widest, _POINTS), style),
        )
    return table


def _both_ways(contributions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of the weightiest first, the few that lift most and the few that weigh most."""
    lifting = [one for one in contributions if one["points"] > 0][:_LIFTING]
    return lifting + [one for one in contributions if one["points"] < 0][:_WEIGHING]


def divergence(told: Mapping[str, Any]) -> Text:
    """Where the two horizons stand to each other, in words."""
    size = "" if told["size"] is None else f"{told['size']:.1f} points · "
    return line(f"{size}{_DIVERGES[told['direction']]}")


def vendor(told: Mapping[str, Any]) -> Text:
    """A vendor's own grades, in its own words."""
    lines = []
    for kind in _HORIZON:
        one = told[kind]
        if one is not None:
            said = [one["band"], one["signal"], *one["flags"], f"of {one['as_of'][:10]}"]
            text = " · ".join(word for word in said if word is not None)
            lines.append(f"{kind:<8}  {one['value']:5.1f}  {one['version']}  {text}")
    return line("\n".join([*lines, *filter(None, [told["credit"]])]))


def _who(asset: Mapping[str, str]) -> str:
    name, symbol = asset["name"], asset["symbol"]
    return name if name == symbol else f"{name} · {symbol}"


def _grade(told: Mapping[str, Any], past: Sequence[Mapping[str, Any]]) -> Table:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(min_width=9)
    grid.add_column(overflow="fold")
    value = told["value"]
    if value is None:
        grid.add_row(line("grade", "dim"), line(f"none: {because(told['why'])}", "yellow"))
    else:
        grid.add_row(line("grade", "dim"), grade_line(value, words(told["band"])))
        grid.add_row(line("signal", "dim"), line(words(told["signal"]), grade_colour(value)))
    if "change_24h" in told and value is not None:
        moved = f"{signed(told['change_24h'])} in a day, {signed(told['change_7d'])} in a week"
        grid.add_row(line("change", "dim"), line(moved))
    if told["parts"]:
        parts = " · ".join(f"{words(name)} {part:.1f}" for name, part in told["parts"].items())
        grid.add_row(line("parts", "dim"), line(parts))
    grid.add_row(line("coverage", "dim"), line(f"{told['coverage']:.0%} of its inputs by weight"))
    if any(row["value"] is not None for row in past):
        grid.add_row(line(f"{len(past)} days", "dim"), _span(past))
    return grid


def grade_line(value: float, word: str) -> Text:
    """A grade as a number, a gauge and a word."""
    style = grade_colour(value)
    gauge = bar(value / 100, _GAUGE).ljust(_GAUGE, "·")
    return line(f"{value:5.1f}  {gauge}  {word}", style)


def _span(rows: Sequence[Mapping[str, Any]]) -> Text:
    """The values as little bars, between the lowest and the highest of them."""
    known = [row["value"] for row in rows if row["value"] is not None]
    if not known:
        why = next((row["why"] for row in reversed(rows) if row["why"]), "no day is known")
        return line(f"none: {because(why)}", "yellow")
    shown = [row["value"] for row in rows][-_SPARK:]
    text = spark(shown).strip()
    return line(text, grade_colour(known[-1])).append(
        f"  {min(known):.0f} to {max(known):.0f}", "not bold dim default"
    )


def _families(contributions: Sequence[Mapping[str, Any]]) -> Table:
    from rich.table import Table

    ordered = sorted(contributions, key=lambda one: str(one["family"]))
    sums = [
        (family, len(several), sum(one["points"] for one in several))
        for family, found in groupby(ordered, key=lambda one: str(one["family"]))
        for several in [list(found)]
    ]
    widest = max(abs(points) for _, _, points in sums) or 1.0
    table = Table.grid(padding=(0, 2))
    for side in ("left", "right", "right", "left"):
        table.add_column(justify=side, no_wrap=True)
    for family, count, points in sorted(sums, key=lambda one: -one[2]):
        style = "green" if points > 0 else "red"
        table.add_row(
            words(family),
            line(f"{count} input{'' if count == 1 else 's'}", "dim"),
            line(signed(points, 2), style),
            line(bar(abs(points) / widest, _POINTS), style),
        )
    return table


def _days(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("day")
    for kind in rows:
        table.add_column(kind, justify="right")
        table.add_column("signal")
        table.add_column("coverage", justify="right")
    days = sorted({row["as_of"] for several in rows.values() for row in several})
    by_day = {kind: {row["as_of"]: row for row in several} for kind, several in rows.items()}
    for day in days:
        cells: list[Text] = [line(day[:10], "dim")]
        for found in (by_day[kind].get(day) for kind in rows):
            value = None if found is None else found["value"]
            cells += [
                line(NONE if value is None else f"{value:.1f}", grade_colour(value)),
                line(words(found["signal"]) if found and value is not None else _short(found), "dim"),
                line(NONE if found is None else f"{found['coverage']:.0%}", "dim"),
            ]
        table.add_row(*cells)
    return table


def _short(row: Mapping[str, Any] | None) -> str:
    why = words(None if row is None else row["why"])
    if why.startswith("coverage"):
        return "little known"
    return why if len(why) <= 14 else f"{why[:13]}…"


def _lacking(missing: Sequence[Mapping[str, str]]) -> str:
    """What is missing, told once for each reason."""
    by_why: dict[str, list[str]] = {}
    for one in missing:
        by_why.setdefault(words(one["why"]), []).append(one["what"])
    return "\n".join(f"{why}: {', '.join(names)}" for why, names in by_why.items())


def line(text: str, style: str = "") -> Text:
    """*text* in one style; nothing in it is markup."""
    from rich.text import Text

    return Text(text, style)
