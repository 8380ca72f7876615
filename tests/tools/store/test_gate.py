"""The quality gate: each class fires, and does not fire just below its bound."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.instant import DAY, HOUR, Instant, iso
from core.market import Bars
from tests.tools.store.candles import D1, H1, NOW, START, bars, wander
from tools.store.gate import CODES, RawRows, Reaction, examine, first_fault, judge

VALUES = ("open", "high", "low", "close", "volume")


def raw(one: Bars) -> RawRows:
    values = {name: np.array(getattr(one, name)) for name in VALUES}
    nulls = {name: np.zeros(len(one), np.bool_) for name in ("ts", *VALUES)}
    return RawRows(np.array(one.opened_at), values, nulls)


def spoil(column: str, row: int, value: float) -> RawRows:
    rows = raw(bars(wander(20)))
    rows.values[column][row] = value  # type: ignore[index]
    return rows


def times(*opened: int) -> RawRows:
    return raw(bars([100.0] * len(opened), opened=opened))


H = [START + k * HOUR for k in range(20)]

STRUCTURAL: dict[str, tuple[RawRows, int]] = {
    "nan": (spoil("volume", 7, float("nan")), 7),
    "infinite": (spoil("high", 3, float("inf")), 3),
    "nonpositive_price": (spoil("low", 4, 0.0), 4),
    "negative_volume": (spoil("volume", 4, -1e-9), 4),
    "high_below_body": (spoil("high", 5, 1.0), 5),
    "low_above_body": (spoil("low", 6, 1e6), 6),
    "duplicate": (times(H[0], H[1], H[2], H[1], H[3]), 3),
    "out_of_order": (times(H[0], H[1], H[3], H[2], H[4]), 3),
    "misaligned": (times(H[0], H[1], H[2] + 1, *H[3:9]), 2),
    "future": (times(*(NOW + (k - 3) * HOUR for k in range(8))), 5),
    "wrong_interval": (times(*(START + k * DAY for k in range(5))), 1),
}


@pytest.mark.parametrize("code", STRUCTURAL)
def test_a_structural_fault_is_named_with_its_first_row(code: str) -> None:
    rows, row = STRUCTURAL[code]
    fault = first_fault(rows, H1, NOW)
    assert fault is not None
    assert (fault.code, fault.row) == (code, row)
    assert CODES[code].reaction is Reaction.STRUCTURAL


def test_an_empty_cell_is_null_and_not_what_stands_in_its_place() -> None:
    rows = raw(bars(wander(20)))
    rows.nulls["close"][2] = True
    rows.values["close"][2] = 0.0  # type: ignore[index]
    fault = first_fault(rows, H1, NOW)
    assert fault is not None
    assert (fault.code, fault.row) == ("null", 2)


def test_sound_rows_have_no_fault_even_at_every_bound() -> None:
    rows = raw(bars(wander(20), volume=0.0))
    assert first_fault(rows, H1, NOW) is None
    newest = times(*(NOW + (k - 3) * HOUR for k in range(5)))  # the newest opens one interval from now
    assert first_fault(newest, H1, NOW) is None
    holes = times(H[0], H[1], H[5], H[6], H[9])
    assert first_fault(holes, H1, NOW) is None


def test_of_several_bad_rows_the_first_is_named() -> None:
    rows = spoil("volume", 9, -1.0)
    rows.values["low"][5] = -1.0  # type: ignore[index]
    fault = first_fault(rows, H1, NOW)
    assert fault is not None
    assert (fault.code, fault.row) == ("nonpositive_price", 5)


def flags(one: Bars, code: str) -> list[int]:
    return np.flatnonzero(examine(one).flags & CODES[code].bit).tolist()


def test_six_candles_that_do_not_move_are_stale_and_five_are_not() -> None:
    moving = wander(10)
    five, six = bars([*moving, *[99.0] * 6, 98.0]), bars([*moving, *[99.0] * 7, 98.0])
    assert flags(five, "stale") == []  # the first of them opened elsewhere
    assert flags(six, "stale") == [16]
    seen = examine(six)
    assert seen.last_bad[15] == -1
    assert seen.last_bad[16] == seen.last_bad[17] == 16
    assert seen.bad_code[16] == "stale"


def test_six_candles_without_volume_are_refused_and_five_are_not() -> None:
    close = wander(20)
    volume = [1.0] * 5 + [0.0] * 5 + [1.0] * 10
    assert flags(bars(close, volume), "zero_volume_run") == []
    volume[10] = 0.0
    assert flags(bars(close, volume), "zero_volume_run") == [10]


@pytest.mark.parametrize(("hole", "segments"), [(3 * DAY, 1), (3 * DAY + HOUR, 2)])
def test_only_a_hole_of_more_than_three_days_ends_a_segment(hole: int, segments: int) -> None:
    opened = [START, START + HOUR, START + 2 * HOUR + hole]
    seen = examine(bars([100.0, 101.0, 102.0], opened=opened))
    assert seen.segment[-1] + 1 == segments
    assert seen.counts() == {"gap": 1}
    assert seen.last_bad.tolist() == [-1, -1, -1]


def quiet(count: int) -> list[float]:
    """Returns of +0.1 %, 0 and -0.0999 %: their MAD is 0.0999 %, the bound of a jump 1.998 %."""
    return [100.0 * (1.001 if k % 3 else 1.0) for k in range(count)]


def with_move(fraction: float, *after: float) -> Bars:
    """120 quiet hours over five days, then a row that moves by *fraction*, then others."""
    close = quiet(120)
    ref = close[-1]
    return bars([*close, *(ref * (1 + f) for f in (fraction, *after))])


def test_a_return_beyond_twenty_mad_that_is_taken_back_is_noted_as_a_jump() -> None:
    assert examine(with_move(0.0199, 0.0)).counts() == {}
    seen = examine(with_move(0.0201, 0.0))
    assert seen.counts() == {"jump": 1}
    assert seen.last_bad[-1] == -1


def test_a_jump_of_more_than_a_quarter_either_way_is_refused_until_it_is_confirmed() -> None:
    assert examine(with_move(0.2499)).last_bad[-1] == -1
    assert examine(with_move(-0.1999)).last_bad[-1] == -1
    for move in (0.2501, -0.2001):
        seen = examine(with_move(move))
        assert seen.last_bad[-1] == 120
        assert seen.bad_code[-1] == "jump"


def test_a_jump_that_the_next_candle_confirms_is_fine_from_then_on() -> None:
    seen = examine(with_move(0.30, 0.151))
    assert seen.last_bad[-2:].tolist() == [120, -1]
    assert seen.bad_code[120] == "jump"


def test_a_spike_stays_refused_and_the_way_back_is_no_second_jump() -> None:
    seen = examine(with_move(0.30, 0.149, 0.001))
    assert seen.last_bad[-3:].tolist() == [120, 120, 120]
    seen = examine(with_move(0.90, 0.44, 0.001))
    assert seen.last_bad[-3:].tolist() == [120, 121, 121]  # what is left of it is itself a violent jump
    seen = examine(with_move(0.50, 0.001, 0.0))
    assert seen.last_bad[-3:].tolist() == [120, 120, 120]


def test_a_day_with_fewer_than_a_hundred_returns_before_it_is_not_judged() -> None:
    close = quiet(96)
    assert examine(bars([*close, close[-1] * 2])).last_bad[-1] == -1  # four whole days: 95 returns


def test_only_returns_before_the_day_set_the_scale() -> None:
    close = quiet(120)
    wild = [*close, *(close[-1] * (1.4 if k % 2 else 1.0) for k in range(1, 20))]
    seen = examine(bars(wild))
    assert [row for row, code in enumerate(seen.bad_code) if code] == list(range(120, 139, 2))


def redenominated(step: float, volume: float) -> Bars:
    close = [*wander(10), *(100 * step for _ in range(3))]
    one = bars(close, [100.0] * 10 + [volume] * 3)
    opens = np.array(one.open)
    opens[10] = close[10]
    return replace(one, open=opens)


def test_a_step_with_the_volume_moving_inversely_is_a_redenomination_and_a_new_segment() -> None:
    seen = examine(redenominated(0.001, 100_000.0))
    assert [(b.index, b.code) for b in seen.breaks] == [(10, "redenomination")]
    assert seen.segment.tolist() == [0] * 10 + [1] * 3
    assert examine(redenominated(0.3, 330.0)).breaks == ()  # a real move
    assert examine(redenominated(4.6, 215.0)).breaks == ()  # the volume went the same way


def test_a_power_of_ten_that_the_volume_ignores_is_a_wrong_unit_and_refused() -> None:
    seen = examine(redenominated(100.0, 100.0))
    assert [(b.index, b.code) for b in seen.breaks] == [(10, "wrong_unit")]
    assert seen.segment[-1] == 0
    assert seen.last_bad[-1] == 10
    assert examine(redenominated(30.0, 100.0)).breaks == ()


def test_another_price_after_a_long_hole_is_another_asset() -> None:
    opened = [START, START + HOUR, START + 20 * DAY]
    one = bars([1.0, 1.0, 500.0], opened=opened)
    reused = replace(one, open=np.array([1.0, 1.0, 500.0]))
    assert [b.code for b in examine(reused).breaks] == ["gap", "ticker_reuse"]
    grown = replace(one, open=np.array([1.0, 1.0, 19.0]))
    assert [b.code for b in examine(grown).breaks] == ["gap"]


def test_a_price_that_rose_over_a_long_hole_while_less_was_traded_is_the_same_asset() -> None:
    closes = [1.0, 1.0, 4.6]
    one = bars(closes, [1000.0, 1000.0, 250.0], opened=[START, START + HOUR, START + 9_000 * HOUR])
    one = replace(one, open=np.array(closes))
    assert [b.code for b in examine(one).breaks] == ["gap"]


def test_every_code_of_the_table_is_one_of_the_contract() -> None:
    assert [c.number for c in CODES.values()] == [*range(1, 29)]


@given(st.data())
def test_a_longer_series_never_changes_what_was_said_of_an_earlier_row(data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    count = 260
    moves = rng.normal(0, 0.002, count)
    odd = rng.integers(0, count, 12)
    moves[odd] += rng.choice([0.3, -0.3, 2.5, -2.5, 0.0], 12)
    close = 100 * np.exp(np.cumsum(moves))
    hours = np.cumsum(rng.choice([1, 1, 1, 1, 1, 1, 2, 100], count))
    volume = rng.choice([0.0, 1.0, 100.0, 10_000.0], count, p=[0.6, 0.2, 0.1, 0.1])
    whole = bars(close.tolist(), volume.tolist(), opened=(START + hours * HOUR).tolist())
    whole = replace(whole, open=np.where(rng.random(count) < 0.02, whole.open * 100, whole.open))
    seen = examine(whole)
    cut = data.draw(st.integers(0, count))
    part = examine(whole.slice(0, cut))
    assert part.segment.tolist() == seen.segment[:cut].tolist()
    assert part.last_bad.tolist() == seen.last_bad[:cut].tolist()
    assert part.bad_code == seen.bad_code[:cut]


def test_every_refused_row_says_why() -> None:
    series = judge("bitcoin", with_move(0.50, 0.0), "test")
    for row in {int(r) for r in series.last_bad if r >= 0}:
        assert series.bad_code[row]


def panel(shared_data: Path) -> pl.DataFrame:
    file = shared_data / "panel/binance_spot_2021_2023_daily_all.parquet"
    return pl.read_parquet(file).filter(~pl.col("leveraged")).with_columns(pl.col("symbol").cast(pl.String))


def test_the_panels_four_redenominations_are_found_and_no_real_move_is_taken_for_one(
    shared_data: Path,
) -> None:
    found = {}
    for (symbol,), rows in panel(shared_data).group_by(["symbol"], maintain_order=True):
        columns = [rows[name].to_numpy() for name in VALUES]
        one = Bars(str(symbol), D1, rows["ts"].dt.timestamp("ms").to_numpy(), *columns)
        for b in examine(one).breaks:
            if b.code != "gap":
                found[symbol] = (b.code, iso(Instant(int(one.opened_at[b.index])))[:10])
    assert found == {
        "SUNUSDT": ("redenomination", "2021-06-18"),
        "VIDTUSDT": ("redenomination", "2022-11-09"),
        "BNXUSDT": ("redenomination", "2023-02-22"),
        "QUICKUSDT": ("redenomination", "2023-07-21"),
        "LUNAUSDT": ("ticker_reuse", "2022-05-31"),
    }
