"""Any story of orders, fills, cancels, other hands, failing answers and restarts ends with every fill told exactly once."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import OrderError
from core.orders import ApprovedOrder, ExecutionReport, OrderStatus
from tests.tools.exchange.live.rig import QUOTE, Rig, Rigs, an_order
from tools.exchange.stand_in import Endpoint, Fault, stand_in

pytestmark = [pytest.mark.parts, pytest.mark.slow]

READS = [Endpoint.OPEN_ORDERS, Endpoint.FETCH_ORDER, Endpoint.ORDERS, Endpoint.MY_TRADES]
BAD = [
    Fault.LOST_502,
    Fault.KEPT_NULL,
    Fault.KEPT_LIST,
    Fault.KEPT_TRUNCATED,
    Fault.KEPT_SHORT,
    Fault.REFUSED_DUPLICATE,
]

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("place"), st.integers(1, 20)),
        st.tuples(st.just("fill"), st.integers(0, 5), st.integers(1, 4)),
        st.tuples(st.just("cancel"), st.integers(0, 5)),
        st.tuples(st.just("by hand"), st.integers(0, 5)),
        st.tuples(st.just("other"), st.integers(1, 5)),
        st.tuples(st.just("fault"), st.sampled_from(READS), st.sampled_from(BAD)),
        st.tuples(st.just("reports")),
        st.tuples(st.just("restart")),
    ),
    min_size=4,
    max_size=16,
)


class Story:
    """One account's story and what its reader was told."""

    def __init__(self, rigs: Rigs, name: str, folder: Path) -> None:
        self.at = stand_in(name, balances={QUOTE[name]: "100000", "BTC": "2"})
        self.at.__enter__()
        self.rigs, self.path = rigs, folder / "live.db"
        self.live: Rig = rigs.rig(self.at, path=self.path)
        self.orders: list[ApprovedOrder] = []
        self.told: list[ExecutionReport] = []

    def step(self, kind: str, *more: Any) -> None:
        open_ones = [one for one in self.at.orders() if one.is_open and not one.wanted.by_hand]
        chosen = open_ones[more[0] % len(open_ones)] if open_ones and kind in {"fill", "by hand"} else None
        if kind == "place":
            quantity = str(Decimal("0.01") * more[0])
            order = an_order(
                f"o{len(self.orders)}", quantity=quantity, limit="40000", ioc=False, symbol=self.live.symbol
            )
            self.orders.append(order)
            self.quietly(self.live.exchange.submit(order))
        elif kind == "fill" and chosen is not None:
            part = chosen.left if more[1] == 4 else (chosen.left * more[1] / 4).quantize(Decimal("0.0001"))
            self.at.fill(chosen.number, part)
        elif kind == "by hand" and chosen is not None:
            self.at.cancel(chosen.number)
        elif kind == "cancel" and self.orders:
            self.quietly(self.live.exchange.cancel(self.orders[more[0] % len(self.orders)].id))
        elif kind == "other":
            self.at.trade_by_hand(self.live.symbol, "sell", Decimal("0.01") * more[0])
        elif kind == "fault":
            self.at.faults.plan(more[1], more[0])
        elif kind == "reports":
            self.quietly(self.read())
        elif kind == "restart":
            self.live.log.close()
            self.live = self.rigs.rig(self.at, path=self.path)

    def quietly(self, answer: Any) -> None:
        try:
            self.live.do(answer)
        except OrderError:  # what could not be done or found out shows in the audit
            return

    async def read(self) -> None:
        after = self.told[-1].seq if self.told else 0
        self.told += await self.live.exchange.reports(after)

    def end(self) -> None:
        self.at.faults.clear()
        self.live.exchange._follower._looked_at.clear()
        for order in self.orders:
            self.live.do(self.live.exchange.order(order.id))
        self.live.do(self.read())
        self.live.do(self.read())

    def close(self) -> None:
        self.live.log.close()
        self.at.__exit__(None, None, None)


@pytest.fixture(scope="module")
def rigs() -> Iterator[Rigs]:
    made = Rigs()
    yield made
    made.close()


@pytest.mark.parametrize("name", ["binance", "kraken"])
@given(steps=STEPS)
@settings(max_examples=12)
def test_every_fill_of_ours_is_told_once_and_nothing_else(
    rigs: Rigs, name: str, steps: list[tuple[Any, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(rigs, name, Path(folder))
        try:
            for step in steps:
                story.step(*step)
            story.end()
            audit(story)
        finally:
            story.close()


def audit(story: Story) -> None:
    told = story.told
    fills = [one.fill for one in told if one.fill is not None]
    ours = {order.number for order in story.at.orders() if not order.wanted.by_hand}

    assert [one.seq for one in told] == list(range(1, len(told) + 1))
    assert len({fill.trade_id for fill in fills}) == len(fills)
    assert Counter((fill.quantity, fill.price) for fill in fills) == Counter(
        (trade.quantity, trade.price) for trade in story.at.trades() if trade.order in ours
    )
    ends = Counter(one.order_id for one in told if one.fill is None)
    cancelled = [one for one in story.at.orders() if one.number in ours and not one.is_open and one.left > 0]
    assert (max(ends.values(), default=0), len(ends)) == (min(1, len(ends)), len(cancelled))
    assert all(one.status is OrderStatus.CANCELLED for one in told if one.fill is None)
    totals = {asset: free + locked for asset, (free, locked) in story.at.balances().items() if free + locked}
    assert story.live.do(story.live.exchange.balances()) == totals
