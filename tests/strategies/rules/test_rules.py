"""What each rule wishes, as tables of closes and the stances they lead to."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean, pstdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.instant import DAY, HOUR, Instant, Interval
from core.spec import parse_spec
from strategies.decider import rule_decider
from strategies.indicators.macd import macd
from strategies.rules import Moment, Repeating, Strategy
from strategies.rules.macd import histogram_weights

EVERY = Interval(HOUR)
WALK = (100 * np.cumprod(1 + np.random.default_rng(11).normal(0, 0.02, 600))).tolist()
KEEP = None


def rule(text: str) -> Strategy:
    return rule_decider(parse_spec(f"rule:{text}")).strategy


def stances(text: str, closes: list[float], spread: float = 0.0) -> list[float | None]:
    """What the rule answers at each close; KEEP where it keeps, and while it has not enough past.

    Highs and lows lie *spread* around the close; the rule is told its own last wish.
    """
    strategy, wished, answers = rule(text), None, []
    series = {
        "close": closes,
        "high": [close + spread for close in closes],
        "low": [close - spread for close in closes],
    }
    longest = max((need.count for need in strategy.needs), default=0)
    for end in range(1, len(closes) + 1):
        answer = KEEP
        if end >= longest:
            columns = tuple(series[need.column][end - need.count : end] for need in strategy.needs)
            answer = strategy.stance(columns, Moment("A/USDT", Instant(end * HOUR), EVERY, wished))
        wished = wished if answer is None else answer
        answers.append(answer)
    return answers


# closes and stances are written above one another
@pytest.mark.parametrize(
    ("text", "closes", "expected"),
    [
        pytest.param("cash", [1, 2, 3], [0, 0, 0], id="cash never owns"),
        pytest.param("hold", [3, 2, 1], [1, 1, 1], id="hold always owns"),
        pytest.param("equal_weight", [3, 2, 1], [1, 1, 1], id="equal weight always owns"),
        pytest.param(
            "sma?window=3",
            [1, 2, 3, 3, 3, 1],
            [KEEP, KEEP, 1, 1, 0, 0],
            id="sma: long above the mean; level with it is not above",
        ),
        pytest.param(
            "sma_cross?fast=1&slow=2",
            [5, 4, 3, 4, 5, 4, 3, 4],
            [KEEP, KEEP, KEEP, 1, KEEP, 0, KEEP, 1],
            id="cross: acts at the crosses only",
        ),
        pytest.param(
            "sma_cross?fast=1&slow=2",
            [1, 2, 3, 4, 3, 2, 3],
            [KEEP, KEEP, KEEP, KEEP, KEEP, KEEP, 1],
            id="cross: above from the start is no cross",
        ),
        pytest.param(
            "slma?fast=1&slow=2",
            [5, 4, 4, 4, 5, 5, 5, 4],
            [KEEP, KEEP, KEEP, KEEP, 1, KEEP, KEEP, 0],
            id="cross: a mean that rests level on its way through still crosses",
        ),
        pytest.param(
            "slma?fast=1&slow=2",
            [5, 5, 5, 4, 3, 3, 2],
            [KEEP, KEEP, KEEP, KEEP, KEEP, KEEP, KEEP],
            id="cross: where nothing is held there is nothing to leave",
        ),
        pytest.param(
            "bollinger?window=4&width=1",
            [10, 10, 10, 9, 9, 9.5, 10, 11, 10.5],
            [KEEP, KEEP, KEEP, 1, KEEP, KEEP, 0, 0, KEEP],
            id="bollinger: long below the lower band until above the upper",
        ),
        pytest.param(
            "bollinger?window=3",
            [0.1, 0.1, 0.1, 0.1],
            [KEEP] * 4,
            id="bollinger: a price that stands still leaves no band",
        ),
        pytest.param(
            "breakout?window=2",
            [2, 2, 3, 3, 2, 2, 1, 1, 4],
            [KEEP, KEEP, 1, KEEP, 0, KEEP, 0, KEEP, 1],
            id="breakout: long on a new high until a new low; touching is not breaking",
        ),
        pytest.param("macd", [0.1] * 300, [KEEP] * 188 + [0] * 112, id="macd: level with its signal is flat"),
        pytest.param(
            "sma_cross", [0.1] * 60, [KEEP] * 60, id="cross: a price that stands still never crosses"
        ),
    ],
)
def test_a_rule_wishes(text: str, closes: list[float], expected: list[float | None]) -> None:
    assert stances(text, [float(close) for close in closes]) == expected


def test_breakout_measures_closes_against_highs_and_lows_not_closes() -> None:
    assert stances("breakout?window=2", [10.0, 10.0, 10.4, 10.6, 9.0], spread=0.5) == [
        KEEP,
        KEEP,
        KEEP,
        KEEP,
        0,
    ]


def test_macd_is_long_while_the_line_is_above_its_signal_computed_over_the_whole_past() -> None:
    fast = slow = WALK[0]
    signal = 0.0
    expected = []
    for close in WALK:
        fast += 2 / 13 * (close - fast)
        slow += 2 / 27 * (close - slow)
        signal += 2 / 10 * (fast - slow - signal)
        expected.append(1.0 if fast - slow > signal else 0.0)
    answers = stances("macd", WALK)
    assert set(answers[:188]) == {KEEP}
    assert answers[188:] == expected[188:]
    assert set(expected[188:]) == {0.0, 1.0}


@pytest.mark.parametrize("count", [35, 60, 189])
def test_the_weights_of_macd_give_what_the_indicator_gives_over_the_same_window(count: int) -> None:
    window = WALK[100 : 100 + count]
    lines, weights = macd(window), histogram_weights(12, 26, 9, count)
    total = sum(weight * close for weight, close in zip(weights, window, strict=True))
    assert total == pytest.approx(lines.line[-1] - lines.signal[-1], abs=1e-11)


def test_bollinger_agrees_with_bands_computed_by_the_standard_library() -> None:
    expected: list[float | None] = [KEEP] * 19
    for end in range(20, len(WALK) + 1):
        window = WALK[end - 20 : end]
        reach = 2 * pstdev(window)
        below, above = window[-1] < fmean(window) - reach, window[-1] > fmean(window) + reach
        expected.append(1.0 if below else 0.0 if above else KEEP)
    assert stances("bollinger", WALK) == expected
    assert {0.0, 1.0} < set(expected)


def test_breakout_agrees_with_a_search_of_the_bars_before() -> None:
    expected: list[float | None] = [KEEP] * 20
    for end in range(20, len(WALK)):
        before, close = WALK[end - 20 : end], WALK[end]
        expected.append(
            1.0 if all(close > c for c in before) else 0.0 if all(close < c for c in before) else KEEP
        )
    assert stances("breakout", WALK) == expected


def test_sma_agrees_with_the_mean_of_the_window() -> None:
    expected = [1.0 if WALK[i] > fmean(WALK[i - 14 : i + 1]) else 0.0 for i in range(14, len(WALK))]
    assert stances("sma", WALK)[14:] == expected


@given(
    st.lists(st.integers(1, 9), min_size=4, max_size=40), st.sampled_from([0.1, 0.01, 0.07, 1e-8, 12345.6])
)
def test_rounding_makes_no_cross_whatever_the_tick(ticks: list[int], tick: float) -> None:
    exact = stances("sma_cross?fast=2&slow=3", [float(number) for number in ticks])
    assert stances("sma_cross?fast=2&slow=3", [number * tick for number in ticks]) == exact


def test_a_cross_below_that_was_not_seen_still_ends_a_long_position() -> None:
    strategy = rule("sma_cross?fast=1&slow=2")
    falling = ([5.0, 4.0, 3.0],)
    assert strategy.stance(falling, Moment("A/USDT", Instant(0), EVERY, wished=1.0)) == 0.0
    assert strategy.stance(falling, Moment("A/USDT", Instant(0), EVERY, wished=0.0)) is KEEP


def test_a_cross_above_that_was_not_seen_opens_nothing() -> None:
    rising = ([3.0, 4.0, 5.0],)
    for wished in (None, 0.0):
        moment = Moment("A/USDT", Instant(0), EVERY, wished)
        assert rule("sma_cross?fast=1&slow=2").stance(rising, moment) is KEEP


EVERY_RULE = [
    "cash",
    "hold",
    "equal_weight",
    "sma?window=3",
    "sma_cross?fast=2&slow=4",
    "macd?fast=2&slow=3&signal=2",
    "bollinger?window=4&width=1",
    "breakout?window=3",
    "random?turnover=4000",
]


@pytest.mark.parametrize("text", EVERY_RULE)
@given(data=st.data())
def test_bars_to_come_never_change_an_earlier_stance(text: str, data: st.DataObject) -> None:
    closes = data.draw(st.lists(st.floats(0.01, 1e5), min_size=20, max_size=50))
    more = data.draw(st.lists(st.floats(0.01, 1e5), max_size=20))
    assert stances(text, closes + more)[: len(closes)] == stances(text, closes)


@pytest.mark.parametrize("text", EVERY_RULE)
def test_a_rule_answers_from_what_it_is_given_and_changes_none_of_it(text: str) -> None:
    strategy = rule(text)
    columns = tuple(WALK[: need.count] for need in strategy.needs)
    kept = tuple(list(column) for column in columns)
    moment = Moment("A/USDT", Instant(7 * HOUR), EVERY)
    answers = {strategy.stance(columns, moment) for _ in range(3)}
    assert len(answers) == 1
    assert answers <= {None, 0.0, 1.0}
    assert columns == kept


@pytest.mark.parametrize(
    ("rebalance", "every", "hours", "expected"),
    [
        pytest.param("1d", HOUR, [0, 1, 23, 24, 25, 48], [True, False, False, True, False, True], id="daily"),
        pytest.param(
            "6h", 4 * HOUR, [0, 4, 8, 12, 16], [True, False, True, True, False], id="the first after"
        ),
        pytest.param("1h", DAY, [0, 24, 48], [True, True, True], id="no oftener than decisions"),
    ],
)
def test_equal_weight_acts_again_at_the_first_decision_from_each_rebalancing_on(
    rebalance: str, every: int, hours: list[int], expected: list[bool]
) -> None:
    strategy = rule(f"equal_weight?rebalance={rebalance}")
    assert isinstance(strategy, Repeating)
    assert [strategy.repeats(Instant(hour * HOUR), Interval(every)) for hour in hours] == expected


def drawn(text: str, symbol: str, days: int) -> list[float]:
    """The wish after each hour of *days* days."""
    strategy, wished, path = rule(text), 0.0, []
    for hour in range(days * 24):
        answer = strategy.stance(([1.0],), Moment(symbol, Instant(hour * HOUR), EVERY, wished))
        wished = wished if answer is None else answer
        path.append(wished)
    return path


def test_random_targets_change_as_often_as_asked_and_are_long_half_of_the_time() -> None:
    path = drawn("random?turnover=400", "A/USDT", days=4 * 365)
    changes = sum(before != after for before, after in pairwise(path))
    assert changes / 4 == pytest.approx(400, rel=0.1)
    assert fmean(path) == pytest.approx(0.5, abs=0.05)


def test_random_targets_follow_from_seed_and_symbol_alone() -> None:
    one = drawn("random?turnover=400", "A/USDT", days=30)
    assert drawn("random?turnover=400&seed=1", "A/USDT", days=30) == one
    assert drawn("random?turnover=400&seed=2", "A/USDT", days=30) != one
    assert drawn("random?turnover=400", "B/USDT", days=30) != one


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sma?window=1", "window=1 is not a whole number from 2 to 4000"),
        ("sma?window=4001", "window=4001 is not a whole number from 2 to 4000"),
        ("sma?window=1.5", "window=1.5 is not"),
        ("sma?window=-3", "window=-3 is not"),
        ("sma?window=", "window= is not"),
        ("sma?window=²", "window=² is not"),
        ("sma_cross?fast=50&slow=20", "fast=50 is not below slow=20"),
        ("sma_cross?fast=20&slow=20", "fast=20 is not below slow=20"),
        ("sma_cross?fast=0", "fast=0 is not"),
        ("macd?fast=26&slow=12", "fast=26 is not below slow=12"),
        ("macd?signal=1", "signal=1 is not"),
        ("bollinger?window=1", "window=1 is not"),
        ("bollinger?width=0", "width=0 is not a number above 0"),
        ("bollinger?width=nan", "width=nan is not a number above 0"),
        ("bollinger?width=inf", "width=inf is not a number above 0"),
        ("bollinger?width=wide", "width=wide is not a number above 0"),
        ("breakout?window=x", "window=x is not"),
        ("equal_weight?rebalance=0d", "rebalance=0d is not a duration above 0"),
        ("equal_weight?rebalance=weekly", "rebalance=weekly is not a duration above 0"),
        ("random?turnover=-1", "turnover=-1 is not a number above 0"),
        ("random?turnover=12&seed=x", "seed=x is not"),
        ("random", "turnover=match has no candidate to match here"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused_by_its_key(text: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        rule(text)
    assert refused.value.message.startswith(message)
    assert refused.value.mend


def test_macd_needs_no_more_past_than_matters() -> None:
    (need,) = rule("macd").needs
    assert (25 / 27) ** (need.count - 9) <= 1e-6 < (25 / 27) ** (need.count - 10)
