"""``tokenwise halt``: writes the halt before anything of weight is imported."""

from __future__ import annotations

import click

from agent.cli.session import answer, session
from agent.runtime.halt_switch import CANCEL_ALL, FLATTEN, HOLD, HaltSwitch
from core.errors import UsageError
from core.instant import iso
from tools.clocks import SystemClock

_FIRST = {
    HOLD: "Protective orders that rest at a venue stay.",
    FLATTEN: "Running accounts close their positions first.",
    CANCEL_ALL: "Running accounts cancel their resting orders, protective ones too.",
}


@click.command("halt", help="Stop all trading now: no new order leaves, on any account of this home.")
@click.argument("reason", required=False, default="halted by a person")
@click.option("--flatten", is_flag=True, help="Close every position first.")
@click.option("--cancel-all", is_flag=True, help="Cancel every resting order first, protective ones too.")
def app(reason: str, flatten: bool, cancel_all: bool) -> None:
    """Halts and says so."""
    if flatten and cancel_all:
        raise UsageError("--flatten and --cancel-all exclude each other", "Give one of them.")
    first = FLATTEN if flatten else CANCEL_ALL if cancel_all else HOLD
    HaltSwitch(session().home).set(reason, first)
    at = SystemClock().now()

    def tell() -> None:
        print(f"halted at {iso(at)}: {reason}")
        print(f"{_FIRST[first]} 'tokenwise resume' lets trading go on.")

    answer("halt", {"halted": True, "at": iso(at), "reason": reason, "first": first}, tell, as_of=at)
