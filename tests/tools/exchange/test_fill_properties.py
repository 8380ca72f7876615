"""Whatever the bars: no fill outside its candle or beyond its share, none before its order, and filled only grows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.instant import HOUR
from core.money import published
from core.orders import ApprovedOrder, OrderStatus, OrderType, Side, TimeInForce
from tests.builders import NOON, an_order, run
from tests.tools.exchange.bar_desk import Desk, Row
from tools.exchange.paper.costs import parse_costs

SHARE = parse_costs("maker=0.001&taker=0.002&slippage_bps=0&impact=0&participation=0.1")
cents = st.integers(9_000, 11_000).map(lambda cent: Decimal(cent) / 100)


@st.composite
def bars(draw: st.DrawFn) -> list[Row]:
    rows: list[Row] = []
    for _ in range(draw(st.integers(1, 12))):
        opened, closed = (float(draw(cents)) for _ in range(2))
        high = max(opened, closed) + draw(st.integers(0, 500)) / 100
        low = min(opened, closed) - draw(st.integers(0, 500)) / 100
        rows.append((opened, high, low, closed, float(draw(st.integers(0, 60)))))
    return rows


@st.composite
def orders(draw: st.DrawFn) -> ApprovedOrder:
    side, kind = draw(st.sampled_from(list(Side))), draw(st.sampled_from(list(OrderType)))
    one, other = sorted((draw(cents), draw(cents) + Decimal("30")))
    sold = side is Side.SELL
    what: dict[str, Any] = {
        "quantity": draw(st.integers(20, 8000).map(lambda lots: str(Decimal(lots) / 1000)))
    }
    if kind is OrderType.MARKET and not sold:
        what = {"spend": "500"}
    if kind in {OrderType.LIMIT, OrderType.STOP_LIMIT}:
        what["limit"] = str(draw(cents))
    if kind in {OrderType.STOP, OrderType.STOP_LIMIT}:
        what["stop"] = str(draw(cents))
    if kind is OrderType.OCO:
        what |= {"limit": str(other if sold else one), "stop": str(one if sold else other)}
    if kind is OrderType.TRAILING:
        side, what["quantity"] = Side.SELL, "1"
    order = an_order("one", side, kind, **what)
    if kind is OrderType.TRAILING:
        order = replace(order, trail=draw(st.integers(1, 900)) / Decimal(100))
    if kind in {OrderType.LIMIT, OrderType.MARKET} and draw(st.booleans()):
        order = replace(order, time_in_force=TimeInForce.IOC)
    return order


@given(rows=bars(), order=orders(), placed=st.integers(0, 3))
def test_a_fill_is_a_price_of_its_candle_and_no_more_than_its_share(
    rows: list[Row], order: ApprovedOrder, placed: int
) -> None:
    desk = Desk(rows, SHARE).holding("8")
    desk.wait(placed)
    order = replace(order, created_at=desk.clock.now())
    desk.submit(order)
    filled, states = Decimal(0), []
    for _ in range(len(rows) + 1):
        desk.wait(1)
        state = run(desk.venue.order(order.id))
        assert state is not None
        assert state.filled >= filled
        filled = state.filled
        states.append(state.status)
    reports = run(desk.venue.reports(0))
    for said in reports:
        if said.fill is None:
            continue
        bar = rows[(said.fill.at - NOON) // HOUR]
        assert published(bar[2]) <= said.fill.price <= published(bar[1])
        assert said.fill.quantity <= published(bar[4] if len(bar) == 5 else 0.0) / 10
        assert said.fill.at >= order.created_at
        assert said.known_at == said.fill.at + HOUR
        if order.limit_price is not None and order.type is not OrderType.OCO:
            away = order.limit_price - said.fill.price
            assert away >= 0 if order.side is Side.BUY else away <= 0
    assert filled == sum(said.fill.quantity for said in reports if said.fill)
    ends = [said for said in reports if said.status not in {OrderStatus.OPEN, OrderStatus.PARTIAL}]
    assert len(ends) == (states[-1] not in {OrderStatus.OPEN, OrderStatus.PARTIAL})
    assert ends in ([], [reports[-1]] if reports else [])
    desk.book.audit()


@given(rows=bars(), gap=st.integers(1, 500))
def test_a_pairs_stop_is_never_skipped_for_its_target(rows: list[Row], gap: int) -> None:
    middle = published(rows[0][0])
    stop, target = middle - Decimal(gap) / 100, middle + Decimal(gap) / 100
    desk = Desk(rows, parse_costs("none")).holding("1")
    desk.submit(an_order("one", Side.SELL, OrderType.OCO, quantity="1", limit=str(target), stop=str(stop)))
    first = next(
        (hour for hour, bar in enumerate(rows) if bar[1] >= float(target) or bar[2] <= float(stop)), None
    )
    reports = desk.lived()
    if first is None:
        assert reports == ()
        return
    (said,) = reports
    assert (said.fill.at - NOON) // HOUR == first
    assert (said.fill.price <= stop) == (rows[first][2] <= float(stop))
