"""How an account stands, read beside the process that trades it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent import settings
from agent.journal.store import SqlJournal
from agent.runtime import heartbeat, lease
from agent.runtime.account import Account
from agent.runtime.halt_switch import HaltSwitch
from agent.runtime.recovery import any_instrument, recover
from core.errors import NoAnswerError
from core.instant import MINUTE, instant, iso
from core.money import plain
from strategies.risk.case import State
from tools.clocks import SystemClock

_TOO_OLD_MS = 5 * MINUTE
_TOO_OLD_IN_REAL_TIME_MS = MINUTE


def read_status(home: Path, name: str) -> dict[str, Any]:
    """The data of ``paper status``.

    Raises:
        NoAnswerError: an account that never ran.
    """
    beat = heartbeat.read(home, name)
    if beat is None:
        raise NoAnswerError(f"the account {name!r} never ran in {home}", "Start it with 'tokenwise paper'.")
    pid = lease.holder(home, name)
    account, config = _read(home, name)
    state = State.HALTED if HaltSwitch(home).is_set() else account.state
    return {
        "account": name,
        "running": pid is not None,
        "pid": pid,
        "last_beat": beat["last_beat"],
        "next_decision": beat["next_decision"] if pid is not None else None,
        "state": state.value,
        "at": beat["at"] if pid is not None else iso(account.beat),
        "simulated": str(config.get("market", "")).startswith("sim"),
        "equity": beat["equity"] if pid is not None else plain(account.equity),
        "cash": plain(account.portfolio.cash),
        "positions": [
            {"symbol": held.symbol, "quantity": plain(held.quantity), "cost": plain(held.cost)}
            for held in account.portfolio.positions.values()
        ],
        "open_orders": [
            {"id": order.id, "symbol": order.symbol, "side": order.side.value, "type": order.type.value}
            for order in account.open.values()
        ],
        "pending_approvals": len(account.waiting),
        "stale": pid is not None and SystemClock().now() - instant(beat["last_beat"]) > _patience(beat),
    }


def _patience(beat: Mapping[str, Any]) -> int:
    """How long a heart may be silent: in real time it beats every second, in simulated time between two beats."""
    return _TOO_OLD_IN_REAL_TIME_MS if beat.get("real_time") else _TOO_OLD_MS


def _read(home: Path, name: str) -> tuple[Account, Mapping[str, Any]]:
    journal = SqlJournal.open(
        settings.database_url() or home / "journal.db", home / "heads.json", readonly=True
    )
    try:
        account, config = recover(journal, name, any_instrument)
        return account, config or {}
    finally:
        journal.close()
