"""In real time the one loop waits, is attended every second, and never acts in the past."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import ccxt.async_support as ccxt
import pytest

from agent.runtime import heartbeat
from agent.runtime.desk import Desk
from agent.runtime.halt_switch import CANCEL_ALL, FLATTEN, HOLD, HaltSwitch
from core.decision import Decision, Proposal, Situation
from core.errors import UnreachableError
from core.ids import OrderId
from core.instant import HOUR, MINUTE, SECOND, instant
from core.orders import OrderState
from strategies.risk.limits import Limits, limits_from
from tests.agent.runtime.real_world import Lived, steps_of
from tests.tools.market.fake_venue import NOON, Fed, row

_ALL_REQUIRED = {"depeg": "required", "second_source": "off", "liquidity": "off"}
BACK = NOON + 305 * MINUTE
BUY = Decision((Proposal(0, 1.0),), "test")


class Thinks:
    """A decider that takes its time: *seconds* of the run's clock, then buys; or hangs for ever."""

    spec = "rule:hold"

    def __init__(self, seconds: float = float("inf")) -> None:
        self.seconds = seconds
        self.world: Fed | None = None
        self.asked = 0
        self.was_cancelled = False

    def prepare(self, desk: Desk, world: Fed) -> None:
        self.world = world

    async def decide(self, situation: Situation) -> Decision:
        self.asked += 1
        assert self.world is not None
        until = self.world.clock.time + self.seconds * SECOND
        try:
            while self.world.clock.time < until:
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        return BUY


def halts_at(moment: int, home: Path, first: str = HOLD) -> object:
    """Sets the halt as soon as the clock shows *moment*, as another process would."""

    def prepare(desk: Desk, world: Fed) -> None:
        sleep = world.clock.sleep_until

        async def watched(until: int) -> None:
            await sleep(until)  # type: ignore[arg-type]
            if world.clock.time >= moment and not HaltSwitch(home).is_set():
                HaltSwitch(home).set("enough", first)

        world.clock.sleep_until = watched  # type: ignore[method-assign, assignment]

    return prepare


class Killed(BaseException):
    """The process is gone."""


def killed_at(moment: int) -> Callable[[Desk, Fed], None]:
    """Nothing more happens in the process from *moment* on."""

    def prepare(desk: Desk, world: Fed) -> None:
        def stop_asked() -> bool:
            if world.clock.time >= moment:
                raise Killed
            return False

        desk.stop_asked = stop_asked

    return prepare


def test_an_order_is_made_now_and_fills_at_the_next_minutes_open(tmp_path: Path) -> None:
    lived = Lived(tmp_path)
    lived.run(NOON + 20 * SECOND, NOON + 4 * MINUTE)
    order = lived.of("approved")[0].body["order"]
    assert NOON + 20 * SECOND <= instant(order["created_at"]) <= NOON + 22 * SECOND
    fill = lived.of("filled")[0]
    assert instant(fill.body["fill"]["at"]) == NOON + MINUTE
    assert fill.at == NOON + 2 * MINUTE
    assert lived.decided_at() == [0, 1, 2, 3]


def test_orders_of_a_slow_model_are_made_when_it_has_answered(tmp_path: Path) -> None:
    lived, thinks = Lived(tmp_path, every="1h"), Thinks(seconds=90)
    lived.run(NOON, NOON + 5 * MINUTE, thinking=thinks, prepare=thinks.prepare)
    made = instant(lived.of("approved")[0].body["order"]["created_at"])
    assert NOON + 95 * SECOND <= made <= NOON + 97 * SECOND
    assert instant(lived.of("filled")[0].body["fill"]["at"]) == NOON + 2 * MINUTE


