from __future__ import annotations

import json

import numpy as np
import pytest

from core.assets import AssetKind
from core.errors import NoAnswerError
from core.instant import DAY, Instant
from core.market import Floats
from evals.grades.markdown import page
from evals.grades.settings import Settings
from evals.grades.validation import Judged, validate
from tests.evals.grades.invented import QUICK, SMALL, START, grades, market, named, noise, series, universe

DAYS, ASSETS = 260, 30


def _knowing(seed: int, strength: float) -> tuple[Floats, Floats]:
    """Returns, and scores that knew a little of the next day's."""
    known = noise(DAYS, ASSETS, seed, 1.0)
    returns = noise(DAYS, ASSETS, seed + 1)
    returns[1:] += strength * 0.03 * known[:-1]
    return returns, np.clip(50.0 + 15.0 * known, 0.0, 100.0)


def _judged(returns: Floats, value: Floats, settings: Settings = QUICK) -> Judged:
    return validate(market(returns), SMALL, settings, grades(value))


def _row(judged: Judged, horizon: int, lag: int) -> dict:
    rows = judged.result["information"]
    return next(r for r in rows if (r["score"], r["horizon"], r["lag"]) == ("trader", horizon, lag))


@pytest.fixture(scope="module")
def knowing() -> Judged:
    return _judged(*_knowing(1, 0.15))


def test_a_planted_signal_is_found_with_its_sign_and_a_t_beyond_chance(knowing: Judged) -> None:
    found = _row(knowing, 1, 1)
    assert found["ic"] == pytest.approx(0.15, abs=0.04)
    assert found["t"] > 5
    assert found["p_adjusted"] < 0.01
    assert knowing.result["verdict"][0].startswith("It ranks what follows,")


def test_what_was_known_of_one_day_is_worth_nothing_a_day_later(knowing: Judged) -> None:
    assert abs(_row(knowing, 1, 2)["ic"]) < 0.04
    assert _row(knowing, 7, 1)["ic"] > 0.01, "a seventh of the week's return was known"


def test_the_same_signal_upside_down_is_called_wrong() -> None:
    returns, value = _knowing(1, 0.15)
    told = _judged(returns, 100.0 - value).result["verdict"][0]
    assert "WRONG way" in told


def test_costs_take_from_the_top_part_what_it_trades(knowing: Judged) -> None:
    row = next(
        r
        for r in knowing.result["following"]
        if r["score"] == "trader" and r["horizon"] == 1 and r["lag"] == 1
    )
    top = row["parts"][-1]
    assert top["net"] < top["gross"]
    gaps = [one["top_less_universe"] for one in row["by_cost"]]
    assert gaps == sorted(gaps, reverse=True)
    assert 0 < row["break_even_bps"] < 100


def test_grades_that_know_nothing_are_called_real_in_about_one_of_twenty_cases() -> None:
    settings = Settings(horizons=(1,), lags=(1,), draws=0)
    called = 0
    for seed in range(30):
        found = _judged(noise(80, 22, seed), 50 + 10 * noise(80, 22, 1000 + seed, 1.0), settings)
        called += found.result["information"][0]["p_adjusted"] < 0.05
    assert called <= 5


def test_random_scores_hold_what_knows_nothing_and_not_what_knows(knowing: Judged) -> None:
    assert _row(knowing, 1, 1)["ic"] > knowing.result["random"][0]["high"]


def test_a_grade_of_its_own_day_earns_at_lag_0_alone_and_is_labelled_leaky_everywhere() -> None:
    returns = noise(DAYS, ASSETS, 4)
    leak = 50.0 + 500.0 * returns
    made = _judged(returns, leak, Settings(horizons=(1,), lags=(0, 1), draws=0))
    assert _row(made, 1, 0)["ic"] > 0.99
    assert abs(_row(made, 1, 1)["ic"]) < 0.05
    assert made.result["leaky"]
    assert made.result["verdict"][0].startswith("LEAKY")
    told = page(made.result, "tokenwise grades validate", "grades.png")
    assert "**LEAKY" in told
    assert all(
        "LEAKY" in line
        for line in told.splitlines()
        if line.startswith(("| Trader Grade | 0", "| · technical part | 0"))
    )


def test_a_grade_of_tomorrow_looks_at_lag_1_as_a_leak_does_at_lag_0_and_is_called_too_good() -> None:
    returns = noise(DAYS, ASSETS, 4)
    leak = 50.0 + 500.0 * np.roll(returns, -1, axis=0)
    made = _judged(returns, leak, Settings(horizons=(1,), lags=(1, 2), draws=0))
    assert _row(made, 1, 1)["ic"] > 0.99
    assert abs(_row(made, 1, 2)["ic"]) < 0.05
    assert any("too good to be true" in line for line in made.result["verdict"])


def test_the_same_input_gives_the_same_bytes(knowing: Judged) -> None:
    again = _judged(*_knowing(1, 0.15))
    assert json.dumps(again.result, allow_nan=False) == json.dumps(knowing.result, allow_nan=False)


