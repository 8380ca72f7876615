"""Nothing is made or lost at the stand-in, whatever is ordered."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.instant import Instant
from core.orders import Side
from tools.exchange.stand_in.binance.dialect import BinanceDialect
from tools.exchange.stand_in.engine.engine import Engine
from tools.exchange.stand_in.engine.listing import listing
from tools.exchange.stand_in.engine.orders import NewOrder, TimeInForce, Trail
from tools.exchange.stand_in.engine.refusals import Refused
from tools.exchange.stand_in.kraken.dialect import KrakenDialect
from tools.exchange.stand_in.wrongs import Wrong

NOW = Instant(1_700_000_000_000)
BTC = "BTC/USDT"

prices = (st.integers(9_980, 10_020) | st.integers(9_000, 11_000)).map(lambda cents: Decimal(cents) / 100)
quantities = st.integers(1, 4_000).map(lambda lots: Decimal(lots) / 100_000 * 100)
new_orders = st.builds(
    NewOrder,
    symbol=st.just(BTC),
    side=st.sampled_from(Side),
    quantity=quantities,
    limit=st.none() | prices,
    stop=st.none() | prices,
    trail=st.none() | st.just(Trail(fraction=Decimal("0.01"))) | st.just(Trail(amount=Decimal(2))),
    take_profit=st.booleans(),
    time_in_force=st.sampled_from(TimeInForce),
    post_only=st.booleans(),
    client_id=st.sampled_from(["", "a", "b"]),
)
spending = st.builds(
    NewOrder, symbol=st.just(BTC), side=st.just(Side.BUY), spend=st.integers(1, 900).map(Decimal)
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("place"), new_orders | spending),
        st.tuples(st.just("move"), prices),
        st.tuples(st.just("cancel"), st.integers(1, 20)),
        st.tuples(st.just("deposit"), st.integers(1, 100).map(Decimal)),
    ),
    max_size=40,
)


def lived(venue: Engine, story: list[tuple[str, object]]) -> None:
    for what, with_what in story:
        try:
            match what, with_what:
                case "place", NewOrder() as order:
                    venue.place(order, NOW)
                case "move", Decimal() as price:
                    venue.move(BTC, price, NOW)
                case "cancel", int() as number:
                    venue.cancel(number, NOW)
                case "deposit", Decimal() as amount:
                    venue.deposit("USDT", amount)
        except Refused:
            continue


@given(
    story=steps,
    dialect=st.sampled_from([BinanceDialect, KrakenDialect]),
    bnb=st.booleans(),
    wrong=st.sampled_from([None, *Wrong]),
)
def test_every_asset_balances_to_zero_and_open_orders_hold_exactly_what_is_locked(
    story: list[tuple[str, object]],
    dialect: type[BinanceDialect] | type[KrakenDialect],
    bnb: bool,
    wrong: Wrong | None,
) -> None:
    rules = dialect().rules()
    rules.discount_asset = "BNB" if bnb else None
    listed = [listing(BTC, "100", most=None), listing("BNB/USDT", "300", lot="0.001", least="0.001")]
    venue = Engine(listed, rules, depth=Decimal("0.5"), wrong=[wrong] if wrong else [])
    for asset in ("USDT", "BTC", "BNB"):
        venue.deposit(asset, Decimal(5000 if asset == "USDT" else 50))
    lived(venue, story)
    for asset in venue.accounts.assets():
        assert venue.accounts.imbalance(asset) == 0
        assert venue.accounts.free(asset) >= 0
        held = sum((one.locked for one in venue.open.values() if one.asset_locked == asset), Decimal(0))
        assert venue.accounts.locked(asset) == held
    for order in venue.orders:
        fills = [one for one in venue.trades if one.order == order.number]
        assert order.filled == sum((one.quantity for one in fills), Decimal(0)) <= order.quantity
        assert order.spent == sum((one.cost for one in fills), Decimal(0))
        assert order.is_open is (order.number in venue.open)
        if order.is_open and not order.waiting and order.wanted.limit is not None:
            price = order.wanted.limit * (1 + rules.taker if dialect is KrakenDialect else 1)
            assert order.locked == (order.left * price if order.wanted.side is Side.BUY else order.left)
        if wrong is None and order.wanted.limit is not None:
            buys = order.wanted.side is Side.BUY
            assert all(
                one.price <= order.wanted.limit if buys else one.price >= order.wanted.limit for one in fills
            )
