"""Every indicator that TA-Lib has, against TA-Lib's own values."""

from __future__ import annotations

import numpy as np
import pytest

from core.instant import DAY
from core.market import Floats
from strategies.indicators.universe.registry import measure_universe
from tests.strategies.candles import walk
from tests.strategies.indicators.universe.frames import one_asset, opened

# smoothed for 500 bars, after which how a mean was begun no longer shows
BARS = opened(walk(600, width=DAY))
NEWEST = 100


def theirs() -> dict[str, Floats]:
    talib = pytest.importorskip("talib")
    o, h, l, c, v = BARS.open, BARS.high, BARS.low, BARS.close, BARS.volume  # noqa: E741
    upper, middle, lower = talib.BBANDS(c, 20)
    channel_top, _, channel_bottom = talib.DONCHIAN(h, l, 20)
    volume = talib.SMA(v, 20)
    return {
        "sma_20_distance": c / talib.SMA(c, 20) - 1,
        "sma_50_distance": c / talib.SMA(c, 50) - 1,
        "sma_200_distance": c / talib.SMA(c, 200) - 1,
        "ema_12_distance": c / talib.EMA(c, 12) - 1,
        "ema_26_distance": c / talib.EMA(c, 26) - 1,
        "wma_20_distance": c / talib.WMA(c, 20) - 1,
        "hma_20_distance": c / talib.HMA(c, 20) - 1,
        "dema_20_distance": c / talib.DEMA(c, 20) - 1,
        "tema_20_distance": c / talib.TEMA(c, 20) - 1,
        "kama_10_distance": c / talib.KAMA(c, 10) - 1,
        "vwma_20_distance": c / talib.VWMA(c, v, 20) - 1,
        "efficiency_ratio_10": talib.ER(c, 10),
        "aroon_25": talib.AROONOSC(h, l, 25),
        "macd_histogram": talib.MACD(c)[2] / c,
        "macd_line": talib.MACD(c)[0] / c,
        "adx_14": talib.ADX(h, l, c, 14),
        "plus_di_14": talib.PLUS_DI(h, l, c, 14),
        "minus_di_14": talib.MINUS_DI(h, l, c, 14),
        "trend_slope_30": talib.LINEARREG_SLOPE(np.log(c), 30),
        "trend_fit_30": talib.CORREL(np.log(c), np.arange(600.0), 30) ** 2,
        "vortex_14": np.subtract(*talib.VORTEX(h, l, c, 14)),
        "trix_15": talib.TRIX(c, 15),
        "sar_distance": c / talib.SAR(h, l) - 1,
        "supertrend_10_3": c / talib.SUPERTREND(h, l, c, 10, 3)[0] - 1,
        "donchian_20_position": (c - channel_bottom) / (channel_top - channel_bottom),
        "roc_10": talib.ROC(c, 10),
        "return_30": talib.ROCP(c, 30),
        "rsi_14": talib.RSI(c, 14),
        "rsi_7": talib.RSI(c, 7),
        "stochastic_14": talib.STOCHF(h, l, c, 14, 1)[0],
        "stochastic_slow_14_3": talib.STOCH(h, l, c, 14, 3, 0, 3, 0)[1],
        "stochastic_rsi_14": talib.STOCHRSI(c, 14, 14, 1)[0],
        "williams_r_14": talib.WILLR(h, l, c, 14),
        "cci_20": talib.CCI(h, l, c, 20),
        "cmo_14": talib.CMOU(c, 14),
        "tsi_25_13": talib.TSI(c),
        "ultimate_oscillator": talib.ULTOSC(h, l, c),
        "awesome_oscillator": talib.AO(h, l) / c,
        "balance_of_power_14": talib.SMA(talib.BOP(o, h, l, c), 14),
        "ppo_12_26": talib.PPO(c, 12, 26, 0),
        "coppock_14_11_10": talib.COPPOCK(c),
        "intraday_momentum_14": talib.IMI(o, c, 14),
        "atr_14": talib.NATR(h, l, c, 14),
        "bollinger_percent_b": (c - lower) / (upper - lower),
        "bollinger_bandwidth": (upper - lower) / middle,
        "mass_index_25": talib.MASSI(h, l),
        "chaikin_volatility_10": talib.CVI(h, l),
        "range_ratio_14": talib.TRANGE(h, l, c) / talib.ATR(h, l, c, 14),
        "volume_ratio_20": v / volume,
        "obv_slope_20": talib.LINEARREG_SLOPE(talib.OBV(c, v), 20) / volume,
        "mfi_14": talib.MFI(h, l, c, v, 14),
        "chaikin_money_flow_20": talib.CMF(h, l, c, v, 20),
        "chaikin_oscillator_3_10": talib.ADOSC(h, l, c, v) / volume,
        "force_index_13": talib.EFI(c, v, 13) / talib.SMA(c * v, 20),
        "z_score_50": (c - talib.SMA(c, 50)) / (talib.STDDEV(c, 50) * (50 / 49) ** 0.5),
    }  # fmt: skip


def test_what_talib_has_too_has_talibs_value() -> None:
    expected = theirs()
    told = measure_universe(one_asset(BARS), expected)
    assert len(expected) >= 50
    for name, values in expected.items():
        ours = told[name][-NEWEST:, 0]
        np.testing.assert_allclose(ours, values[-NEWEST:], rtol=1e-9, atol=1e-10, err_msg=name)
