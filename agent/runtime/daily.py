"""Once a UTC day, in real time: what the day before came to, for the journal and for a person."""

from __future__ import annotations

from agent.runtime.desk import Desk
from agent.runtime.remembered import SUMMARY
from core.events import Alert
from core.instant import DAY, Instant, iso
from core.money import plain, subtract


def sum_up(desk: Desk, now: Instant) -> None:
    """Journals the summary of the day that is over, once, before the first beat of the new one marks it away."""
    account, today = desk.account, now // DAY
    last = account.remembered.summed_up or account.watermarks.day
    if today <= last or not account.watermarks.day:
        return
    equity, marks = desk.equity(), account.watermarks
    quote = account.portfolio.quote
    gained = plain(subtract(equity, marks.day_start_equity))
    share = float(equity / marks.day_start_equity - 1) if marks.day_start_equity else 0.0
    held = ", ".join(
        f"{plain(one.quantity)} {symbol.partition('/')[0]}"
        for symbol, one in account.portfolio.positions.items()
    )
    told = (
        f"{iso(Instant(marks.day * DAY))[:10]}: equity {plain(equity)} {quote}, {gained} {quote} ({share:+.2%}) "
        f"on the day; holds {held or 'cash only'}; {account.state.value}"
    )
    desk.recorder.write(now, Alert(SUMMARY, told, {"day": today}))