def test_a_stop_ends_the_run_cleanly_within_a_second_or_two(tmp_path: Path) -> None:
    lived = Lived(tmp_path)
    world = lived.run(NOON, NOON + 2 * MINUTE + 30 * SECOND)
    assert lived.reason == "stopped"
    assert world.clock.time <= NOON + 2 * MINUTE + 31 * SECOND
    assert (lived.records[-1].kind, lived.records[-1].body["reason"]) == ("ended", "stopped")


@pytest.mark.parametrize("ends", ["halted", "stopped"])
def test_a_hanging_model_is_cut_off_by_a_halt_and_by_a_stop(tmp_path: Path, ends: str) -> None:
    lived, thinks = Lived(tmp_path), Thinks()
    at = NOON + 40 * SECOND
    watch = halts_at(at, tmp_path)

    def prepare(desk: Desk, world: Fed) -> None:
        thinks.prepare(desk, world)
        if ends == "halted":
            watch(desk, world)  # type: ignore[operator]

    world = lived.run(NOON, NOON + HOUR if ends == "halted" else at, thinking=thinks, prepare=prepare)
    assert (lived.reason, thinks.was_cancelled) == (ends, True)
    assert world.clock.time <= at + 3 * SECOND
    assert lived.of("decided") == lived.of("submitted") == []


def test_the_heart_beats_every_second_while_a_model_thinks(tmp_path: Path) -> None:
    lived, thinks = Lived(tmp_path), Thinks()
    lived.run(NOON, NOON + 3 * MINUTE, thinking=thinks, prepare=thinks.prepare)
    beat = heartbeat.read(tmp_path, "paper")
    assert beat is not None
    assert instant(beat["last_beat"]) >= NOON + 3 * MINUTE - SECOND
    assert beat["real_time"] is True
    assert thinks.asked == 1


def test_a_halt_between_two_beats_is_obeyed_within_a_second(tmp_path: Path) -> None:
    lived = Lived(tmp_path)
    at = NOON + MINUTE + 30 * SECOND
    world = lived.run(NOON, NOON + HOUR, prepare=halts_at(at, tmp_path))  # type: ignore[arg-type]
    assert lived.reason == "halted"
    assert world.clock.time <= at + 2 * SECOND
    assert lived.of("halted")[0].body["reason"] == "enough"


def test_cancel_all_takes_the_resting_stop_away_at_once(tmp_path: Path) -> None:
    lived = Lived(tmp_path, limits=_stopped_out())
    at = NOON + 3 * MINUTE + 30 * SECOND
    lived.run(NOON, NOON + HOUR, prepare=halts_at(at, tmp_path, CANCEL_ALL))  # type: ignore[arg-type]
    assert [record.body["order"]["type"] for record in lived.of("approved")] == ["market", "stop"]
    assert lived.of("cancelled")[-1].at <= at + 2 * SECOND
    assert lived.kinds_after("cancelled") == ["halted", "ended"]


def test_what_a_venue_does_not_end_at_once_is_ended_again_within_seconds(tmp_path: Path) -> None:
    lived = Lived(tmp_path, limits=_stopped_out())
    at = NOON + 3 * MINUTE + 25 * SECOND
    watch = halts_at(at, tmp_path, CANCEL_ALL)

    def prepare(desk: Desk, world: Fed) -> None:
        watch(desk, world)  # type: ignore[operator]
        cancel = desk.exchange.cancel

        async def hard_of_hearing(order_id: OrderId) -> OrderState:
            if at <= world.clock.time < at + 6 * SECOND:
                raise UnreachableError("no answer")
            return await cancel(order_id)

        desk.exchange.cancel = hard_of_hearing  # type: ignore[method-assign]

    lived.run(NOON, NOON + HOUR, prepare=prepare)
    assert lived.reason == "halted"
    assert at + 6 * SECOND <= lived.of("halted")[0].at <= at + 10 * SECOND


