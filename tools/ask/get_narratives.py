"""Which narratives lead: returns, breadth, grades and flows of the assets that each is told of; where money turns."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from core.assets import NARRATIVES
from core.instant import Instant, iso
from core.observation import Missing
from tools.ask._arguments import AssetName, Strict
from tools.ask._figures import credits_of, slug
from tools.ask._names import known_as, unresolved
from tools.ask._subject import WHOLE_MARKET, subject_of
from tools.ask._text import Stamp, amount, ratio
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool
from tools.desk.grading.grades import grades_of
from tools.desk.narratives import Graded, Group, Locked, Move, Overview, move_of, overview

_MOST_NAMED = 12
_ONE_ASSET = "one_asset"
SOURCE = "candles"
_OURS = "tokenwise"


def _known(name: str) -> str:
    """*name* as it is spelt."""
    found = {one.casefold(): one for one in NARRATIVES}.get(name.strip().casefold())
    if found is None:
        raise ValueError(f"no narrative; known are {', '.join(NARRATIVES)}")
    return found


class Args(Strict):
    """All narratives, those of one asset, or one."""

    asset: Annotated[AssetName | None, Field(description="Only the narratives of this asset.")] = None
    narrative: Annotated[
        Annotated[str, AfterValidator(_known)] | None,
        Field(description="Only this narrative, such as AI, DeFi or DePIN."),
    ] = None
    limit: Annotated[int, Field(ge=1, le=len(NARRATIVES), description="How many at most.")] = 6


class Mover(Strict):
    """An asset and its return of 30 days."""

    asset: str
    return_30d: float


class Narrative(Strict):
    """Equally weighted means over *assets*, as fractions; *breadth*: the share of them that rose in that time.

    *rank_30d* and *rank_7d* are among all narratives, 1 leads. *turn*: ``rising`` or ``falling`` where the rank
    of the week is better or worse than that of the month. *trader_grade* and *investor_grade*: means of the
    *trader_graded* and *investor_graded* assets that have one. TVL: of the *tvl_assets* whose whole month is known,
    flows in USD. *traded_7d*: USD a day, *traded_change* against the 30 days before; *share*: of the value traded in
    all that was measured. *rotation*: ``in`` where the week's rank is better and its share at least a tenth
    greater, ``out`` the other way round.
    """

    narrative: str
    assets: list[str]
    return_7d: float
    return_30d: float
    breadth_7d: float
    breadth_30d: float
    rank_7d: int
    rank_30d: int
    turn: str
    trader_grade: float | None = None
    trader_graded: int = 0
    investor_grade: float | None = None
    investor_graded: int = 0
    tvl: str | None = None
    tvl_assets: int = 0
    tvl_change_7d: float | None = None
    tvl_change_30d: float | None = None
    tvl_flow_7d: str | None = None
    tvl_flow_30d: str | None = None
    traded_7d: str | None = None
    traded_change: float | None = None
    share_7d: float | None = None
    share_before: float | None = None
    rotation: Literal["in", "out", "none"] = "none"
    leaders: list[Mover] = Field(default_factory=list)
    laggards: list[Mover] = Field(default_factory=list)
    flags: list[str] = Field(
        default_factory=list, description="restated: of the TVL; one_asset: it tells of no trend."
    )


class Crossing(Strict):
    """An asset of several narratives that lead."""

    asset: str
    narratives: list[str]
    return_30d: float


class Result(Strict):
    """*narratives*: the leader of the last 30 days first. *market_return_30d*: the median asset, for comparison.

    *rotation*: where money moves, in words, only where ranks and traded value both say so. *intersections*: of
    narratives that lead: the best three tenths of those with several assets, above the median asset.
    """

    asset: str
    symbol: str | None = None
    narratives: list[Narrative] = Field(default_factory=list)
    market_return_30d: float | None = None
    rotation: str | None = None
    intersections: list[Crossing] = Field(default_factory=list)
    without: list[str] = Field(default_factory=list, description="Assets without a whole month of candles.")
    as_of: str | None = None
    credits: list[str] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """Measured on closed daily candles; an asset without a whole month of them is left out and named."""
    who = WHOLE_MARKET if args.asset is None else subject_of(context, args.asset)
    if isinstance(who, Missing):
        return unresolved(context, args.asset or "", who)
    if args.asset is not None and who.symbol is None and who != WHOLE_MARKET:
        return unresolved(context, args.asset, Missing(args.asset.strip(), "no_data"))
    told_of = _members(context)
    moved = {asset: move_of(context, asset) for asset in {one for many in told_of.values() for one in many}}
    fit = {asset: one for asset, one in moved.items() if isinstance(one, Move)}
    without = sorted(asset for asset, one in moved.items() if not isinstance(one, Move))
    groups = {name: [fit[one] for one in many if one in fit] for name, many in told_of.items()}
    told = Result(asset=who.asset, symbol=who.symbol, without=without[:_MOST_NAMED])
    found = overview(groups, context, grades_of(context).sheet()) if fit else None
    own = _own(context, who.asset)
    chosen = [] if found is None else [one for one in found.groups if who == WHOLE_MARKET or one.name in own]
    if args.narrative is not None:
        chosen = [one for one in chosen if one.name == args.narrative]
    if found is None or not chosen:
        why = next((one.why for one in moved.values() if isinstance(one, Missing)), "no_data")
        return Reply(told.model_dump(), (), (Missing("narratives", why if moved else "no_data"),))
    chosen = chosen[: args.limit]
    middle = ratio(found.market, 4)
    evidence = [
        Stamp(TOOL.name, WHOLE_MARKET.label, found.at, SOURCE)("market_return_30d", middle, "fraction")
    ]
    for one in (*chosen, *(more for more in found.rotation or () if more not in chosen)):
        evidence += _evidence(one, found)
    evidence += _movers(chosen, found)
    missing = () if any(one.locked is not None for one in chosen) else (Missing("tvl", "no_data"),)
    told = told.model_copy(
        update={
            "narratives": [_told(one) for one in chosen],
            "market_return_30d": float(middle),
            "rotation": found.sentence,
            "intersections": _crossings(found),
            "as_of": iso(found.at),
            "credits": credits_of(context, evidence),
        }
    )
    return Reply(told.model_dump(), tuple(evidence), missing)


def _members(context: AskContext) -> dict[str, list[str]]:
    """The assets with prices here that each narrative is told of."""
    found: dict[str, list[str]] = {}
    for asset in sorted({one.id for one in context.assets.values()}):
        for name in _own(context, asset):
            found.setdefault(name, []).append(asset)
    return found


def _own(context: AskContext, asset: str) -> tuple[str, ...]:
    if context.registry is not None and (known := context.registry.narratives(asset)):
        return known
    ref = known_as(context, asset)
    return () if ref is None else ref.narratives


def _told(one: Group) -> Narrative:
    up, down = one.movers
    told = Narrative(
        narrative=one.name,
        assets=[move.asset for move in one.moves],
        return_7d=_number(one.week),
        return_30d=_number(one.month),
        breadth_7d=_breadth([move.week for move in one.moves]),
        breadth_30d=_breadth([move.month for move in one.moves]),
        rank_7d=one.rank_week,
        rank_30d=one.rank_month,
        turn=_turn(one),
        rotation=one.rotation,
        leaders=[Mover(asset=move.asset, return_30d=_number(move.month)) for move in up],
        laggards=[Mover(asset=move.asset, return_30d=_number(move.month)) for move in down],
        flags=[_ONE_ASSET] if one.alone else [],
    )
    return told.model_copy(update={**_grades(one), **_tvl(one, told.flags), **_volume(one)})


def _grades(one: Group) -> dict[str, object]:
    found: dict[str, object] = {}
    for kind, graded in (("trader", one.trader), ("investor", one.investor)):
        if graded is not None:
            found |= {f"{kind}_grade": _number(graded.mean, 3), f"{kind}_graded": graded.count}
    return found


def _tvl(one: Group, flags: list[str]) -> dict[str, object]:
    if one.locked is None:
        return {}
    told = {name: value for name, value, _ in _flows(one.locked)}
    changes = {name: float(told[name]) for name in ("tvl_change_7d", "tvl_change_30d")}
    return {**told, **changes, "tvl_assets": one.locked.assets, "flags": [*flags, *one.locked.flags]}


def _flows(locked: Locked) -> list[tuple[str, str, str]]:
    """What is told of TVL: metric, value, unit."""
    found = [("tvl", amount(locked.now), "USD")]
    for days, before in ((7, locked.week_ago), (30, locked.month_ago)):
        change = float(locked.now / before) - 1
        found.append((f"tvl_change_{days}d", ratio(change, 4), "fraction"))
        found.append((f"tvl_flow_{days}d", amount(locked.now - before), "USD"))
    return found


def _volume(one: Group) -> dict[str, object]:
    if one.traded is None:
        return {}
    found: dict[str, object] = {
        "traded_7d": _dollars(one.traded[0]),
        "traded_change": _number(one.traded[0] / one.traded[1] - 1),
    }
    if one.shares is not None:
        found |= {"share_7d": _number(one.shares[0], 3), "share_before": _number(one.shares[1], 3)}
    return found


def _crossings(found: Overview) -> list[Crossing]:
    return [
        Crossing(asset=move.asset, narratives=[*names], return_30d=_number(move.month))
        for move, names in [*found.crossings.items()][:_MOST_NAMED]
    ]


def _turn(one: Group) -> str:
    if one.alone or one.rank_week == one.rank_month:
        return "steady"
    return "rising" if one.rank_week < one.rank_month else "falling"


def _evidence(one: Group, found: Overview) -> list[Evidence]:
    name = slug(one.name)
    told = _told(one)
    at = found.at
    stamp = Stamp(TOOL.name, WHOLE_MARKET.label, at, SOURCE)
    rows = [
        stamp(f"{name}.return_30d", ratio(told.return_30d, 4), "fraction"),
        stamp(f"{name}.return_7d", ratio(told.return_7d, 4), "fraction"),
        stamp(f"{name}.breadth_30d", ratio(told.breadth_30d, 3), "fraction"),
        stamp(f"{name}.breadth_7d", ratio(told.breadth_7d, 3), "fraction"),
        stamp(f"{name}.rank_30d", str(one.rank_month), "rank"),
        stamp(f"{name}.rank_7d", str(one.rank_week), "rank"),
        stamp(f"{name}.assets", str(len(one.moves)), "assets"),
    ]
    if told.traded_7d is not None and told.traded_change is not None:
        rows.append(stamp(f"{name}.traded_7d", told.traded_7d, "USD"))
        rows.append(stamp(f"{name}.traded_change", ratio(told.traded_change, 4), "fraction"))
    if told.share_7d is not None and told.share_before is not None:
        rows.append(stamp(f"{name}.share_7d", ratio(told.share_7d, 3), "fraction"))
        rows.append(stamp(f"{name}.share_before", ratio(told.share_before, 3), "fraction"))
    for kind, graded in (("trader", one.trader), ("investor", one.investor)):
        if graded is not None:
            rows += _of_grades(f"{name}.{kind}", graded, at)
    if one.locked is not None:
        of_tvl = Stamp(
            TOOL.name, WHOLE_MARKET.label, one.locked.as_of, "+".join(one.locked.sources), one.locked.known_at
        )
        rows += [of_tvl(f"{name}.{metric}", value, unit) for metric, value, unit in _flows(one.locked)]
    return rows


def _of_grades(name: str, graded: Graded, at: Instant) -> list[Evidence]:
    stamp = Stamp(TOOL.name, WHOLE_MARKET.label, min(at, graded.known_at), _OURS, graded.known_at)
    return [
        stamp(f"{name}_grade", ratio(graded.mean, 3), "points"),
        stamp(f"{name}_graded", str(graded.count), "assets"),
    ]


def _movers(chosen: Iterable[Group], found: Overview) -> list[Evidence]:
    """The returns of the assets that are named one by one."""
    named = [move for one in chosen for side in one.movers for move in side]
    return [
        Stamp(TOOL.name, move.asset, move.at, SOURCE)("return_30d", ratio(_number(move.month), 4), "fraction")
        for move in dict.fromkeys((*named, *[*found.crossings][:_MOST_NAMED]))
    ]


def _breadth(returns: list[float]) -> float:
    return _number(sum(one > 0 for one in returns) / len(returns), 3)


def _dollars(value: float) -> str:
    return amount(Decimal(ratio(value, 4)))


def _number(value: float, digits: int = 4) -> float:
    return float(ratio(value, digits))


TOOL = Tool(
    "get_narratives",
    "Which narratives lead: returns, breadth, ranks, grades, TVL and volume flows, and which way money rotates.",
    Args,
    Result,
    answer,
)
