"""Opening a scenario: its window and nothing else, and what it lacks said aloud."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from agent.runtime.worlds import World
from core.errors import FaultError, NoAnswerError
from core.instant import DAY, HOUR, Instant, instant, interval, iso
from core.market import BarSeries, Revision
from core.observation import Missing
from evals.opening import Opened, _within, open_scenario
from evals.scenario import Scenario, builtin, load
from tests.evals.conftest import TODAY
from tests.evals.writing import a_scenario
from tests.tools.store.candles import a_store, bars, frame, put, wander
from tools.clocks import SimulatedClock
from tools.store.gate import judge

AT_HAND = [one for one in builtin() if one.synthetic is None and one.needs is None]
# evaluation.md §10: open of the first day to close of the last, in per cent
TABLE = {
    "covid_crash": {"BTC": -15.1, "ETH": -9.8, "LINK": 6.0},
    "defi_summer": {"BTC": 46.0, "ETH": 66.9, "LINK": 172},
    "may_2021": {"BTC": -28.1, "ETH": -8.7, "SOL": -14.1, "LINK": -40.4},
    "ath_rollover": {"BTC": -12.2, "ETH": -10.5, "SOL": -29.6, "LINK": -28.5},
    "luna": {"BTC": -49.4, "ETH": -63.3, "SOL": -66.0, "LINK": -52.8},
    "ftx": {"BTC": -14.4, "ETH": -11.0, "SOL": -64.8, "LINK": -19.3},
    "usdc_depeg": {"BTC": 23.0, "ETH": 13.5, "SOL": -3.3, "LINK": 5.4},
    "tariff_bottom": {"BTC": 8.2, "ETH": -6.9, "SOL": -7.4, "SUI": 0.9},
    "sui_rally": {"BTC": 32.3, "ETH": 61.2, "SOL": 59.7, "SUI": 100.3},
}


def opened(home: Path, name: str) -> Opened:
    return open_scenario(load(name), home, SimulatedClock(TODAY))


def whys(found: Opened) -> dict[str, str]:
    return {one.what: one.why for one in found.missing}


def gained(world: World, symbol: str) -> float:
    one = world.series[symbol].bars
    inside = one.opened_at >= world.start
    return float(one.close[inside][-1] / one.open[inside][0] - 1) * 100


@pytest.mark.parametrize("scenario", AT_HAND, ids=lambda one: one.id)
def test_every_window_at_hand_opens_and_shows_nothing_from_outside_it(
    scenario: Scenario, shared_home: Path
) -> None:
    found = open_scenario(scenario, shared_home, SimulatedClock(TODAY))
    world = found.world
    assert (world.start, world.until, world.simulated) == (scenario.start, scenario.end, False)
    assert set(world.symbols) <= set(scenario.symbols)
    assert {f"{one} {scenario.grain}" for one in set(scenario.symbols) - set(world.symbols)} <= set(
        whys(found)
    )
    for one in world.series.values():
        assert scenario.start - scenario.warmup_ms <= one.bars.opened_at[0]
        assert one.bars.opened_at[-1] < scenario.end
        assert one.delisted_at is None or one.delisted_at <= scenario.end
        assert all(late.known_at < scenario.end for late in one.revisions)
    for symbol, published in {
        f"{base}/USDT": value for base, value in TABLE.get(scenario.id, {}).items()
    }.items():
        # one unit of the table's last digit
        assert gained(world, symbol) == pytest.approx(published, abs=0.06 if abs(published) < 172 else 0.6)


def test_uni_has_no_hours_in_defi_summer_and_late_listings_are_said(shared_home: Path) -> None:
    found = opened(shared_home, "defi_summer")
    assert "UNI/USDT" not in found.world.symbols
    assert whys(found) == {
        "UNI/USDT 1h": "no candle before 2021-04-02T15:00:00Z, after the end",
        "SOL/USDT 1h": "begins at 2020-08-11T06:00:00Z, after the start",
        "AAVE/USDT 1h": "begins at 2020-10-15T03:00:00Z, after the start",
    }


@pytest.mark.parametrize(("name", "days"), [("tariff_bottom", "5d"), ("sui_rally", "51d")])
def test_a_short_warm_up_is_said_of_every_symbol(name: str, days: str, shared_home: Path) -> None:
    found = opened(shared_home, name)
    assert whys(found) == {f"warm-up of {symbol}": f"{days} of 60d" for symbol in found.world.symbols}


def test_what_stops_trading_in_the_window_is_known_to_have_stopped_and_not_before(shared_home: Path) -> None:
    luna, ftx = opened(shared_home, "luna").world.series, opened(shared_home, "ftx").world.series
    ended = {symbol: one.delisted_at for symbol, one in {**luna, **ftx}.items() if one.delisted_at}
    assert {symbol: iso(at) for symbol, at in ended.items()} == {
        "LUNA/USDT": "2022-05-13T01:00:00Z",
        "UST/USDT": "2022-05-13T00:00:00Z",
        "FTT/USDT": "2022-11-15T05:00:00Z",  # listed again a year later, which nobody in the window knows
    }
    assert luna["LUNA/USDT"].asset == "terra-luna"


def test_an_end_that_lies_after_the_window_is_nobody_s_business(shared_home: Path) -> None:
    earlier = a_scenario(start="2022-03-01", end="2022-03-11", symbols=["LUNA/USDT"])
    (one,) = open_scenario(earlier, shared_home, SimulatedClock(TODAY)).world.series.values()
    assert one.delisted_at is None


def test_the_revised_history_is_named_and_so_is_a_tail_that_is_not_there(shared_home: Path) -> None:
    assert "onchain market tvl defillama" in opened(shared_home, "luna").restated
    rally = opened(shared_home, "etf_rally")
    assert whys(rally) == {"candles until 2024-01-01T00:00:00Z": "they end at 2023-12-30T20:00:00Z"}
    assert iso(rally.world.until) == "2023-12-30T20:00:00Z"


def test_facts_of_the_store_and_of_the_note_are_told_when_they_were_known(shared_home: Path) -> None:
    facts = opened(shared_home, "sui_rally").facts
    known = instant("2025-05-14")
    assert isinstance(facts.facts("sui", "tvl", Instant(known - 1), 1), Missing)
    told = facts.facts("sui", "tvl", known, 1)
    assert not isinstance(told, Missing)
    assert (str(told[0].value), told[0].flags) == ("2110000000", ("published",))
    index = opened(shared_home, "luna").facts.facts("market", "fear_greed", instant("2022-05-12"), 1)
    assert not isinstance(index, Missing)
    assert index[0].known_at <= instant("2022-05-12")


def test_only_the_sources_that_it_names_are_told(shared_home: Path) -> None:
    quiet = load("ct_bear_btc")
    facts = open_scenario(quiet, shared_home, SimulatedClock(TODAY)).facts
    at = quiet.end
    assert not isinstance(facts.news("bitcoin", at, 1), Missing)
    assert isinstance(facts.news("ethereum", at, 1), Missing)  # not of its universe
    assert isinstance(facts.funding("bitcoin", at, quiet.start), Missing)  # not among its sources


def test_a_window_that_the_store_lacks_names_the_command_that_brings_it(shared_home: Path) -> None:
    with pytest.raises(NoAnswerError) as refused:
        opened(shared_home, "october_2025")
    needed = load("october_2025").needs
    assert needed is not None
    assert needed in refused.value.mend


def test_an_empty_home_is_left_empty_and_the_mend_names_the_assets(tmp_path: Path) -> None:
    with pytest.raises(NoAnswerError, match="no 1h candle of luna between") as refused:
        opened(tmp_path, "luna")
    assert (
        "--assets bitcoin,ethereum,solana,chainlink,terra-luna,terrausd --from 2022-02-24"
        in refused.value.mend
    )
    assert list(tmp_path.iterdir()) == []


def test_of_tokens_that_nobody_knows_no_command_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(NoAnswerError) as refused:
        open_scenario(a_scenario(), tmp_path, SimulatedClock(TODAY))
    assert refused.value.mend == "Import its files with 'tokenwise data import'."


def test_a_scenario_s_own_word_for_what_it_needs_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(NoAnswerError) as refused:
        open_scenario(a_scenario(needs="fetch-it now"), tmp_path, SimulatedClock(TODAY))
    assert "'fetch-it now'" in refused.value.mend


def test_later_vintages_keep_to_their_candle_and_none_is_from_after_the_end() -> None:
    scenario = a_scenario(start="2024-02-01", end="2024-02-11", warmup="10d")
    first, rows = 21 * 24, 20 * 24  # the warm-up begins three weeks after the series

    def late(index: int, known_at: int) -> Revision:
        return Revision(index, Instant(known_at), 1.0, 1.0, 1.0, 1.0, 1.0)

    known = scenario.end - HOUR
    several = (
        late(first - 1, known),
        late(first, known),
        late(first + 5, known),
        late(first + 6, scenario.end),
        late(first + rows, known),
    )
    whole = judge("bitcoin", bars(wander(60 * 24)), "test", revisions=several)
    cut = _within(whole, scenario)
    assert isinstance(cut, BarSeries)
    assert (cut.bars.opened_at[0], len(cut.bars)) == (scenario.start - scenario.warmup_ms, rows)
    assert [one.index for one in cut.revisions] == [0, 5]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A home with 60 days of one symbol from 2024-01-01 on."""
    with closing(a_store(tmp_path / "home", instant("2025-01-01"))) as store:
        put(store, tmp_path / "rows.parquet", frame(bars(wander(60 * 24))))
    return tmp_path / "home"