def test_grades_of_the_formula_itself_are_made_where_none_are_given() -> None:
    made = validate(market(noise(120, 22, 8)), SMALL, Settings(horizons=(1,), lags=(1,), draws=0))
    assert made.result["information"][0]["days"] > 50
    assert {row["input"] for row in made.result["inputs"]} > {one.indicator for one in SMALL.inputs}


def test_what_came_after_the_end_changes_nothing() -> None:
    returns = noise(160, 25, 9)
    spoiled = returns.copy()
    spoiled[121:] = noise(39, 25, 10, 0.2)
    end = Instant(START + 120 * DAY)
    found = [
        validate(
            universe(
                [series(name, column) for name, column in zip(named(25), one.T, strict=True)], until=end
            ),
            SMALL,
            Settings(horizons=(1, 7), lags=(1,), draws=0, until=end),
        ).result
        for one in (returns, spoiled)
    ]
    assert found[0] == found[1]


def test_days_before_the_first_are_history_and_are_not_judged() -> None:
    returns, value = _knowing(1, 0.15)
    since = Instant(START + 100 * DAY)
    made = _judged(returns, value, Settings(horizons=(1,), lags=(1,), draws=0, since=since))
    assert made.result["first"] == "2022-04-11T00:00:00Z"
    assert made.result["universe"]["days"] == DAYS - 100


def test_only_days_that_can_be_judged_and_what_their_grades_rest_on_are_read() -> None:
    returns = noise(1600, 22, 6)
    old = series("OLD", returns[:, 0])
    young = [series(f"Y{number:02d}", returns[:200, number], first=1000) for number in range(1, 21)]
    found = universe([old, *young])
    begins, ends = ((int(at) - START) // DAY for at in found.frame.opened_at[[0, -1]])
    assert 768 <= 1000 - begins < 896
    assert ends == 1199 + 365 + 30
    later = universe([old, *young], since=Instant(START + 1190 * DAY))
    assert 768 <= 1190 - (int(later.frame.opened_at[0]) - START) // DAY < 896
    with pytest.raises(NoAnswerError, match="no day shows 20 assets"):
        universe([old, *young], since=Instant(START + 1300 * DAY))


def test_nothing_is_followed_beyond_the_last_day_that_is_ranked() -> None:
    returns = noise(200, 23, 7)
    made = [series(name, column[:80]) for name, column in zip(named(22), returns.T[:22], strict=True)]
    made.append(series("LONG", returns[:, 22]))
    found = validate(
        universe(made),
        SMALL,
        Settings(horizons=(7,), lags=(1,), draws=0),
        grades(noise(200, 23, 8, 10.0) + 50.0),
    )
    assert found.result["last"] == "2022-03-21T00:00:00Z"
    assert [row["days"] for row in found.result["following"] if row["score"] == "trader"] == [80 - 7]
    assert {len(returns) for returns in found.curves.values()} == {len(found.opened_at)} == {80 - 7}


def test_delisted_assets_are_counted_and_pegged_and_leveraged_ones_are_not_compared() -> None:
    returns = noise(60, 27, 5)
    made = [series(name, column) for name, column in zip(named(24), returns.T[:24], strict=True)]
    made[3] = series("T03", returns[:40, 3], delisted=True)
    made += [series(name, returns[:, 24]) for name in ("PEG", "T05UP", "T06")]
    made[-1] = series("T06WRAPPED", returns[:, 25])
    found = universe(made, {"peg": AssetKind.STABLE, "t06wrapped": AssetKind.WRAPPED})
    assert int(found.compared.sum()) == 24
    assert found.ended.tolist() == [name == "T03/USDT" for name in found.names]
    assert found.refused == {
        "PEG/USDT": "pegged",
        "T05UP/USDT": "leveraged token",
        "T06WRAPPED/USDT": "a claim on another asset",
    }


@pytest.mark.parametrize(("count", "told"), [(1, "a universe of 1 asset"), (4, "a universe of 4 assets")])
def test_too_few_assets_are_refused_in_words(count: int, told: str) -> None:
    with pytest.raises(NoAnswerError, match=told) as refused:
        market(noise(50, count, 1))
    assert refused.value.mend


def test_a_universe_without_a_day_of_twenty_grades_is_refused_in_words() -> None:
    with pytest.raises(NoAnswerError, match="at most 0 have one"):
        _judged(noise(20, 25, 1), np.full((20, 25), np.nan))


def test_no_candles_are_refused_in_words() -> None:
    with pytest.raises(NoAnswerError, match="no daily candles"):
        universe([])


def test_short_or_flat_histories_give_dashes_and_no_crash() -> None:
    made = _judged(np.zeros((12, 25)), np.tile(np.arange(25.0), (12, 1)))
    assert _row(made, 1, 1)["ic"] is None
    json.dumps(made.result, allow_nan=False)
    assert "–" in page(made.result, "tokenwise grades validate", "grades.png")
