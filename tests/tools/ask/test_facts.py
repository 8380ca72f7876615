"""Answers about facts: every number is of figures known then, two sources are both told, absences have reasons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.instant import DAY, HOUR, Instant, Interval, instant, iso
from core.observation import Missing
from tests.tools.ask.facts_by_hand import BEGIN, Held, held, rows_of
from tests.tools.ask.worlds import START, context_at, paths
from tools.ask import AskContext, Reply, ask
from tools.store.catalog import SeriesKey
from tools.store.rows import RESTATED

SERIES = paths()
NOW = Instant(START + 39 * DAY)


def context(world: Held | None = None, now: int = NOW) -> AskContext:
    return context_at(SERIES, now, facts=(world or held()).facts())


def series(
    metric: str, values: Any, *, asset: str = "bitcoin", unit: str = "USD", lag: int = 2 * DAY, source: str = "one",
    kind: str = "fundamental", until: int = NOW - 2 * DAY, flags: int = 0, step: int = DAY, world: Held | None = None,
) -> Held:  # fmt: skip
    """A world with one series more, whose last figure is stamped *until*."""
    stamps = until - step * np.arange(len(values) - 1, -1, -1)
    made = world or Held()
    made.put(
        SeriesKey(asset, kind, metric, "", "", Interval(0), source),
        rows_of(stamps, stamps + lag, values, flags),
        unit,
    )
    return made


def figure(reply: Reply, metric: str) -> dict[str, Any]:
    return next(one for one in reply.data["figures"] if one["metric"] == metric)


def told(reply: Reply) -> dict[str, str]:
    return {one.metric: one.value for one in reply.evidence}


def test_changes_are_against_what_stood_a_day_a_week_and_a_month_before() -> None:
    values = 100.0 + np.arange(40)
    reply = ask("get_fundamentals", {"asset": "BTC"}, context(series("tvl", values)))
    one = figure(reply, "tvl")
    assert one["value"] == "139"
    assert (one["change_1d"], one["change_7d"], one["change_30d"]) == (0.007246, 0.05303, 0.2752)
    assert told(reply)["tvl_change_30d"] == "0.2752"
    assert (one["as_of"], one["known_at"], one["age_days"]) == (iso(Instant(NOW - 2 * DAY)), iso(NOW), 2)


def test_a_figure_is_told_from_its_known_time_on_to_the_millisecond() -> None:
    world = series("tvl", [1.0, 2.0])
    early = ask("get_fundamentals", {"asset": "BTC"}, context(world, NOW - 1))
    assert figure(early, "tvl")["value"] == "1"
    assert figure(ask("get_fundamentals", {"asset": "BTC"}, context(world)), "tvl")["value"] == "2"


def test_the_highest_is_the_highest_that_was_known() -> None:
    values = [5.0, 90.0, 7.0, 8.0, 200.0]
    world = series("tvl", values)
    one = figure(ask("get_fundamentals", {"asset": "BTC"}, context(world, NOW - 1)), "tvl")
    assert (one["high"], one["high_at"]) == ("90", iso(Instant(NOW - 5 * DAY)))
    assert figure(ask("get_fundamentals", {"asset": "BTC"}, context(world)), "tvl")["high"] == "200"


def test_an_index_moves_in_points_and_a_flow_in_its_unit() -> None:
    world = series("fear_greed", [50.0, 20.0], asset="market", kind="sentiment", unit="index")
    series("exchange_netflow", [-5.0, 7.5], kind="onchain", world=world)
    mood = ask("get_sentiment", {}, context(world))
    assert figure(mood, "fear_greed")["change_1d"] == -30.0
    assert figure(mood, "fear_greed")["change_unit"] == "points"
    assert mood.data["mood"] == "extreme_fear"
    flow = figure(ask("get_onchain", {"asset": "BTC"}, context(world)), "exchange_netflow")
    assert (flow["change_1d"], flow["change_unit"], flow["high"]) == (12.5, "USD", None)


@pytest.mark.parametrize(
    ("index", "mood"),
    [
        (0, "extreme_fear"),
        (25, "fear"),
        (46, "neutral"),
        (55, "greed"),
        (76, "extreme_greed"),
        (100, "extreme_greed"),
    ],
)
def test_the_index_has_a_word(index: int, mood: str) -> None:
    world = series("fear_greed", [float(index)], asset="market", kind="sentiment", unit="index")
    assert ask("get_sentiment", {}, context(world)).data["mood"] == mood


def test_an_index_of_long_ago_is_no_mood_of_now() -> None:
    world = series(
        "fear_greed", [50.0, 20.0], asset="market", kind="sentiment", unit="index", until=NOW - 9 * DAY
    )
    reply = ask("get_sentiment", {}, context(world))
    assert reply.data["mood"] is None
    assert Missing("mood", "stale") in reply.missing
    assert figure(reply, "fear_greed")["flags"] == ["stale"]


def test_no_change_is_made_over_a_hole_or_before_the_beginning() -> None:
    world = series("tvl", 10.0 + np.arange(5), until=NOW - 20 * DAY, lag=DAY)
    stamps = NOW - DAY * np.array([3, 2])
    world.rows["0.parquet"] = rows_of(
        np.concatenate((world.rows["0.parquet"].as_of, stamps)),
        np.concatenate((world.rows["0.parquet"].known_at, stamps + DAY)),
        10.0 + np.arange(7),
    )
    reply = ask("get_fundamentals", {"asset": "BTC"}, context(world))
    assert figure(reply, "tvl")["change_1d"] is not None
    assert Missing("tvl_change_7d", "gap") in reply.missing
    assert Missing("tvl_change_30d", "warming_up") in reply.missing


def test_nothing_is_divided_by_nothing() -> None:
    reply = ask("get_fundamentals", {"asset": "BTC"}, context(series("fees", [0.0, 5.0])))
    assert Missing("fees_change_1d", "no_base") in reply.missing
    assert figure(reply, "fees")["change_1d"] is None


def test_hourly_figures_reach_back_thirty_days_as_well() -> None:
    values = 1.0 + np.arange(31 * 24)
    reply = ask("get_fundamentals", {"asset": "BTC"}, context(series("tvl", values, step=HOUR)))
    assert figure(reply, "tvl")["change_30d"] == float(f"{744 / 24 - 1:.4g}")


def test_two_sources_that_disagree_are_both_told_with_their_names() -> None:
    world = series("market_cap", [100.0] * 40)
    series("market_cap", [103.0] * 40, source="two", world=world)
    reply = ask("get_fundamentals", {"asset": "BTC"}, context(world))
    one = figure(reply, "market_cap")
    assert (one["value"], one["source"]) == ("100", "one")
    assert [(other["value"], other["source"]) for other in one["others"]] == [("103", "two")]
    assert one["flags"] == ["disagreement"]
    assert (told(reply)["market_cap"], told(reply)["market_cap.two"]) == ("100", "103")


def test_two_sources_that_agree_are_no_disagreement_and_one_that_fell_behind_is_left_out() -> None:
    world = series("market_cap", [100.0] * 40)
    series("market_cap", [101.0] * 40, source="two", world=world)
    series("market_cap", [500.0] * 40, source="late", until=NOW - 9 * DAY, world=world)
    one = figure(ask("get_fundamentals", {"asset": "BTC"}, context(world)), "market_cap")
    assert [other["source"] for other in one["others"]] == ["two"]
    assert one["flags"] == []


def test_old_restated_and_revised_figures_are_marked() -> None:
    world = series("tvl", [1.0, 2.0], until=NOW - 9 * DAY, flags=RESTATED)
    rows = world.rows["0.parquet"]
    world.rows["0.parquet"] = rows_of(
        np.append(rows.as_of, rows.as_of[-1]), np.append(rows.known_at, NOW - DAY), [1.0, 2.0, 3.0], RESTATED
    )
    one = figure(ask("get_fundamentals", {"asset": "BTC"}, context(world)), "tvl")
    assert (one["value"], one["flags"]) == ("3", ["restated", "revised", "stale"])


def test_ratios_are_of_what_was_known_and_as_old_as_the_oldest() -> None:
    world = series("market_cap", [3650.0] * 40, until=NOW - DAY, lag=HOUR)
    series("fees", [2.0] * 40, world=world)
    series("tvl", [730.0] * 40, world=world)
    reply = ask("get_fundamentals", {"asset": "BTC"}, context(world))
    assert figure(reply, "price_to_fees")["value"] == "5"
    over = figure(reply, "market_cap_to_tvl")
    assert (over["value"], over["unit"], over["flags"]) == ("5", "times", ["derived"])
    assert over["as_of"] == iso(Instant(NOW - 2 * DAY))
    assert "price_to_revenue" not in told(reply)


def test_a_year_is_not_made_of_less_than_a_month() -> None:
    world = series("market_cap", [3650.0] * 29)
    series("fees", [2.0] * 29, world=world)
    assert "price_to_fees" not in told(ask("get_fundamentals", {"asset": "BTC"}, context(world)))


def funded(*rates: tuple[str, float, float, int]) -> Held:
    """One settlement per (venue, rate, hours, age)."""
    world = Held()
    for venue, rate, hours, age in rates:
        stamp = [NOW - age]
        key = SeriesKey("bitcoin", "funding", "", venue, "", Interval(0), "one")
        world.put(key, rows_of(stamp, stamp, np.array([[rate, hours]])))
    return world


def test_funding_is_compared_on_one_scale_and_no_venue_is_picked() -> None:
    world = funded(("a", 0.0001, 8, HOUR), ("b", 0.00005, 1, HOUR), ("c", 0.0002, 8, 9 * DAY))
    reply = ask("get_derivatives", {"asset": "BTC"}, context(world))
    assert [one["per_8h"] for one in reply.data["venues"]] == ["0.0001", "0.0004", "0.0002"]
    assert reply.data["venues"][2]["flags"] == ["stale"]
    assert reply.data["funding_per_8h"] == 0.00025
    assert reply.data["spread"] == 0.0003
    assert reply.data["funding_per_year"] == float(f"{0.00025 * 3 * 365:.4g}")
    assert reply.data["paid_by"] == "longs"
    assert told(reply)["funding_venues"] == "2"
    assert {one.unit for one in reply.evidence if one.metric.startswith("funding.")} == {"fraction_per_8h"}


def test_a_days_mean_or_an_unknown_interval_is_told_as_it_is_and_not_scaled() -> None:
    reply = ask(
        "get_derivatives", {"asset": "BTC"}, context(funded(("a", 0.0003, 24, HOUR), ("b", 0.1, 0, HOUR)))
    )
    assert [one["per_8h"] for one in reply.data["venues"]] == [None, None]
    assert reply.data["funding_per_8h"] is None
    assert Missing("funding_now", "no_common_scale") in reply.missing


def test_old_funding_is_shown_as_old_and_nothing_is_said_of_now() -> None:
    reply = ask("get_derivatives", {"asset": "BTC"}, context(funded(("a", 0.0003, 8, 5 * DAY))))
    assert Missing("funding_now", "stale") in reply.missing
    assert reply.data["paid_by"] is None
    assert reply.data["venues"][0]["age_hours"] == 120


def test_narratives_are_ranked_by_what_their_assets_made() -> None:
    reply = ask("get_narratives", {}, context())
    rows = reply.data["narratives"]
    assert [one["rank_30d"] for one in rows] == [1, 2]
    assert {one["narrative"]: one["assets"] for one in rows} == {
        "L1": ["bitcoin", "sui"],
        "payments": ["bitcoin"],
    }
    assert rows[0]["return_30d"] >= rows[1]["return_30d"]
    assert told(reply)["payments.rank_30d"] in {"1", "2"}
    only = ask("get_narratives", {"asset": "sui"}, context())
    assert [one["narrative"] for one in only.data["narratives"]] == ["L1"]


def test_a_narrative_without_a_month_of_candles_is_warming_up() -> None:
    reply = ask("get_narratives", {}, context(now=START + 20 * DAY))
    assert reply.missing == (Missing("narratives", "warming_up"),)
    assert not reply.evidence


def test_the_value_locked_in_a_narrative_moves_with_its_assets() -> None:
    one = next(
        one for one in ask("get_narratives", {}, context()).data["narratives"] if one["narrative"] == "L1"
    )
    found = held().facts().facts("sui", "tvl", NOW, 31)
    assert isinstance(found, tuple)
    assert one["tvl_change_30d"] == float(f"{float(found[-1].value / found[0].value) - 1:.4g}")


def test_no_such_metric_is_told_with_those_that_there_are() -> None:
    reply = ask("get_onchain", {"asset": "BTC", "metric": "colour"}, context())
    assert reply.missing == (Missing("colour", "unknown_metric"),)
    assert "mvrv" in reply.data["metrics"]


def test_an_asset_without_prices_here_is_told_all_the_same() -> None:
    world = series("active_addresses", [5.0, 6.0], asset="terra-luna", kind="onchain", unit="count")
    reply = ask("get_onchain", {"asset": "terra-luna"}, context(world))
    assert (reply.data["asset"], reply.data["symbol"]) == ("terra-luna", None)
    assert figure(reply, "active_addresses")["value"] == "6"


def test_strange_names_of_metrics_and_units_stay_out_of_the_evidences_form() -> None:
    world = series("Adr Act/Cnt", [1.0, 2.0], kind="onchain", unit="per day, smoothed")
    reply = ask("get_onchain", {"asset": "BTC", "metric": "Adr Act/Cnt"}, context(world))
    assert {one.metric for one in reply.evidence} == {
        "adr_act_cnt",
        "adr_act_cnt_change_1d",
        "adr_act_cnt_high",
    }
    assert {one.unit for one in reply.evidence} == {"per_day,_smoothed", "fraction"}


def test_figures_that_the_gate_refuses_are_no_figures() -> None:
    from tools.store.gate import CODES

    world = series("tvl", [1.0, 2.0], flags=CODES["wrong_unit"].bit)
    reply = ask("get_fundamentals", {"asset": "BTC"}, context(world))
    assert Missing("tvl", "gate:wrong_unit") in reply.missing
    assert "tvl" not in told(reply)


def test_what_a_source_asks_to_stand_beside_its_data_stands_there() -> None:
    reply = ask("get_onchain", {"asset": "BTC"}, context())
    assert reply.data["credits"] == ["Data by One (https://one.example)"]


def test_the_facts_of_a_day_are_complete_only_when_their_source_says_so() -> None:
    """Coin Metrics: the later of two days after and its completion time."""
    completed = NOW + 7 * HOUR
    world = series("active_addresses", [5.0, 6.0], kind="onchain", unit="count")
    rows = world.rows["0.parquet"]
    world.rows["0.parquet"] = rows_of(rows.as_of, [rows.known_at[0], completed], [5.0, 6.0])
    for now, value in ((NOW, "5"), (completed - 1, "5"), (completed, "6")):
        reply = ask("get_onchain", {"asset": "BTC"}, context_at(SERIES, now, facts=world.facts()))
        assert figure(reply, "active_addresses")["value"] == value


def test_a_date_before_everything_is_known_nothing_of() -> None:
    early = instant("2015-01-01")
    for name in ("get_onchain", "get_fundamentals", "get_derivatives"):
        reply = ask(name, {"asset": "BTC"}, replace(context_at(SERIES, START), now=early))
        assert not reply.evidence
        assert {one.why for one in reply.missing} == {"no_data"}
    assert early < BEGIN
