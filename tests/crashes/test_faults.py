"""With half of all submits faulty and a tenth of all questions unanswered, everything is accounted for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from agent.journal.store import SqlJournal
from core.errors import StoppedError
from tests.crashes.audit import audited
from tests.crashes.worker import setting, work
from tools.exchange.paper.faults import OF_SUBMITS, Fault


def lived(
    home: Path, seed: int, *, unanswered: float = 0.0, kinds: tuple[Fault, ...] = OF_SUBMITS
) -> Counter[str]:
    """Lives a window, started again while the venue does not answer; how often each alert was given.

    Then it lives a few hours more in which every question is answered: what the last one was about is told too.
    """
    for rows, share in ((80, unanswered), (84, 0.0)):
        chosen = setting(seed, rows=rows, unanswered=share)
        chosen = replace(chosen, script=replace(chosen.script, kinds=kinds))
        while True:
            try:
                assert work(home, chosen) == "until"
            except StoppedError:
                continue
            break
    with SqlJournal.open(home / "journal.db", home / "heads.json", readonly=True) as journal:
        return Counter(record.body["code"] for record in journal.records("trading/paper", kinds=("alert",)))


@pytest.mark.parametrize("seed", range(3))
def test_unanswered_questions_lose_double_and_forget_nothing(seed: int, tmp_path: Path) -> None:
    kinds = tuple(one for one in OF_SUBMITS if one is not Fault.LATE_FILL)
    alerts = lived(tmp_path, seed, unanswered=0.1, kinds=kinds)
    found = audited(tmp_path)
    assert found.unknown > 10
    assert found.is_clean, found
    assert set(alerts) == {"venue.trouble"}


@pytest.mark.parametrize("seed", range(2))
def test_fills_that_are_told_hours_late_and_out_of_order_are_all_booked_that_were_told(
    seed: int, tmp_path: Path
) -> None:
    alerts = lived(tmp_path, seed, kinds=(Fault.LATE_FILL,))
    found = audited(tmp_path)
    assert (found.lost, found.duplicated, found.unrecorded, alerts) == ([], [], [], Counter())
    # the last two hours' fills are told when nobody listens any more
    assert all("booked 0 times" in one or "the venue's" in one for one in found.wrong)
