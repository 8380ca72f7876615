"""What becomes of orders that a person was asked about: sent as they were asked, refused, or expired."""

from __future__ import annotations

from agent.runtime.desk import Desk
from agent.runtime.inputs import case_of, gather, with_horizon
from agent.runtime.waiting import Request, closed, terms_of
from core.errors import InvariantError
from core.events import Approved, Refused
from core.instant import Instant
from core.orders import ApprovedOrder, Finding, Purpose, Verdict
from strategies.risk.engine import review_again

_DENIED = Finding("approval.denied", "a person said no")
_EXPIRED = Finding("approval.expired", "nobody answered in time")


async def take_answers(desk: Desk, now: Instant) -> None:
    """Closes every request that was answered or has expired; what was approved is reviewed again, then sent.

    While the halt stands nothing is taken: an answer waits for whoever resumes.
    """
    for request in list(desk.account.waiting.values()):
        if desk.halt.is_set():
            return
        said = await desk.approver.approve(request.order)
        if now >= request.expires_at:
            _refuse(desk, now, request, "expired", (_EXPIRED,))
        elif said is False:
            _refuse(desk, now, request, "denied", (_DENIED,))
        elif said:
            await _send(desk, now, request)


def _refuse(desk: Desk, now: Instant, request: Request, how: str, findings: tuple[Finding, ...]) -> None:
    if how == "denied" and request.order.purpose is Purpose.REDUCTION:
        # who said no to a sale is not asked again on the next beat
        desk.account.retries.pop(request.order.symbol, None)
    refused = Refused(request.order.decision_id, request.wish, findings)
    desk.recorder.write(now, closed(request, how), refused)


async def _send(desk: Desk, now: Instant, request: Request) -> None:
    verdict = _reviewed(desk, now, request)
    order = verdict.order
    if order is None:
        _refuse(desk, now, request, "refused by the risk engine at the new price", verdict.findings)
        return
    _same_terms(order, request)
    approved = Approved(order, (*request.findings, *verdict.findings))
    intent = desk.executor.intent(order, request.attempt)
    desk.recorder.write(now, closed(request, "approved"), approved, intent)
    await desk.executor.send(now, [order])


def _reviewed(desk: Desk, now: Instant, request: Request) -> Verdict:
    symbol = request.order.symbol
    desk.mark(symbol)
    pending = tuple(desk.account.open.values())
    inputs = with_horizon(desk, gather(desk, symbol, pending, request.horizon), request.wish, request.horizon)
    case = case_of(
        desk,
        request.wish,
        now,
        inputs,
        desk.equity(),
        pending=pending,
        decision=request.order.decision_id,
        overruled=frozenset(finding.code for finding in request.findings),
    )
    return review_again(case, request.order)


def _same_terms(order: ApprovedOrder, request: Request) -> None:
    if terms_of(order) != request.terms:
        raise InvariantError(
            f"order {order.id} is not the one that was approved", "Run 'tokenwise journal verify'."
        )
