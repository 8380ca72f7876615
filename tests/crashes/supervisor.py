"""``kill -9`` at random instants, again and again, until each account's window ends; then the audit.

Run as a process of its own: it forks, which a process with threads must not. Everything is imported
before the first fork, so that a life begins in milliseconds.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from core.ports import Clock
from tests.crashes.audit import Findings, audited
from tests.crashes.sender import send_all
from tests.crashes.worker import KINDS, setting, work
from tools.exchange.paper.border import FaultyBorder
from tools.exchange.paper.exchange import PaperExchange
from tools.exchange.paper.faults import Seeded, Times

Life = Callable[[Path], object]

SHORTEST_S, LONGEST_S = 0.004, 0.080


@dataclass
class Tally:
    """What *kills* of *accounts* led to."""

    kills: int = 0
    accounts: int = 0
    findings: Findings = field(default_factory=Findings)

    def words(self) -> str:
        """One line."""
        f = self.findings
        return (
            f"{self.kills} kills, {self.accounts} accounts, {f.approved} wishes, {f.orders} orders, "
            f"{f.unknown} unknown, {f.dead} dead, {f.superseded} superseded: "
            f"{len(f.lost)} lost, {len(f.duplicated)} duplicated, {len(f.unrecorded)} unrecorded, {len(f.wrong)} wrong"
        )


def supervise(
    kills: int,
    seed: int,
    lives: Callable[[int], Life],
    audit: Callable[[Path], Findings] = audited,
    after_s: tuple[float, float] = (SHORTEST_S, LONGEST_S),
) -> Tally:
    """Kills lives until there were *kills* of them; each account then lives to its end and is audited.

    *lives* makes the life of an account by its number, before the fork: what gets a home, starts or goes on
    there, and returns when the account's window has ended. *audit* looks at what is left. Both may be
    anything: another venue, another protocol. *after_s*: how long a life has, at least and at most.
    """
    rng, tally = Random(seed), Tally()
    with tempfile.TemporaryDirectory() as folder:
        lives(seed)(Path(folder))  # imports what is only imported when it is needed, and fills the caches
    gc.freeze()  # all of that is shared with every child
    while tally.kills < kills:
        life = lives(1_000 * seed + tally.accounts)
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            while tally.kills < kills and _killed(home, life, rng.uniform(*after_s)):
                tally.kills += 1
            if _ended(_begin(home, life)) != 0:
                raise RuntimeError(f"the last life of account {tally.accounts} was killed by another hand")
            tally.findings.add(audit(home))
        tally.accounts += 1
    return tally


def _killed(home: Path, life: Life, after_s: float) -> bool:
    """Whether the life that begins now was killed before it ended by itself.

    Raises:
        RuntimeError: it failed by itself.
    """
    child = _begin(home, life)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    return _ended(child) == -signal.SIGKILL


def _begin(home: Path, life: Life) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        life(home)
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _ended(child: int) -> int:
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in (0, -signal.SIGKILL):
        raise RuntimeError(f"a life failed by itself with {status}")
    return status


def on_paper(number: int) -> Life:
    """A life on the paper venue behind its faulty border, half of all submits faulty."""
    return partial(work, chosen=setting(number))


def in_real_time(number: int) -> Life:
    """A life by the real clock that sends at a border whose every time is in milliseconds, 55 % of submits faulty."""
    script = Seeded(number, 0.55, 0.0, KINDS, Times(validity=60, slow=40, lag=15, late=0))

    def connect(home: Path, venue: PaperExchange, clock: Clock) -> FaultyBorder:
        return FaultyBorder(venue, script, clock, home / "border.db")

    return partial(send_all, connect=connect, decisions=12)


KINDS_OF_LIFE = {"simulated time": on_paper, "real time": in_real_time}


def main(kills: int, seed: int) -> int:
    """Half of the *kills* each in simulated and in real time; the exit status."""
    is_clean = True
    for name, lives in KINDS_OF_LIFE.items():
        started = time.monotonic()
        tally = supervise(kills // 2, seed, lives)
        found = tally.findings
        print(f"{name}: {tally.words()}; {time.monotonic() - started:.1f} s", flush=True)
        for what in (*found.lost, *found.duplicated, *found.unrecorded, *found.wrong):
            print(f"  {what}")
        is_clean = is_clean and found.is_clean
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
