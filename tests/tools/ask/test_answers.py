"""Each answer by numbers that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from core.instant import DAY, HOUR, Instant, instant, interval, iso
from core.market import BarSeries
from core.observation import Missing
from strategies.indicators.catalog import measure
from tests.tools.ask.worlds import (
    START,
    bars_of,
    context_at,
    market_at,
    paths,
    walk,
)
from tools.ask import AskContext, Reply, ask
from tools.desk.grading.grades import grades_of
from tools.store.gate import judge

SERIES = paths()
NOW = START + 38 * DAY


def facts(reply: Reply) -> dict[str, tuple[str, str]]:
    return {one.metric: (one.value, one.unit) for one in reply.evidence}


def one_series(closes: np.ndarray[Any, Any]) -> dict[str, BarSeries]:
    return {"BTC/USDT": judge("bitcoin", bars_of("BTC/USDT", closes), "test")}


def told(name: str, raw: dict[str, Any], now: int = NOW, **changes: Any) -> Reply:
    return ask(name, raw, context_at(SERIES, now, **changes))


def test_a_price_is_the_newest_close_with_its_changes() -> None:
    closes = np.full(24 * 8, 100.0)
    closes[-2], closes[-25], closes[-169] = 99.0, 80.0, 125.0
    closes[-1] = 101.25
    # single odd candles are spikes to the gate; here the arithmetic is looked at
    series = {"BTC/USDT": replace(one_series(closes)["BTC/USDT"], last_bad=np.full(len(closes), -1))}
    now = START + len(closes) * HOUR
    reply = ask("get_price", {"asset": "BTC"}, context_at(series, now))
    assert facts(reply) == {
        "price": ("101.25", "USDT"),
        "change_1h": ("0.02273", "fraction"),
        "change_24h": ("0.2656", "fraction"),
        "change_7d": ("-0.19", "fraction"),
    }
    assert reply.data["change_7d"] == -0.19
    assert (reply.data["price"], reply.data["as_of"], reply.data["age_seconds"]) == (
        "101.25",
        iso(Instant(now)),
        0,
    )
    assert reply.missing == ()


def test_a_price_keeps_every_digit_that_was_published() -> None:
    series = one_series(np.full(30, 0.00000109) * (1 + np.arange(30) % 2 * 1e-9))
    reply = ask("get_price", {"asset": "BTC"}, context_at(series, START + 29 * HOUR))
    assert reply.data["price"] == "0.00000109"


def test_an_old_price_is_no_price_but_its_age_is_told() -> None:
    reply = ask("get_price", {"asset": "SUI"}, context_at(SERIES, START + 45 * DAY))
    assert reply.data["price"] is None
    assert reply.data["age_seconds"] == 5 * 86_400
    assert reply.missing == (Missing("price", "stale"),)
    assert reply.evidence == ()


def test_a_delisted_asset_says_since_when() -> None:
    ended = Instant(START + 40 * DAY)
    series = {**SERIES, "SUI/USDT": replace(SERIES["SUI/USDT"], delisted_at=ended)}
    assert ask("get_price", {"asset": "SUI"}, context_at(series, ended)).data["delisted_at"] == iso(ended)
    assert ask("get_price", {"asset": "SUI"}, context_at(series, ended - 1)).data["delisted_at"] is None


def test_a_change_over_a_hole_is_missing_not_another_change() -> None:
    bars = bars_of("BTC/USDT", walk(24 * 9, 5))
    keep = np.delete(np.arange(len(bars)), [24 * 9 - 26, 24 * 9 - 25])
    holed = replace(
        bars,
        **{
            name: getattr(bars, name)[keep]
            for name in ("opened_at", "open", "high", "low", "close", "volume")
        },
    )
    series = {"BTC/USDT": judge("bitcoin", holed, "test")}
    reply = ask("get_price", {"asset": "BTC"}, context_at(series, START + 9 * DAY))
    assert reply.data["change_1h"] is not None
    assert reply.missing == (Missing("change_24h", "gap"),)


def test_hourly_changes_are_not_known_of_daily_candles() -> None:
    daily = bars_of("BTC/USDT", walk(20, 3), grain=interval("1d"))
    series = {"BTC/USDT": judge("bitcoin", daily, "test")}
    now = START + 20 * DAY
    market = market_at(series, now, interval("1d"))
    reply = ask("get_price", {"asset": "BTC"}, context_at(series, now, market=market))
    assert reply.missing == (Missing("change_1h", "no_data"),)
    assert reply.data["change_24h"] == pytest.approx(daily.close[-1] / daily.close[-2] - 1, rel=1e-3)


def test_candles_are_rows_of_texts_oldest_first() -> None:
    reply = told("get_candles", {"asset": "SUI", "interval": "1h", "count": 3})
    bars = SERIES["SUI/USDT"].bars
    last = 38 * 24 - 1
    assert [row[0] for row in reply.data["rows"]] == [iso(Instant(NOW - n * HOUR)) for n in (3, 2, 1)]
    newest = dict(zip(reply.data["columns"], reply.data["rows"][-1], strict=True))
    for name in ("open", "high", "low", "close", "volume"):
        assert Decimal(newest[name]) == Decimal(repr(float(getattr(bars, name)[last])))
    assert facts(reply)["window_high"][0] == max((row[2] for row in reply.data["rows"]), key=Decimal)


def test_of_fewer_candles_than_asked_for_it_is_said_so() -> None:
    reply = told("get_candles", {"asset": "NEW", "interval": "1h", "count": 200})
    assert len(reply.data["rows"]) == 48
    assert reply.missing == (Missing("candles", "warming_up"),)


def test_candles_narrower_than_the_market_do_not_exist() -> None:
    reply = told("get_candles", {"asset": "SUI", "interval": "15m"})
    assert (reply.data["rows"], reply.missing) == ([], (Missing("candles", "no_data"),))


def test_where_no_interval_is_named_it_is_that_of_the_decisions() -> None:
    assert told("get_candles", {"asset": "SUI"}).data["interval"] == "4h"
    assert told("get_candles", {"asset": "SUI"}, every=interval("1d")).data["interval"] == "1d"


def test_indicators_are_those_of_the_catalogue_rounded_for_reading() -> None:
    context = context_at(SERIES, NOW)
    reply = ask("get_indicators", {"asset": "SUI"}, context)
    bars = context.market.window("SUI/USDT", interval("4h"), 38 * 6)
    assert not isinstance(bars, Missing)
    measured, found = measure(bars), facts(reply)
    assert reply.data["bars"] == 38 * 6
    for one in reply.data["indicators"]:
        exact = measured[one["name"]]
        assert one["meaning"]
        assert one["value"] == (None if exact is None else float(found[one["name"]][0]))
        assert exact is None or one["value"] == pytest.approx(exact, rel=1e-4, abs=1e-12)


def test_an_indicator_that_warms_up_is_missing_and_null() -> None:
    reply = told("get_indicators", {"asset": "NEW", "interval": "1h"})
    values = {one["name"]: one["value"] for one in reply.data["indicators"]}
    assert values["sma_200_distance"] is None
    assert Missing("sma_200_distance", "warming_up") in reply.missing
    assert values["rsi_14"] is not None


def test_levels_are_sorted_and_measured_from_the_price() -> None:
    reply = told("get_levels", {"asset": "BTC", "interval": "1d", "count": 2})
    price = Decimal(reply.data["price"])
    assert reply.data["levels"]
    for kind, sign in (("support", -1), ("resistance", 1)):
        zones = [zone for zone in reply.data["levels"] if zone["kind"] == kind]
        assert len(zones) <= 2
        assert [abs(zone["distance"]) for zone in zones] == sorted(abs(zone["distance"]) for zone in zones)
        for rank, zone in enumerate(zones, 1):
            edge = Decimal(zone["high"] if kind == "support" else zone["low"])
            assert zone["distance"] * sign >= 0
            if zone["distance"]:
                assert zone["distance"] == pytest.approx(float(edge / price) - 1, abs=1e-4)
            assert 0 <= zone["strength"] <= 1
            assert facts(reply)[f"{kind}_{rank}_low"] == (zone["low"], "USDT")


def test_levels_need_some_candles() -> None:
    reply = told("get_levels", {"asset": "NEW", "interval": "1d"})
    assert (reply.data["levels"], reply.missing) == ([], (Missing("levels", "warming_up"),))


def test_the_grades_are_the_desks_and_an_investors_without_facts_is_missing() -> None:
    context = context_at(SERIES, NOW)
    reply = ask("get_grades", {"asset": "sui"}, context)
    sheet = grades_of(context).sheet()
    grade = sheet.trader["SUI/USDT"]
    assert grade.value is not None
    assert grade.signal is not None
    assert grade.band is not None
    trader = reply.data["trader"]
    assert trader["value"] == pytest.approx(grade.value, rel=0.006)
    assert (trader["signal"], trader["band"]) == (grade.signal, grade.band)
    assert trader["change_24h"] == pytest.approx(sheet.change("SUI/USDT", "trader", 1), rel=0.006)
    assert trader["as_of"] == trader["known_at"] == iso(Instant(NOW))
    assert trader["parts"].keys() == grade.parts.keys() != set()
    assert reply.data["asset"] == {"id": "sui", "symbol": "SUI/USDT", "name": "Sui"}
    investor = reply.data["investor"]
    assert (investor["value"], investor["signal"]) == (None, None)
    assert "coverage" in investor["why"]
    assert reply.data["divergence"] == {"direction": "unknown", "size": None}
    assert [one.what for one in reply.missing] == ["investor_grade"]
    assert facts(reply)["trader_signal"][0] == grade.signal
    assert facts(reply)["trader_band"][0] == grade.band


def test_a_grade_of_too_little_is_null_with_its_reason() -> None:
    reply = told("get_grades", {"asset": "NEW"})
    assert reply.data["trader"]["value"] is None
    assert reply.data["trader"]["why"]
    assert reply.missing[0] == Missing("trader_grade", "warming_up")
    assert "trader_grade" not in facts(reply)


def test_simulated_and_replayed_markets_have_no_order_book() -> None:
    reply = told("get_order_book", {"asset": "BTC"})
    assert reply.missing == (Missing("order_book", "no_data"),)
    assert (reply.data["bids"], reply.data["asks"]) == ([], [])


def test_a_portfolio_is_exact_and_its_evidence_is_to_the_cent() -> None:
    reply = told("get_portfolio", {})
    (held,) = reply.data["positions"]
    assert (held["value"], held["profit"], held["cost"]) == ("4100.05", "99.65", "4000.4")
    assert held["return"] == 0.02491
    assert held["weight"] == 0.406
    assert reply.data["equity"] == "10099.65"
    assert reply.data["drawdown"] == -0.009838
    assert facts(reply)["equity"] == ("10099.65", "USDT")
    assert facts(reply)["state"] == ("active", "state")
    assert facts(reply)["position_weight"] == ("0.406", "fraction")
    assert {one.asset for one in reply.evidence} == {"account", "BTC/USDT"}


def test_a_position_without_a_price_has_no_value_and_neither_has_the_account() -> None:
    reply = told("get_portfolio", {}, marks={}, equity=None)
    (held,) = reply.data["positions"]
    assert (held["value"], held["weight"], reply.data["equity"]) == (None, None, None)
    assert reply.missing == (Missing("price of BTC/USDT", "no_data"), Missing("equity", "no_data"))


def test_an_account_is_told_as_of_when_it_was_lived_up_to() -> None:
    then = Instant(NOW - 5 * DAY)
    reply = told("get_portfolio", {}, account_at=then)
    assert reply.data["as_of"] == iso(then)
    assert {one.known_at for one in reply.evidence} == {then}


def test_limits_are_told_with_their_units() -> None:
    found = facts(told("get_limits", {}))
    assert found["limits.exposure.per_order"] == ("0.1", "fraction")
    assert found["limits.pace.min_hold"] == ("12h", "duration")
    assert found["limits.pace.orders_per_day"] == ("20", "orders")
    assert found["limits.price.collar_bps"] == ("100", "bps")
    assert found["limits.exits.stop_atr"] == ("3", "atr")
    assert found["limits.edge.multiple"] == ("1.5", "times")
    assert found["limits.sizing.mode"] == ("volatility", "mode")


def test_decisions_are_told_in_words_newest_last() -> None:
    reply = told("get_decisions", {"count": 3})
    texts = [one["text"] for one in reply.data["decisions"]]
    assert texts == [
        "The risk engine refused to buy SUI/USDT: exposure.asset: SUI/USDT would be 0.3 of equity; at most 0.25.",
        "The stop exit of SUI/USDT at 3.9 fired.",
        "Abstained: timeout.",
    ]
    assert facts(reply)["exposure.asset.limit"] == ("0.25", "raw")
    assert facts(reply)["exit_level"] == ("3.9", "USDT")
    (first, *_) = told("get_decisions", {"count": 4}).data["decisions"]
    assert first["text"] == "BTC/USDT long, stance 0.4, confidence 0.6: the trend holds"
    assert first["decided_by"] == "llm:m"


@pytest.mark.parametrize(
    ("query", "exact", "matches"),
    [
        ("sui", "sui", ["sui"]),
        ("LUNA", None, ["terra-luna", "terra-luna-2"]),
        ("bitc", None, ["bitcoin"]),
        ("zzzz", None, []),
    ],
)
def test_an_asset_is_found_or_its_candidates_are(query: str, exact: str | None, matches: list[str]) -> None:
    reply = told("find_asset", {"query": query})
    assert reply.data["exact"] == exact
    assert [one["id"] for one in reply.data["matches"]] == matches
    assert bool(reply.missing) == (exact is None)


def test_the_source_of_an_answer_is_whose_prices_they_are() -> None:
    assert {one.source for one in told("get_price", {"asset": "SUI"}).evidence} == {"binance"}
    assert {one.source for one in told("get_price", {"asset": "BTC"}).evidence} == {"test"}


def test_a_context_can_be_built_of_the_least() -> None:
    context = AskContext(Instant(NOW), market_at(SERIES, NOW), interval("4h"), {"btc": "BTC/USDT"}, "test")
    assert ask("get_price", {"asset": "BTC"}, context).data["asset"] == "BTC/USDT"
    assert ask("get_portfolio", {}, context).missing == (Missing("portfolio", "no_account"),)
    assert instant(ask("get_price", {"asset": "BTC"}, context).data["as_of"]) == NOW


def test_a_grade_begins_anew_after_a_day_that_was_not_seen() -> None:
    daily = bars_of("BTC/USDT", walk(80, 3), grain=interval("1d"))
    keep = np.delete(np.arange(80), 78)
    columns = ("opened_at", "open", "high", "low", "close", "volume")
    holed = replace(daily, **{name: getattr(daily, name)[keep] for name in columns})
    now = START + 80 * DAY
    seen = {}
    for name, bars in (("whole", daily), ("holed", holed)):
        series = {"BTC/USDT": judge("bitcoin", bars, "test")}
        context = context_at(series, now, market=market_at(series, now, interval("1d")))
        seen[name] = ask("get_grades", {"asset": "BTC"}, context).data["trader"]
    assert seen["whole"]["change_24h"] is not None
    assert (seen["holed"]["value"], seen["holed"]["change_24h"]) == (None, None)
    assert "1 day of candles in a row" in seen["holed"]["why"]
