"""A day in the life of an account, told in order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from core.instant import HOUR, Instant, instant, iso
from tests.agent.runtime.small_world import START, config_of, live, walk, world_of


def test_hold_buys_at_the_open_after_its_first_decision_and_keeps_it() -> None:
    world = world_of({"AAA/USDT": [100.0, 110.0, 120.0, 130.0]})
    run = live(config_of(world, "rule:hold"), world)
    assert run.reason == "until"
    assert run.kinds() == [
        "started", "span", "decided", "approved", "submitted", "acknowledged", "filled", "span", "ended"
    ]  # fmt: skip
    fill = run.of("filled")[0].body["fill"]
    assert (fill["at"], fill["price"]) == (iso(START + HOUR), "100")


def test_nothing_is_known_before_the_first_candle_has_closed() -> None:
    world = world_of({"AAA/USDT": [100.0, 110.0, 120.0]})
    decided = live(config_of(world, "rule:hold"), world).of("decided")
    assert [record.at for record in decided] == [START + HOUR]


def test_all_in_means_all_in_fee_included_to_the_last_lot() -> None:
    world = world_of({"AAA/USDT": [100.0, 100.0, 100.0, 100.0]})
    run = live(config_of(world, "rule:hold"), world)
    portfolio = run.desk.account.portfolio
    assert portfolio.quantity("AAA/USDT") == Decimal("99.90009990")
    assert 0 <= portfolio.cash < Decimal("0.0000011")


def test_the_candle_before_until_is_lived_through_and_nothing_is_decided_at_until() -> None:
    closes = walk(40)
    world = world_of({"AAA/USDT": closes})
    run = live(config_of(world, "rule:sma?window=3"), world)
    assert max(record.at for record in run.of("decided")) < world.until
    assert run.records[-1].at == world.until
    assert run.desk.mark("AAA/USDT") == Decimal(str(closes[-1]))


def test_decisions_fall_on_multiples_of_every_from_midnight() -> None:
    world = world_of({"AAA/USDT": walk(60)})
    run = live(config_of(world, "rule:equal_weight?rebalance=12h", every="4h"), world)
    hours = {(record.at // HOUR) % 24 for record in run.of("decided")}
    assert hours <= {0, 4, 8, 12, 16, 20}


def test_every_decision_is_one_event_or_part_of_one_span() -> None:
    world = world_of({"AAA/USDT": walk(200)})
    run = live(config_of(world, "rule:sma_cross?fast=3&slow=8"), world)
    counted = len(run.of("decided")) + sum(record.body["count"] for record in run.of("span"))
    assert counted == 200


def test_the_ledger_of_the_journal_is_the_ledger_of_the_venue() -> None:
    world = world_of({"AAA/USDT": walk(300), "BBB/USDT": walk(300, seed=2, price=5.0)})
    run = live(config_of(world, "rule:sma_cross?fast=3&slow=8"), world)
    account = run.desk.account
    assert account.portfolio.round_trips > 5
    for asset in ("USDT", "AAA", "BBB"):
        assert account.ledger.total(asset) == 0
    assert account.ledger.balance("available", "USDT") == account.portfolio.cash
    assert account.ledger.balance("available", "AAA") == account.portfolio.quantity("AAA/USDT")


def test_once_makes_one_decision_and_the_next_call_the_next_one(tmp_path: object) -> None:
    from pathlib import Path

    home = Path(str(tmp_path))
    world = world_of({"AAA/USDT": walk(30)})
    config = config_of(world, "rule:sma?window=3")
    first = live(config, world, home, decisions=1)
    second = live(config, world, home, decisions=1)
    assert (first.reason, second.reason) == ("once", "once")
    assert second.desk.account.beat == first.desk.account.beat + HOUR
    assert instant("2024-01-01T01:00:00Z") == second.desk.account.beat


def test_a_delisted_position_is_sold_at_the_last_print_though_the_gate_refused_it() -> None:
    world = world_of({"AAA/USDT": [*walk(200, step=0.005), 1.0]})
    series = world.series["AAA/USDT"]
    assert series.last_bad[-1] == 200
    ended = Instant(world.until)
    world = replace(world, series={"AAA/USDT": replace(series, delisted_at=ended)})
    run = live(config_of(world, "rule:hold"), world)
    assert run.of("delisted")[0].body == {"symbol": "AAA/USDT", "last_price": "1"}
    assert run.desk.account.portfolio.positions == {}
