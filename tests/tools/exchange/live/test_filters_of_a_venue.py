"""A venue's filters, exact; what they refuse before the wire; and what changes overnight."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.errors import NoAnswerError, RejectedError, UnknownFateError
from core.orders import Side
from tests.tools.exchange.live.rig import Rig, Rigs, an_order
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import Endpoint, StandIn

pytestmark = pytest.mark.parts


def refused(live: Rig, **terms: str) -> str:
    with pytest.raises(RejectedError) as refusal:
        live.do(live.exchange.submit(an_order("off", symbol=terms.pop("symbol", live.symbol), **terms)))
    assert live.at.requests(Endpoint.CREATE_ORDER) == ()
    return refusal.value.code


def test_filters_are_exact_and_only_the_symbols_asked_for_are_fetched(on_binance: Rig) -> None:
    rules = on_binance.exchange.instruments["BTC/USDT"]

    assert (rules.tick_size, rules.lot_size, rules.min_notional) == (Decimal("0.01"), Decimal("0.00001"), 5)
    assert set(on_binance.exchange.instruments) == {"BTC/USDT"}
    (asked,) = on_binance.at.requests(Endpoint.MARKETS)
    assert asked.params == {"symbols": '["BTCUSDT","BNBUSDT"]'}


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"limit": "50000.019"}, "precision"),
        ({"quantity": "0.000000001"}, "precision"),
        ({"quantity": "-1"}, "precision"),
        ({"quantity": "0"}, "precision"),
        ({"quantity": "0.0001", "limit": "1"}, "notional.min"),
        ({"quantity": "0.00001", "limit": "50000"}, None),
        ({"symbol": "BTCUSDT"}, "market_closed"),
        ({"symbol": "btc/usdt"}, "market_closed"),
        ({"symbol": "ETH/USDT"}, "market_closed"),
    ],
)
def test_what_ccxt_would_round_rename_or_send_is_refused_before_the_wire(
    live: Rig, terms: dict[str, str], code: str | None
) -> None:
    found = refused(live, **terms)
    assert found == code or (code is None and found in {"notional.min", "quantity.min"})


def test_more_than_the_venue_takes_at_once_is_refused_before_the_wire(on_binance: Rig) -> None:
    assert refused(on_binance, quantity="9001") == "quantity.max"


@pytest.mark.parametrize("bad", ["NaN", "Infinity"])
def test_no_number_that_is_none_reaches_ccxt(live: Rig, bad: str) -> None:
    with pytest.raises(RejectedError):
        live.do(live.exchange.submit(an_order("nan", quantity=bad, symbol=live.symbol)))
    assert live.at.requests(Endpoint.CREATE_ORDER) == ()


def test_filters_that_changed_overnight_are_read_again_after_a_refusal_and_said(live: Rig) -> None:
    live.at.set_filters(live.symbol, tick_size="5", min_notional="600")
    with pytest.raises((RejectedError, UnknownFateError)):
        live.do(live.exchange.submit(an_order("old", limit="50101", symbol=live.symbol)))
    live.exchange._loaded_at = (
        None  # Kraken's refusal is none to ccxt: the next reading is due in ten minutes
    )

    said = live.do(live.exchange.changed())
    assert any("tick size is 5, was" in one for one in said)
    assert any("min notional is 600, was" in one for one in said)
    assert live.do(live.exchange.changed()) == ()
    with pytest.raises(RejectedError) as refusal:
        live.do(live.exchange.submit(an_order("new", limit="50101", symbol=live.symbol)))
    assert refusal.value.code == "precision"


@pytest.mark.parametrize("status", ["BREAK", "DELISTED"])
def test_a_symbol_that_is_halted_or_vanishes_is_said_and_takes_no_more_orders(
    rigs: Rigs, at: StandIn, closed_at_the_end: Callable[[object, str], None], status: str
) -> None:
    closed_at_the_end(ReportLog, "open")
    quote = "USDT" if at.name == "binance" else "USD"
    live = rigs.rig(at, symbols=(f"BTC/{quote}", f"ETH/{quote}"))
    live.do(live.exchange.submit(an_order("in", symbol=live.symbol)))
    live.at.set_status(live.symbol, status)
    live.exchange._loaded_at = None

    assert live.do(live.exchange.changed()) == (f"{live.symbol} does not trade any more",)
    assert set(live.exchange.instruments) == {f"ETH/{quote}"}
    with pytest.raises(RejectedError) as refusal:
        live.do(live.exchange.submit(an_order("more", Side.SELL, limit="49000", symbol=live.symbol)))
    assert refusal.value.code == "market_closed"
    assert [one.fill.quantity for one in live.do(live.exchange.reports(0))] == [Decimal("0.01")]

    live.at.set_status(live.symbol, "TRADING")
    live.exchange._loaded_at = None
    assert live.do(live.exchange.changed()) == (f"{live.symbol} trades again",)


@pytest.mark.parametrize("symbol", ["BTCUSDT", "NOPE/USDT", "BTC/USDT:USDT"])
def test_a_symbol_that_the_venue_does_not_list_so_does_not_start(
    rigs: Rigs, at: StandIn, closed_at_the_end: Callable[[object, str], None], symbol: str
) -> None:
    closed_at_the_end(ReportLog, "open")
    with pytest.raises(NoAnswerError, match="does not trade"):
        rigs.rig(at, symbols=(symbol,))
