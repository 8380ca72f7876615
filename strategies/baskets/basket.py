"""A basket at a moment: a pure function of what was known then about every asset that existed then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.observation import Missing
from strategies.baskets.weights import Scheme, capped, shares

TRADED = "traded_value_30"
VOLATILITY = "realised_volatility_30"
TRADER, INVESTOR = "trader", "investor"
GRADES = (TRADER, INVESTOR)
MARKET_CAP = "market_cap"


@dataclass(frozen=True, slots=True)
class Basket:
    """The rule of a basket.

    *narrative*: only assets that are bought for it. The *count* of them that lead by *by* (`highest`, else
    that trail) are members, of the *among* most traded where that is not 0. *weight* says what their weights
    follow, none above *cap*. *rebalance_ms*: how often it is put together again.
    """

    narrative: str | None = None
    by: str = TRADED
    highest: bool = True
    count: int = 10
    among: int = 0
    weight: Scheme = Scheme.EQUAL
    cap: float = 1.0
    rebalance_ms: int = 30 * 86_400_000

    @property
    def graded(self) -> str | None:
        """The grade that weights follow, where they follow one."""
        if self.weight is not Scheme.GRADE:
            return None
        return self.by if self.by in GRADES else TRADER

    @property
    def needs(self) -> tuple[str, ...]:
        """What must be known of an asset: names of values of `Candidate`."""
        named = [self.by]
        if self.among or self.weight is Scheme.CAPPED:
            named.append(TRADED)
        if self.weight is Scheme.CAPPED:
            named.append(MARKET_CAP)
        if self.weight is Scheme.INVERSE_VOLATILITY:
            named.append(VOLATILITY)
        if self.graded is not None:
            named.append(self.graded)
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One asset as it was known. *unfit*: why it may not be a member; *values*: what was known of it, by name.

    A value in USD is in USD, also where the indicator of that name is its logarithm.
    """

    asset: str
    symbol: str
    narratives: tuple[str, ...] = ()
    unfit: str | None = None
    values: Mapping[str, float | Missing] = field(default_factory=dict)

    def value(self, name: str) -> float | None:
        """The value called *name*; `None` where it is not known."""
        found = self.values.get(name)
        return None if found is None or isinstance(found, Missing) else found


