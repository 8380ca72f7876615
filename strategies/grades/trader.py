"""The Trader Grade: what a price's past says about the days and weeks to come."""

from __future__ import annotations

from strategies.grades.formula import Formula
from strategies.grades.table import IN_RANGES, inputs_from
from strategies.indicators.universe.definition import Family

# Signs follow moves throughout: what rises is better, what is stretched is not marked down. Spreads are round
# numbers near what a random walk of days would show (a walk moves about 0.65 ranges a day). Families weigh the
# same, but volatility half: most of it tells of risk, and of direction only by way of it.
_TECHNICAL = {
    Family.TREND: (
        2,
        (
            ("sma_20_distance", 1, 0.0, 1.0, IN_RANGES),
            ("sma_50_distance", 1, 0.0, 1.5, IN_RANGES),
            ("sma_200_distance", 1, 0.0, 3.0, IN_RANGES),
            ("ema_12_distance", 1, 0.0, 0.6, IN_RANGES),
            ("ema_26_distance", 1, 0.0, 1.0, IN_RANGES),
            ("macd_histogram", 1, 0.0, 0.2, IN_RANGES),
            ("macd_line", 1, 0.0, 0.6, IN_RANGES),
            ("plus_di_14", 1, 25.0, 5.0),
            ("minus_di_14", -1, 25.0, 5.0),
            ("donchian_20_position", 1, 0.5, 0.2),
            ("wma_20_distance", 1, 0.0, 0.8, IN_RANGES),
            ("hma_20_distance", 1, 0.0, 0.5, IN_RANGES),
            ("dema_20_distance", 1, 0.0, 0.6, IN_RANGES),
            ("tema_20_distance", 1, 0.0, 0.5, IN_RANGES),
            ("vwma_20_distance", 1, 0.0, 1.0, IN_RANGES),
            ("kama_10_distance", 1, 0.0, 0.8, IN_RANGES),
            ("aroon_25", 1, 0.0, 40.0),
            ("trend_slope_30", 1, 0.0, 0.08, IN_RANGES),
            ("ichimoku_conversion", 1, 0.0, 0.8, IN_RANGES),
            ("ichimoku_cloud_distance", 1, 0.0, 2.0, IN_RANGES),
            ("vortex_14", 1, 0.0, 0.15),
            ("trix_15", 1, 0.0, 0.08, IN_RANGES),
            ("sar_distance", 1, 0.0, 1.5, IN_RANGES),
            ("supertrend_10_3", 1, 0.0, 2.0, IN_RANGES),
            ("median_place_50", 1, 0.5, 0.2),
        ),
    ),
    Family.MOMENTUM: (
        2,
        (
            ("return_7", 1, 0.0, 1.0, IN_RANGES),
            ("return_30", 1, 0.0, 2.0, IN_RANGES),
            ("return_90", 1, 0.0, 3.5, IN_RANGES),
            ("roc_10", 1, 0.0, 1.2, IN_RANGES),
            ("return_acceleration_14", 1, 0.0, 2.0, IN_RANGES),
            ("rsi_14", 1, 50.0, 7.0),
            ("rsi_7", 1, 50.0, 10.0),
            ("stochastic_14", 1, 50.0, 20.0),
            ("stochastic_slow_14_3", 1, 50.0, 18.0),
            ("stochastic_rsi_14", 1, 50.0, 25.0),
            ("williams_r_14", 1, -50.0, 20.0),
            ("cci_20", 1, 0.0, 60.0),
            ("cmo_14", 1, 0.0, 15.0),
            ("tsi_25_13", 1, 0.0, 12.0),
            ("ultimate_oscillator", 1, 50.0, 6.0),
            ("awesome_oscillator", 1, 0.0, 1.0, IN_RANGES),
            ("balance_of_power_14", 1, 0.0, 0.08),
            ("ppo_12_26", 1, 0.0, 0.6, IN_RANGES),
            ("coppock_14_11_10", 1, 0.0, 2.0, IN_RANGES),
            ("know_sure_thing", 1, 0.0, 10.0, IN_RANGES),
            ("bull_power_13", 1, 0.5, 0.6, IN_RANGES),
            ("bear_power_13", 1, -0.5, 0.6, IN_RANGES),
            ("intraday_momentum_14", 1, 50.0, 8.0),
        ),
    ),
    Family.VOLATILITY: (
        1,
        (
            ("atr_14", -1, 6.0, 1.5),
            ("realised_volatility_30", -1, 0.8, 0.2),
            ("downside_deviation_30", -1, 0.55, 0.15),
            ("yang_zhang_30", -1, 0.8, 0.2),
            ("volatility_ratio_7_30", -1, 1.0, 0.2),
            ("ulcer_14", -1, 1.0, 0.4, IN_RANGES),
            ("chaikin_volatility_10", -1, 0.0, 15.0),
            ("bollinger_percent_b", 1, 0.5, 0.2),
            ("keltner_20_position", 1, 0.5, 0.2),
        ),
    ),
    Family.VOLUME: (
        2,
        (
            ("obv_slope_20", 1, 0.0, 0.15),
            ("mfi_14", 1, 50.0, 8.0),
            ("chaikin_money_flow_20", 1, 0.0, 0.08),
            ("force_index_13", 1, 0.0, 0.15, IN_RANGES),
            ("vwap_20_distance", 1, 0.0, 1.0, IN_RANGES),
            ("up_volume_share_20", 1, 0.5, 0.08),
            ("volume_ratio_20", 1, 1.0, 0.3),
            ("volume_trend_20_60", 1, 0.0, 0.2),
            ("traded_value_30", 1, 16.0, 1.0),
            ("corwin_schultz_spread_20", -1, 0.01, 0.005),
        ),
    ),
    Family.STRUCTURE: (
        2,
        (
            ("drawdown_90", 1, -4.0, 1.5, IN_RANGES),
            ("range_position_90", 1, 0.5, 0.2),
            ("breakout_20", 1, -1.5, 1.0),
            ("breakout_55", 1, -3.0, 1.5),
            ("breakdown_20", -1, -1.5, 1.0),
            ("swing_high_distance", 1, -1.5, 1.2, IN_RANGES),
            ("swing_low_distance", 1, 1.5, 1.2, IN_RANGES),
            ("swing_place", 1, 0.5, 0.4),
            ("pivot_distance", 1, 0.0, 0.4, IN_RANGES),
            ("higher_highs_20", 1, 0.0, 0.12),
            ("upper_wick_14", -1, 0.25, 0.04),
            ("lower_wick_14", 1, 0.25, 0.04),
        ),
    ),
    Family.RELATIVE: (
        2,
        (
            ("excess_return_7", 1, 0.0, 1.0, IN_RANGES),
            ("excess_return_30", 1, 0.0, 2.0, IN_RANGES),
            ("excess_return_90", 1, 0.0, 3.5, IN_RANGES),
            ("strength_line_50", 1, 0.0, 1.5, IN_RANGES),
        ),
    ),
}
_QUANT = {
    Family.QUANT: (
        1,
        (
            ("z_score_50", 1, 0.0, 0.8),
            ("win_rate_30", 1, 0.5, 0.05),
            ("gain_to_pain_30", 1, 0.0, 0.25),
            ("sharpe_90", 1, 0.0, 1.0),
        ),
    ),
}

TRADER = Formula(
    "trader",
    "trader.1",
    {"technical": 0.8, "quant": 0.2},
    (*inputs_from("technical", _TECHNICAL), *inputs_from("quant", _QUANT)),
)
