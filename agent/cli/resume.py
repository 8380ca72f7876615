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
@click.option(
    "--account",
    help="Only this account, whether halted or reducing; a halt of the whole home stays "
    "(default: lift that, and every halted account).",
)
def app(account: str | None) -> None:
    """Clears the halt and the breakers of halted accounts, or one account's alone, and says so."""
    from agent.runtime.resuming import resume_accounts

    home = session().home
    at = SystemClock().now()
    switch = HaltSwitch(home)
    resumed = resume_accounts(home, account)
    # last, so that a resume that fails lifts nothing; and one account's resume is not everybody's
    cleared = account is None and switch.clear()
    halted = switch.is_set()
    warnings = (
        [
            {
                "code": "still_halted",
                "message": f"the home is still halted: {switch.read()[1]}; "
                "'tokenwise resume' without --account lifts that for every account",
            }
        ]
        if halted
        else []
    )

    def tell() -> None:
        halt = (
            "the halt stays" if halted else "the halt is lifted" if cleared else "there was no halt to lift"
        )
        print(f"resumed at {iso(at)}: {halt}")
        for name in resumed:
            print(f"  account {name} is active again; its drawdown is measured anew")
        if not halted:
            print("Run the same 'tokenwise paper …' command again to go on.")

    answer(
        "resume",
        {"resumed": not halted, "at": iso(at), "halt_cleared": cleared, "accounts": resumed},
        tell,
        as_of=at,
        warnings=warnings,
    )
