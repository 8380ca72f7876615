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
_LINE = CLOSE / _OTHER


def _against(length: int) -> Node:
    return past_return(CLOSE, length) - past_return(_OTHER, length)


def _spread(of: Node, length: int) -> Node:
    return highest(of, length) - lowest(of, length)


def _beta(length: int) -> Node:
    still = _spread(_MARKET, length)
    return covariance(RETURN, _MARKET, length) / where_moved(moment(_MARKET, length, 2), still)


def _alpha(length: int) -> Node:
    return sma(RETURN, length) - _beta(length) * sma(_MARKET, length)


def _correlation(length: int) -> Node:
    both = root(moment(RETURN, length, 2) * moment(_MARKET, length, 2))
    return covariance(RETURN, _MARKET, length) / where_moved(
        both, _spread(_MARKET, length) * _spread(RETURN, length)
    )


def _information_ratio(length: int) -> Node:
    excess = RETURN - _MARKET
    return sma(excess, length) / where_moved(deviation(excess, length, 1), _spread(excess, length))


def _falling(of: Node, length: int) -> Node:
    return total(of * above(_MARKET * 0.0, _MARKET), length)


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
        for length in (7, 14, 30, 60, 90)
    ),
    *(
        Definition(
            f"strength_line_{length}",
            _R,
            f"price in the benchmark against its {length}-bar mean",
            "fraction",
            "S. Mansfield's relative strength",
            _LINE / sma(_LINE, length) - 1.0,
        )
        for length in (20, 50)
    ),
    *(
        Definition(
            f"beta_{length}",
            _R,
            f"move for each move of the benchmark, {length} returns",
            "ratio",
            "W. Sharpe, Journal of Finance 19 (1964)",
            _beta(length),
        )
        for length in (60, 90)
    ),
    *(
        Definition(
            f"correlation_{length}",
            _R,
            f"correlation with the benchmark's returns, {length} of them",
            "ratio",
            "K. Pearson (1896)",
            _correlation(length),
        )
        for length in (60, 90)
    ),
    *(
        Definition(
            f"alpha_{length}",
            _R,
            f"mean return that beta does not explain, a bar, {length} returns",
            "fraction",
            "M. Jensen, Journal of Finance 23 (1968)",
            _alpha(length),
        )
        for length in (60, 90)
    ),
    *(
        Definition(
            f"information_ratio_{length}",
            _R,
            f"mean excess return over its deviation, {length} returns",
            "ratio",
            "R. Grinold, The Fundamental Law of Active Management (1989)",
            _information_ratio(length),
        )
        for length in (30, 90)
    ),
    Definition(
        "residual_momentum_30",
        _R,
        "change over 30 bars less beta x the benchmark's",
        "fraction",
        "D. Blitz, J. Huij and M. Martens, Residual Momentum (2011)",
        past_return(CLOSE, 30) - _beta(90) * past_return(_OTHER, 30),
    ),
    *(
        Definition(
            f"down_capture_{length}",
            _R,
            f"sum of {length} returns over that of the benchmark, on bars on which it fell",
            "ratio",
            "Morningstar's downside capture",
            _falling(RETURN, length) / _falling(lesser(_MARKET, _MARKET * 0.0), length),
        )
        for length in (60, 90)
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
