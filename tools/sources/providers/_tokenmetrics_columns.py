"""Every field of Token Metrics that is read, by its folded key: what it may hold, and its unit."""

from __future__ import annotations

from collections.abc import Mapping

from tools.sources.table import Column, Kind

_KINDS: tuple[tuple[Kind, str, str], ...] = (
    (
        Kind.GRADE,
        "grade",
        "tm_grade tm_trader_grade tm_investor_grade ta_grade quant_grade fundamental_grade technology_grade "
        "valuation_grade community_score exchange_score vc_score tokenomics_score defi_scanner_score "
        "defi_usage_score activity_score security_score repository_score collaboration_score index_grade "
        "trader_grade market_sentiment_grade news_sentiment_grade reddit_sentiment_grade twitter_sentiment_grade",
    ),
    (
        Kind.AMOUNT,
        "USD",
        "current_price market_cap total_volume high_24h low_24h open high low close price resistance_1 resistance_2 "
        "resistance_3 support_1 support_2 support_3 total_crypto_mcap btc_price btc_market_cap alts_market_cap "
        "volume_24h 24h_volume fdv",
    ),
    (Kind.AMOUNT, "volume", "volume"),
    (Kind.AMOUNT, "count", "round_count"),
    (
        Kind.SIGNED,
        "percent",
        "tm_grade_24h_pct_change tm_trader_grade_24h_change tm_trader_grade_24h_pct_change "
        "tm_investor_grade_7d_pct_change price_change_percentage_24h_in_currency "
        "price_change_percentage_7d_in_currency tm_grade_perc_high_coins 24h 7d 1m all_time current_roi "
        "trader_grade_change_24h weight index_cumulative_roi moonshot_roi roi_average roi_median",
    ),
    # multiples since the first signal, never a return that could be compared
    (Kind.SIGNED, "multiple", "trading_signals_returns holding_returns"),
    (
        Kind.SIGNED,
        "signal",
        "trading_signal token_trend rect_signal last_tm_grade_signal alts_indicator above_ma",
    ),
    (
        Kind.SIGNED,
        "ratio",
        "volatility all_time_return cagr sharpe sortino max_drawdown skew kurtosis tail_ratio risk_reward_ratio "
        "profit_factor daily_value_at_risk daily_return_avg daily_return_std vol_index vol_10 vol_90",
    ),
    (
        Kind.TEXT,
        "",
        "token_name token_symbol slug tm_link app_link momentum fundamental_grade_class token_signal_str "
        "token_trend_str signal position investor_name investor_website investor_twitter name ticker cg_id "
        "last_trading_signal_time moonshot_at moonshot_end_at market_sentiment_label news_sentiment_label "
        "reddit_sentiment_label twitter_sentiment_label",
    ),
    (
        Kind.OPAQUE,
        "",
        # texts and numbers both occur, or the inner form is not documented
        "exchange_list category_list coins tm_grade_signal historical_resistance_support_levels top_correlation "
        "scenario_analysis price_prediction investment_analysis_pointer investment_analysis deep_dive code_review "
        "news_summary reddit_summary twitter_summary answer",
    ),
)
COLUMNS: Mapping[str, Column] = {
    name: Column(name, name, kind, unit) for kind, unit, names in _KINDS for name in names.split()
}