def on(home: Path, start: str, end: str, **more: object) -> Opened:
    scenario = a_scenario(start=start, end=end, symbols=["BTC/USDT"], **{"warmup": "10d", **more})
    return open_scenario(scenario, home, SimulatedClock(TODAY))


def test_only_the_warm_up_asked_for_is_shown(small: Path) -> None:
    (one,) = on(small, "2024-02-01", "2024-02-11").world.series.values()
    assert (one.bars.opened_at[0], len(one.bars)) == (instant("2024-01-22"), 20 * 24)


def test_what_lies_outside_the_window_does_not_change_what_is_in_it(small: Path, tmp_path: Path) -> None:
    with closing(a_store(tmp_path / "longer", instant("2025-01-01"))) as store:
        put(store, tmp_path / "more.parquet", frame(bars(wander(90 * 24))))
    shorter, longer = (on(home, "2024-02-01", "2024-02-11").world for home in (small, tmp_path / "longer"))
    assert shorter.series["BTC/USDT"].fingerprint == longer.series["BTC/USDT"].fingerprint


@pytest.mark.parametrize(
    ("start", "end"),
    [("2023-01-01", "2023-02-01"), ("2024-06-01", "2024-07-01"), ("2024-03-02", "2024-03-12")],
)
def test_a_window_before_or_after_all_candles_is_no_answer(small: Path, start: str, end: str) -> None:
    with pytest.raises(NoAnswerError, match="no 1h candle of mine"):
        on(small, start, end)


