"""When what a source says was known, by the rules of the contract; and what is not over or not yet is kept out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from core.instant import Instant
from core.observation import NoData, Observation, Ok, Outcome, Unreachable
from tests.tools.sources.asking import NOW, asked, at, js, seconds
from tests.tools.sources.contract import speaks_coingecko, speaks_defillama, speaks_small
from tests.tools.sources.contract.speaks_tokenmetrics import BTC, CANDLE, DAY, HOUR, envelope
from tools.sources.answer import Answer, Listed
from tools.sources.ohlc import Ohlc
from tools.sources.providers.alternative_me import AlternativeMe
from tools.sources.providers.blockchain import Blockchain
from tools.sources.providers.coingecko import CoinGecko
from tools.sources.providers.coinmetrics import CoinMetrics
from tools.sources.providers.defillama import DefiLlama
from tools.sources.providers.tokenmetrics import TokenMetrics
from tools.sources.vintage import Rule, daily_figure, daily_price, fear_and_greed, vendor_day
from tools.store.lags import figures_known_at

pytestmark = pytest.mark.parts


def rows(outcome: Outcome[Answer[Any]]) -> list[Any]:
    assert isinstance(outcome, Ok), outcome
    return list(outcome.value.rows)


def days(outcome: Outcome[Answer[Observation]]) -> list[tuple[Decimal, Instant, Instant]]:
    return [(row.value, row.as_of, row.known_at) for row in rows(outcome)]


def test_fees_of_a_day_are_known_two_midnights_after_it_began_and_today_is_not_a_day_yet() -> None:
    outcome = asked(
        lambda _: js(speaks_defillama.FLOW), lambda f, _: DefiLlama(f).flow("fees", "aave", "aave")
    )
    assert days(outcome) == [
        (Decimal("11000.5"), at("2026-03-08"), at("2026-03-10")),
        (Decimal(12_000), at("2026-03-09"), at("2026-03-11")),
    ]


def test_a_day_that_the_source_failed_to_read_is_left_out() -> None:
    body = {
        **speaks_defillama.FLOW,
        "latestFetchIsOk": False,
        "totalDataChart": [[seconds("2026-03-08"), 5], [seconds("2026-03-09"), 0]],
    }
    outcome = asked(lambda _: js(body), lambda f, _: DefiLlama(f).flow("dex_volume", "aave", "aave"))
    assert [value for value, *_ in days(outcome)] == [5]


def test_tvl_of_now_is_the_running_figure_and_known_from_now_on() -> None:
    (row,) = rows(
        asked(lambda _: js(speaks_defillama.AAVE), lambda f, _: DefiLlama(f).tvl_now("aave", "aave"))
    )
    assert (row.value, row.as_of, row.known_at) == (Decimal(23_000_000_000), at("2026-03-10T11:17:00"), NOW)


def test_a_price_now_is_known_when_it_is_read_and_an_unsure_one_says_so() -> None:
    outcome = asked(
        lambda _: js(speaks_defillama.PRICES), lambda f, _: DefiLlama(f).prices(speaks_defillama.COINS)
    )
    sui, usdc = rows(outcome)
    assert sui == Observation(
        "sui", "price", Decimal("4.0632"), "USD", at("2026-03-10T11:58:00"), NOW, "defillama"
    )
    assert (usdc.asset, usdc.flags) == ("usd-coin", ("low_confidence",))
    then = asked(
        lambda _: js(speaks_defillama.PRICES),
        lambda f, _: DefiLlama(f).prices({"coingecko:sui": "sui", "coingecko:gone": "gone"}, NOW),
    )
    assert rows(then)[0].known_at == at("2026-03-10T13:58:00")
    assert isinstance(then, Ok)
    assert then.value.left_out == ("coingecko:gone is not known",)


def test_coingeckos_daily_point_is_known_forty_minutes_later_and_the_running_one_is_no_day() -> None:
    outcome = asked(lambda _: js(speaks_coingecko.CHART), lambda f, _: CoinGecko(f).chart("price", "sui"))
    assert days(outcome) == [
        (Decimal("1.25"), at("2026-03-08"), at("2026-03-08T00:40")),
        (Decimal("1.5"), at("2026-03-09"), at("2026-03-09T00:40")),
    ]


def test_coingeckos_candles_are_stamped_by_their_close() -> None:
    outcome = asked(lambda _: js(speaks_coingecko.OHLC), lambda f, _: CoinGecko(f).ohlc("sui", 7))
    first, second = rows(outcome)
    assert isinstance(first, Ohlc)
    assert (first.opened_at, first.closed_at) == (at("2026-03-10T00:00"), at("2026-03-10T04:00"))
    assert second.known_at == at("2026-03-10T08:30")
    assert isinstance(outcome, Ok)
    assert outcome.value.left_out == ("a candle that is not closed",)


@pytest.mark.parametrize(
    "candle", [[4, 3.9, 3.8, 3.85], [4, 4.1, 4.05, 4.02], [0, 0, 0, 0], [4, 4.1, -1, 4], [4, None, 3.9, 4]]
)
def test_a_candle_that_contradicts_itself_is_no_candle(candle: list[float]) -> None:
    body = [[1000 * seconds("2026-03-10T04:00"), *candle]]
    assert isinstance(asked(lambda _: js(body), lambda f, _: CoinGecko(f).ohlc("sui", 7)), Unreachable)


def test_todays_figures_are_known_from_the_first_reading_on() -> None:
    (sui,) = rows(asked(lambda _: js(speaks_coingecko.MARKETS), lambda f, _: CoinGecko(f).markets()))
    assert (sui.as_of, sui.known_at) == (at("2026-03-10T11:59:21.123"), NOW)
    seen = {row.metric: row for row in sui.observations("sui")}
    assert seen["fdv"] == Observation(
        "sui", "fdv", Decimal(40_600_000_000), "USD", sui.as_of, NOW, "coingecko"
    )
    assert "max_supply" not in seen  # null is not zero
    (coin,) = rows(asked(lambda _: js(speaks_coingecko.COIN), lambda f, _: CoinGecko(f).coin("sui")))
    assert (coin.as_of, coin.known_at) == (NOW, NOW)
    assert coin.numbers["commit_count_4_weeks"] == 610
    assert "subscribers" not in coin.numbers
    assert coin.lists["categories"] == ("Layer 1 (L1)", "Smart Contract Platform")


def test_a_clock_a_little_ahead_is_borne_and_one_far_ahead_is_not() -> None:
    def stamped(text: str) -> object:
        body = [{**speaks_coingecko.MARKETS[0], "last_updated": text}]
        return asked(lambda _: js(body), lambda f, _: CoinGecko(f).markets())

    (near,) = rows(stamped("2026-03-10T12:03:00Z"))  # type: ignore[arg-type]
    assert near.as_of == NOW
    assert isinstance(stamped("2026-03-10T13:00:00Z"), Unreachable)


def test_coin_metrics_days_are_known_when_their_set_was_complete_and_not_before_two_midnights() -> None:
    outcome = asked(
        lambda _: js(speaks_small.DAILY),
        lambda f, _: CoinMetrics(f).daily({"btc": "bitcoin"}, ("active_addresses", "tx_count")),
    )
    known = {(row.metric, row.as_of): row.known_at for row in rows(outcome)}
    assert known == {
        ("active_addresses", at("2026-03-07")): at("2026-03-09"),  # complete earlier: the lag holds
        ("tx_count", at("2026-03-07")): at("2026-03-09"),
        ("active_addresses", at("2026-03-08")): at(
            "2026-03-10T09:30"
        ),  # complete later: the completion holds
    }
    assert isinstance(outcome, Ok)
    assert outcome.value.left_out == ("bitcoin has no tx_count on a day",)
    assert "non-commercial" in outcome.value.licence or "no commercial" in outcome.value.licence


def test_blockchains_day_is_known_two_midnights_after_it_began() -> None:
    outcome = asked(lambda _: js(speaks_small.CHART), lambda f, _: Blockchain(f).chart("active_addresses"))
    assert [row.asset for row in rows(outcome)] == ["bitcoin"] * 2
    assert [(as_of, known) for _, as_of, known in days(outcome)][-1] == (at("2026-03-09"), at("2026-03-11"))


def test_fear_and_greed_is_known_at_six() -> None:
    outcome = asked(lambda _: js(speaks_small.INDEX), lambda f, _: AlternativeMe(f).fear_and_greed())
    assert days(outcome) == [
        (Decimal(72), at("2026-03-09"), at("2026-03-09T06:00")),
        (Decimal(40), at("2026-03-10"), at("2026-03-10T06:00")),
    ]
    over = {**speaks_small.INDEX, "data": [{"value": "101", "timestamp": str(seconds("2026-03-09"))}]}
    assert isinstance(asked(lambda _: js(over), lambda f, _: AlternativeMe(f).fear_and_greed()), Unreachable)


def test_a_vendors_grade_of_a_day_is_known_at_noon_of_the_next() -> None:
    row = {**DAY, "TM_TRADER_GRADE": 18.41, "TA_GRADE": "14.09", "QUANT_GRADE": None}
    (grade,) = rows(
        asked(lambda _: js(envelope(row)), lambda f, _: TokenMetrics(f).ask("trader-grades", ["3375"]))
    )
    assert isinstance(grade, Listed)
    assert (grade.as_of, grade.known_at) == (at("2026-03-08"), at("2026-03-09T12:00"))
    assert grade.numbers == {"tm_trader_grade": Decimal("18.41"), "ta_grade": Decimal("14.09")}
    (hour,) = rows(
        asked(
            lambda _: js(envelope({**HOUR, **CANDLE})),
            lambda f, _: TokenMetrics(f).ask("hourly-ohlcv", ["3375"]),
        )
    )
    assert (hour.as_of, hour.known_at) == (at("2026-03-10T09:00"), at("2026-03-10T11:00"))


@pytest.mark.parametrize("value", [100.5, -0.5, "NaN", True, "strong"])
def test_a_grade_outside_its_scale_is_no_grade(value: object) -> None:
    row = {**DAY, "TM_TRADER_GRADE": value}
    outcome = asked(lambda _: js(envelope(row)), lambda f, _: TokenMetrics(f).ask("trader-grades", ["3375"]))
    assert isinstance(outcome, Unreachable)


def test_a_grade_that_is_null_is_missing_and_not_zero() -> None:
    row = {**DAY, "TM_TRADER_GRADE": None}
    outcome = asked(lambda _: js(envelope(row)), lambda f, _: TokenMetrics(f).ask("trader-grades", ["3375"]))
    assert outcome == NoData("tokenmetrics /v2/trader-grades: 3375 has no tm_trader_grade")


@pytest.mark.parametrize(
    ("name", "stamp"),
    [("daily-ohlcv", {"DATE": "2026-03-10"}), ("hourly-ohlcv", {"TIMESTAMP": "2026-03-10T11:30:00Z"})],
)
def test_a_vendors_period_that_is_not_over_is_left_out(name: str, stamp: dict[str, str]) -> None:
    row = {**BTC, **CANDLE, **stamp}
    outcome = asked(lambda _: js(envelope(row)), lambda f, _: TokenMetrics(f).ask(name, ["3375"]))
    assert outcome == NoData(f"tokenmetrics /v3/{name}: 3375 has a period that is not over")


@pytest.mark.parametrize(
    ("rule", "kind", "source", "metric"),
    [
        (daily_figure, "fundamental", "defillama", "tvl"),
        (daily_figure, "onchain", "coinmetrics", "active_addresses"),
        (daily_figure, "onchain", "blockchain", "tx_count"),
        (daily_price, "fundamental", "coingecko", "market_cap"),
        (fear_and_greed, "sentiment", "alternative_me", "fear_greed"),
        (vendor_day, "fundamental", "tokenmetrics", "tm_trader_grade"),
    ],
)
def test_a_figure_is_known_at_the_same_time_fetched_or_imported(
    rule: Rule, kind: str, source: str, metric: str
) -> None:
    stamp = at("2026-03-08")
    (imported,) = figures_known_at(kind, source, metric, np.array([stamp], np.int64))
    assert rule(stamp) == imported
