"""What perpetual contracts say: funding by venue, and open interest where it is known."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pydantic import Field

from core.instant import DAY, HOUR, Instant, iso
from core.money import divide, multiply
from core.observation import Missing
from tools.ask._arguments import OfAsset, Strict
from tools.ask._facts import Rate
from tools.ask._figures import Figure, Read, credits_of, slug
from tools.ask._names import unresolved
from tools.ask._subject import Subject, nothing_about, subject_of
from tools.ask._text import Stamp, quantity, ratio
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool

_OTHERS = ("open_interest", "open_interest_usd", "long_short_ratio", "liquidations")
_EXPECTED = ("open_interest",)
_DAY_HOURS = 24
_YEAR_HOURS = 365 * 24
_USUAL_HOURS = 8
_TOO_OLD = 2 * DAY
_PER_8H = "fraction_per_8h"


class Args(OfAsset):
    """Which asset."""


class Venue(Strict):
    """The newest rate of one venue, for *interval_hours*; *per_8h* and the means on one scale.

    Above 0 longs pay shorts. A day's mean is on its venue's own scale and has no *per_8h*.
    """

    venue: str
    rate: str
    interval_hours: float | None = None
    per_8h: str | None = None
    mean_1d: float | None = None
    mean_7d: float | None = None
    mean_30d: float | None = None
    as_of: str
    known_at: str
    age_hours: int
    source: str
    flags: list[str] = Field(default_factory=list)


class Result(Strict):
    """*funding_per_8h*: the median of the venues that are up to date; *spread*: between the highest and the lowest."""

    asset: str
    symbol: str | None = None
    funding_per_8h: float | None = None
    funding_per_year: float | None = None
    spread: float | None = None
    paid_by: str | None = Field(default=None, description="longs, shorts or nobody.")
    venues: list[Venue] = Field(default_factory=list)
    figures: list[Figure] = Field(default_factory=list)
    credits: list[str] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """Every venue's newest rate with its means; venues that differ are all told, none is picked."""
    who = subject_of(context, args.asset)
    if isinstance(who, Missing):
        return unresolved(context, args.asset, who)
    read = Read(TOOL.name, context, who)
    known = {} if context.facts is None else context.facts.metrics(who.asset, context.now)
    read.read(_EXPECTED, expected=True)
    read.read([name for name in _OTHERS if name in known and name not in _EXPECTED], expected=False)
    rates = _rates(context, who)
    told = Result(asset=who.asset, symbol=who.symbol, figures=read.figures)
    if isinstance(rates, Missing):
        if not read.figures and (nothing := nothing_about(context, args.asset, who)):
            return nothing
        missing = (Missing("funding", rates.why), *read.missing)
        return Reply(told.model_dump(), tuple(read.evidence), missing)
    venues, evidence, fresh = [], [], []
    for several in _by_venue(rates):
        newest = several[-1]
        is_old = context.now - newest.as_of > _TOO_OLD
        venues.append(_venue(several, context.now, is_old=is_old))
        stamp = Stamp(TOOL.name, who.label, newest.as_of, newest.source, newest.known_at)
        scaled = _per_8h(newest)
        unit = "fraction" if scaled is None else _PER_8H
        value = quantity(newest.rate if scaled is None else scaled)
        evidence.append(stamp(f"funding.{slug(newest.venue)}", value, unit))
        if scaled is not None and not is_old:
            fresh.append((scaled, newest))
    lacking = list(read.missing)
    if fresh:
        told, more = _summary(told, fresh, who)
        evidence = [*more, *evidence]
    else:
        is_old = all("stale" in one.flags for one in venues)
        lacking.insert(0, Missing("funding_now", "stale" if is_old else "no_common_scale"))
    evidence += read.evidence
    told = told.model_copy(update={"venues": venues, "credits": credits_of(context, evidence)})
    return Reply(told.model_dump(), tuple(evidence), tuple(lacking))


def _rates(context: AskContext, who: Subject) -> tuple[Rate, ...] | Missing:
    if context.facts is None:
        return Missing("funding", "no_data")
    return context.facts.funding(who.asset, context.now, Instant(context.now - 30 * DAY))


def _by_venue(rates: Sequence[Rate]) -> list[list[Rate]]:
    found: dict[str, list[Rate]] = {}
    for one in rates:
        found.setdefault(one.venue, []).append(one)
    return [found[name] for name in sorted(found)]


def _per_8h(one: Rate) -> Decimal | None:
    """The rate on the scale of 8 hours; `None` where its own time is not known, or it is the mean of a day."""
    hours = one.interval_hours
    if hours is None or hours <= 0 or hours >= _DAY_HOURS:
        return None
    return divide(multiply(one.rate, Decimal(_USUAL_HOURS)), hours)


def _venue(several: Sequence[Rate], now: Instant, *, is_old: bool) -> Venue:
    newest = several[-1]
    scaled = _per_8h(newest)
    means = {f"mean_{days}d": _mean(several, now, days) for days in (1, 7, 30)}
    return Venue(
        venue=newest.venue,
        rate=quantity(newest.rate),
        interval_hours=None if newest.interval_hours is None else float(newest.interval_hours),
        per_8h=None if scaled is None else quantity(scaled),
        **means,
        as_of=iso(newest.as_of),
        known_at=iso(newest.known_at),
        age_hours=(now - newest.as_of) // HOUR,
        source=newest.source,
        flags=[*newest.flags, *["stale"] * is_old],
    )


def _mean(several: Sequence[Rate], now: Instant, days: int) -> float | None:
    """The mean of the last *days*, per 8 hours; `None` where the rates do not reach back so far."""
    scaled = [(one.as_of, _per_8h(one)) for one in several]
    recent = [float(rate) for at, rate in scaled if rate is not None and at > now - days * DAY]
    if not recent or several[0].as_of > now - days * DAY + DAY:
        return None
    return float(ratio(sum(recent) / len(recent)))


def _summary(
    told: Result, fresh: Sequence[tuple[Decimal, Rate]], who: Subject
) -> tuple[Result, list[Evidence]]:
    ordered = sorted(rate for rate, _ in fresh)
    middle = len(ordered) // 2
    median = (
        ordered[middle] if len(ordered) % 2 else divide(ordered[middle - 1] + ordered[middle], Decimal(2))
    )
    yearly = float(median) * _YEAR_HOURS / _USUAL_HOURS
    paid_by = "longs" if median > 0 else "shorts" if median < 0 else "nobody"
    stamp = Stamp(
        TOOL.name,
        who.label,
        min(one.as_of for _, one in fresh),
        "+".join(dict.fromkeys(one.source for _, one in fresh)),
        max(one.known_at for _, one in fresh),
    )
    evidence = [
        stamp("funding_per_8h", ratio(float(median)), _PER_8H),
        stamp("funding_per_year", ratio(yearly, 4), "fraction_per_year"),
        stamp("funding_spread", ratio(float(ordered[-1] - ordered[0])), _PER_8H),
        stamp("funding_venues", str(len(fresh)), "venues"),
        stamp("funding_paid_by", paid_by, "side"),
    ]
    summed = {
        "funding_per_8h": float(evidence[0].value),
        "funding_per_year": float(evidence[1].value),
        "spread": float(evidence[2].value),
        "paid_by": paid_by,
    }
    return told.model_copy(update=summed), evidence


TOOL = Tool(
    "get_derivatives",
    "Derivatives of an asset: funding rates by venue with means, who pays whom, and open interest.",
    Args,
    Result,
    answer,
)