def test_flatten_sells_at_once_and_halts_when_the_sale_has_filled(tmp_path: Path) -> None:
    lived = Lived(tmp_path)
    at = NOON + 3 * MINUTE + 30 * SECOND
    lived.run(NOON, NOON + HOUR, prepare=halts_at(at, tmp_path, FLATTEN))  # type: ignore[arg-type]
    sale = lived.of("approved")[-1].body["order"]
    assert sale["side"] == "sell"
    assert at <= instant(sale["created_at"]) <= at + 2 * SECOND
    assert lived.kinds_after("approved") == ["submitted", "acknowledged", "filled", "halted", "ended"]
    assert lived.reason == "halted"


def test_a_killed_process_loses_at_most_an_hour_of_decisions_that_changed_nothing(tmp_path: Path) -> None:
    lived = Lived(tmp_path, decider="rule:cash")
    with steps_of(10_000), pytest.raises(Killed):
        lived.run(NOON, NOON + 2 * HOUR, prepare=killed_at(NOON + HOUR + 30 * MINUTE))
    assert lived.decided_at() == [*range(60)]


def test_a_start_after_hours_lives_through_them_in_order_and_decides_only_now(tmp_path: Path) -> None:
    lived = Lived(tmp_path)
    lived.run(NOON, NOON + 3 * MINUTE + 30 * SECOND)
    before = len(lived.records)
    later = NOON + 3 * HOUR + 20 * SECOND
    lived.run(later, later + 2 * MINUTE)
    assert [minute for minute in lived.decided_at() if minute > 3] == [180, 181, 182]
    sent = [
        record.body["order"]["created_at"] for record in lived.records[before:] if record.kind == "approved"
    ]
    assert all(instant(at) >= later for at in sent)


def test_a_stop_that_rested_while_nobody_was_there_has_filled_in_its_minute(tmp_path: Path) -> None:
    lived = Lived(tmp_path, limits=_stopped_out())
    lived.run(NOON, NOON + 3 * MINUTE + 30 * SECOND)
    level = float(lived.of("approved")[-1].body["order"]["stop_price"])
    later = NOON + 6 * HOUR
    world = lived.run(later, later + 2 * MINUTE)
    fell = [at for at in range(NOON, later, MINUTE) if _low(at) <= level and at > NOON + 2 * MINUTE]
    fill = lived.of("filled")[1].body["fill"]
    assert instant(fill["at"]) == fell[0]
    assert lived.of("exit")[0].body["trigger"] == "stop"
    assert world.market.now == later + MINUTE


@pytest.mark.parametrize("minutes", [1.2, 2.05, 2.2, 3.1, 26.1, 26.5])
def test_a_killed_process_is_taken_up_without_a_difference_and_nothing_is_done_twice(
    tmp_path: Path, minutes: float
) -> None:
    lived = Lived(tmp_path, limits=_stopped_out())
    at = NOON + int(minutes * MINUTE)
    with pytest.raises(Killed):
        lived.run(NOON, NOON + HOUR, prepare=killed_at(at))
    lived.run(at + 20 * SECOND, NOON + 40 * MINUTE)
    assert lived.alerts() == []
    sent = [one.body["order_id"] for one in lived.of("submitted")]
    assert len(sent) == len(set(sent))
    sides = [one.body["fill"]["side"] for one in lived.of("filled")]
    assert sides[:2] == ["buy", "sell"]


def test_nothing_is_sent_for_a_minute_that_is_past(tmp_path: Path) -> None:
    lived = Lived(tmp_path, limits=_exits(stop_atr="2", target_atr="1.5"))
    lived.run(NOON, NOON + 3 * MINUTE + 30 * SECOND)
    assert not lived.of("exit")
    stop, target = (float(level) for level in _levels(lived))
    missed = range(NOON + 3 * MINUTE, NOON + 6 * HOUR, MINUTE)
    fell = next(at for at in missed if row(at, MINUTE)[3] <= stop)
    assert any(row(at, MINUTE)[2] >= target for at in range(missed[0], fell, MINUTE))
    lived.run(NOON + 6 * HOUR, NOON + 6 * HOUR + 2 * MINUTE)
    assert [(instant(one.body["fill"]["at"]), one.body["fill"]["side"]) for one in lived.of("filled")][
        1:
    ] == [(fell, "sell")]


