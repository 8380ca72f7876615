"""What TA-Lib does not have, against plain arithmetic and other people's libraries of formulas."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import fmean, median, pstdev, stdev

import numpy as np
import pytest

from core.instant import DAY
from strategies.indicators.universe.registry import measure_universe
from tests.strategies.candles import bars_of, walk
from tests.strategies.indicators.universe.frames import one_asset, opened, series_of, walks

BARS = opened(walk(400, width=DAY))
ROWS = list(zip(BARS.open.tolist(), BARS.high.tolist(), BARS.low.tolist(), BARS.close.tolist(), strict=True))
CLOSES, VOLUMES = BARS.close.tolist(), BARS.volume.tolist()
RETURNS = [after / before - 1 for before, after in pairwise(CLOSES)]
TOLD = {name: float(values[-1, 0]) for name, values in measure_universe(one_asset(BARS)).items()}
YEAR = math.sqrt(365)


def test_volatility_from_candles_is_that_of_the_papers() -> None:
    parkinson = fmean(math.log(high / low) ** 2 for _, high, low, _ in ROWS[-30:]) / (4 * math.log(2))
    garman_klass = fmean(
        0.5 * math.log(high / low) ** 2 - (2 * math.log(2) - 1) * math.log(close / first) ** 2
        for first, high, low, close in ROWS[-30:]
    )
    rogers_satchell = fmean(
        math.log(high / close) * math.log(high / first) + math.log(low / close) * math.log(low / first)
        for first, high, low, close in ROWS[-30:]
    )
    assert TOLD["parkinson_30"] == pytest.approx(math.sqrt(parkinson) * YEAR)
    assert TOLD["garman_klass_30"] == pytest.approx(math.sqrt(garman_klass) * YEAR)
    assert TOLD["rogers_satchell_30"] == pytest.approx(math.sqrt(rogers_satchell) * YEAR)
    gaps = [math.log(row[0] / before[3]) for before, row in pairwise(ROWS)][-30:]
    bodies = [math.log(row[3] / row[0]) for row in ROWS[-30:]]
    k = 0.34 / (1.34 + 31 / 29)
    yang_zhang = stdev(gaps) ** 2 + k * stdev(bodies) ** 2 + (1 - k) * rogers_satchell
    assert TOLD["yang_zhang_30"] == pytest.approx(math.sqrt(yang_zhang) * YEAR)


def test_all_measures_of_volatility_find_the_volatility_of_a_random_walk() -> None:
    """Ticks of a Gaussian walk of 80 % a year: 5 % off at most for the mean over 21 walks of 30 days."""
    rng = np.random.default_rng(11)
    shape = (60, 21, 2_000)
    path = np.exp(
        np.cumsum((rng.normal(size=shape) * 0.8 / YEAR / math.sqrt(2_000)).reshape(60, 21, -1), axis=2)
    )
    level = np.ones(21)
    series = []
    for n in range(21):
        last, columns = level[n], []
        for day in range(60):
            prices = last * path[day, n]
            columns.append((last, max(prices.max(), last), min(prices.min(), last), prices[-1]))
            last = prices[-1]
        first, high, low, close = zip(*columns, strict=True)
        bars = bars_of(close, highs=high, lows=low)
        series.append((np.array(first), bars))
    names = (
        "realised_volatility_30",
        "parkinson_30",
        "garman_klass_30",
        "rogers_satchell_30",
        "yang_zhang_30",
    )
    found = {name: [] for name in names}  # type: ignore[var-annotated]
    for _, bars in series:
        told = measure_universe(one_asset(opened(bars)), names)
        for name in names:
            found[name].append(float(told[name][-1, 0]))
    for name in names:
        assert fmean(found[name]) == pytest.approx(0.8, rel=0.08), name


def test_liquidity_is_that_of_the_papers() -> None:
    amihud = fmean(
        abs(change) / (close * volume / 1e6)
        for change, close, volume in list(zip(RETURNS, CLOSES[1:], VOLUMES[1:], strict=True))[-30:]
    )
    assert TOLD["amihud_30"] == pytest.approx(amihud)
    spreads = []
    for (_, high, low, _), (_, new_high, new_low, _) in list(pairwise(ROWS))[-20:]:
        beta = math.log(high / low) ** 2 + math.log(new_high / new_low) ** 2
        gamma = math.log(max(high, new_high) / min(low, new_low)) ** 2
        scale = 3 - 2 * math.sqrt(2)
        alpha = (math.sqrt(2 * beta) - math.sqrt(beta)) / scale - math.sqrt(gamma / scale)
        spreads.append(max(2 * (math.exp(alpha) - 1) / (1 + math.exp(alpha)), 0.0))
    assert TOLD["corwin_schultz_spread_20"] == pytest.approx(fmean(spreads))


def test_a_bouncing_price_has_the_spread_that_it_bounces_by() -> None:
    """R. Roll's own case: a value that rests, trades at 1 % above and below it at random."""
    sides = np.random.default_rng(2).choice([-1.0, 1.0], size=400)
    told = measure_universe(one_asset(bars_of((100.0 * np.exp(0.01 * sides)).tolist())), ["roll_spread_30"])
    assert median(told["roll_spread_30"][32:, 0]) == pytest.approx(0.02, rel=0.1)


