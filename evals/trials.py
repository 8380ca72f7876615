"""How many configurations were tried, by whoever used this home: what the best of them has to be held against.

Kept in the journal's stream ``ops`` as alerts of the code ``eval.trials``, written before the first row is
run: a trial that was cut short was made. Baselines are fixed beforehand and chosen by nobody, and seeds are
repetitions: neither counts. Running the same again adds none, and says the same number again: as many as had
been made when all of it had been tried for the first time.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent import settings
from agent.journal.store import SqlJournal
from agent.runtime.answering import OPS
from core.canonical import digest
from core.events import Alert
from core.ports import Clock, Entry, JournalReader
from evals.fingerprints import file_digest
from evals.grid import Plan
from strategies.risk.in_force import limits_hash
from strategies.risk.limits import profile
from tools.exchange.paper.costs import costs_text

TRIALS = "eval.trials"


def register(plan: Plan, home: Path, wall: Clock) -> int:
    """Writes down what *plan* tries that was not tried before; how many trials were made on its scenarios.

    Raises:
        JournalError: the journal cannot be written, and nothing is run.
    """
    wanted = _pairs(plan)
    with _alone(home):
        url = settings.database_url() or home / "journal.db"
        with SqlJournal.open(url, home / "heads.json") as journal:
            known, count = _counted(journal, wanted)
            fresh = [pair for pair in wanted if pair not in known]
            if fresh:
                message = f"{len(fresh)} configurations are tried on scenarios for the first time"
                about = {"trials": [{"scenario": scenario, "trial": trial} for scenario, trial in fresh]}
                journal.append(OPS, [Entry(wall.now(), Alert(TRIALS, message, about))])
                journal.anchor()
                _, count = _counted(journal, wanted)
    return count


def _pairs(plan: Plan) -> list[tuple[str, str]]:
    """What is tried: a configuration, on a scenario."""
    configurations = [
        digest(
            {
                "decider": decider,
                "file": file_digest(decider),
                "arm": arm,
                "limits": limits_hash(profile(plan.profile)),
                "costs": costs_text(plan.costs),
                "deliberation": plan.deliberation,
            }
        )
        for decider in plan.deciders
        for arm in plan.arms
    ]
    return [(scenario.hash(), one) for scenario in plan.scenarios for one in configurations]


def _counted(journal: JournalReader, wanted: list[tuple[str, str]]) -> tuple[set[tuple[str, str]], int]:
    """What of *wanted* is known, and how many configurations had been tried when the last of it was."""
    left = set(wanted)
    scenarios = {scenario for scenario, _ in wanted}
    tried: set[str] = set()
    for record in journal.records(OPS, 0, ("alert",)):
        if record.body["code"] != TRIALS:
            continue
        made: list[dict[str, Any]] = record.body["about"]["trials"]
        tried |= {one["trial"] for one in made if one["scenario"] in scenarios}
        left -= {(one["scenario"], one["trial"]) for one in made}
        if not left:
            break
    return set(wanted) - left, len(tried)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two evaluations that begin at once count one after the other."""
    path = home / "locks" / "trials.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
