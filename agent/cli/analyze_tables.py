"""An analysis on a terminal: sections that read from what is to what may be, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.cli.grades_tables import drivers, grade_line, line
from agent.cli.terminal import chapter, console, head, moment, words

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_LEVEL = {"high": "red", "medium": "yellow", "low": "dim"}
_SIDE = {"resistance": "red", "support": "green"}
_VIEW = {"bullish": "green", "bearish": "red", "neutral": "yellow", "unknown": "dim"}
_SPANS = (("change_1h", "an hour"), ("change_24h", "a day"), ("change_7d", "a week"))
_FACTS = ("fundamentals", "onchain", "sentiment", "derivatives")
_FIGURES = 5


def tell_analysis(data: Mapping[str, Any], *, simulated: bool) -> None:
    """The whole analysis; the last line is ``report: PATH`` where a page was written."""
    out = console()
    asset = data["asset"]
    head(out, f"{asset['name']} · {asset['symbol']}", moment(data["as_of"]), simulated=simulated)
    chapter(out, "Price", _price(data["price"]))
    chapter(out, "Outlook", *_outlook(data["horizons"]))
    for kind, several in data["drivers"].items():
        if several:
            chapter(out, f"What moves the {kind} grade most, in points from 50", drivers(several))
    if data["levels"]:
        chapter(out, "Levels", _levels(data["levels"], data["price"]["price"]))
    if data["events"]:
        chapter(out, "Lately", *_texts(data["events"]))
    if data["scenarios"]:
        chapter(out, "Scenarios", _named((one["name"], one["text"], "") for one in data["scenarios"]))
    if data["tvl"] is not None:
        chapter(out, "Value locked", line(data["tvl"]["text"]))
    for name in _FACTS:
        if data[name] is not None and data[name].get("figures"):
            chapter(out, _TITLES[name], _figures(data[name]["figures"]))
    if data["derivatives"] is not None and data["derivatives"].get("funding_per_year") is not None:
        chapter(out, "Funding", line(_funding(data["derivatives"])))
    if data["market"] is not None:
        chapter(out, "Market", line(data["market"]["text"]))
    risks = ((words(one["code"]), one["text"], _LEVEL[one["level"]]) for one in data["risks"])
    if data["risks"]:
        chapter(out, "Risks", _named(risks))
    if data["would_change"]:
        chapter(out, "What would change this", *_texts(data["would_change"]))
    if data["missing"]:
        chapter(out, "Not known", *_missing(data["missing"]))
    chapter(out, "In short", line(data["close"]))
    for one in data["credits"]:
        out.print()
        out.print(line(f"  {one}", "dim"), soft_wrap=True)
    out.print()
    if "report" in data:
        out.print(f"report: {data['report']}", soft_wrap=True, markup=False)


_TITLES = {
    "fundamentals": "Fundamentals",
    "onchain": "On its chain",
    "sentiment": "Mood",
    "derivatives": "Derivatives",
}


def _price(told: Mapping[str, Any]) -> Text:
    if told["price"] is None:
        return line("not known now", "yellow")
    found = line(f"{told['price']} {told['quote']}", "bold")
    for name, span in _SPANS:
        if told[name] is not None:
            style = "green" if told[name] > 0 else "red" if told[name] < 0 else "dim"
            found.append("   ").append(_change(told[name]), f"not bold {style}").append(
                f" in {span}", "not bold dim"
            )
    return found


def _outlook(horizons: Sequence[Mapping[str, Any]]) -> Iterable[Text]:
    for one in horizons:
        if one["grade"] is not None:
            yield grade_line(one["grade"], words(one["signal"]))
        yield line(one["text"], "" if one["grade"] is not None else _VIEW["unknown"])


def _levels(levels: Sequence[Mapping[str, Any]], price: str | None) -> Table:
    """Highest first, the price among them."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for name, side in (("zone", "left"), ("from – to", "right"), ("away", "right"), ("strength", "right")):
        table.add_column(name, justify=side, no_wrap=True)  # type: ignore[arg-type]  # rich's literal
    table.add_column("touched, last", no_wrap=True)
    table.add_column("basis")
    above = [one for one in levels if one["kind"] == "resistance"]
    below = [one for one in levels if one["kind"] == "support"]
    for one in reversed(above):
        table.add_row(*_level(one))
    if price is not None:
        table.add_row(line("price", "bold"), line(price, "bold"))
    for one in below:
        table.add_row(*_level(one))
    return table


def _level(one: Mapping[str, Any]) -> tuple[Text, ...]:
    return (
        line(one["kind"], _SIDE[one["kind"]]),
        line(f"{one['low']} – {one['high']}"),
        line(_change(one["distance"]) if one["distance"] else "inside", "dim"),
        line(f"{one['strength']:.2f}"),
        line(f"{one['touches']}× {(one['last_touch'] or '')[:10]}"),
        line(", ".join(one["basis"]), "dim"),
    )


def _figures(figures: Sequence[Mapping[str, Any]]) -> Table:
    from rich.table import Table

    from agent.report.words import quantity

    table = Table.grid(padding=(0, 2))
    for side in ("left", "right", "left", "left"):
        table.add_column(justify=side)
    for one in figures[:_FIGURES]:
        moved = ""
        if one["change_30d"] is not None and one["change_unit"] == "fraction":
            moved = f"{_change(one['change_30d'])} in 30 days"
        when = f"{one['as_of'][:10]}{''.join(f', {flag}' for flag in one['flags'])}"
        table.add_row(
            words(one["metric"]), f"{quantity(one['value'])} {one['unit']}", moved, line(when, "dim")
        )
    return table


def _funding(told: Mapping[str, Any]) -> str:
    who = {"longs": "longs pay shorts", "shorts": "shorts pay longs"}.get(told["paid_by"], "nobody pays")
    return f"{who}: {_change(told['funding_per_year'])} a year, the middle of {len(told['venues'])} venues"


def _named(rows: Iterable[tuple[str, str, str]]) -> Table:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(min_width=10, no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text, style in rows:
        grid.add_row(line(name, style or "dim"), line(text))
    return grid


def _texts(several: Sequence[Mapping[str, Any]]) -> Iterable[Table]:
    from rich.table import Table

    for one in several:
        grid = Table.grid(padding=(0, 1))
        grid.add_row(line("·", "dim"), line(one["text"]))
        yield grid


def _missing(missing: Sequence[Mapping[str, str]]) -> Iterable[Text]:
    by_why: dict[str, list[str]] = {}
    for one in missing:
        by_why.setdefault(words(one["why"]), []).append(words(one["what"]))
    for why, names in by_why.items():
        yield line(f"{why}: ", "yellow").append(", ".join(names), "dim")


def _change(fraction: float) -> str:
    from tools.desk.prose import percent

    return percent(fraction)
