"""What is told of the newest days alone is what all days of the frame tell, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.instant import DAY, Instant, instant
from core.market import BarSeries, Floats
from strategies.grades.investor import INVESTOR
from strategies.grades.signals import SIGNALS, Codes, signals, signals_from_within
from strategies.grades.trader import TRADER as FORMULA
from strategies.indicators.universe.elementary import _rank, _universe_mean
from strategies.indicators.universe.node import Pointwise, ordered
from strategies.indicators.universe.registry import REGISTRY
from tests.tools.desk.edges import START, Odd, candles, judged, neighbours, odd, of_panel, walk
from tools.desk.grading import stream
from tools.desk.grading.sheet import KINDS, TRADER, Sheet

NEWEST = 64
ROWS = 230


@cache
def market() -> Odd:
    """Of 50: some ended long ago, lately or within a stretch; some came late, fell silent, rest or have holes."""
    rested = walk(7, ROWS)
    rested[150:165] = rested[150]
    return odd(
        *neighbours(38, ROWS),
        *(_ended(f"E{k}", 60 + 23 * k, k) for k in range(6)),
        *(
            judged(
                candles(f"L{k}/USDT", walk(50 + k, 200 - 55 * k), start=Instant(START + (30 + 55 * k) * DAY))
            )
            for k in range(3)
        ),
        judged(candles("HOLE/USDT", walk(60, ROWS), without=range(140, 147))),
        judged(candles("FLAT/USDT", rested, flat=True)),
        judged(candles("JUMP/USDT", _jumped(ROWS))),
    )


@given(
    day=st.integers(NEWEST + 20, ROWS), few=st.lists(st.integers(0, 49), min_size=1, max_size=3, unique=True)
)
@settings(max_examples=4, deadline=None)
def test_the_newest_days_alone_tell_what_all_days_tell(day: int, few: list[int]) -> None:
    assert_same(market(), Instant(START + day * DAY), [list(market().series)[place] for place in few])


@pytest.mark.parametrize("day", ["2022-04-20", "2022-05-11", "2022-05-16", "2022-07-20"])
def test_so_they_do_while_luna_falls(shared_data: Path, day: str) -> None:
    assert_same(luna(shared_data), instant(day), ["LUNA/USDT", "BTC/USDT"])


def test_so_they_do_where_almost_nobody_trades_any_more() -> None:
    few = odd(*neighbours(6, ROWS), *(_ended(f"E{k:02d}", 90 + k, k) for k in range(40)))
    assert_same(few, Instant(START + 220 * DAY), ["N03/USDT"])


def assert_same(market: Odd, now: Instant, symbols: Sequence[str]) -> None:
    """The newest days, told alone, against a sheet that works every day of everybody."""
    narrow, whole = market.sheet(now).of(*symbols), market.sheet(now)
    for kind in KINDS:
        whole.seen(kind)
        for symbol in symbols:
            _same(narrow, whole, symbol, kind)


def _same(narrow: Sheet, whole: Sheet, symbol: str, kind: str) -> None:
    assert narrow.grade(symbol, kind) == whole.grade(symbol, kind)
    assert narrow.explain(symbol, kind) == whole.explain(symbol, kind)
    assert [narrow.change(symbol, kind, days) for days in (1, 7, 20)] == [
        whole.change(symbol, kind, days) for days in (1, 7, 20)
    ]
    held = narrow._parts.get(kind)
    days = 9 if held is None else len(held.age)
    assert narrow.history(symbol, kind, days) == whole.history(symbol, kind, days)
    for name in ("rsi_14", "atr_14", "excess_return_30", "ema_200"):
        assert narrow.value(symbol, name) == whole.value(symbol, name)
    # so that it is the newest days that were looked at
    assert symbol not in whole.columns or narrow._parts[kind] is held


def test_a_long_question_is_told_of_all_days() -> None:
    whole, some = market().at(ROWS), market().at(ROWS).of("N01/USDT")
    some.grade("N01/USDT", TRADER)
    held = some._parts[TRADER]
    assert held is not None
    assert not held.is_whole
    assert len(held.age) <= NEWEST
    assert some.history("N01/USDT", TRADER, 150) == whole.history("N01/USDT", TRADER, 150)
    assert some.change("N01/USDT", TRADER, 100) == whole.change("N01/USDT", TRADER, 100)
    assert some.grade("N01/USDT", TRADER) == whole.grade("N01/USDT", TRADER)
    assert some._parts[TRADER].is_whole  # type: ignore[union-attr]  # it was just read


def test_where_no_day_says_the_signal_for_certain_all_days_are_worked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(values: Floats) -> tuple[Codes, int]:
        return signals(values), len(values)

    monkeypatch.setattr(stream, "signals_from_within", never)
    some = market().at(ROWS).of("N01/USDT")
    assert some.grade("N01/USDT", TRADER) == market().at(ROWS).grade("N01/USDT", TRADER)
    assert some._parts[TRADER].is_whole  # type: ignore[union-attr]  # it was just read


@given(
    st.lists(
        st.sampled_from(
            [np.nan, 10.0, 20.0, 21.5, 23.0, 37.0, 41.0, 43.0, 50.0, 57.0, 58.9, 60.0, 77.5, 79.9, 80.0]
        ),
        min_size=2,
        max_size=12,
    ),
    st.integers(0, 11),
)
def test_signals_from_within_are_those_of_the_whole_from_where_they_are_certain(
    values: list[float], cut: int
) -> None:
    column = np.array(values)[:, None]
    start = min(cut, len(values) - 1)
    told, first = signals_from_within(column[start:])
    np.testing.assert_array_equal(told[first:], signals(column)[start + first :])


def test_a_signal_in_its_margin_is_not_certain_and_one_beyond_it_is() -> None:
    assert signals_from_within(np.full((5, 1), 58.0))[1] == 5
    codes, first = signals_from_within(np.array([[58.0], [41.0], [50.0], [58.0]]))
    assert (SIGNALS[int(codes[3, 0])].value, first) == ("neutral", 1)


def test_no_grade_rests_on_what_is_worked_across_the_universe() -> None:
    """Such an input would need everybody, whom the newest days leave out."""
    across = {_universe_mean, _rank}
    for formula in (FORMULA, INVESTOR):
        for node in ordered([REGISTRY[name].node for name in formula.names]):
            assert not (isinstance(node, Pointwise) and node.function in across)


BASES = (
    "BTC ETH LUNA UST ANC BNB SOL ADA XRP DOT DOGE AVAX LINK LTC UNI ATOM FIL ETC XLM TRX NEAR ALGO XTZ EOS AAVE "
    "MKR COMP SNX YFI CRV SUSHI GRT ENJ MANA SAND BZRX BTT NANO NU KEEP RGT ANY GXS EPS RAMP POLY MC ACH RNDR BSW OP"
).split()


@cache
def luna(shared_data: Path) -> Odd:
    """LUNA and 44 more of the panel, from those that ended to those that came late."""
    return odd(
        *(
            judged(bars)
            for bars in of_panel(shared_data, *BASES, since="2021-06-01", until="2022-08-01")
            if len(bars)
        )
    )


def _ended(name: str, rows: int, seed: int) -> BarSeries:
    return judged(candles(f"{name}/USDT", walk(seed, rows)), delisted_at=Instant(START + rows * DAY))


def _jumped(rows: int) -> Floats:
    closes = walk(61, rows)
    closes[120:] /= 1000.0
    return closes
