"""Faults on request: bad ticks that the gate names, outages that leave holes, and nothing otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from core.instant import DAY, HOUR, Instant
from core.spec import parse_spec
from tools.simulation.market import SimulatedMarket

YEARS = (250 + 480) / 365


def a_market(faults: str, grain: str = "1h") -> tuple[SimulatedMarket, Instant]:
    market = SimulatedMarket(parse_spec(f"sim?faults={faults}&grain={grain}"))
    return market, Instant(market.start + 480 * DAY)


@pytest.mark.parametrize(("faults", "grain"), [("light", "1h"), ("heavy", "1h"), ("heavy", "4h")])
def test_the_gate_names_every_bad_tick_a_jump(faults: str, grain: str) -> None:
    market, until = a_market(faults, grain)
    total = 0
    for symbol, series in market.series(until).items():
        codes = dict(zip(series.bars.opened_at.tolist(), series.bad_code, strict=True))
        planted = market.misprinted(symbol, until).tolist()
        assert [codes[moment] for moment in planted] == ["jump"] * len(planted)
        total += len(planted)
    expected = 12 * YEARS * (4 if faults == "light" else 40)
    assert 0.6 * expected < total < 1.2 * expected


@pytest.mark.parametrize(("faults", "a_year"), [("light", 4), ("heavy", 40)])
def test_an_outage_of_hours_silences_the_whole_venue(faults: str, a_year: int) -> None:
    market, until = a_market(faults)
    series = market.series(until)
    holes = {
        symbol: {
            (int(one.bars.opened_at[i]), int(step))
            for i, step in enumerate(np.diff(one.bars.opened_at))
            if step > HOUR
        }
        for symbol, one in series.items()
    }
    whole = holes["NOVA/USDT"]
    assert 0.4 * a_year * YEARS < len(whole) < 1.7 * a_year * YEARS
    assert holes["TIDEL/USDT"] == whole
    assert holes["VEXLO/USDT"] <= whole
    assert all(step <= 13 * HOUR for _, step in whole)
    assert all(one.segment.max() == 0 for one in series.values())


def test_a_fault_changes_nothing_but_the_candles_it_hits() -> None:
    (clean, until), (faulty, _) = a_market("none"), a_market("heavy")
    good, bad = clean.series(until)["NOVA/USDT"].bars, faulty.series(until)["NOVA/USDT"].bars
    where = np.searchsorted(good.opened_at, bad.opened_at)
    differs = bad.opened_at[(good.close[where] != bad.close) | (good.open[where] != bad.open)]
    assert differs.tolist() == faulty.misprinted("NOVA/USDT", until).tolist()
    ratio = bad.close / good.close[where]
    assert set(np.round(ratio[ratio != 1.0], 2)) <= {0.33, 3.0}
    assert np.all(bad.high >= np.maximum(bad.open, bad.close))


def test_a_market_without_faults_has_neither() -> None:
    market, until = a_market("none")
    for symbol, series in market.series(until).items():
        assert np.all(np.diff(series.bars.opened_at) == HOUR)
        assert len(market.misprinted(symbol, until)) == 0