@dataclass(frozen=True, slots=True)
class Member:
    """One constituent. *value*: what it was chosen by; *rank*: its place by that among *of*, 1 leads."""

    asset: str
    symbol: str
    weight: float
    rank: int
    of: int
    value: float
    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An asset that could not be looked at, and why."""

    asset: str
    symbol: str
    why: str


@dataclass(frozen=True, slots=True)
class Composition:
    """Members, the heaviest first; their weights sum to at most 1. *missing*: what weights could not follow."""

    members: tuple[Member, ...]
    left_out: tuple[LeftOut, ...]
    missing: tuple[Missing, ...] = ()

    @property
    def weights(self) -> dict[str, float]:
        """Weights by symbol."""
        return {member.symbol: member.weight for member in self.members}


def compose(basket: Basket, candidates: Sequence[Candidate]) -> Composition:
    """Who belongs to *basket* among *candidates*, whatever their order.

    An asset that is unfit, or of which a value that the rule needs is not known, is left out and told. A
    market cap that one member lacks is replaced for all of them by the value traded, and told.
    """
    out: list[LeftOut] = []
    fit: list[tuple[float, Candidate]] = []
    needed = tuple(name for name in basket.needs if name != MARKET_CAP or basket.by == MARKET_CAP)
    for one in candidates:
        if basket.narrative is not None and basket.narrative not in one.narratives:
            continue
        why = one.unfit or _lacking(one, needed)
        if why is not None:
            out.append(LeftOut(one.asset, one.symbol, why))
        elif (value := one.value(basket.by)) is not None:
            fit.append((value, one))
    if basket.among:
        fit = sorted(fit, key=lambda pair: (-_known(pair[1], TRADED), pair[1].symbol))[: basket.among]
    sign = -1.0 if basket.highest else 1.0
    ranked = sorted(fit, key=lambda pair: (sign * pair[0], pair[1].symbol))
    chosen = ranked[: basket.count]
    weights, told, missing = _weights(basket, [one for _, one in chosen])
    members = [
        Member(
            one.asset, one.symbol, weight, rank, len(ranked), value,
            f"number {rank} of {len(ranked)} by {basket.by} ({short(value)}); {follows}",
        )
        for rank, ((value, one), weight, follows) in enumerate(zip(chosen, weights, told, strict=True), 1)
    ]  # fmt: skip
    members.sort(key=lambda one: (-one.weight, one.rank))
    return Composition(tuple(members), tuple(sorted(out, key=lambda one: one.symbol)), missing)


def _lacking(one: Candidate, names: Sequence[str]) -> str | None:
    for name in names:
        found = one.values.get(name, Missing(name, "no_data"))
        if isinstance(found, Missing):
            return f"{name}: {found.why}"
    return None


def _known(one: Candidate, name: str) -> float:
    found = one.value(name)
    return 0.0 if found is None else found


def _weights(
    basket: Basket, members: Sequence[Candidate]
) -> tuple[list[float], list[str], tuple[Missing, ...]]:
    """The weight of each of *members*, what it follows in words, and what could not be followed."""
    if not members:
        return [], [], ()
    sizes, words, missing = _sizes(basket, members)
    weights = capped(shares(sizes), basket.cap)
    told = [
        f"{text}, held at the cap of {basket.cap:g}" if basket.cap < 1 and weight >= basket.cap else text
        for text, weight in zip(words, weights, strict=True)
    ]
    return weights, told, missing


def _sizes(
    basket: Basket, members: Sequence[Candidate]
) -> tuple[list[float], list[str], tuple[Missing, ...]]:
    count = len(members)
    if basket.weight is Scheme.INVERSE_VOLATILITY:
        found = [max(_known(one, VOLATILITY), _LEAST_VOLATILITY) for one in members]
        return [1 / one for one in found], [f"weight over its volatility of {one:.0%}" for one in found], ()
    if basket.graded is not None:
        grades = [max(_known(one, basket.graded), _LEAST_GRADE) for one in members]
        return grades, [f"weight by its {basket.graded} grade of {one:.1f}" for one in grades], ()
    if basket.weight is Scheme.CAPPED:
        return _by_size(members)
    return [1.0] * count, [f"one of {count} equal weights"] * count, ()


_LEAST_VOLATILITY = 0.01
_LEAST_GRADE = 1.0
_LEAST_TRADED = 1.0


def _by_size(members: Sequence[Candidate]) -> tuple[list[float], list[str], tuple[Missing, ...]]:
    caps = [one.value(MARKET_CAP) for one in members]
    known = [cap for cap in caps if cap is not None and cap > 0]
    if len(known) == len(members):
        return known, [f"weight by its market cap of {short(cap)} USD" for cap in known], ()
    without = [one.symbol for one, cap in zip(members, caps, strict=True) if not cap]
    few = ", ".join(without[:3]) + (f" and {len(without) - 3} more" if len(without) > 3 else "")
    why = f"not known of {few}: weights follow the value traded of 30 days instead"
    traded = [max(_known(one, TRADED), _LEAST_TRADED) for one in members]
    words = [f"weight by its traded value of {short(one)} a day" for one in traded]
    return traded, words, (Missing(MARKET_CAP, why),)


def short(value: float) -> str:
    """*value* to 3 digits, its thousands as a letter.

    >>> short(2_434_000_000.0), short(0.26912), short(-15_000.0)
    ('2.43B', '0.269', '-15k')
    """
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):.3g}{letter}"
    return f"{value:.3g}"
