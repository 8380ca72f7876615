"""Killed between any two steps and started again, an account ends where it would have ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.runtime.desk import Desk
from core.ports import Record
from strategies.risk.limits import limits_from
from tests.agent.runtime.small_world import Run, config_of, live, walk, world_of

WARM = 45 * 24  # the risk rules want a month of daily returns
WORLD = world_of(
    {"AAA/USDT": walk(WARM + 200, step=0.006), "BBB/USDT": walk(WARM + 200, seed=3, step=0.006)}, warm=WARM
)
ROOMY = limits_from(
    {
        "profile": "bold",
        "loss": {"per_day": "0.9", "drawdown_reduce": "0.95", "drawdown_halt": "0.99"},
        "pace": {"orders_per_hour": 99, "orders_per_day": 99, "min_hold": "0h", "cooldown_after_loss": "0h"},
        "sizing": {"mode": "full", "no_trade_band": "0", "target_volatility": "2", "cvar95_per_day": "0.5"},
        "exits": {"stop_atr": "2", "trailing_atr": "3"},
        "edge": {"multiple": "0"},
    }
)
CONFIG = config_of(WORLD, "rule:sma_cross?fast=3&slow=8", limits=ROOMY)


class Killed(BaseException):
    """The process is gone."""


def lasting(records: list[Record]) -> list[tuple[int, str, object]]:
    """What happened, without the marks of starting and ending."""
    return [
        (r.at, r.kind, dict(r.body))
        for r in records
        if r.kind not in {"started", "ended", "span", "acknowledged", "resolved"}
    ]


def decisions(run: Run) -> int:
    return len(run.of("decided")) + sum(record.body["count"] for record in run.of("span"))


def kill_at(step: int, where: str) -> object:
    """Lets the *step*-th call of a method of the venue or the journal be the last thing that happens."""

    def prepare(desk: Desk) -> None:
        owner = desk.exchange if where.startswith("submit") else desk.recorder
        name = "submit" if where.startswith("submit") else "write"
        real = getattr(owner, name)
        calls = 0

        def counted(*args: object, **kwargs: object) -> object:
            nonlocal calls
            calls += 1
            if calls == step and where.endswith("before"):
                raise Killed
            answer = real(*args, **kwargs)
            if calls == step and where == "write after":
                raise Killed
            return answer

        async def submitted(*args: object, **kwargs: object) -> object:
            nonlocal calls
            calls += 1
            if calls == step and where.endswith("before"):
                raise Killed
            answer = await real(*args, **kwargs)
            if calls == step:
                raise Killed
            return answer

        setattr(owner, name, submitted if name == "submit" else counted)

    return prepare


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Run:
    whole = live(CONFIG, WORLD, tmp_path_factory.mktemp("whole"))
    whole.desk.close()
    return whole


def test_the_run_that_is_killed_below_does_everything_that_an_account_does(uninterrupted: Run) -> None:
    assert {"decided", "approved", "filled", "exit", "cancelled"} <= set(uninterrupted.kinds())


@pytest.mark.parametrize("where", ["submit before", "submit after", "write before", "write after"])
@pytest.mark.parametrize("step", [2, 3, 5, 8, 13, 21])
def test_a_kill_anywhere_changes_nothing_of_what_happens(
    uninterrupted: Run, tmp_path: Path, where: str, step: int
) -> None:
    with pytest.raises(Killed):
        live(CONFIG, WORLD, tmp_path, prepare=kill_at(step, where))
    resumed = live(CONFIG, WORLD, tmp_path)
    assert lasting(resumed.records) == lasting(uninterrupted.records)
    assert decisions(resumed) == decisions(uninterrupted)
    assert resumed.desk.equity() == uninterrupted.desk.equity()
    assert len({r.body["order_id"] for r in resumed.of("submitted")}) == len(resumed.of("submitted"))


def test_a_clean_stop_and_a_second_call_count_every_decision_once(uninterrupted: Run, tmp_path: Path) -> None:
    live(CONFIG, WORLD, tmp_path, decisions=37)
    resumed = live(CONFIG, WORLD, tmp_path)
    assert decisions(resumed) == decisions(uninterrupted)
    assert lasting(resumed.records) == lasting(uninterrupted.records)
