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
_TAILS = ((60, 2, "third", "three"), (90, 4, "fifth", "five"))


def _calmar(length: int) -> Node:
    fall = drawdown(CLOSE, length)
    return past_return(CLOSE, length - 1) / -where_moved(fall, fall)


def _tail_ratio(length: int, rank: int) -> Node:
    low = worst(RETURN, length, rank)
    return -worst(-RETURN, length, rank) / absolute(where_moved(low, low))


QUANT: tuple[Definition, ...] = (
    Definition(
        "z_score_50",
        _Q,
        "close from its 50-bar mean",
        "deviations",
        "(close - mean) / sample standard deviation",
        _z_score(50),
    ),
    *(
        Definition(
            f"sharpe_{length}",
            _Q,
            f"mean over deviation of {length} returns, a year",
            "ratio",
            "W. Sharpe, The Sharpe Ratio (1994)",
            _sharpe(length),
        )
        for length in (30, 60, 90)
    ),
    *(
        Definition(
            f"sortino_{length}",
            _Q,
            f"mean of {length} returns over the root of their mean squared loss, a year",
            "ratio",
            "F. Sortino and R. van der Meer, Downside Risk (1991)",
            sma(RETURN, length) / root(sma(_LOSS * _LOSS, length)) * root(PER_YEAR),
        )
        for length in (30, 60, 90)
    ),
    *(
        Definition(
            f"calmar_{length}",
            _Q,
            f"change over {length} bars over the deepest fall in them",
            "ratio",
            f"T. Young, Calmar Ratio, Futures (1991), over {length} bars",
            _calmar(length),
        )
        for length in (30, 90)
    ),
    *(
        Definition(
            f"max_drawdown_{length}",
            _Q,
            f"deepest fall from a closing high in {length} bars",
            "fraction",
            "close / peak - 1",
            drawdown(CLOSE, length),
        )
        for length in (30, 60, 90)
    ),
    *(
        Definition(
            f"skew_{length}",
            _Q,
            f"lean of {length} returns: below 0 with greater losses than gains",
            "ratio",
            "third standardised moment",
            _standard(3, length),
        )
        for length in (60, 90)
    ),
    *(
        Definition(
            f"excess_kurtosis_{length}",
            _Q,
            f"how fat the tails of {length} returns are; 0 is normal",
            "ratio",
            "fourth standardised moment - 3",
            _standard(4, length) - 3.0,
        )
        for length in (60, 90)
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
    *(
        Definition(
            f"value_at_risk_{length}",
            _Q,
            f"the {nth} worst of {length} returns",
            "fraction",
            "J.P. Morgan, RiskMetrics (1996), by history",
            worst(RETURN, length, rank),
        )
        for length, rank, nth, _ in _TAILS
    ),
    *(
        Definition(
            f"expected_shortfall_{length}",
            _Q,
            f"mean of the {count} worst of {length} returns",
            "fraction",
            "P. Artzner et al., Coherent Measures of Risk (1999)",
            mean_of_worst(RETURN, length, rank),
        )
        for length, rank, _, count in _TAILS
    ),
    *(
        Definition(
            f"tail_ratio_{length}",
            _Q,
            f"the {nth} best over the {nth} worst of {length} returns",
            "ratio",
            "order statistics of returns",
            _tail_ratio(length, rank),
        )
        for length, rank, nth, _ in _TAILS
    ),
    Definition(
        "win_rate_30",
        _Q,
        "share of 30 returns above 0",
        "fraction",
        "counted returns",
        sma(above(RETURN, RETURN * 0.0), 30),
    ),
    *(
        Definition(
            f"gain_to_pain_{length}",
            _Q,
            f"sum of {length} returns over the sum of their losses",
            "ratio",
            "J. Schwager, Hedge Fund Market Wizards (2012)",
            total(RETURN, length) / total(rise(-RETURN), length),
        )
        for length in (30, 60)
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
