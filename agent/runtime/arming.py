"""Nothing is armed before the venue has answered everything that trading rests on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from agent.runtime.desk import Desk
from core.errors import FaultError, KeyRefusedError, OrderError, StoppedError
from core.ids import OrderId
from core.instant import Instant
from core.money import ZERO, plain


async def ready(desk: Desk) -> None:
    """Asks the venue everything, before anything is journalled.

    Raises:
        StoppedError: it did not answer something, or has less than the account is to start with.
        FaultError: it has forgotten an order or a report that it once gave us.
    """
    account, exchange = desk.account, desk.exchange
    try:
        await exchange.open_orders()
        balances = await exchange.balances()
        heard = await exchange.reports(max(0, account.venue_seq - 1))
        for number in account.unacknowledged:
            await exchange.order(number)
        lost = [one.id for one in account.open.values() if await _is_lost(desk, one.id, one.created_at)]
    except KeyRefusedError as error:
        why = f"the venue refuses our key: {error.message}"
        raise _not_armed(account.name, why, "Mend the key at the venue, then start again.") from error
    except OrderError as error:
        why = f"its venue does not answer: {error.message}"
        raise _not_armed(account.name, why, "Start again when the venue answers.") from error
    if lost or (account.venue_seq and not heard and not desk.is_shared):
        what = f"order {lost[0]}" if lost else f"report {account.venue_seq}"
        raise FaultError(
            f"the venue of account {account.name!r} does not know {what}, which the journal has",
            "Restore the venue's book (paper.db) from a copy, or begin again with --new.",
            code="venue_differs",
        )
    if desk.is_shared and not account.beat:
        _refuse_too_little(desk, balances)


async def _is_lost(desk: Desk, number: OrderId, made_at: Instant) -> bool:
    """Whether the venue once had an order, and shows none now though it had the time to."""
    exchange = desk.exchange
    if number in desk.account.unacknowledged or await exchange.order(number) is not None:
        return False
    grace = exchange.grace_ms
    return exchange.remembers or (
        grace is not None and desk.clock.now() > made_at + grace + desk.executor.fresh_ms
    )


def _refuse_too_little(desk: Desk, balances: Mapping[str, Decimal]) -> None:
    cash = desk.config.cash
    there = balances.get(cash.asset, ZERO)
    if there < cash.amount:
        why = f"it is to start with {cash}, and the venue holds {plain(there)} {cash.asset}"
        raise _not_armed(desk.account.name, why, "Give --cash as much as is there, or less.")


def _not_armed(account: str, why: str, mend: str) -> StoppedError:
    return StoppedError(f"the account {account!r} is not armed: {why}", mend, code="not_armed")
