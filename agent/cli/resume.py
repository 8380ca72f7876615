"""``tokenwise resume``: a person, and only a person, lets trading go on."""

from __future__ import annotations

import click

from agent.cli.session import answer, session
from agent.runtime.halt_switch import HaltSwitch
from core.instant import iso
from tools.clocks import SystemClock


@click.command(
    "resume", help="Let trading go on after a halt or a breaker; an account goes on when it next runs."
)
@click.option("--account", help="Only this account, whether halted or reducing (default: every halted one).")
def app(account: str | None) -> None:
    """Clears the halt and the breakers of halted accounts, and says so."""
    from agent.runtime.resuming import resume_accounts

    home = session().home
    at = SystemClock().now()
    cleared = HaltSwitch(home).clear()
    resumed = resume_accounts(home, account)

    def tell() -> None:
        print(f"resumed at {iso(at)}: {'the halt is lifted' if cleared else 'there was no halt to lift'}")
        for name in resumed:
            print(f"  account {name} is active again; its drawdown is measured anew")
        print("Run the same 'tokenwise paper …' command again to go on.")

    answer(
        "resume",
        {"resumed": True, "at": iso(at), "halt_cleared": cleared, "accounts": resumed},
        tell,
        as_of=at,
    )