@pytest.mark.parametrize("length", [30, 60, 90])
def test_statistics_of_returns_are_those_of_plain_arithmetic(length: int) -> None:
    newest = RETURNS[-length:]
    mean, spread, tail = fmean(newest), pstdev(newest), length // 20
    losses = -sum(one for one in newest if one < 0)
    fall, peak = 0.0, 0.0
    for close in CLOSES[-length:]:
        peak = max(peak, close)
        fall = min(fall, close / peak - 1)
    expected = {
        "sharpe": mean / stdev(newest) * YEAR,
        "sortino": mean / math.sqrt(fmean(min(one, 0.0) ** 2 for one in newest)) * YEAR,
        "skew": fmean(((one - mean) / spread) ** 3 for one in newest),
        "excess_kurtosis": fmean(((one - mean) / spread) ** 4 for one in newest) - 3,
        "max_drawdown": fall,
        "calmar": (CLOSES[-1] / CLOSES[-length] - 1) / -fall,
        "gain_to_pain": sum(newest) / losses,
        "omega": sum(one for one in newest if one > 0) / losses,
        # ninety returns: the fifth; a twentieth rounded up
        "value_at_risk": sorted(newest)[tail - (length == 60)],
        "expected_shortfall": fmean(sorted(newest)[: tail + (length == 90)]),
        "tail_ratio": sorted(newest, reverse=True)[tail - (length == 60)]
        / -sorted(newest)[tail - (length == 60)],
    }
    checked = {name for name in expected if f"{name}_{length}" in TOLD}
    assert len(checked) >= 5
    for name in checked:
        assert TOLD[f"{name}_{length}"] == pytest.approx(expected[name]), name


def test_likeness_with_earlier_returns_is_pearsons() -> None:
    logs = np.diff(np.log(CLOSES))
    assert TOLD["autocorrelation_1_60"] == pytest.approx(np.corrcoef(logs[-60:], logs[-61:-1])[0, 1])
    assert TOLD["autocorrelation_7_60"] == pytest.approx(np.corrcoef(logs[-60:], logs[-67:-7])[0, 1])
    fives = [sum(logs[end - 5 : end]) for end in range(len(logs) - 89, len(logs) + 1)]
    assert TOLD["variance_ratio_5_90"] == pytest.approx(np.var(fives) / np.var(logs[-90:]) / 5)


