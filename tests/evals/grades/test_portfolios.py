from __future__ import annotations

import numpy as np
import pytest

from evals.grades.outcomes import outcomes_of
from evals.grades.portfolios import follow
from evals.grades.ranking import parts_by_row
from tests.evals.grades.invented import market, named, noise, series, universe

TOP, ALL = 4, 5


def _followed(returns: np.ndarray, scores: np.ndarray, horizon: int, lag: int = 1):
    made = market(returns)
    return follow(parts_by_row(scores, 5), outcomes_of(made.series, made.frame), 5, horizon, lag)


def test_one_day_of_the_top_part_is_the_mean_return_of_its_members_the_day_after() -> None:
    returns, scores = noise(30, 25, 1), noise(30, 25, 2)
    found = _followed(returns, scores, 1)
    top = parts_by_row(scores, 5) == TOP
    assert found.first == 1
    np.testing.assert_allclose(found.gross[:, TOP], [returns[d + 1][top[d]].mean() for d in range(29)])
    np.testing.assert_allclose(found.gross[:, ALL], returns[1:].mean(axis=1))


def test_costs_take_what_was_traded_and_never_add() -> None:
    found = _followed(noise(60, 25, 1), noise(60, 25, 2), 7)
    free, dear = found.net(0.0), found.net(0.004)
    np.testing.assert_allclose(free, found.gross, atol=1e-15)
    assert (dear <= free).all()
    assert (dear[:, TOP].mean() - free[:, TOP].mean()) == pytest.approx(
        -0.004 * found.traded[:, TOP].mean(), rel=0.02
    )


def test_a_ranking_that_never_changes_trades_no_more_than_its_weights_drift() -> None:
    still = _followed(np.zeros((40, 25)), np.tile(np.arange(25.0), (40, 1)), 5)
    assert still.first == 5, "four sleeves were still empty on day 4"
    assert still.traded[1:].max() == 0.0
    moving = _followed(noise(40, 25, 3), np.tile(np.arange(25.0), (40, 1)), 5)
    wild = _followed(noise(40, 25, 3), noise(40, 25, 4), 5)
    assert 0.0 < moving.traded[:, TOP].mean() < 0.1 * wild.traded[:, TOP].mean()


def test_a_top_part_turned_over_wholly_buys_and_sells_everything() -> None:
    scores = np.tile(np.arange(25.0), (20, 1))
    scores[1::2] = scores[1::2, ::-1]
    found = _followed(np.zeros((20, 25)), scores, 1)
    assert found.traded[1:, TOP] == pytest.approx(2.0)


def test_what_is_delisted_while_held_is_cash_from_its_last_close() -> None:
    calm = [series(name, np.zeros(12)) for name in named(24)]
    gone = series("GONE", np.array([0.0, 0.0, 0.0, -0.5]), delisted=True)
    made = universe([*calm, gone])
    scores = np.tile(np.arange(25.0), (12, 1))
    scores[4:, 24] = np.nan
    found = follow(parts_by_row(scores, 5), outcomes_of(made.series, made.frame), 5, 3, 1)
    # a fifth of each of the sleeves of days 1, 2 and 3
    assert found.first == 3
    assert found.gross[0, TOP] == pytest.approx(-0.1)
    assert found.gross[1:, TOP] == pytest.approx(0.0)


def test_nothing_ranked_is_nothing_followed() -> None:
    assert _followed(noise(10, 25, 1), np.full((10, 25), np.nan), 1) is None
