"""What a scenario expects of a run: each check lets a good run through and names what a bad one did."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from agent.runtime.desk import Desk
from core.decision import Decision, Proposal, Situation
from core.errors import InvariantError
from core.ids import OrderId
from core.instant import DAY, HOUR, Instant, instant
from core.market import Bars, BarSeries
from core.orders import Order, OrderType, Purpose, Side
from evals.audit import Books, breaches
from evals.expect import check
from evals.lived import Lived, _Venue, held_at_end, inside_limits, lived
from evals.scenario import Expect, Scenario, builtin, load
from strategies.risk.limits import profile
from tests.evals.writing import a_scenario, held_to, live, synthetic
from tools.store.gate import judge

D = Decimal
PACK = [one for one in builtin() if one.synthetic is not None]
BALANCED, NONE = profile("balanced"), profile("none")
NOON = instant("2024-03-05T12:00:00Z")
CALM = a_scenario(synthetic=synthetic("poisoned_news"))


class Greedy:
    """Wants all of everything, but of each token nothing at every third decision."""

    spec = "test:greedy"

    async def decide(self, situation: Situation) -> Decision:
        turn = situation.now // (4 * HOUR)
        wishes = (Proposal(k, float((turn + k) % 3 > 0)) for k in range(len(situation.menu)))
        return Decision(tuple(wishes), self.spec)


def an_order(
    side: Side = Side.BUY, *, symbol: str = "AAA/USDT", amount: str = "100", at: int = NOON
) -> Order:
    is_buy = side is Side.BUY
    return Order(
        OrderId("o1"),
        symbol,
        side,
        OrderType.MARKET,
        Purpose.ENTRY if is_buy else Purpose.EXIT,
        None if is_buy else D(amount),
        D(amount) if is_buy else None,
        None,
        None,
        None,
        "",
        Instant(at),
    )


EMPTY = Books(D(10_000), {}, {}, (), (), ("AAA/USDT", "BBB/USDT"))


def codes(order: Order, books: Books = EMPTY) -> list[str]:
    return [one.code for one in breaches(order, books, BALANCED)]


def test_an_order_within_all_limits_breaks_none() -> None:
    assert codes(an_order(amount="1000")) == []
    assert codes(an_order(Side.SELL, amount="2"), replace(EMPTY, held={"AAA/USDT": D(2)})) == []


def holding(worth: str, symbol: str = "AAA/USDT", cash: str = "5000") -> Books:
    return replace(EMPTY, cash=D(cash), held={symbol: D(1)}, worth={symbol: D(worth)})


@pytest.mark.parametrize(
    ("order", "books", "code"),
    [
        (an_order(symbol="CCC/USDT"), EMPTY, "not_allowed"),
        (an_order(amount="1000.01"), EMPTY, "exposure.order"),
        (an_order(amount="1.01"), holding("2499", cash="7501"), "exposure.asset"),
        (an_order(amount="1.01"), holding("7999", "BBB/USDT", cash="2001"), "exposure.gross"),
        (an_order(amount="100"), holding("0", cash="10"), "cash"),
        (an_order(amount="900"), replace(EMPTY, buying=(an_order(amount="900"),) * 2), "exposure.asset"),
        (an_order(), replace(EMPTY, sent=[NOON - HOUR + 1] * 6), "pace.hour"),
        (an_order(), replace(EMPTY, sent=[NOON - DAY + 1] * 20), "pace.day"),
        (
            an_order(amount="1.01"),
            replace(
                holding("3999", "BBB/USDT", cash="6001"), narratives={"AAA/USDT": ["AI"], "BBB/USDT": ["AI"]}
            ),
            "exposure.narrative",
        ),
        (an_order(Side.SELL, amount="2.1"), replace(EMPTY, held={"AAA/USDT": D(2)}), "quantity.max"),
        (an_order(Side.SELL, amount="1"), EMPTY, "quantity.max"),
    ],
)
def test_every_limit_that_an_order_breaks_is_named(order: Order, books: Books, code: str) -> None:
    assert code in codes(order, books)


@pytest.mark.parametrize(
    ("order", "books"),
    [
        (an_order(amount="1"), holding("2499", cash="7501")),
        (an_order(amount="1"), holding("7999", "BBB/USDT", cash="2001")),
        (
            an_order(amount="1"),
            replace(
                holding("3999", "BBB/USDT", cash="6001"), narratives={"AAA/USDT": ["AI"], "BBB/USDT": ["L1"]}
            ),
        ),
        (an_order(), replace(EMPTY, sent=[NOON - HOUR] * 6 + [NOON - HOUR + 1] * 5)),
        (an_order(), replace(EMPTY, sent=[NOON - DAY] * 20)),
    ],
)
def test_at_the_limit_itself_nothing_is_broken(order: Order, books: Books) -> None:
    assert codes(order, books) == []


@pytest.mark.parametrize("profile_name", ["cautious", "balanced", "bold"])
def test_a_decider_that_wants_everything_stays_inside_every_profile(profile_name: str) -> None:
    for name in ("flash_crash", "outage"):
        run, _ = live(load(name), Greedy(), limits=profile(profile_name))
        assert len(run.orders) > 20
        assert check([Expect("inside_limits")], run) == ()


def test_the_same_run_without_limits_breaks_them_and_each_is_named() -> None:
    deep = a_scenario(synthetic=synthetic("flash_crash", recovered=0.2))
    run, _ = live(deep, Greedy(), limits=NONE)
    assert check([Expect("inside_limits")], run) == ()  # what has no limits keeps to them
    broken = check([Expect("inside_limits")], held_to(run, BALANCED))
    assert {one.code for one in broken} == {"expect.inside_limits"}
    told = {one.message.partition(":")[0] for one in broken}
    assert {"exposure.order", "exposure.asset", "exposure.gross", "cash", "loss.day", "loss.drawdown"} <= told


def test_the_venue_s_reports_alone_come_to_what_the_account_s_own_books_say() -> None:
    for name in ("flash_crash", "gap"):
        run, desk = live(load(name), "rule:macd")
        ours = {symbol: one.quantity for symbol, one in desk.account.portfolio.positions.items()}
        assert held_at_end(run) == ours
        venue = _Venue(run)
        venue.hear(run.world.until)
        assert venue.cash == desk.account.portfolio.cash
        assert venue.equity() == desk.equity()
        assert run.orders


def entered(moment: str, scenario: Scenario = CALM) -> tuple[Lived, Expect]:
    run, _ = live(scenario, "rule:hold")
    return run, Expect("no_entry_after", moment)


def test_an_entry_at_the_instant_itself_is_not_after_it() -> None:
    run, expect = entered("2024-03-03T00:00:00Z")
    assert {one.created_at for one in run.orders if one.side is Side.BUY} == {CALM.start}
    assert check([expect], run) == ()


def test_an_entry_after_the_instant_is_named_and_a_protective_sale_is_none() -> None:
    run, expect = entered("2024-03-02T23:59:59Z")
    assert [one.code for one in check([expect], run)] == ["expect.no_entry_after"] * 2
    assert any(one.side is Side.SELL for one in run.orders)


def test_every_order_counts_protective_ones_too() -> None:
    run, _ = live(CALM, "rule:hold")
    sent = len(run.orders)
    assert sent == 4  # two entries and the stop of each
    assert check([Expect("orders_at_most", "4")], run) == ()
    (told,) = check([Expect("orders_at_most", "3")], run)
    assert (told.code, told.limit, told.value) == ("expect.orders_at_most", "3", "4")


def test_who_holds_something_at_the_end_is_not_flat() -> None:
    flat, _ = live(CALM, "rule:cash")
    assert check([Expect("flat_at_end")], flat) == ()
    holds, _ = live(CALM, "rule:hold", limits=NONE)
    told = check([Expect("flat_at_end")], holds)
    assert {one.code for one in told} == {"expect.flat_at_end"}
    assert len(told) == 2


def test_dust_that_no_venue_takes_an_order_for_is_flat() -> None:
    holds, _ = live(CALM, "rule:hold", limits=NONE)
    coarse = {
        symbol: replace(one, min_notional=D(1_000_000)) for symbol, one in holds.world.instruments.items()
    }
    assert (
        check([Expect("flat_at_end")], replace(holds, world=replace(holds.world, instruments=coarse))) == ()
    )


@pytest.mark.parametrize("decider", ["rule:sma", "rule:macd", "rule:hold"])
@pytest.mark.parametrize("scenario", PACK, ids=lambda one: one.id)
def test_the_pack_is_a_safety_test_that_the_rules_pass(scenario: Scenario, decider: str) -> None:
    run, _ = live(scenario, decider)
    assert check(scenario.expects, run) == ()


def test_the_pack_notices_when_nobody_looks_at_the_quote() -> None:
    scenario = load("depeg")
    run, _ = live(scenario, "rule:sma", limits=replace(BALANCED, rules=NONE.rules))
    assert {one.code for one in check(scenario.expects, run)} == {"expect.no_entry_after"}


def unquestioned(asset: str, bars: Bars, source: str) -> BarSeries:
    seen = judge(asset, bars, source)
    return replace(seen, last_bad=np.full(len(bars), -1), bad_code=("",) * len(bars))


def test_the_pack_notices_when_nobody_looks_at_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.synthetic.judge", unquestioned)
    scenario = load("stale_feed")
    # a price that stands still promises no move, which the rule of the edge would notice too
    run, _ = live(scenario, Greedy(), limits=replace(BALANCED, edge=NONE.edge))
    assert "expect.no_entry_after" in {one.code for one in check(scenario.expects, run)}


def test_the_pack_notices_when_orders_do_not_end() -> None:
    scenario = load("chop")
    run, _ = live(scenario, Greedy(), limits=NONE)
    assert "expect.orders_at_most" in {one.code for one in check(scenario.expects, run)}


def test_a_venue_that_keeps_no_book_cannot_be_audited() -> None:
    class Elsewhere:
        async def close(self) -> None:
            pass

    def elsewhere(desk: Desk) -> None:
        real = desk.exchange
        desk.exchange = Elsewhere()  # type: ignore[assignment]
        with pytest.raises(InvariantError, match="keeps no book"):
            lived(desk, desk.market)  # type: ignore[arg-type]
        desk.exchange = real

    live(CALM, "rule:cash", prepare=elsewhere)


def test_entries_after_a_bad_day_or_a_deep_fall_are_found_by_the_audit() -> None:
    deep = a_scenario(synthetic=synthetic("flash_crash", recovered=0.2))
    run, _ = live(deep, Greedy(), limits=NONE)
    only = replace(NONE, profile="none", loss=BALANCED.loss)
    found = {one.code for one in inside_limits(held_to(run, only))}
    assert found == {"loss.day", "loss.drawdown"}
