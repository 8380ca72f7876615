"""``tokenwise approvals``: orders that wait for a person's yes or no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from agent import settings
from agent.cli.session import answer, session
from core.errors import NoAnswerError

if TYPE_CHECKING:
    from agent.journal.store import SqlJournal
    from agent.runtime.pending import Pending

_NONE = "There is nothing to answer; 'tokenwise approvals list' shows what waits."


@click.group(name="approvals", help="Orders that wait for your yes or no: list, approve, deny.")
def app() -> None:
    """The group of the approval commands."""


@app.command("list")
@click.option("--account", help="Only this account.")
def list_pending(account: str | None) -> None:
    """Every order that waits, oldest first, with all its terms."""
    from agent.runtime.pending import pending
    from tools.clocks import SystemClock

    now = SystemClock().now()
    with _journal(readonly=True) as journal:
        found = [] if journal is None else pending(journal, now, account)

    def tell() -> None:
        if not found:
            print("nothing waits for an answer")
        for one in found:
            mark = "SIMULATED " if one.simulated else ""
            print(f"{one.request.order.id}  {mark}{one.account}: {one.words}")
            print(f"    why: {one.request.order.reason}")
            for told in one.request.against:
                print(f"    against: {told}; a yes overrules it")
            print(f"    asked {one.told['asked_at']}, expires {one.told['expires_at']}")
        if found:
            print("answer with: tokenwise approvals approve ID | deny ID")

    simulated = any(one.simulated for one in found)
    answer("approvals_list", {"approvals": [one.told for one in found]}, tell, as_of=now, simulated=simulated)


@app.command()
@click.argument("wanted", metavar="ID")
def approve(wanted: str) -> None:
    """Say yes to exactly this order; it is reviewed again, at the price of then, before it goes out."""
    _answer(wanted, yes=True)


@app.command()
@click.argument("wanted", metavar="ID")
def deny(wanted: str) -> None:
    """Say no to this order."""
    _answer(wanted, yes=False)


def _answer(wanted: str, *, yes: bool) -> None:
    from agent.runtime.answering import answer as write
    from agent.runtime.pending import find
    from tools.clocks import SystemClock

    now = SystemClock().now()
    with _journal(readonly=False) as journal:
        if journal is None:
            raise NoAnswerError(f"no order {wanted!r} waits for an answer", _NONE)
        one = find(journal, now, wanted)
        write(journal, one.account, one.request, yes=yes, at=now)
    data = {**one.told, "verdict": "approve" if yes else "deny"}
    answer("approvals_answer", data, lambda: _tell(one, yes=yes), as_of=now, simulated=one.simulated)


def _tell(one: Pending, *, yes: bool) -> None:
    from agent.runtime.lease import holder

    print(f"{'approved' if yes else 'denied'}: {one.words}")
    if holder(session().home, one.account) is None:
        print(f"No process trades {one.account!r} now: it takes the answer when its command runs again.")


@contextmanager
def _journal(*, readonly: bool) -> Iterator[SqlJournal | None]:
    """The home's journal; `None` where there is none yet."""
    from agent.journal.store import SqlJournal

    home = session().home
    url: Any = settings.database_url() or home / "journal.db"
    if not settings.database_url() and not url.exists():
        yield None
        return
    with SqlJournal.open(url, home / "heads.json", readonly=readonly) as journal:
        yield journal
