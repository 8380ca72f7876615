"""Lives of a real account on a stand-in of Binance, through the real ccxt, each killed; every time scaled down.

Run as a process of its own: see `tests.crashes.supervisor`.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.journal.store import SqlJournal
from agent.runtime import tending
from agent.runtime.account import Account
from agent.runtime.desk import Desk
from agent.runtime.recovery import any_instrument, recover
from core.errors import StoppedError, UnreachableError
from core.ports import Clock
from tests.crashes.audit import Findings, held_against
from tests.crashes.sender import send_all
from tests.crashes.supervisor import Life, supervise
from tests.crashes.venue_process import LAG_MS, SYMBOLS, VenueProcess
from tools.exchange.live.connecting import connect, venue
from tools.exchange.live.dialect import Dialect
from tools.exchange.live.exchange import LiveExchange
from tools.exchange.live.redaction import Keys
from tools.exchange.live.report_log import ReportLog
from tools.exchange.paper.exchange import PaperExchange

WINDOW_MS, PATIENCE_MS, SKEW_MS = 180, 100, 20
DECISIONS, TRIES, AGAIN_S = 15, 500, 0.01
AFTER_S = (0.05, 0.55)
LOOK_MS, LOOK_AGAIN_MS = 200, 30


def scaled(dialect: Dialect) -> Dialect:
    """The same venue with a shorter window: what a proof of absence waits is scaled with it."""
    return replace(dialect, expiry=lambda _: {"recvWindow": WINDOW_MS}, grace_ms=WINDOW_MS + SKEW_MS + LAG_MS)


def stance(number: int, decisions: int) -> float:
    """Rising targets; every fourth decision of a symbol sells all of it."""
    lap = number // len(SYMBOLS)
    return 0.0 if lap % 4 == 3 else 0.25 * (lap % 4 + 1) / len(SYMBOLS) + number / decisions / 100


def live(home: Path, at: Mapping[str, str]) -> None:
    """One life: an account that trades three symbols, with stops that rest at the venue."""
    tending._EVERY_MS, tending._AGAIN_MS = LOOK_MS, LOOK_AGAIN_MS
    account = _account(home)

    def connected(folder: Path, _: PaperExchange, clock: Clock) -> LiveExchange:
        client = connect(
            venue("binance"), Keys(at["key"], at["secret"]), base_url=at["url"], timeout_ms=PATIENCE_MS
        )
        log = ReportLog.open(folder / "live.db", "binance", account.id)
        booked = {number for _, number in account.trades}
        return LiveExchange(
            scaled(venue("binance")), client, clock, log, SYMBOLS, booked=booked, heard=account.venue_seq
        )

    async def opened(desk: Desk) -> None:
        assert isinstance(desk.exchange, LiveExchange)
        await desk.exchange.start()
        desk.limits_only = True

    for _ in range(TRIES):
        try:
            send_all(
                home,
                connected,
                DECISIONS,
                symbols=SYMBOLS,
                is_shared=True,
                limits={"exits": {"stop_atr": "20"}},
                stance=stance,
                opened=opened,
            )
        except (StoppedError, UnreachableError):  # a question was not answered: not armed, and started again
            time.sleep(AGAIN_S)
            account = _account(home)
        else:
            return
    raise RuntimeError(f"the venue never answered in {TRIES} starts")


def _account(home: Path) -> Account:
    with SqlJournal.open(home / "journal.db", home / "heads.json", durable=True) as journal:
        return recover(journal, "paper", any_instrument)[0]


@dataclass
class Proof:
    """Kills lives on one venue process, and holds each account against what the venue kept."""

    process: VenueProcess
    spoilt: Counter[str] = field(default_factory=Counter)
    submits: int = 0

    def lives(self, number: int) -> Life:
        """A new venue for account *number*; the life that trades there."""
        at = self.process.open(number)
        return lambda home: live(home, at)

    def audit(self, home: Path) -> Findings:
        """The journal in *home* against the venue's own book."""
        seen = self.process.seen()
        self.spoilt.update(seen.spoilt)
        self.submits += seen.submits
        return held_against(home, seen.book)


def main(kills: int, seed: int) -> int:
    """So many *kills*; the exit status."""
    started = time.monotonic()
    with closing(VenueProcess()) as process:
        proof = Proof(process)
        tally = supervise(kills, seed, proof.lives, proof.audit, AFTER_S)
    found, spoilt = tally.findings, sum(proof.spoilt.values())
    print(f"Binance through ccxt: {tally.words()}; {time.monotonic() - started:.1f} s")
    print(f"  {spoilt} of {proof.submits} submits spoilt, by {len(proof.spoilt)} kinds of fault")
    for what in (*found.lost, *found.duplicated, *found.unrecorded, *found.wrong):
        print(f"  {what}")
    return 0 if found.is_clean else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