def test_the_high_of_missed_hours_counts_for_the_trailing_stop(tmp_path: Path) -> None:
    lived = Lived(tmp_path, limits=_exits(trailing_atr="6"))
    lived.run(NOON, NOON + 3 * MINUTE + 30 * SECOND)
    lived.run(BACK, BACK + 3 * MINUTE)
    assert [record.body["trigger"] for record in lived.of("exit")] == ["trailing"]
    sale = lived.of("approved")[-1].body["order"]
    assert instant(sale["created_at"]) >= BACK


@pytest.mark.parametrize(
    ("tickers", "code"),
    [
        ({}, None),
        ({"AAA/USDT": {"bid": 50.0, "ask": 50.1}}, "collar.mid"),
        ({"AAA/USDT": {"bid": 97.0, "ask": 96.0}}, "input.missing:collar.mid"),
        ({"USDC/USDT": {"bid": 1.2, "ask": 1.2}}, "depeg"),
        ({"USDC/USDT": {"bid": None, "ask": 1.0}}, "input.missing:depeg"),
    ],
)
def test_live_entries_are_held_to_the_venues_mid_and_to_what_the_quote_is_worth(
    tmp_path: Path, tickers: dict[str, object], code: str | None
) -> None:
    price = {"collar_bps": "100", "depeg_bps": "100"}
    lived = Lived(tmp_path, limits=limits_from({"profile": "none", "price": price, "rules": _ALL_REQUIRED}))

    def prepare(desk: Desk, world: Fed) -> None:
        world.venue.symbols = (*world.venue.symbols, "USDC/USDT")
        world.venue.tickers = {"USDC/USDT": {"bid": 1.0, "ask": 1.0}, **tickers}

    lived.run(NOON, NOON + 30 * SECOND, prepare=prepare)
    refused = [finding["code"] for one in lived.of("refused") for finding in one.body["findings"]]
    assert refused == ([] if code is None else [code])
    assert len(lived.of("submitted")) == (code is None)


def test_an_outage_is_journalled_at_both_ends_refuses_entries_and_ends_nothing(tmp_path: Path) -> None:
    lived = Lived(tmp_path, decider="rule:sma?window=3", limits=_fresh())
    down, up = NOON + 5 * MINUTE, NOON + 15 * MINUTE
    error = ccxt.RequestTimeout("hangs")

    def prepare(desk: Desk, world: Fed) -> None:
        world.venue.failing = lambda now: error if down <= now < up else None

    lived.run(NOON, NOON + 20 * MINUTE, prepare=prepare)
    assert lived.alerts() == ["data.outage", "data.outage"]
    began, ended = (record.body["about"] for record in lived.of("alert"))
    assert (began["ended"], ended["began"]) == (None, began["began"])
    assert lived.reason == "stopped"
    sent = [instant(record.body["order"]["created_at"]) for record in lived.of("approved")]
    assert not [at for at in sent if down + 2 * MINUTE < at < up]
    assert [at for at in sent if at >= up] or lived.decided_at()[-1] == 19


def _low(opened: int) -> float:
    return float(row(opened, MINUTE)[3])


def _stopped_out() -> Limits:
    return _exits(stop_atr="2")


def _exits(**distances: str) -> Limits:
    return limits_from({"profile": "none", "exits": distances})


def _levels(lived: Lived) -> tuple[str, str]:
    """The stop and the target of the position that is held."""
    stop = lived.of("approved")[-1].body["order"]["stop_price"]
    entry = lived.of("filled")[0].body["fill"]["price"]
    return stop, str(float(entry) + (float(entry) - float(stop)) * 1.5 / 2)


def _fresh() -> Limits:
    return limits_from({"profile": "none", "price": {"max_age": "90s"}})