def test_against_a_benchmark_it_is_the_regression_on_its_returns() -> None:
    frame = walks(200, 3)
    told = measure_universe(frame)
    market, own = (np.diff(frame.columns["close"][:, n]) / frame.columns["close"][:-1, n] for n in (0, 1))
    for length in (60, 90):
        theirs, ours = market[-length:], own[-length:]
        beta, alpha = np.polyfit(theirs, ours, 1)
        assert told[f"beta_{length}"][-1, 1] == pytest.approx(beta)
        assert told[f"alpha_{length}"][-1, 1] == pytest.approx(alpha)
        assert told[f"correlation_{length}"][-1, 1] == pytest.approx(np.corrcoef(theirs, ours)[0, 1])
        capture = ours[theirs < 0].sum() / theirs[theirs < 0].sum()
        assert told[f"down_capture_{length}"][-1, 1] == pytest.approx(capture)
    for length in (30, 90):
        apart = own[-length:] - market[-length:]
        assert told[f"information_ratio_{length}"][-1, 1] == pytest.approx(apart.mean() / apart.std(ddof=1))
    line = frame.columns["close"][:, 1] / frame.columns["close"][:, 0]
    for length in (20, 50):
        assert told[f"strength_line_{length}"][-1, 1] == pytest.approx(line[-1] / line[-length:].mean() - 1)
    for length in (7, 14, 30, 60, 90):
        changes = [matrix[-1] / matrix[-1 - length] for matrix in frame.columns["close"].T[:2]]
        assert told[f"excess_return_{length}"][-1, 1] == pytest.approx(changes[1] - changes[0])
    assert (told["beta_90"][-1, 0], told["correlation_90"][-1, 0]) == pytest.approx((1.0, 1.0))
    assert told["excess_return_30"][-1, 0] == 0.0


def test_the_cloud_is_the_one_that_was_drawn_26_bars_ago() -> None:
    def middle(end: int, length: int) -> float:
        window = ROWS[end - length : end]
        return (max(row[1] for row in window) + min(row[2] for row in window)) / 2

    then = len(ROWS) - 26
    cloud = ((middle(then, 9) + middle(then, 26)) / 2 + middle(then, 52)) / 2
    assert TOLD["ichimoku_cloud_distance"] == pytest.approx(CLOSES[-1] / cloud - 1)


def test_swings_are_those_that_three_later_bars_have_confirmed() -> None:
    closes = [10.0, 11.0, 12.0, 15.0, 12.0, 11.0, 10.5, 10.4]
    told = measure_universe(one_asset(bars_of(closes)), ["swing_high_distance"])["swing_high_distance"][:, 0]
    assert np.isnan(told[:6]).all()
    assert told[6:].tolist() == pytest.approx([10.5 / 15 - 1, 10.4 / 15 - 1])


def test_funding_and_flows_are_plain_means_and_changes_of_what_was_known() -> None:
    frame = walks(120, 1, facts=True)
    told = {name: float(values[-1, 0]) for name, values in measure_universe(frame).items()}
    funding, inflow, outflow, cap, addresses = (
        frame.columns[name][:, 0]
        for name in (
            "funding_rate",
            "exchange_inflow",
            "exchange_outflow",
            "market_cap_at_close",
            "active_addresses",
        )
    )
    assert told["funding_z_90"] == pytest.approx((funding[-1] - fmean(funding[-90:])) / stdev(funding[-90:]))
    assert told["exchange_netflow_7"] == pytest.approx(sum(inflow[-7:] - outflow[-7:]) / cap[-1])
    growth = fmean(addresses[-7:]) / fmean(addresses[-37:-30]) - 1
    assert told["active_addresses_growth_30"] == pytest.approx(growth)


def test_the_universe_of_one_is_nobodys_rank() -> None:
    lone = measure_universe(one_asset(series_of("a", BARS).bars), ["return_30_rank", "breadth_50"])
    assert np.isnan(lone["return_30_rank"]).all()
    assert np.isnan(lone["breadth_50"]).all()
