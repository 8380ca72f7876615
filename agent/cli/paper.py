"""``tokenwise paper``: trade a paper account; ``status`` and ``stop`` look after one that runs."""

from __future__ import annotations

import click

from agent.cli.session import answer, session
from agent.cli.trading_flags import trading_flags
from core.errors import NoAnswerError

_ACCOUNT = click.option("--account", default="paper", show_default=True, help="Which account.")


def _of_group(context: click.Context, _: click.Parameter, value: str | None) -> str:
    """``paper --account A status`` means the same as ``paper status --account A``."""
    given = None if context.parent is None else context.parent.params.get("account")
    return value or given or "paper"


_THIS_ACCOUNT = click.option("--account", callback=_of_group, help="Which account.  [default: paper]")


@click.group("paper", invoke_without_command=True)
@click.pass_context
@_ACCOUNT
@click.option(
    "--market", default="sim", show_default=True, help="sim[?seed=7&assets=12&…], replay or ccxt:VENUE."
)
@click.option("--from", "start", metavar="T", help="First instant (default: the market's start; ccxt: now).")
@click.option("--cash", default="10000 USDT", show_default=True, help="Starting cash of a new account.")
@click.option("--costs", help="maker=…&taker=…&slippage_bps=…&impact=…&latency=…&participation=…, or none.")
@trading_flags
def app(context: click.Context, /, **flags: object) -> None:
    """Trade a paper account: on a simulated market, on the store's history, or in real time on live prices."""
    if context.invoked_subcommand is not None:
        return
    from agent.cli.asked import Asked
    from agent.cli.trading import trade

    context.exit(trade(Asked(**flags)))  # type: ignore[arg-type]  # click has parsed every flag to its type


@app.command("status")
@_THIS_ACCOUNT
def status(account: str) -> None:
    """Say how an account stands. Exit 3 where its process runs but its heart has stopped."""
    from agent.runtime.status import read_status
    from core.instant import instant

    found = read_status(session().home, account)

    def tell() -> None:
        mark = "SIMULATED " if found["simulated"] else ""
        running = f"running, pid {found['pid']}" if found["running"] else "not running"
        print(f"{mark}{account}: {running}")
        for name in ("state", "at", "last_beat", "next_decision", "equity", "cash"):
            print(f"  {name.replace('_', ' '):14} {found[name] if found[name] is not None else '-'}")
        for held in found["positions"]:
            print(f"  holds          {held['quantity']} {held['symbol']}")
        for order in found["open_orders"]:
            print(f"  open order     {order['side']} {order['symbol']} {order['type']} ({order['id']})")

    late = found["running"] and found["stale"]
    warnings = (
        [
            {
                "code": "heartbeat_old",
                "message": f"the last heartbeat of {account!r} is too old: its process hangs; "
                f"'tokenwise paper stop --account {account}' ends it",
            }
        ]
        if late
        else []
    )
    answer(
        "paper_status",
        found,
        tell,
        as_of=instant(found["at"]),
        simulated=found["simulated"],
        warnings=warnings,
    )
    if late:
        raise click.exceptions.Exit(NoAnswerError.exit_status)


@app.command("stop")
@_THIS_ACCOUNT
def stop(account: str) -> None:
    """Ask the process that trades an account to end cleanly."""
    import os
    import signal

    from agent.runtime.lease import holder

    pid = holder(session().home, account)
    if pid is None:
        raise NoAnswerError(f"no process trades the account {account!r}", "There is nothing to stop.")
    os.kill(pid, signal.SIGTERM)
    answer("paper_stop", {"account": account, "pid": pid}, lambda: print(f"asked process {pid} to stop"))
