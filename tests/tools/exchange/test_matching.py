"""Which candle fills what, at which price: the venue's rules as tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.instant import HOUR, MINUTE, Instant
from core.money import plain
from core.orders import OrderStatus, OrderType, Side
from tests.builders import NOON, an_order, run
from tests.tools.exchange.bar_desk import Desk, Row
from tools.exchange.paper.costs import parse_costs

BUY, SELL = Side.BUY, Side.SELL
MARKET, LIMIT, STOP = OrderType.MARKET, OrderType.LIMIT, OrderType.STOP
FEES = parse_costs("maker=0.001&taker=0.002&slippage_bps=0&impact=0&participation=0")


QUIET = (100, 101, 99, 100)

BUYS = [
    pytest.param(
        {"spend": "1002", "kind": MARKET}, [QUIET], (0, "10", "100", "2"), id="market-at-the-open-all-in"
    ),
    pytest.param(
        {"limit": "98", "kind": LIMIT}, [QUIET, (100, 100, 97, 99)], (1, "1", "98", "0.098"),
        id="limit-at-its-price-once-the-low-reaches-it-as-maker",
    ),
    pytest.param(
        {"limit": "98", "kind": LIMIT}, [QUIET, (100, 100, 98, 99)], (1, "1", "98", "0.098"),
        id="limit-when-the-low-equals-it",
    ),
    pytest.param(
        {"limit": "98", "kind": LIMIT}, [QUIET, (100, 100, 98.01, 99)], None, id="limit-one-tick-short",
    ),
    pytest.param(
        {"limit": "98", "kind": LIMIT}, [QUIET, (95, 96, 94, 95)], (1, "1", "95", "0.095"),
        id="limit-gapped-through-gets-the-better-open",
    ),
    pytest.param(
        {"limit": "105", "kind": LIMIT}, [QUIET], (0, "1", "100", "0.2"),
        id="marketable-limit-takes-at-the-open",
    ),
    pytest.param(
        {"limit": "100", "kind": LIMIT}, [QUIET], (0, "1", "100", "0.2"), id="limit-at-the-open-is-marketable",
    ),
    pytest.param(
        {"stop": "103", "kind": STOP}, [QUIET, (100, 104, 99, 102)], (1, "1", "103", "0.206"),
        id="stop-at-its-price-when-touched",
    ),
    pytest.param(
        {"stop": "103", "kind": STOP}, [QUIET, (102, 103, 99, 102)], (1, "1", "103", "0.206"),
        id="stop-when-the-high-equals-it",
    ),
    pytest.param(
        {"stop": "103", "kind": STOP}, [QUIET, (102, 102.99, 99, 102)], None, id="stop-one-tick-short",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("order", "bars", "fill"), BUYS)
def test_a_purchase_fills(order: dict, bars: list[Row], fill: tuple | None) -> None:
    desk = Desk(bars, FEES)
    quantity = None if "spend" in order else "1"
    desk.submit(an_order("one", BUY, quantity=quantity, **order))
    assert desk.fills() == ([] if fill is None else [fill])


SALES = [
    pytest.param({"kind": MARKET}, [QUIET], (0, "1", "100", "0.2"), id="market-at-the-open"),
    pytest.param(
        {"limit": "102", "kind": LIMIT}, [QUIET, (100, 103, 99, 101)], (1, "1", "102", "0.102"),
        id="limit-at-its-price-as-maker",
    ),
    pytest.param(
        {"limit": "102", "kind": LIMIT}, [QUIET, (110, 111, 109, 110)], (1, "1", "110", "0.11"),
        id="limit-gapped-through-gets-the-better-open",
    ),
    pytest.param(
        {"limit": "102", "kind": LIMIT}, [QUIET, (100, 101.99, 99, 101)], None, id="limit-one-tick-short",
    ),
    pytest.param(
        {"stop": "97", "kind": STOP}, [QUIET, (99, 100, 96, 98)], (1, "1", "97", "0.194"),
        id="stop-at-its-price-when-touched",
    ),
    pytest.param(
        {"stop": "97", "kind": STOP}, [QUIET, (90, 92, 88, 91)], (1, "1", "90", "0.18"),
        id="stop-gapped-through-gets-the-worse-open",
    ),
    pytest.param({"stop": "97", "kind": STOP}, [QUIET, (99, 100, 97.01, 98)], None, id="stop-one-tick-short"),
]  # fmt: skip


@pytest.mark.parametrize(("order", "bars", "fill"), SALES)
def test_a_sale_fills(order: dict, bars: list[Row], fill: tuple | None) -> None:
    desk = Desk(bars, FEES).holding("1")
    desk.submit(an_order("one", SELL, quantity="1", **order))
    assert desk.fills() == ([] if fill is None else [fill])


def test_a_stop_comes_before_a_target_that_the_same_bar_touches() -> None:
    desk = Desk([(100, 110, 90, 100, 10)], parse_costs("slippage_bps=0&impact=0&participation=0.1")).holding(
        "2"
    )
    desk.submit(
        an_order("target", SELL, LIMIT, quantity="1", limit="105"),
        an_order("stop", SELL, STOP, quantity="1", stop="95"),
    )
    # One unit of volume is all there is, and the stop has it.
    (only,) = desk.lived()
    assert (only.order_id, plain(only.fill.price)) == ("stop", "95")


SLIPS = [
    # side, costs, bar, price: against us, to the tick, whatever the direction
    (BUY, "slippage_bps=5&impact=0&participation=0", (100, 101, 99, 100), "100.05"),
    (SELL, "slippage_bps=5&impact=0&participation=0", (100, 101, 99, 100), "99.95"),
    (BUY, "slippage_bps=5.5&impact=0&participation=0", (100, 101, 99, 100), "100.06"),
    (SELL, "slippage_bps=5.5&impact=0&participation=0", (100, 101, 99, 100), "99.94"),
    # 0.1 x 0.02 x sqrt(10 / 1000) = 0.0002 on top of 0.0005
    (SELL, "slippage_bps=5&impact=0.1&participation=0", (100, 101, 99, 100, 1000), "99.93"),
    (BUY, "slippage_bps=5&impact=0.1&participation=0", (100, 101, 99, 100, 1000), "100.07"),
    # a bar that does not move has no impact; a print that does not slip is left as printed
    (BUY, "slippage_bps=0&impact=0.1&participation=0", (100, 100, 100, 100, 1000), "100"),
    (BUY, "slippage_bps=0&impact=0&participation=0", (100.0049, 101, 99, 100), "100.0049"),
    # the price stays positive
    (SELL, "slippage_bps=5000&impact=100&participation=0", (100, 200, 1, 100, 10), "0.01"),
]


@pytest.mark.parametrize(("side", "costs", "bar", "price"), SLIPS)
def test_market_orders_slip_against_us(side: Side, costs: str, bar: Row, price: str) -> None:
    free = parse_costs(f"{costs}&maker=0&taker=0")
    if side is BUY:
        desk = Desk([bar], free, lot="0.1")
        # Ten lots of one: what 1,000 buys without slippage, which is what impact is measured on.
        desk.submit(an_order("one", spend="1000"))
    else:
        desk = Desk([bar], free, lot="0.1").holding("10")
        desk.submit(an_order("one", SELL, quantity="10"))
    assert [fill[2] for fill in desk.fills()] == [price]


def test_limits_do_not_slip_and_stops_do() -> None:
    desk = Desk([(100, 106, 94, 100)], parse_costs("slippage_bps=100&impact=0&participation=0")).holding("2")
    desk.submit(
        an_order("target", SELL, LIMIT, quantity="1", limit="105"),
        an_order("stop", SELL, STOP, quantity="1", stop="95"),
    )
    assert [fill[2] for fill in desk.fills()] == ["94.05", "105"]


def test_a_market_order_larger_than_the_bars_share_fills_over_several_bars() -> None:
    share = parse_costs("maker=0&taker=0&slippage_bps=0&impact=0&participation=0.1")
    desk = Desk(
        [(100, 101, 99, 100, 40), (110, 111, 109, 110, 25), (120, 121, 119, 120, 900)], share
    ).holding("10")
    desk.submit(an_order("one", SELL, quantity="10"))
    assert desk.fills() == [(0, "4", "100", "0"), (1, "2.5", "110", "0"), (2, "3.5", "120", "0")]


def test_a_purchase_spends_the_rest_of_its_money_at_later_prices() -> None:
    share = parse_costs("maker=0&taker=0.01&slippage_bps=0&impact=0&participation=0.1")
    desk = Desk([(100, 101, 99, 100, 40), (50, 51, 49, 50, 900)], share)
    desk.submit(an_order("one", spend="1000"))
    reports = desk.lived()
    # 4 x 100 x 1.01 = 404 leave 596; 596 / 50.5 = 11.80198… in lots of 0.001
    assert [(plain(r.fill.quantity), r.status) for r in reports] == [
        ("4", OrderStatus.PARTIAL),
        ("11.801", OrderStatus.FILLED),
    ]
    assert desk.book.free("USDT") == Decimal(100_000) - Decimal("404") - Decimal("11.801") * Decimal("50.5")


def test_money_that_no_longer_buys_a_lot_is_given_back() -> None:
    share = parse_costs("maker=0&taker=0&slippage_bps=0&impact=0&participation=0.1")
    desk = Desk([(100, 101, 99, 100, 40), (700, 701, 699, 700, 900)], share, lot="1")
    desk.submit(an_order("one", spend="1000"))
    assert [(said.status, said.fill is None) for said in desk.lived()] == [
        (OrderStatus.PARTIAL, False),
        (OrderStatus.CANCELLED, True),
    ]
    assert desk.book.owned() == {"USDT": Decimal(99_600), "BTC": Decimal(4)}
    assert desk.book.free("USDT") == 99_600


def test_all_orders_of_a_symbol_share_the_bars_volume() -> None:
    share = parse_costs("maker=0&taker=0&slippage_bps=0&impact=0&participation=0.1")
    desk = Desk([(100, 101, 99, 100, 30), (100, 101, 99, 100, 30)], share).holding("4")
    desk.submit(
        an_order("one", SELL, quantity="2"),
        an_order("two", SELL, quantity="2"),
    )
    assert desk.fills() == [(0, "2", "100", "0"), (0, "1", "100", "0"), (1, "1", "100", "0")]


def test_a_bar_without_volume_fills_nothing_unless_volume_does_not_matter() -> None:
    for costs, expected in (("participation=0.1", []), ("participation=0", []), ("none", ["100"])):
        desk = Desk([(100, 101, 99, 100, 0)], parse_costs(costs))
        desk.submit(an_order("one", spend="1000"))
        assert [fill[2] for fill in desk.fills()] == expected, costs


def test_a_triggered_stop_goes_on_as_a_market_order() -> None:
    share = parse_costs("maker=0&taker=0&slippage_bps=0&impact=0&participation=0.1")
    desk = Desk([(100, 100, 94, 100, 10), (99, 100, 98, 99, 900)], share).holding("3")
    desk.submit(an_order("stop", SELL, STOP, quantity="3", stop="95"))
    assert desk.fills() == [(0, "1", "95", "0"), (1, "2", "99", "0")]


@pytest.mark.parametrize(("latency", "bar"), [("0s", 0), ("1s", 1), ("1h", 1), ("61m", 2)], ids=str)
def test_an_order_trades_from_its_latency_on(latency: str, bar: int) -> None:
    desk = Desk(
        [(100 + hour, 200, 50, 100) for hour in range(4)],
        parse_costs(f"latency={latency}&slippage_bps=0&impact=0"),
    )
    desk.submit(an_order("one", spend="1000"))
    assert [(fill[0], fill[2]) for fill in desk.fills()] == [(bar, str(100 + bar))]


def test_an_order_that_arrives_late_never_fills_at_a_bar_that_had_closed() -> None:
    desk = Desk([(100, 101, 99, 100), (200, 201, 199, 200), (300, 301, 299, 300)])
    run(desk.clock.sleep_until(Instant(NOON + 2 * HOUR)))
    desk.submit(an_order("late", spend="1000", at=NOON))
    run(desk.clock.sleep_until(Instant(NOON + 3 * HOUR)))
    (said,) = run(desk.venue.reports(0))
    assert plain(said.fill.price) == "300"


def test_an_order_placed_five_seconds_into_the_bar_gets_its_open() -> None:
    desk = Desk([QUIET])
    run(desk.clock.sleep_until(Instant(NOON + MINUTE)))
    desk.submit(an_order("one", spend="1000", at=NOON))
    run(desk.clock.sleep_until(Instant(NOON + HOUR)))
    (said,) = run(desk.venue.reports(0))
    assert said.fill.at == NOON


def test_a_limit_bought_below_its_price_gives_the_difference_back() -> None:
    desk = Desk([(90, 91, 89, 90)], FEES)
    desk.submit(an_order("one", BUY, LIMIT, quantity="10", limit="100"))
    assert desk.book.free("USDT") == Decimal(100_000) - Decimal("1002")
    assert desk.fills() == [(0, "10", "90", "1.8")]
    assert desk.book.free("USDT") == Decimal(100_000) - Decimal("901.8")


def test_a_gapped_stop_purchase_buys_no_more_than_was_set_aside() -> None:
    desk = Desk([(200, 201, 199, 200), (200, 201, 199, 200)], FEES, lot="1")
    desk.submit(an_order("one", BUY, STOP, quantity="10", stop="100"))
    # 1,002 were set aside; at 200 and 0.2 % fee they buy five, and the rest ends on the next bar.
    assert [(plain(said.fill.quantity) if said.fill else None, said.status) for said in desk.lived()] == [
        ("5", OrderStatus.PARTIAL),
        (None, OrderStatus.CANCELLED),
    ]
    assert desk.book.free("USDT") == 98_998


def test_a_limit_bought_in_part_below_its_price_keeps_aside_only_what_the_rest_needs() -> None:
    share = parse_costs("maker=0.001&taker=0.002&slippage_bps=0&impact=0&participation=0.1")
    desk = Desk([(90, 91, 89, 90, 40)], share)
    desk.submit(an_order("one", BUY, LIMIT, quantity="10", limit="100"))
    assert desk.fills() == [(0, "4", "90", "0.72")]
    # 4 x 90 x 1.002 are paid; 6 x 100 x 1.002 stay set aside.
    assert desk.book.free("USDT") == Decimal(100_000) - Decimal("360.72") - Decimal("601.2")
