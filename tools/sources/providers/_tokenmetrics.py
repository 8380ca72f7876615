"""Token Metrics' endpoints, v2 and v3, as data.

One table serves both: v2 writes its keys in capitals, v3 in lower case, and both spell ``24h`` in several ways.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.instant import DAY, HOUR, MINUTE
from tools.sources.answer import Listed
from tools.sources.http.endpoint import Endpoint, Provider
from tools.sources.http.limits import Pace
from tools.sources.providers._tokenmetrics_columns import COLUMNS
from tools.sources.reading import from_iso
from tools.sources.table import Stamp, Table, single, table
from tools.sources.vintage import vendor_day, vendor_hour

PROVIDER = Provider(
    "tokenmetrics",
    Pace(20, MINUTE, burst=2, concurrent=1),
    "Data from Token Metrics (https://tokenmetrics.com)",
    "commercial; for the holder of the key",
    key_header="x-api-key",
    needs_key=True,
    monthly=500,
)
PAGE = 100
WINDOW_DAYS = 30
_HOST = "https://api.tokenmetrics.com"
_HOURS = re.compile(r"(\d)_h(?=_|$)")

_DAY = Stamp(("date", "timestamp"), from_iso, vendor_day, DAY)
_HOUR = Stamp(("timestamp", "datetime", "date"), from_iso, vendor_hour, HOUR)


def folded(key: str) -> str:
    """A key as both versions can be read: lower case, and ``24_h`` as ``24h``."""
    return _HOURS.sub(r"\1h", key.lower())


@dataclass(frozen=True, slots=True)
class Shape:
    """What both versions of an endpoint share.

    columns: names of `COLUMNS`, apart by spaces.
    needs: without this a row says nothing.
    is_dated: takes a start and an end.
    is_paged: takes a page.
    """

    columns: str
    stamp: Stamp | None = None
    id: str = "token_id"
    needs: str = ""
    is_dated: bool = False
    is_paged: bool = True
    keeps_ms: int = HOUR


_LISTED = "token_name token_symbol slug exchange_list category_list tm_link app_link"
_SCORES = "community_score exchange_score vc_score tokenomics_score defi_scanner_score"
_WORKS = (
    "technology_grade activity_score security_score repository_score collaboration_score defi_scanner_score"
)
_GRADED = (
    "tm_grade tm_grade_signal tm_grade_24h_pct_change tm_trader_grade_24h_change momentum quant_grade "
    "fundamental_grade fundamental_grade_class trading_signal token_signal_str"
)
_OHLCV = "token_name token_symbol slug open high low close volume"

_BOTH: Mapping[str, Shape] = {
    "tokens": Shape(
        f"{_LISTED} current_price market_cap total_volume high_24h low_24h price_change_percentage_24h_in_currency",
        needs="token_name",
    ),
    "top-market-cap-tokens": Shape(_LISTED, needs="token_name"),
    "price": Shape(
        "token_name token_symbol current_price", needs="current_price", is_paged=False, keeps_ms=MINUTE
    ),
    "hourly-ohlcv": Shape(_OHLCV, _HOUR, needs="close", is_dated=True),
    "daily-ohlcv": Shape(_OHLCV, _DAY, needs="close", is_dated=True),
    "tm-grade": Shape(f"token_name token_symbol slug {_GRADED}", needs="tm_grade", is_paged=False),
    "tm-grade-history": Shape(
        f"token_name token_symbol slug {_GRADED}", _DAY, needs="tm_grade", is_dated=True
    ),
    "fundamental-grade": Shape(
        f"token_name token_symbol slug fundamental_grade fundamental_grade_class {_SCORES}",
        needs="fundamental_grade",
    ),
    "fundamental-grade-history": Shape(
        f"token_name token_symbol slug fundamental_grade fundamental_grade_class {_SCORES}",
        _DAY,
        needs="fundamental_grade",
        is_dated=True,
    ),
    "technology-grade": Shape(f"token_name token_symbol slug {_WORKS}", needs="technology_grade"),
    "technology-grade-history": Shape(
        f"token_name token_symbol slug {_WORKS}", _DAY, needs="technology_grade", is_dated=True
    ),
    "trading-signals": Shape(
        "token_name token_symbol slug trading_signal token_signal_str token_trend token_trend_str "
        "trading_signals_returns holding_returns tm_trader_grade tm_investor_grade tm_grade fundamental_grade app_link",
        _DAY,
        needs="trading_signal",
        is_dated=True,
    ),
    "hourly-trading-signals": Shape(
        "token_name token_symbol slug close signal position", _HOUR, needs="signal"
    ),
    "resistance-support": Shape(
        "token_name token_symbol slug price resistance_1 resistance_2 resistance_3 support_1 support_2 support_3 "
        "historical_resistance_support_levels app_link",
    ),
    "quantmetrics": Shape(
        "token_name token_symbol slug volatility all_time_return cagr sharpe sortino max_drawdown skew kurtosis "
        "tail_ratio risk_reward_ratio profit_factor daily_value_at_risk daily_return_avg daily_return_std",
    ),
    "correlation": Shape("token_name token_symbol slug top_correlation", needs="top_correlation"),
    "price-prediction": Shape("token_name token_symbol slug price_prediction", needs="price_prediction"),
    "crypto-investors": Shape(
        "investor_name investor_website investor_twitter round_count roi_average roi_median",
        id="investor_name",
    ),
    "market-metrics": Shape(
        "total_crypto_mcap tm_grade_perc_high_coins tm_grade_signal last_tm_grade_signal rect_signal btc_price "
        "btc_market_cap alts_market_cap alts_indicator vol_index vol_10 vol_90 above_ma",
        _DAY,
        id="",
        is_dated=True,
    ),
    "ai-reports": Shape(
        "token_name token_symbol slug investment_analysis_pointer investment_analysis deep_dive code_review",
    ),
    "moonshot-tokens": Shape(
        "token_name token_symbol slug tm_trader_grade tm_grade tm_trader_grade_24h_pct_change "
        "price_change_percentage_7d_in_currency market_cap volume_24h last_trading_signal_time moonshot_at "
        "moonshot_end_at moonshot_roi",
        id="token_name",
        needs="token_symbol",
    ),
    "indices": Shape(
        "name ticker price coins 24h 7d 1m 24h_volume index_grade all_time market_cap", id="id", needs="name"
    ),
    "indices-holdings": Shape(
        "token_name token_symbol cg_id weight market_cap price current_roi trader_grade trader_grade_change_24h",
        needs="weight",
        is_paged=False,
    ),
    "indices-performance": Shape(
        "index_cumulative_roi market_cap volume fdv",
        _DAY,
        id="id",
        needs="index_cumulative_roi",
        is_dated=True,
    ),
}
_V2_ONLY: Mapping[str, Shape] = {
    "trader-grades": Shape(
        "token_name token_symbol ta_grade quant_grade tm_trader_grade tm_trader_grade_24h_pct_change",
        _DAY,
        needs="tm_trader_grade",
        is_dated=True,
    ),
    "investor-grades": Shape(
        "token_name token_symbol tm_investor_grade tm_investor_grade_7d_pct_change fundamental_grade "
        f"valuation_grade defi_usage_score {_SCORES} {_WORKS}",
        _DAY,
        needs="tm_investor_grade",
        is_dated=True,
    ),
    "scenario-analysis": Shape("token_name token_symbol scenario_analysis", needs="scenario_analysis"),
    "sentiments": Shape(
        "market_sentiment_grade market_sentiment_label news_sentiment_grade news_sentiment_label news_summary "
        "reddit_sentiment_grade reddit_sentiment_label reddit_summary twitter_sentiment_grade twitter_sentiment_label "
        "twitter_summary",
        _HOUR,
        id="",
    ),
}
SHAPES: Mapping[str, Mapping[str, Shape]] = {"v2": {**_BOTH, **_V2_ONLY}, "v3": _BOTH}


def _endpoint(version: str, name: str, shape: Shape) -> Endpoint[Listed]:
    columns = tuple(COLUMNS[column] for column in dict.fromkeys(shape.columns.split()))
    needs = (shape.needs,) if shape.needs else ()
    read = Table(shape.id, columns, at="data", stamp=shape.stamp, needs=needs, fold=folded)
    return Endpoint(PROVIDER, _HOST, f"/{version}/{name}", table(read), keeps_ms=shape.keeps_ms)


def _chat(given: Mapping[str, str]) -> dict[str, Any]:
    return {"messages": [{"user": given["question"]}]}


CHAT = Endpoint(
    PROVIDER,
    _HOST,
    "/v2/tmai",
    single(Table("", (COLUMNS["answer"],), needs=("answer",))),
    method="POST",
    pack=_chat,
)
ENDPOINTS: Mapping[str, Endpoint[Listed]] = {
    **{
        f"{version}/{name}": _endpoint(version, name, shape)
        for version, shapes in SHAPES.items()
        for name, shape in shapes.items()
    },
    "v2/tmai": CHAT,
}
