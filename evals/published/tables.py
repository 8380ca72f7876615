"""The rule rows that CryptoTrade printed (tables 2 to 4), and its windows (table 1)."""

from __future__ import annotations

from collections.abc import Mapping

from evals.published.cryptotrade import Row

REGIMES = ("bull", "side", "bear")

WINDOWS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "BTC": {
        "bull": ("2023-10-01", "2023-12-01"),
        "side": ("2023-06-17", "2023-08-25"),
        "bear": ("2023-04-12", "2023-06-16"),
    },
    "ETH": {
        "bull": ("2023-10-01", "2023-12-01"),
        "side": ("2023-06-20", "2023-08-31"),
        "bear": ("2023-04-12", "2023-06-16"),
    },
    "SOL": {
        "bull": ("2023-10-01", "2023-12-01"),
        "side": ("2023-07-08", "2023-08-31"),
        "bear": ("2023-04-12", "2023-06-16"),
    },
}
"""First day and the day that only values, by coin and regime."""

# fmt: off
# total return %, daily mean %, daily deviation %, daily Sharpe: bull, side, bear
PRINTED: Mapping[str, Mapping[str, tuple[tuple[float, float, float, float], ...]]] = {
    "BTC": {
        "buy_and_hold": ((39.66, 0.56, 2.23, 0.25), (-0.83, 0.00, 1.74, 0.00), (-15.61, -0.24, 2.07, -0.11)),
        "sma": ((22.58, 0.35, 1.89, 0.18), (3.65, 0.06, 1.21, 0.05), (-21.74, -0.36, 1.25, -0.29)),
        "slma": ((38.53, 0.55, 2.21, 0.25), (-3.14, -0.04, 0.83, -0.05), (-7.68, -0.11, 1.23, -0.09)),
        "macd": ((13.57, 0.22, 1.45, 0.15), (-6.71, -0.09, 1.01, -0.09), (-9.51, -0.14, 1.56, -0.09)),
        "bollinger": ((2.97, 0.05, 0.32, 0.15), (-3.19, -0.04, 0.87, -0.05), (-1.17, -0.02, 0.51, -0.03)),
    },
    "ETH": {
        "buy_and_hold": ((22.59, 0.36, 2.62, 0.14), (-1.91, -0.01, 1.94, -0.00), (-12.24, -0.17, 2.39, -0.07)),
        "sma": ((10.17, 0.18, 2.29, 0.08), (-5.45, -0.15, 1.64, -0.07), (-10.12, -0.15, 1.64, -0.09)),
        "slma": ((5.20, 0.11, 2.37, 0.05), (-2.62, -0.03, 1.08, -0.03), (-15.90, -0.24, 1.86, -0.13)),
        "macd": ((7.72, 0.13, 1.22, 0.10), (0.77, 0.02, 1.43, 0.01), (-12.15, -0.18, 1.56, -0.12)),
        "bollinger": ((2.59, 0.04, 0.40, 0.11), (4.47, 0.07, 1.02, 0.06), (-0.41, 0.00, 0.58, -0.01)),
    },
    "SOL": {
        "buy_and_hold": ((176.72, 1.83, 6.00, 0.30), (-3.23, 0.01, 3.92, 0.00), (-36.08, -0.61, 3.45, -0.18)),
        "sma": ((119.37, 1.43, 5.67, 0.25), (-0.62, 0.03, 3.06, 0.01), (1.04, 0.02, 0.10, 0.16)),
        "slma": ((169.98, 1.78, 5.93, 0.30), (6.22, 0.16, 3.23, 0.05), (-8.11, -0.11, 1.88, -0.06)),
        "macd": ((23.25, 0.35, 1.76, 0.20), (-9.78, -0.16, 2.38, -0.07), (-21.07, -0.33, 2.44, -0.13)),
        "bollinger": ((2.92, 0.05, 0.35, 0.13), (-0.46, 0.00, 1.23, -0.00), (-21.69, -0.35, 1.75, -0.20)),
    },
}
# fmt: on

# what the released code gives where the paper prints something else
FAULTY: Mapping[tuple[str, str, str], tuple[float, float, float, float]] = {
    ("ETH", "sma", "side"): (-5.45, -0.07, 1.00, -0.07),  # printed: the bear row's mean and deviation
    ("SOL", "sma", "bear"): (-17.77, -0.28, 2.00, -0.14),  # printed: a gain where every window loses a fifth
}


def printed(coin: str, rule: str, regime: str) -> tuple[float, float, float, float]:
    """The printed cells of a row."""
    return PRINTED[coin][rule][REGIMES.index(regime)]


def cells(row: Row) -> tuple[float, float, float, float]:
    """A row as the tables print it: per cent, but for Sharpe."""
    return 100 * row.total_return, 100 * row.mean, 100 * row.deviation, row.sharpe
