"""Why an asset is picked for a horizon, and what would break the case."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import islice

from core.instant import DAY, Instant, interval
from core.market import Bars
from core.observation import Missing
from strategies.levels import Level, levels, nearest
from tools.ask import newest_bars, price, ratio
from tools.desk.screening.metrics import Measured, Member, Value
from tools.desk.screening.thesis import MONTH, Argument, Thesis, change_of, exact, flowed, then_and_now
from tools.desk.words import large, listed, number, percent, share

LONG_TERM, SHORT_TERM = "long_term", "short_term"
LEAST_GRADE = 60
"""Grade from which an asset is a pick, where nobody says otherwise: our threshold of a buy."""
_QUARTER = 90
_MOST_DAYS = 1460
_LEVEL_BARS, _FEWEST_BARS = 180, 20
_DRIVERS = 3
_DAILY = interval("1d")


def thesis_of(horizon: str, tool: str, measured: Measured, member: Member) -> Thesis:
    """The case for *member* over *horizon*, ``long_term`` or ``short_term``; *tool* is named in its evidence."""
    argument = Argument(tool, measured, member)
    (_long if horizon == LONG_TERM else _short)(argument)
    return argument.thesis


def _long(argument: Argument) -> None:
    """Traction, price paid, place in its sector, supply, longevity."""
    argument.graded("investor")
    argument.say(_revenue(argument), _locked(argument), _users(argument))
    argument.say(_worth(argument), _multiple(argument))
    argument.say(*_places(argument))
    argument.say(_supply(argument), _standing(argument))


def _short(argument: Argument) -> None:
    """Momentum and what drives it, levels."""
    argument.graded("trader")
    argument.say(*_drivers(argument))
    argument.say(*_moved(argument))
    _zones(argument)


def _revenue(argument: Argument) -> str:
    month = flowed(argument.measured, argument.member, "revenue")
    if month is None:
        return argument.lacks("revenue")
    argument.note("revenue_30d", month)
    text = f"revenue of 30 days {large(exact(month))} USD"
    earlier = flowed(argument.measured, argument.member, "revenue", before=True)
    if earlier is None or exact(earlier) <= 0:
        return text
    argument.note("revenue_30d_before", earlier)
    change = argument.note("revenue_30d_change", change_of(month, earlier))
    least = min(month, earlier, key=exact)
    argument.thesis.breaks.append(
        f"The revenue of 30 days falls below {large(exact(least))} USD, the lower of the last two."
    )
    return f"{text}, {_moving(change)} on the 30 days before"


def _locked(argument: Argument) -> str:
    found = then_and_now(argument, "tvl", MONTH)
    if found is None:
        return argument.lacks("TVL")
    before, now = found
    argument.note("tvl", now)
    text = f"TVL {large(exact(now))} USD"
    if before is None or exact(before) <= 0:
        return text
    argument.note("tvl_30d_ago", before)
    change = argument.note("tvl_change_30d", change_of(now, before))
    least = min(now, before, key=exact)
    argument.thesis.breaks.append(
        f"The TVL falls below {large(exact(least))} USD, the lower of now and 30 days ago."
    )
    return f"{text}, {_moving(change)} in 30 days"


def _users(argument: Argument) -> str:
    found = then_and_now(argument, "active_addresses", MONTH)
    if found is None:
        return argument.lacks("active addresses")
    before, now = found
    argument.note("active_addresses", now)
    text = f"{large(exact(now))} active addresses a day"
    if before is None or exact(before) <= 0:
        return text
    change = argument.note("active_addresses_change_30d", change_of(now, before))
    return f"{text}, {_moving(change)} in 30 days"


def _worth(argument: Argument) -> str:
    diluted = argument.see("fdv")
    if diluted is None:
        argument.lacks("FDV")
        worth = argument.see("market_cap")
        return "" if worth is None else f"market cap {large(exact(worth))} USD"
    text = f"FDV {large(exact(diluted))} USD"
    traded = argument.see("cap_to_fdv")
    return text if traded is None else f"{text}, {share(float(traded.text))} of it in circulation"


def _multiple(argument: Argument) -> str:
    for metric, of in (("price_to_sales", "revenue"), ("price_to_fees", "fees")):
        found = argument.see(metric)
        if found is not None:
            return f"priced at {ratio(float(found.number), 3)} times a year of {of}"
    return ""


def _places(argument: Argument) -> Iterable[str]:
    """Its place in each of its narratives, by what most tells of use."""
    for narrative in argument.member.narratives:
        for metric in ("revenue", "fees", "tvl"):
            sizes = _sizes(argument.measured, narrative, metric)
            own = sizes.get(argument.member.id)
            if own is None or len(sizes) < 2:
                continue
            place = 1 + sum(exact(other) > exact(own) for other in sizes.values())
            known_at = max(one.known_at for one in sizes.values())
            name = f"{narrative.casefold().replace(' ', '_')}.{metric}"
            for what, count, unit in (("place", place, "rank"), ("assets", len(sizes), "assets")):
                told = Value(float(count), str(count), unit, own.as_of, known_at, own.source)
                argument.note(f"{name}_{what}", told)
            yield f"number {place} of {len(sizes)} in {narrative} by {'TVL' if metric == 'tvl' else metric}"
            break


def _sizes(measured: Measured, narrative: str, metric: str) -> dict[str, Value]:
    found = {}
    for one in measured.members:
        if narrative in one.narratives and not one.derived:
            value = (
                measured.of(one, metric)
                if metric == "tvl"
                else flowed(measured, one, metric) or Missing(metric, "no_data")
            )
            if not isinstance(value, Missing):
                found[one.id] = value
    return found


def _supply(argument: Argument) -> str:
    found = then_and_now(argument, "circulating_supply", _QUARTER)
    if found is None or found[0] is None or exact(found[0]) <= 0:
        return argument.lacks("supply")
    before, now = found[0], found[1]
    change = argument.note("circulating_supply_change_90d", change_of(now, before))
    moved = float(change.text)
    if moved <= 0:
        argument.thesis.breaks.append("Its supply grows again.")
        kept = "stood still" if moved == 0 else f"fell by {share(moved)} (deflation)"
        return f"its supply {kept} in 90 days"
    argument.thesis.breaks.append(f"Its supply grows by more than {share(moved)} in 90 days, its pace now.")
    return f"its supply grew by {share(moved)} in 90 days (emission)"


def _standing(argument: Argument) -> str:
    """For how long it has been traded without a hole."""
    bars = newest_bars(argument.measured.context, argument.member.symbol, _DAILY, _MOST_DAYS)
    if isinstance(bars, Missing):
        return ""
    argument.note("days_of_candles", _of_bars(argument, bars, float(len(bars)), str(len(bars)), "days"))
    return f"traded for {'at least ' if len(bars) == _MOST_DAYS else ''}{len(bars)} days without a hole"


def _drivers(argument: Argument) -> Iterable[str]:
    told = argument.measured.sheet.explain(argument.member.symbol, "trader")
    grade = argument.measured.grade(argument.member, "trader")
    if told is None or grade is None:
        return
    order = sorted(told.contributions, key=lambda one: (-one.points, one.indicator))
    for begin, some in (
        ("for it most", (one for one in order if one.points > 0)),
        ("against it most", (one for one in reversed(order) if one.points < 0)),
    ):
        names = []
        for one in islice(some, _DRIVERS):
            value = argument.measured.of_grade(one.points, "points", grade)
            argument.note(f"{one.indicator}_points", value)
            names.append(
                f"{one.indicator} {'+' if one.points > 0 else ''}{number(Decimal(ratio(one.points, 2)))}"
            )
        if names:
            yield f"{begin}, in points: {listed(names)}"


def _moved(argument: Argument) -> Iterable[str]:
    close = argument.see("price")
    if close is not None:
        yield f"price {close.text} {close.unit}"
    for metric, days in (("return_7", 7), ("return_30", MONTH)):
        found = argument.see(metric)
        if found is not None:
            yield f"{_moving(found)} in {days} days"


def _zones(argument: Argument) -> None:
    context, member = argument.measured.context, argument.member
    bars = newest_bars(context, member.symbol, _DAILY, _LEVEL_BARS, _FEWEST_BARS)
    if isinstance(bars, Missing):
        argument.lacks("levels")
        return
    quote = member.symbol.partition("/")[2]
    support, resistance = nearest(levels(bars))
    if resistance is not None:
        low, high = _edges(argument, bars, "resistance", resistance)
        argument.say(f"{'next' if resistance.distance else 'inside a'} resistance {low} to {high} {quote}")
    if support is None:
        argument.lacks("support")
        return
    low, high = _edges(argument, bars, "support", support)
    argument.thesis.breaks.insert(
        0, f"A daily close below {low} {quote}, under the support zone {low} to {high}."
    )


def _edges(argument: Argument, bars: Bars, name: str, zone: Level) -> list[str]:
    quote = argument.member.symbol.partition("/")[2]
    found = []
    for side, edge in (("low", zone.low), ("high", zone.high)):
        text = price(float(ratio(edge, 4)))
        found.append(argument.note(f"{name}_{side}", _of_bars(argument, bars, edge, text, quote)).text)
    return found


def _of_bars(argument: Argument, bars: Bars, number: float, text: str, unit: str) -> Value:
    """A number known at the newest candle's close."""
    context = argument.measured.context
    closed_at = Instant(int(bars.opened_at[-1]) + DAY)
    source = context.sources.get(argument.member.symbol, context.source)
    return Value(number, text, unit, closed_at, closed_at, source)


def _moving(change: Value) -> str:
    return percent(float(change.text))
