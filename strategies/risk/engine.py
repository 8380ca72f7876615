"""The gate: the only place that makes an `ApprovedOrder`. It only ever shrinks, and it fails closed.

An exception inside a rule, a required input that is not there, an amount that cannot be expressed:
each refuses. All findings are reported, not the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import ParamSpec, TypeVar

from core.ids import OrderId
from core.money import ONE, ZERO, add, ceil_to, divide, floor_to, multiply, plain, subtract
from core.observation import Missing
from core.orders import ApprovedOrder, Fill, Finding, Purpose, Side, TimeInForce, Verdict
from strategies.risk.book import sellable
from strategies.risk.case import Case
from strategies.risk.limits import Limits
from strategies.risk.registry import registered
from strategies.risk.rule import Cap, Draft, Rule
from strategies.risk.sections import Mode, SizingMode
from strategies.risk.terms import at_the_collar, is_price, kind_of, sized_at

T = TypeVar("T")
P = ParamSpec("P")
_Plans = Mapping[Purpose, "_Plan"]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The rules in force for one purpose: those that may shrink, those that judge the result, those that flag."""

    first: tuple[tuple[Rule, Mode], ...]
    final: tuple[tuple[Rule, Mode], ...]
    flags: tuple[tuple[Rule, Mode], ...]


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the rules say of a draft: what refuses it, what caps it, what a person may overrule; the least of the caps."""

    refusals: list[Finding]
    caps: list[Finding]
    told: list[Finding]
    most: Decimal


@lru_cache(maxsize=64)
def _plans(limits: Limits) -> _Plans:
    return _plans_of(registered(), limits)


def _plans_of(rules: Sequence[Rule], limits: Limits) -> _Plans:
    asked = [(rule, mode) for rule in rules if (mode := rule.mode(limits)) is not Mode.OFF]
    return {
        purpose: _Plan(
            tuple(pair for pair in asked if purpose in pair[0].refuses and not pair[0].final),
            tuple(pair for pair in asked if purpose in pair[0].refuses and pair[0].final),
            tuple(pair for pair in asked if purpose is Purpose.EXIT and pair[0].flags_exit),
        )
        for purpose in Purpose
    }


def needed_inputs(limits: Limits) -> frozenset[str]:
    """The fields of `Inputs` that the rules in force, the sizing and the exits of *limits* rest on."""
    return _needed(limits, registered())


@lru_cache(maxsize=64)
def _needed(limits: Limits, rules: tuple[Rule, ...]) -> frozenset[str]:
    names = {name for rule in rules if rule.mode(limits) is not Mode.OFF for name in rule.inputs}
    if limits.sizing.mode is SizingMode.VOLATILITY:
        names.add("daily_returns")
    if limits.price.max_age is not None:
        names.add("price_at")
    if limits.exits.stop_atr or limits.exits.target_atr or limits.exits.trailing_atr:
        names.add("atr")
    return frozenset(names)


def review(case: Case, order_id: OrderId) -> Verdict:
    """Judges a wish: a market order of at most what was wished, or none, and every finding.

    A buy carries the quote amount to spend, fee included; a sale the quantity at the venue's lot. What a
    wish says of its purpose is not believed: a buy is an entry, a sale a reduction. Never raises.
    """
    verdict = _guarded("engine", _review, case, order_id, _plans(case.limits))
    return Verdict(None, (verdict,)) if isinstance(verdict, Finding) else verdict


def review_exit(
    case: Case,
    order_id: OrderId,
    *,
    stop_price: Decimal | None = None,
    limit_price: Decimal | None = None,
) -> Verdict:
    """Judges a protective sale of the whole position, whatever notional the case's wish names. Never raises.

    With *stop_price* the sale rests at the venue as a stop; with *limit_price* it is a limit; with
    neither it is a market order, or, where the data is missing or a price, peg or liquidity rule speaks,
    a limit at the collar below the last good price, with those findings. Prices are rounded up to the
    tick. What is below the venue's minimum is dust: no order, and a finding that says so.
    """
    plans = _plans(case.limits)
    verdict = _guarded("engine", _review_exit, case, order_id, stop_price, limit_price, plans)
    return Verdict(None, (verdict,)) if isinstance(verdict, Finding) else verdict


def review_again(case: Case, order: ApprovedOrder) -> Verdict:
    """Judges *order*, let through before, as things stand now: exactly these terms go, or none. Never raises.

    What the rules would now only shrink is refused with their findings. What a person was told and said yes to
    all the same (`Case.overruled`) is not told twice.
    """
    verdict = _guarded("engine", _review_again, case, order, _plans(case.limits)[order.purpose])
    return Verdict(None, (verdict,)) if isinstance(verdict, Finding) else verdict


def _review(case: Case, order_id: OrderId, plans: _Plans) -> Verdict:
    side = case.wish.side
    purpose = Purpose.ENTRY if side is Side.BUY else Purpose.REDUCTION
    wished = case.wish.notional if is_price(case.wish.notional) else ZERO
    mark = case.marks.get(case.wish.symbol)
    draft = Draft(order_id, side, purpose, wished, mark if is_price(mark) else None)
    return _settle(case, draft, plans[purpose], ())


def _review_exit(
    case: Case,
    order_id: OrderId,
    stop_price: Decimal | None,
    limit_price: Decimal | None,
    plans: _Plans,
) -> Verdict:
    plan = plans[Purpose.EXIT]
    drafted = _guarded("precision", _exit_draft, case, order_id, stop_price, limit_price)
    if isinstance(drafted, Finding):
        return Verdict(None, (drafted,))
    # Data is judged at the last good price, whatever price the order itself is to stand at.
    at_mark = _exit_draft(case, order_id, None, None)
    flags = [
        answer.finding if isinstance(answer, Cap) else answer
        for rule, mode in plan.flags
        if (answer := _ask(rule, Mode.IF_AVAILABLE, case, at_mark)) is not None
    ]
    if flags and stop_price is None and limit_price is None:
        collared = _guarded("precision", at_the_collar, case, drafted)
        if isinstance(collared, Finding):
            return Verdict(None, (collared, *flags))
        drafted = collared
    return _settle(case, drafted, plan, flags)


def _exit_draft(
    case: Case, order_id: OrderId, stop_price: Decimal | None, limit_price: Decimal | None
) -> Draft:
    symbol, tick = case.wish.symbol, case.instrument.tick_size
    for price in (stop_price, limit_price):
        if price is not None and not is_price(price):
            raise ValueError(f"{price} is not a price")
    stop = None if stop_price is None else ceil_to(stop_price, tick)
    limit = None if limit_price is None else ceil_to(limit_price, tick)
    held = case.portfolio.positions.get(symbol)
    mark = case.marks.get(symbol)
    if not is_price(mark):
        mark = None if held is None else held.average_price
    reference = limit or stop or mark
    quantity = sellable(case.portfolio, symbol, case.pending)
    notional = ZERO if reference is None else multiply(quantity, reference)
    return Draft(order_id, Side.SELL, Purpose.EXIT, notional, reference, ZERO, limit, stop)


def _settle(case: Case, draft: Draft, plan: _Plan, flags: Sequence[Finding]) -> Verdict:
    """Asks every rule, shrinks to the smallest cap, asks the final rules of what is left.

    What refused stands before the caps and *flags*, which alone would have let something through.
    """
    heard = _first(case, draft, plan)
    sized = _guarded("precision", sized_at, case, draft, heard.most)
    if isinstance(sized, Finding):
        return Verdict(None, (*heard.refusals, sized, *heard.told, *flags, *heard.caps))
    refusals = heard.refusals + _final(case, sized, plan)
    findings = (*refusals, *heard.told, *flags, *heard.caps)
    if refusals or sized.quantity <= 0:
        return Verdict(None, findings)
    return Verdict(_order(case, sized), findings)


def _review_again(case: Case, order: ApprovedOrder, plan: _Plan) -> Verdict:
    mark = case.marks.get(order.symbol)
    reference = mark if is_price(mark) else None
    price = order.limit_price or order.stop_price or reference or ZERO
    quantity = order.quantity or floor_to(
        divide(order.spend or ZERO, multiply(price, add(ONE, case.costs.taker))), case.instrument.lot_size
    )
    notional = order.spend or multiply(quantity, price)
    draft = Draft(
        order.id,
        order.side,
        order.purpose,
        notional,
        reference,
        quantity,
        order.limit_price,
        order.stop_price,
    )
    heard = _first(case, draft, plan)
    refusals = heard.refusals + _final(case, draft, plan)
    if order.side is Side.SELL and quantity > sellable(case.portfolio, order.symbol, case.pending):
        refusals.append(Finding("cash", f"{plain(quantity)} {case.instrument.base} are not held any more"))
    if refusals or heard.caps or quantity <= 0:
        return Verdict(None, (*refusals, *heard.told, *heard.caps))
    return Verdict(replace(order, created_at=case.now), ())


def _first(case: Case, draft: Draft, plan: _Plan) -> _Heard:
    """What every rule but the final ones says of *draft*."""
    refusals: list[Finding] = []
    caps: list[Finding] = []
    told: list[Finding] = []
    most = draft.notional
    for rule, mode in plan.first:
        answer = _ask(rule, mode, case, draft)
        if isinstance(answer, Cap):
            most = min(most, answer.notional)
            caps.append(answer.finding)
        elif answer is not None:
            is_for_a_person = rule.overrulable and answer.code == rule.code in case.overruled
            (told if is_for_a_person else refusals).append(answer)
    return _Heard(refusals, caps, told, most)


def _final(case: Case, draft: Draft, plan: _Plan) -> list[Finding]:
    """What refuses *draft* as it would go out."""
    refusals: list[Finding] = []
    for rule, mode in plan.final:
        answer = _ask(rule, mode, case, draft)
        if answer is not None:
            refusals.append(answer.finding if isinstance(answer, Cap) else answer)
    return refusals


def _ask(rule: Rule, mode: Mode, case: Case, draft: Draft) -> Finding | Cap | None:
    for name in rule.inputs:
        value = getattr(case.inputs, name)
        if isinstance(value, Missing):
            if mode is Mode.IF_AVAILABLE:
                return None
            told = f"{rule.code} cannot be judged: {name} is missing ({value.why})"
            return Finding(f"input.missing:{rule.code}", told, value=value.why)
    return _guarded(rule.code, rule.check, case, draft)


def _guarded(code: str, judge: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | Finding:
    """What *judge* answers, or a finding that refuses: a gate that breaks must stay shut."""
    try:
        return judge(*args, **kwargs)
    except Exception as fault:
        subject = "the order" if code == "engine" else code
        return Finding(f"input.missing:{code}", f"{subject} cannot be judged: {_in_words(fault)}")


def _in_words(fault: Exception) -> str:
    """Why a rule could not judge; what it did not foresee is named by its type."""
    said = fault.args[0] if fault.args and isinstance(fault.args[0], str) else ""
    if said and isinstance(fault, LookupError | ValueError) and not isinstance(fault, KeyError):
        return said
    return f"it failed unexpectedly ({type(fault).__name__}{said and f': {said}'})"


def _order(case: Case, draft: Draft) -> ApprovedOrder:
    by_spend = draft.side is Side.BUY and draft.limit_price is None
    return ApprovedOrder(
        id=draft.order_id,
        symbol=case.wish.symbol,
        side=draft.side,
        type=kind_of(draft),
        purpose=draft.purpose,
        quantity=None if by_spend else draft.quantity,
        spend=draft.notional if by_spend else None,
        limit_price=draft.limit_price,
        stop_price=draft.stop_price,
        decision_id=case.decision_id,
        reason=case.wish.reason,
        created_at=case.now,
        time_in_force=TimeInForce.IOC if draft.at_once else TimeInForce.GTC,
    )


def rest_of(order: ApprovedOrder, fill: Fill) -> ApprovedOrder:
    """What of *order* is still on its way after *fill*; the books and the rules count no more than that."""
    paid = add(multiply(fill.quantity, fill.price), fill.fee)
    return replace(
        order,
        quantity=None if order.quantity is None else max(ZERO, subtract(order.quantity, fill.quantity)),
        spend=None if order.spend is None else max(ZERO, subtract(order.spend, paid)),
    )