def test_other_widths_than_the_stored_one_are_no_answer(small: Path) -> None:
    with pytest.raises(NoAnswerError, match="no 15m candle"):
        on(small, "2024-02-01", "2024-02-11", grain="15m")


def test_a_lone_series_that_ends_early_is_a_short_collection_not_a_delisting(small: Path) -> None:
    found = on(small, "2024-02-01", "2024-04-01")
    (one,) = found.world.series.values()
    assert one.delisted_at is None
    assert found.world.until == instant("2024-01-01") + 60 * DAY
    assert whys(found) == {"candles until 2024-04-01T00:00:00Z": "they end at 2024-03-01T00:00:00Z"}


def test_an_unknown_source_of_facts_is_missing_not_an_error(small: Path) -> None:
    found = on(small, "2024-02-01", "2024-02-11", sources=["ohlcv", "onchain:bitcoin", "news"])
    assert whys(found) == {"onchain:bitcoin": "no_data", "news": "no_data"}


def test_a_store_that_is_changed_under_a_run_says_so(tmp_path: Path) -> None:
    days = pl.date_range(date(2024, 1, 1), date(2024, 2, 10), eager=True)
    figures = pl.DataFrame({"ts": days.cast(pl.Datetime("ms", "UTC")), "metric": "tvl", "value": 1.0})
    with closing(a_store(tmp_path / "home", instant("2025-01-01"))) as store:
        put(store, tmp_path / "rows.parquet", frame(bars(wander(60 * 24))))
        put(store, tmp_path / "tvl.parquet", figures, kind="onchain", symbol=None, venue=None, interval=None)
        (file,) = [store.path(one) for one in store.series() if one.key.kind == "onchain"]
    found = on(tmp_path / "home", "2024-02-01", "2024-02-11", sources=["onchain"])
    file.unlink()
    with pytest.raises(FaultError, match="was imported anew"):
        found.facts.facts("bitcoin", "tvl", instant("2024-02-10"), 1)


def test_decisions_fall_on_candles_that_exist(shared_home: Path) -> None:
    one = opened(shared_home, "luna").world.series["BTC/USDT"].bars
    inside = one.opened_at >= load("luna").start
    assert inside.sum() == (load("luna").end - load("luna").start) // HOUR
    assert one.interval == interval("1h")
