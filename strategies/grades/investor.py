"""The Investor Grade: what an asset is, earns and is used for, for the months to come."""

from __future__ import annotations

from strategies.grades.formula import Formula
from strategies.grades.table import inputs_from
from strategies.indicators.universe.definition import Family

_FUNDAMENTAL = {
    Family.FUNDAMENTALS: (
        2,
        (
            ("market_cap", 1, 20.0, 1.5),
            ("float_share", 1, 0.7, 0.15),
            ("cap_to_fdv", 1, 0.7, 0.15),
            ("dilution_90", -1, 0.02, 0.015),
            ("turnover_30", 1, 0.05, 0.03),
        ),
    ),
    Family.ONCHAIN: (1, (("issuance_year", -1, 0.04, 0.02),)),
    Family.STRUCTURE: (1, (("drawdown_365", 1, -0.5, 0.15),)),
}
_TECHNOLOGY = {Family.FUNDAMENTALS: (1, (("developer_commits", 1, 60.0, 30.0),))}
_VALUATION = {
    Family.FUNDAMENTALS: (
        1,
        (
            ("price_to_fees", -1, 100.0, 50.0),
            ("price_to_sales", -1, 200.0, 100.0),
            ("cap_to_tvl", -1, 2.0, 1.0),
        ),
    ),
    Family.ONCHAIN: (
        1,
        (
            ("mvrv", -1, 1.5, 0.4),
            ("mvrv_z_365", -1, 0.0, 0.8),
            ("value_to_addresses", -1, 0.0, 1.5),
        ),
    ),
}
_USAGE = {
    Family.FUNDAMENTALS: (
        1,
        (
            ("tvl_growth_30", 1, 0.0, 0.1),
            ("fees_growth_30", 1, 0.0, 0.2),
            ("revenue_growth_30", 1, 0.0, 0.2),
            ("dex_volume_growth_30", 1, 0.0, 0.2),
        ),
    ),
    Family.ONCHAIN: (
        1,
        (
            ("active_addresses_growth_30", 1, 0.0, 0.08),
            ("tx_count_growth_30", 1, 0.0, 0.08),
            ("exchange_netflow_7", -1, 0.0, 0.001),
            ("exchange_supply_change_30", -1, 0.0, 0.02),
        ),
    ),
}

INVESTOR = Formula(
    "investor",
    "investor.1",
    {"fundamental": 0.30, "technology": 0.15, "valuation": 0.25, "usage": 0.30},
    (
        *inputs_from("fundamental", _FUNDAMENTAL),
        *inputs_from("technology", _TECHNOLOGY),
        *inputs_from("valuation", _VALUATION),
        *inputs_from("usage", _USAGE),
    ),
)
