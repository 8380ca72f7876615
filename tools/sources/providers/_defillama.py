"""DefiLlama's endpoints, as data."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from core.instant import DAY, SECOND
from core.observation import Observation
from tools.sources.answer import LeftOut, Listed
from tools.sources.http.endpoint import Asked, Endpoint, Provider, Reader
from tools.sources.http.limits import Pace
from tools.sources.reading import MalformedError, fields, from_seconds, items, needed, pair
from tools.sources.series import Point, Points, series
from tools.sources.table import Table, amounts, lists, ranked, signed, table, texts
from tools.sources.vintage import daily_figure, past_price

PROVIDER = Provider(
    "defillama", Pace(2, SECOND, burst=2), "Data from DefiLlama (https://defillama.com)", "free to use"
)
_API = "https://api.llama.fi"
_COINS = "https://coins.llama.fi"
_STABLECOINS = "https://stablecoins.llama.fi"
_MEGA = 1024 * 1024
_NOT_SURE = Decimal("0.9")


def _protocol_points(body: Any, asked: Asked) -> Iterator[Point]:
    whole = fields(body, "the protocol")
    chain = asked.about.get("chain")
    if chain:
        whole = fields(fields(whole.get("chainTvls"), "chainTvls").get(chain, {"tvl": []}), chain)
    for row in items(whole.get("tvl"), "tvl"):
        point = fields(row, "a point")
        yield from_seconds(point.get("date"), "date"), point.get("totalLiquidityUSD")


def _chain_points(body: Any, _: Asked) -> Iterator[Point]:
    for row in items(body, "the chain"):
        point = fields(row, "a point")
        yield from_seconds(point.get("date"), "date"), point.get("tvl")


def _flow_points(body: Any, _: Asked) -> Iterator[Point | LeftOut]:
    whole = fields(body, "the summary")
    chart = [pair(row, "a point") for row in items(whole.get("totalDataChart"), "totalDataChart")]
    points = [(from_seconds(stamp, "date"), value) for stamp, value in chart]
    if whole.get("latestFetchIsOk") is False and points:
        newest = max(stamp for stamp, _ in points)
        yield LeftOut("the newest day, which the source says it failed to read")
        points = [point for point in points if point[0] != newest]
    yield from points


def _stablecoin_points(body: Any, _: Asked) -> Iterator[Point]:
    for row in items(body, "the chart"):
        point = fields(row, "a point")
        circulating = fields(point.get("totalCirculating"), "totalCirculating")
        yield from_seconds(point.get("date"), "date"), circulating.get("peggedUSD")


def _daily(
    points: Points, metric: str, *, covers_ms: int = 0, least: Decimal | None = Decimal(0)
) -> Reader[Observation]:
    return series(
        points,
        metric,
        "USD",
        daily_figure,
        every_ms=DAY,
        covers_ms=covers_ms,
        restated_after_ms=DAY,
        least=least,
    )


def _now(body: Any, asked: Asked) -> Iterator[Observation]:
    """The newest point of a protocol, which is a running figure.

    ``/tvl/{slug}`` answers with a bare number; one that is cut off is a number too, so it is not asked.
    """
    stamp, raw = max(_protocol_points(body, asked), key=lambda point: point[0], default=(None, None))
    if stamp is not None:
        value = needed(raw, "tvl")
        if value < 0 or stamp > asked.fetched_at:
            raise MalformedError("tvl is below 0, or of the future")
        yield Observation(asked.asset, "tvl", value, "USD", stamp, asked.fetched_at, asked.source)


def _prices(body: Any, asked: Asked) -> Iterator[Observation | LeftOut]:
    """One price of each coin that was asked for; whoever the source does not know, it leaves away."""
    found = fields(fields(body, "the body").get("coins"), "coins")
    past = "timestamp" in asked.given
    for coin in asked.given["coins"].split(","):
        row = found.get(coin)
        if row is None:
            yield LeftOut(f"{coin} is not known")
            continue
        cells = fields(row, coin)
        as_of = from_seconds(cells.get("timestamp"), "timestamp")
        price, sure = needed(cells.get("price"), "price"), needed(cells.get("confidence", 1), "confidence")
        if price <= 0 or as_of > asked.fetched_at:
            yield LeftOut(f"{coin} has a price of nothing, or of the future", broken=True)
            continue
        known_at = past_price(as_of) if past else asked.fetched_at
        flags = ("low_confidence",) if sure < _NOT_SURE else ()
        yield Observation(asked.about[coin], "price", price, "USD", as_of, known_at, asked.source, flags)


_FLOW = amounts("USD", day="total24h", week="total7d", month="total30d", all_time="totalAllTime") + signed(
    "percent", change_1d="change_1d"
)
_FLOW_QUERY = {"excludeTotalDataChart": "true", "excludeTotalDataChartBreakdown": "true"}
_PROTOCOLS = Table(
    "slug",
    texts(name="name", symbol="symbol", category="category", coingecko="gecko_id", parent="parentProtocol")
    + lists(chains="chains")
    + amounts("USD", tvl="tvl", market_cap="mcap")
    + signed("percent", tvl_change_1d="change_1d", tvl_change_7d="change_7d"),
    needs=("name",),
)
_CHAINS = Table(
    "name", texts(coingecko="gecko_id", symbol="tokenSymbol") + amounts("USD", tvl="tvl"), needs=("tvl",)
)
_PEGGED = Table(
    "id",
    texts(name="name", symbol="symbol", coingecko="gecko_id", peg="pegType", mechanism="pegMechanism")
    + lists(chains="chains")
    + amounts("USD", stablecoin_supply="circulating.peggedUSD", price="price"),
    at="peggedAssets",
    needs=("name",),
)

PROTOCOLS = Endpoint(
    PROVIDER,
    _API,
    "/protocols",
    # an exchange's holdings and a chain's own bridge are no protocol's TVL
    ranked(
        table(_PROTOCOLS),
        "tvl",
        "tvl_rank",
        lambda row: row.texts.get("category", "CEX") not in ("CEX", "Chain"),
    ),
    largest=32 * _MEGA,
)
CHAINS = Endpoint(PROVIDER, _API, "/v2/chains", ranked(table(_CHAINS), "tvl", "tvl_rank", lambda _: True))
PROTOCOL_TVL = Endpoint(
    PROVIDER, _API, "/protocol/{slug}", _daily(_protocol_points, "tvl"), largest=64 * _MEGA
)
TVL_NOW = Endpoint(PROVIDER, _API, "/protocol/{slug}", _now, largest=64 * _MEGA)
CHAIN_TVL = Endpoint(PROVIDER, _API, "/v2/historicalChainTvl/{chain}", _daily(_chain_points, "tvl"))
TOTAL_TVL = Endpoint(PROVIDER, _API, "/v2/historicalChainTvl", _daily(_chain_points, "tvl"))
STABLECOINS = Endpoint(
    PROVIDER, _STABLECOINS, "/stablecoins", table(_PEGGED), {"includePrices": "true"}, largest=16 * _MEGA
)
STABLECOIN_SUPPLY = Endpoint(
    PROVIDER,
    _STABLECOINS,
    "/stablecoincharts/{chain}",
    _daily(_stablecoin_points, "stablecoin_supply"),
    largest=16 * _MEGA,
)
PRICES = Endpoint(PROVIDER, _COINS, "/prices/current/{coins}", _prices, keeps_ms=60 * SECOND)
PRICES_AT = Endpoint(PROVIDER, _COINS, "/prices/historical/{timestamp}/{coins}", _prices, keeps_ms=DAY)

# metric: the family it belongs to and the query that picks it out
_FAMILIES: dict[str, tuple[str, dict[str, str]]] = {
    "fees": ("fees", {"dataType": "dailyFees"}),
    "revenue": ("fees", {"dataType": "dailyRevenue"}),
    "holders_revenue": ("fees", {"dataType": "dailyHoldersRevenue"}),
    "dex_volume": ("dexs", {}),
}
FLOWS: dict[str, Endpoint[Observation]] = {
    metric: Endpoint(
        PROVIDER,
        _API,
        f"/summary/{family}/{{slug}}",
        _daily(
            _flow_points,
            metric,
            covers_ms=DAY,
            least=Decimal(0) if metric in ("fees", "dex_volume") else None,
        ),
        query,
        largest=32 * _MEGA,
    )
    for metric, (family, query) in _FAMILIES.items()
}
CHAIN_FLOWS: dict[str, Endpoint[Observation]] = {
    metric: Endpoint(
        PROVIDER,
        _API,
        f"/overview/{family}/{{chain}}",
        _daily(
            _flow_points,
            metric,
            covers_ms=DAY,
            least=Decimal(0) if metric in ("fees", "dex_volume") else None,
        ),
        {**query, "excludeTotalDataChartBreakdown": "true"},
        largest=32 * _MEGA,
    )
    for metric, (family, query) in _FAMILIES.items()
}
FLOW_TABLES: dict[str, Endpoint[Listed]] = {
    metric: Endpoint(
        PROVIDER,
        _API,
        f"/overview/{family}",
        table(
            Table("slug", texts(name="name", category="category") + _FLOW, at="protocols", needs=("name",))
        ),
        {**query, **_FLOW_QUERY},
        largest=16 * _MEGA,
    )
    for metric, (family, query) in _FAMILIES.items()
}
ENDPOINTS: dict[str, Endpoint[Any]] = {
    "protocols": PROTOCOLS,
    "chains": CHAINS,
    "protocol_tvl": PROTOCOL_TVL,
    "tvl_now": TVL_NOW,
    "chain_tvl": CHAIN_TVL,
    "total_tvl": TOTAL_TVL,
    "stablecoins": STABLECOINS,
    "stablecoin_supply": STABLECOIN_SUPPLY,
    "prices": PRICES,
    "prices_at": PRICES_AT,
    **FLOWS,
    **{f"chain_{metric}": endpoint for metric, endpoint in CHAIN_FLOWS.items()},
    **{f"{metric}_table": endpoint for metric, endpoint in FLOW_TABLES.items()},
}
