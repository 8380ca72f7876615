"""Relative strength: an asset against a benchmark and against its universe."""

from __future__ import annotations

from strategies.indicators.universe.candles import CLOSE, LAST_CLOSE, RETURN, past_return
from strategies.indicators.universe.definition import Definition, Family
from strategies.indicators.universe.elementary import above, lesser, rank, root, universe_mean, where_moved
from strategies.indicators.universe.frame import BENCHMARK
from strategies.indicators.universe.moving import delay, sma
from strategies.indicators.universe.node import Node, source
from strategies.indicators.universe.statistic import covariance, deviation, highest, lowest, moment, total

_R = Family.RELATIVE
_OTHER = source(BENCHMARK)
_MARKET = past_return(_OTHER, 1) + LAST_CLOSE * 0.0
_SPREAD = highest(_MARKET, 90) - lowest(_MARKET, 90)
_BETA = covariance(RETURN, _MARKET, 90) / where_moved(moment(_MARKET, 90, 2), _SPREAD)
_RESIDUAL = sma(RETURN, 90) - _BETA * sma(_MARKET, 90)
_LINE = CLOSE / _OTHER


def _against(length: int) -> Node:
    return past_return(CLOSE, length) - past_return(_OTHER, length)


def _falling(of: Node) -> Node:
    return total(of * above(_MARKET * 0.0, _MARKET), 90)


RELATIVE_STRENGTH: tuple[Definition, ...] = (
    *(
        Definition(
            f"excess_return_{length}",
            _R,
            f"change over {length} bars less the benchmark's",
            "fraction",
            "return - return of the benchmark",
            _against(length),
        )
        for length in (7, 30, 90)
    ),
    Definition(
        "strength_line_50",
        _R,
        "price in the benchmark against its 50-bar mean",
        "fraction",
        "S. Mansfield's relative strength",
        _LINE / sma(_LINE, 50) - 1.0,
    ),
    Definition(
        "beta_90",
        _R,
        "move for each move of the benchmark, 90 returns",
        "ratio",
        "W. Sharpe, Journal of Finance 19 (1964)",
        _BETA,
    ),
    Definition(
        "correlation_90",
        _R,
        "correlation with the benchmark's returns",
        "ratio",
        "K. Pearson (1896)",
        covariance(RETURN, _MARKET, 90)
        / where_moved(
            root(moment(RETURN, 90, 2) * moment(_MARKET, 90, 2)),
            _SPREAD * (highest(RETURN, 90) - lowest(RETURN, 90)),
        ),
    ),
    Definition(
        "alpha_90",
        _R,
        "mean return that beta does not explain, a bar",
        "fraction",
        "M. Jensen, Journal of Finance 23 (1968)",
        _RESIDUAL,
    ),
    Definition(
        "information_ratio_90",
        _R,
        "mean excess return over its deviation",
        "ratio",
        "R. Grinold, The Fundamental Law of Active Management (1989)",
        sma(RETURN - _MARKET, 90)
        / where_moved(
            deviation(RETURN - _MARKET, 90, 1),
            highest(RETURN - _MARKET, 90) - lowest(RETURN - _MARKET, 90),
        ),
    ),
    Definition(
        "residual_momentum_30",
        _R,
        "change over 30 bars less beta x the benchmark's",
        "fraction",
        "D. Blitz, J. Huij and M. Martens, Residual Momentum (2011)",
        past_return(CLOSE, 30) - _BETA * past_return(_OTHER, 30),
    ),
    Definition(
        "down_capture_90",
        _R,
        "sum of returns over that of the benchmark on bars on which it fell",
        "ratio",
        "Morningstar's downside capture",
        _falling(RETURN) / _falling(lesser(_MARKET, _MARKET * 0.0)),
    ),
    *(
        Definition(
            f"return_{length}_rank",
            _R,
            f"share of the universe that rose less over {length} bars",
            "fraction",
            "percentile in the universe",
            rank(past_return(CLOSE, length)),
            in_universe=True,
        )
        for length in (7, 30, 90)
    ),
    Definition(
        "return_30_less_universe",
        _R,
        "change over 30 bars less the universe's mean",
        "fraction",
        "return - mean return",
        past_return(CLOSE, 30) - universe_mean(past_return(CLOSE, 30)),
        in_universe=True,
    ),
    Definition(
        "volatility_rank",
        _R,
        "share of the universe that is calmer over 30 returns",
        "fraction",
        "percentile in the universe",
        rank(deviation(RETURN, 30, 1)),
        in_universe=True,
    ),
    Definition(
        "breadth_50",
        _R,
        "share of the universe above its 50-bar mean",
        "fraction",
        "counted closes",
        universe_mean(above(CLOSE, sma(CLOSE, 50))),
        in_universe=True,
    ),
    Definition(
        "strength_change_30_rank",
        _R,
        "rank of the 30-bar change now less that of 30 bars ago",
        "fraction",
        "percentile in the universe",
        rank(past_return(CLOSE, 30)) - delay(rank(past_return(CLOSE, 30)), 30),
        in_universe=True,
    ),
)
