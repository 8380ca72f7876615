"""The second beat: decide, size, review, approve, journal the intent, submit."""

from __future__ import annotations

from decimal import Decimal
from math import ceil

from agent.runtime.account import Retry
from agent.runtime.answers import sound
from agent.runtime.approvers import ASK
from agent.runtime.desk import Desk
from agent.runtime.inputs import case_of, gather, with_horizon
from agent.runtime.waiting import Request, asked, terms_of
from core.canonical import canonical, digest_bytes
from core.decision import Decision, Proposal, Situation, Unchanged
from core.events import Approved, Decided, Event, Refused
from core.ids import DecisionId, decision_id, order_id
from core.instant import Instant
from core.orders import ApprovedOrder, Finding, Side, Verdict, Wish
from strategies.risk.case import Inputs
from strategies.risk.engine import review
from strategies.risk.refusals import is_dust
from strategies.risk.registry import overrulable
from strategies.risk.sizing import wish_for


async def decide(desk: Desk, now: Instant) -> None:
    """One decision over the whole menu, and the orders that come of it."""
    account, config = desk.account, desk.config
    made = decision_id(account.id, config.decider, now)
    situation = Situation(
        made,
        account.name,
        now,
        config.every,
        config.symbols,
        desk.market,
        account.portfolio,
        account.wished,
    )
    decision = await desk.decider.decide(situation)
    if isinstance(decision, Unchanged):
        desk.recorder.span.add((now, decision.fingerprint))
        return
    decision = sound(decision, config.decider, config.symbols, now)
    decided, blobs = _journalled(desk, made, decision)
    thought = Instant(now + thinking_ms(decision))
    await act(desk, now, made, decision.proposals, first=decided, blobs=blobs, sent_at=thought)


def thinking_ms(decision: Decision) -> int:
    """How long the model calls of *decision* took, as they were measured when they were made."""
    calls = () if decision.model is None else decision.model["calls"]
    return ceil(1000 * float(sum(call["latency_s"] for call in calls)))


def _journalled(desk: Desk, made: DecisionId, decision: Decision) -> tuple[Decided, dict[str, bytes]]:
    """The event of *decision*, and the blobs that hold what it rested on."""
    raw = {name: canonical(value) for name, value in decision.inputs.items()}
    names = {name: f"sha256:{digest_bytes(value)}" for name, value in raw.items()}
    event = Decided(
        made,
        desk.account.name,
        desk.config.decider,
        decision.decided_by,
        desk.config.symbols,
        decision.proposals,
        decision.abstained,
        dict(desk.account.wished),
        names,
        decision.prompt,
        decision.model,
        desk.limits_hash,
    )
    return event, {names[name].removeprefix("sha256:"): value for name, value in raw.items()}


async def act(
    desk: Desk,
    now: Instant,
    made: DecisionId,
    proposals: tuple[Proposal, ...],
    *,
    first: Event | None = None,
    blobs: dict[str, bytes] | None = None,
    attempt: int = 1,
    sent_at: Instant | None = None,
    is_renewal: bool = False,
) -> None:
    """Turns *proposals* into orders: sized, reviewed, approved, journalled, then sent.

    Orders are created at *sent_at*: in simulated time thinking takes as long as it took.

    Sales come first, so that what they free is not counted twice but what they hold is not either.
    *first* is journalled in the same transaction, before everything else. *is_renewal*: the attempt before
    this one never arrived.
    """
    events: list[Event] = [] if first is None else [first]
    orders: list[ApprovedOrder] = []
    equity = desk.equity()
    retries = desk.account.retries
    overruled = overrulable() if desk.config.approve == ASK else frozenset[str]()
    if any(proposal.stance > 0 for proposal in proposals):
        await desk.executor.contact.standing(now)
    for proposal in sorted(proposals, key=lambda one: one.stance > 0):
        symbol = desk.config.symbols[proposal.asset]
        desk.mark(symbol)
        if attempt == 1:
            retries.pop(symbol, None)
        if proposal.stance <= 0:
            await desk.executor.cancel_entries(now, symbol)
        if proposal.stance <= 0 and _may_hold(desk, symbol):
            retries[symbol] = Retry(made, proposal, attempt + 1)
        pending = (*desk.account.open.values(), *orders)
        inputs = gather(desk, symbol, pending, proposal.horizon)
        wish = _wish(desk, proposal, symbol, equity=equity, inputs=inputs, pending=pending)
        if wish is None:
            continue
        inputs = with_horizon(desk, inputs, wish, proposal.horizon)
        case = case_of(
            desk, wish, sent_at or now, inputs, equity, pending=pending, decision=made, overruled=overruled
        )
        verdict = review(case, order_id(made, symbol, attempt))
        findings = verdict.findings
        said = True if verdict.order is None else await desk.approver.approve(verdict.order)
        if verdict.order is not None and said is None:
            expires_at = desk.config.every.ceil(Instant(now + 1))
            events.append(
                asked(
                    Request(
                        verdict.order,
                        wish,
                        terms_of(verdict.order),
                        now,
                        expires_at,
                        attempt,
                        proposal.horizon,
                        findings,
                    )
                )
            )
            continue
        if said is False:
            findings = (Finding("approval.denied", "the order was denied"), *findings)
            verdict = Verdict(None, findings)
        if verdict.order is None:
            if attempt == 1 or is_renewal:  # what is only wished again is refused again, and said once
                events.append(Refused(made, wish, findings))
            if is_dust(findings):
                retries.pop(symbol, None)
            continue
        orders.append(verdict.order)
        events += [Approved(verdict.order, verdict.findings), desk.executor.intent(verdict.order, attempt)]
    if events:
        desk.recorder.write(now, *events, blobs=blobs)
    await desk.executor.send(now, orders)


def _wish(
    desk: Desk,
    proposal: Proposal,
    symbol: str,
    *,
    equity: Decimal,
    inputs: Inputs,
    pending: tuple[ApprovedOrder, ...],
) -> Wish | None:
    return wish_for(
        proposal,
        symbol,
        desk.account.portfolio,
        marks=desk.marks,
        equity=equity,
        limits=desk.config.limits,
        inputs=inputs,
        menu_size=desk.config.sleeves or len(desk.config.symbols),
        pending=pending,
    )


async def retry(desk: Desk, now: Instant) -> None:
    """Wishes again to be flat where a position is still held; a wish whose position is gone is fulfilled."""
    asked_about = {request.order.symbol for request in desk.account.waiting.values()}
    for symbol, again in list(desk.account.retries.items()):
        if symbol in asked_about:
            continue
        if symbol in desk.account.portfolio.positions:
            await act(desk, now, again.decision_id, (again.proposal,), attempt=again.attempt)
        elif not _may_hold(desk, symbol):
            del desk.account.retries[symbol]


def _may_hold(desk: Desk, symbol: str) -> bool:
    """Whether *symbol* is held, or a purchase of it could not be ended and may still fill."""
    return symbol in desk.account.portfolio.positions or any(
        order.symbol == symbol and order.side is Side.BUY for order in desk.account.open.values()
    )
