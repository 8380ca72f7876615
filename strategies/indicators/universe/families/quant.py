"""Quant statistics: what the distribution of returns has been."""

from __future__ import annotations

from strategies.indicators.universe.candles import CLOSE, LOG_CLOSE, LOG_RETURN, PER_YEAR, RETURN, past_return
from strategies.indicators.universe.definition import Definition, Family
from strategies.indicators.universe.elementary import above, absolute, lesser, power, rise, root, where_moved
from strategies.indicators.universe.moving import delay, sma
from strategies.indicators.universe.node import Node
from strategies.indicators.universe.statistic import (
    covariance,
    deviation,
    drawdown,
    highest,
    lowest,
    mean_of_worst,
    moment,
    share_below,
    total,
    worst,
)

_Q = Family.QUANT


def _spread(of: Node, length: int) -> Node:
    return highest(of, length) - lowest(of, length)


def _z_score(length: int) -> Node:
    apart = (CLOSE - sma(CLOSE, length)) / deviation(CLOSE, length, 1)
    return where_moved(apart, _spread(CLOSE, length))


def _sharpe(length: int) -> Node:
    ratio = sma(RETURN, length) / deviation(RETURN, length, 1) * root(PER_YEAR)
    return where_moved(ratio, _spread(RETURN, length))


def _standard(order: int, length: int) -> Node:
    shape = moment(RETURN, length, order) / power(root(moment(RETURN, length, 2)), order)
    return where_moved(shape, _spread(RETURN, length))


def _autocorrelation(lag: int, length: int) -> Node:
    earlier = delay(LOG_RETURN, lag)
    spread = _spread(LOG_RETURN, length) * _spread(earlier, length)
    both = root(moment(LOG_RETURN, length, 2) * moment(earlier, length, 2))
    return covariance(LOG_RETURN, earlier, length) / where_moved(both, spread)


def _variance_ratio(step: int, length: int) -> Node:
    long = LOG_CLOSE - delay(LOG_CLOSE, step)
    ratio = moment(long, length, 2) / (moment(LOG_RETURN, length, 2) * float(step))
    return where_moved(ratio, _spread(LOG_RETURN, length))


_LOSS = lesser(RETURN, RETURN * 0.0)
_DOWNSIDE = root(sma(_LOSS * _LOSS, 90))
_FALL = drawdown(CLOSE, 90)
_BEST = -worst(-RETURN, 90, 4)
_WORST = worst(RETURN, 90, 4)

QUANT: tuple[Definition, ...] = (
    Definition(
        "z_score_50",
        _Q,
        "close from its 50-bar mean",
        "deviations",
        "(close - mean) / sample standard deviation",
        _z_score(50),
    ),
    Definition(
        "sharpe_90",
        _Q,
        "mean over deviation of 90 returns, a year",
        "ratio",
        "W. Sharpe, The Sharpe Ratio (1994)",
        _sharpe(90),
    ),
    Definition(
        "sortino_90",
        _Q,
        "mean of 90 returns over the root of their mean squared loss, a year",
        "ratio",
        "F. Sortino and R. van der Meer, Downside Risk (1991)",
        sma(RETURN, 90) / _DOWNSIDE * root(PER_YEAR),
    ),
    Definition(
        "calmar_90",
        _Q,
        "change over 90 bars over the deepest fall in them",
        "ratio",
        "T. Young, Calmar Ratio, Futures (1991), over 90 bars",
        past_return(CLOSE, 89) / -where_moved(_FALL, _FALL),
    ),
    Definition(
        "max_drawdown_90",
        _Q,
        "deepest fall from a closing high in 90 bars",
        "fraction",
        "close / peak - 1",
        _FALL,
    ),
    Definition(
        "skew_90",
        _Q,
        "lean of 90 returns: below 0 with greater losses than gains",
        "ratio",
        "third standardised moment",
        _standard(3, 90),
    ),
    Definition(
        "excess_kurtosis_90",
        _Q,
        "how fat the tails of 90 returns are; 0 is normal",
        "ratio",
        "fourth standardised moment - 3",
        _standard(4, 90) - 3.0,
    ),
    Definition(
        "autocorrelation_1_60",
        _Q,
        "correlation of returns with the ones before, 60 bars",
        "ratio",
        "K. Pearson (1896)",
        _autocorrelation(1, 60),
    ),
    Definition(
        "autocorrelation_7_60",
        _Q,
        "correlation of returns with those of 7 bars before, 60 bars",
        "ratio",
        "K. Pearson (1896)",
        _autocorrelation(7, 60),
    ),
    Definition(
        "variance_ratio_5_90",
        _Q,
        "variance of 5-bar moves over 5 x that of 1-bar moves: above 1 where moves persist",
        "ratio",
        "A. Lo and A. MacKinlay, Review of Financial Studies 1 (1988)",
        _variance_ratio(5, 90),
    ),
    Definition(
        "value_at_risk_90",
        _Q,
        "the fifth worst of 90 returns",
        "fraction",
        "J.P. Morgan, RiskMetrics (1996), by history",
        _WORST,
    ),
    Definition(
        "expected_shortfall_90",
        _Q,
        "mean of the five worst of 90 returns",
        "fraction",
        "P. Artzner et al., Coherent Measures of Risk (1999)",
        mean_of_worst(RETURN, 90, 4),
    ),
    Definition(
        "tail_ratio_90",
        _Q,
        "the fifth best over the fifth worst of 90 returns",
        "ratio",
        "order statistics of returns",
        _BEST / absolute(where_moved(_WORST, _WORST)),
    ),
    Definition(
        "win_rate_30",
        _Q,
        "share of 30 returns above 0",
        "fraction",
        "counted returns",
        sma(above(RETURN, RETURN * 0.0), 30),
    ),
    Definition(
        "gain_to_pain_30",
        _Q,
        "sum of 30 returns over the sum of their losses",
        "ratio",
        "J. Schwager, Hedge Fund Market Wizards (2012)",
        total(RETURN, 30) / total(rise(-RETURN), 30),
    ),
    Definition(
        "omega_90",
        _Q,
        "sum of gains over sum of losses of 90 returns",
        "ratio",
        "C. Keating and W. Shadwick, A Universal Performance Measure (2002)",
        total(rise(RETURN), 90) / total(rise(-RETURN), 90),
    ),
    Definition(
        "return_30_place_180",
        _Q,
        "share of the last 180 30-bar changes below the newest",
        "fraction",
        "percentile in its own history",
        share_below(past_return(CLOSE, 30), 181),
    ),
)
