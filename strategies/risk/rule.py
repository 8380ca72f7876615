"""What a risk rule is: it lets a draft pass, refuses it, or says how much of it may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from core.ids import OrderId
from core.money import ZERO, add, multiply, plain, subtract
from core.observation import Missing
from core.orders import Finding, Purpose, Side
from strategies.risk.case import Case
from strategies.risk.limits import Limits
from strategies.risk.sections import Mode

T = TypeVar("T")

EVERYTHING = frozenset(Purpose)
ENTRIES = frozenset({Purpose.ENTRY})
REDUCTIONS = frozenset({Purpose.REDUCTION})
WISHES = frozenset({Purpose.ENTRY, Purpose.REDUCTION})
_BPS = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Draft:
    """An order on its way through the rules.

    *notional* in quote currency (buys: to spend, fee included). *price* is what it is reckoned at: the
    last good price, or the order's own. *quantity* is base at the venue's step, known to final rules.
    *at_once*: what does not fill at once is not to rest.
    """

    order_id: OrderId
    side: Side
    purpose: Purpose
    notional: Decimal
    reference: Decimal | None
    quantity: Decimal = ZERO
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    at_once: bool = False

    @property
    def price(self) -> Decimal:
        """Quote currency per unit.

        Raises:
            LookupError: no price was ever known, so nothing that rests on one can be judged.
        """
        if self.reference is None:
            raise LookupError("no last good price is known")
        return self.reference


@dataclass(frozen=True, slots=True)
class Cap:
    """At most *notional* may go; *finding* says why."""

    notional: Decimal
    finding: Finding


def always(_: Limits) -> Mode:
    """The mode of a rule that no limits switch off."""
    return Mode.REQUIRED


def while_set(limit: Callable[[Limits], object]) -> Callable[[Limits], Mode]:
    """The mode of a rule that is in force while its limit is set and not 0."""
    return lambda limits: Mode.REQUIRED if limit(limits) else Mode.OFF


@dataclass(frozen=True, slots=True)
class Rule:
    """One risk rule.

    *refuses*: the purposes that it may refuse or shrink. *inputs*: fields of `Inputs` without which it
    cannot judge. *shrinks*: it may let a part through, as a `Cap`. *final*: it judges the order as it would
    go out, after every cap. *flags_exit*: it never refuses a protective exit but turns it into a limit order
    at the collar (DESIGN §8). *overrulable*: a person who is asked about the order may let it go all the same.
    """

    code: str
    check: Callable[[Case, Draft], Finding | Cap | None]
    refuses: frozenset[Purpose]
    inputs: tuple[str, ...] = ()
    mode: Callable[[Limits], Mode] = always
    shrinks: bool = False
    final: bool = False
    flags_exit: bool = False
    overrulable: bool = False


def given(value: T | Missing) -> T:
    """*value*, which a rule declared and the engine therefore saw to be there.

    Raises:
        LookupError: it is missing all the same; the engine then refuses.
    """
    if isinstance(value, Missing):
        raise LookupError(  # noqa: TRY004  nobody passed a wrong type: the value is not there
            f"{value.what} is missing: {value.why}"
        )
    return value


def share_or_cap(share: Decimal | None, equity: Decimal, cap: Decimal | None) -> Decimal:
    """The smaller of *share* of *equity* and *cap*, of those that are set.

    Raises:
        LookupError: neither is; the engine then refuses.
    """
    most = [] if share is None else [multiply(share, equity)]
    most += [] if cap is None else [cap]
    if not most:
        raise LookupError("the limit is not set")
    return min(most)


def in_force(limit: T | None) -> T:
    """*limit*, which is set wherever its rule is in force.

    Raises:
        LookupError: it is not; the engine then refuses.
    """
    if limit is None:
        raise LookupError("the limit is not set")
    return limit


def room(
    code: str, subject: str, draft: Draft, *, most: Decimal, quote: str, held: Decimal = ZERO
) -> Cap | None:
    """What *most* leaves for *draft* beside what is already *held*, or `None` where all of it fits."""
    total = add(held, draft.notional)
    if total <= most:
        return None
    limit, value = plain(most), plain(total)
    left = subtract(most, held)
    return Cap(
        left if left > 0 else ZERO,
        Finding(code, f"{subject} {value} {quote}; at most {limit} {quote}", limit, value),
    )


def off_by_more(price: Decimal, reference: Decimal, bps: Decimal) -> bool:
    """Whether *price* lies further than *bps* basis points from *reference*."""
    return multiply(subtract(price, reference).copy_abs(), _BPS) > multiply(bps, reference)
