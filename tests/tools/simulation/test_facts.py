"""Fundamentals and on-chain series of the simulated market: point in time, and ahead of the price."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.instant import DAY, HOUR, Instant, instant
from core.market import Floats
from core.observation import Missing, Observation
from core.spec import parse_spec
from tools.simulation.facts import UNITS
from tools.simulation.market import SimulatedMarket

BEGIN = instant("2023-04-26")
UNTIL = instant("2026-01-01")
DAYS = (UNTIL - BEGIN) // DAY
WINDOW = 30


@cache
def a_market(seed: int = 7) -> SimulatedMarket:
    return SimulatedMarket(parse_spec(f"sim?seed={seed}&grain=1d"))


def observed(
    market: SimulatedMarket, symbol: str, metric: str, until: Instant = UNTIL
) -> tuple[Observation, ...]:
    found = market.facts.facts(market.assets[symbol].id, metric, until, 100_000)
    assert not isinstance(found, Missing)
    return found


@settings(max_examples=60, deadline=None)
@given(
    hours=st.integers(-24 * 10, 24 * 400),
    count=st.integers(1, 50),
    metric=st.sampled_from(sorted(UNITS)),
    index=st.integers(0, 11),
)
def test_nothing_is_told_before_it_could_be_known(hours: int, count: int, metric: str, index: int) -> None:
    market = a_market()
    now = Instant(BEGIN + hours * HOUR)
    symbol = market.symbols[index]
    found = market.facts.facts(market.assets[symbol].id, metric, now, count)
    if isinstance(found, Missing):
        assert found == Missing(metric, "no_data")
        return
    assert 1 <= len(found) <= count
    assert [one.as_of for one in found] == sorted({one.as_of for one in found})
    for one in found:
        assert one.known_at <= now
        assert one.as_of % DAY == 0
        assert one.known_at == one.as_of + 2 * DAY
        assert (one.metric, one.unit, one.source) == (metric, UNITS[metric], "sim")
    if found[-1].as_of < now - 3 * DAY:  # only a token that trades no more may have nothing newer
        assert symbol == "RUNDE/USDT"


def test_the_newest_figure_is_yesterdays_yesterday() -> None:
    market = a_market()
    noon = Instant(instant("2024-03-10") + 12 * HOUR)
    (newest,) = market.facts.facts("sim:nova", "tvl", noon, 1)
    assert newest.as_of == instant("2024-03-08")
    (before,) = market.facts.facts("sim:nova", "tvl", Instant(instant("2024-03-10") - 1), 1)
    assert before.as_of == instant("2024-03-07")


def test_an_earlier_question_never_gets_another_figure() -> None:
    late = {one.as_of: one for one in observed(SimulatedMarket(parse_spec("sim")), "NOVA/USDT", "fees")}
    early = observed(SimulatedMarket(parse_spec("sim")), "NOVA/USDT", "fees", instant("2024-02-01"))
    assert all(late[one.as_of] == one for one in early)


def test_figures_do_not_depend_on_grain_faults_or_the_number_of_tokens() -> None:
    plain = observed(a_market(), "NOVA/USDT", "tvl", instant("2024-02-01"))
    other = SimulatedMarket(parse_spec("sim?assets=2&grain=4h&faults=heavy"))
    assert observed(other, "NOVA/USDT", "tvl", instant("2024-02-01")) == plain


def test_what_nobody_publishes_is_missing_and_not_zero() -> None:
    facts = a_market().facts
    assert facts.facts("sim:nobody", "tvl", UNTIL, 1) == Missing("tvl", "no_data")
    assert facts.facts("sim:nova", "developers", UNTIL, 1) == Missing("developers", "no_data")
    assert facts.facts("sim:vexlo", "tvl", instant("2024-01-01"), 1) == Missing("tvl", "no_data")


def test_levels_are_above_zero_and_netflow_goes_both_ways() -> None:
    for metric in UNITS:
        values = np.array([float(one.value) for one in observed(a_market(), "TIDEL/USDT", metric)])
        if metric == "exchange_netflow":
            assert 0.1 < np.mean(values > 0) < 0.9
        elif metric == "issuance_native":
            assert values.min() >= 0
        else:
            assert values.min() > 0


def panel(market: SimulatedMarket, metric: str) -> tuple[Floats, Floats]:
    """Log figures as known at each day's end, and log closes; both (tokens, days), NaN where there is none."""
    figures, prices = (np.full((len(market.symbols), DAYS), np.nan) for _ in range(2))
    series = market.series(UNTIL)
    for row, symbol in enumerate(market.symbols):
        for one in observed(market, symbol, metric):
            day = (one.known_at - BEGIN) // DAY - 1
            if day < DAYS:
                figures[row, day] = np.log(float(one.value))
        bars = series[symbol].bars
        prices[row, (bars.opened_at - BEGIN) // DAY] = np.log(bars.close)
    return figures, prices


def information(signal: Floats, outcome: Floats) -> Floats:
    """Cross-sectional correlation of *signal* and *outcome* every 30 days, so that no two windows overlap."""
    found = []
    for day in range(2 * WINDOW, DAYS - WINDOW, WINDOW):
        both = ~np.isnan(signal[:, day]) & ~np.isnan(outcome[:, day])
        found.append(np.corrcoef(signal[both, day], outcome[both, day])[0, 1])
    return np.array(found)


def change(values: Floats) -> Floats:
    """Change over the `WINDOW` days up to each day."""
    found = np.full_like(values, np.nan)
    found[:, WINDOW:] = values[:, WINDOW:] - values[:, :-WINDOW]
    return found


@pytest.mark.parametrize("metric", ["tvl", "active_addresses"])
def test_growth_of_fundamentals_leads_the_price_and_does_not_follow_it(metric: str) -> None:
    future, past = [], []
    for seed in (7, 1, 2, 3):
        figures, prices = panel(a_market(seed), metric)
        returns = change(prices)
        ahead = np.full_like(returns, np.nan)
        ahead[:, :-WINDOW] = returns[:, WINDOW:]
        future.append(information(change(figures), ahead))
        past.append(information(change(figures), returns))
    ahead_ic, past_ic = np.concatenate(future), np.concatenate(past)
    t_value = ahead_ic.mean() / ahead_ic.std(ddof=1) * np.sqrt(len(ahead_ic))
    assert ahead_ic.mean() > 0.15
    assert t_value > 4
    assert ahead_ic.mean() > past_ic.mean() + 0.03


def test_money_leaves_exchanges_before_the_price_rises() -> None:
    figures, prices = [], []
    for seed in (7, 1, 2):
        market = a_market(seed)
        for symbol in market.symbols:
            truth = market.truth(symbol, UNTIL)
            flow = np.array([float(one.value) for one in observed(market, symbol, "exchange_netflow")])
            days = [(one.as_of - BEGIN) // DAY for one in observed(market, symbol, "exchange_netflow")]
            scale = np.exp(truth.value[days])
            rise = np.full(len(days), np.nan)
            rise[:-60] = truth.followed[days][60:] - truth.followed[days][:-60]
            figures.append(flow / scale / np.std(flow / scale))
            prices.append(rise)
    flow, rise = np.concatenate(figures), np.concatenate(prices)
    known = ~np.isnan(rise)
    assert np.corrcoef(flow[known], rise[known])[0, 1] < -0.1


def test_the_price_follows_the_truth_by_weeks() -> None:
    truth = a_market().truth("NOVA/USDT", UNTIL)
    value, followed = np.diff(truth.value), np.diff(truth.followed)
    by_lag = [np.corrcoef(value[: len(value) - lag], followed[lag:])[0, 1] for lag in range(80)]
    assert 14 <= int(np.argmax(by_lag)) <= 50


def test_what_one_sector_gains_the_others_lose() -> None:
    market = a_market()
    by_sector: dict[str, list[Floats]] = {}
    for symbol in market.symbols:
        if symbol != "RUNDE/USDT":
            by_sector.setdefault(market.sectors[symbol], []).append(market.truth(symbol, UNTIL).growth)
    means = {sector: np.mean(growth, axis=0) for sector, growth in by_sector.items()}
    months = np.array(
        [[part.sum() for part in np.array_split(growth, DAYS // 60)] for growth in means.values()]
    )
    leaders = set(np.argmax(months, axis=0).tolist())
    assert len(leaders) >= 4
