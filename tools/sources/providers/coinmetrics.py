"""Coin Metrics' community data: on-chain counts by day. No key; off until a person turns it on.

The licence is CC BY-NC 4.0: not for commercial use, not to be passed on. The notice comes with every answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core.instant import DAY, SECOND, Instant, iso
from core.observation import NoData, Observation, Ok, Outcome, Unreachable
from tools.sources.answer import Answer, LeftOut, Listed
from tools.sources.http.endpoint import Asked, Endpoint, Provider, chosen
from tools.sources.http.fetcher import Fetcher
from tools.sources.http.limits import Pace
from tools.sources.paging import joined
from tools.sources.reading import (
    MalformedError,
    fields,
    from_iso,
    from_seconds,
    identifier,
    items,
    number,
    text,
)
from tools.sources.source import Source
from tools.sources.vintage import daily_figure

PROVIDER = Provider(
    "coinmetrics",
    Pace(10, 6 * SECOND, burst=5),
    "Source: Coin Metrics (https://coinmetrics.io)",
    "CC BY-NC 4.0: no commercial use",
    opt_in="its community data is licensed CC BY-NC 4.0, for non-commercial use only",
)
# our metric: theirs, and its unit
METRICS: dict[str, tuple[str, str]] = {
    "active_addresses": ("AdrActCnt", "count"),
    "tx_count": ("TxCnt", "count"),
    "block_count": ("BlkCnt", "count"),
    "market_cap": ("CapMrktCurUSD", "USD"),
    "circulating_supply": ("SplyCur", "tokens"),
    "price": ("PriceUSD", "USD"),
    "funded_addresses": ("AdrBalCnt", "count"),
    "transfer_count": ("TxTfrCnt", "count"),
    "hash_rate": ("HashRate", "TH/s"),
    "fees_native": ("FeeTotNtv", "tokens"),
    "issuance_native": ("IssTotNtv", "tokens"),
    "mvrv": ("CapMVRVCur", "ratio"),
}
_COMPLETED = "AssetEODCompletionTime"
_HOST = "https://community-api.coinmetrics.io"
_MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class NextPage:
    """There is more, under this token."""

    token: str


def _metrics(body: Any, asked: Asked) -> Iterator[Observation | NextPage | LeftOut]:
    whole = fields(body, "the answer")
    wanted = {
        name: (ours, unit)
        for ours, (name, unit) in METRICS.items()
        if name in asked.given["metrics"].split(",")
    }
    rows = [fields(row, "a row") for row in items(whole.get("data"), "data")]
    if rows and not any(name in row for row in rows for name in wanted):
        # a metric that an asset does not have is left away; so would be one that was renamed
        yield LeftOut("none of the metrics is served for these assets")
    for row in rows:
        asset = asked.about.get(identifier(row.get("asset"), "asset").lower())
        stamp = from_iso(row.get("time"), "time")
        if asset is None:
            yield LeftOut("an asset that was not asked for")
            continue
        if stamp % DAY or stamp + DAY > asked.fetched_at:
            yield LeftOut("a day that is not over")
            continue
        completed = row.get(_COMPLETED)
        known_at = daily_figure(stamp)
        if completed not in (None, ""):
            known_at = max(known_at, from_seconds(completed, _COMPLETED))
        for name, (metric, unit) in wanted.items():
            value = number(row.get(name), name)
            if value is None:
                yield LeftOut(f"{asset} has no {metric} on a day")
            elif value < 0:
                raise MalformedError(f"{name} is below 0")
            else:
                yield Observation(asset, metric, value, unit, stamp, known_at, asked.source)
    token = _next_token(whole)
    if token:
        yield NextPage(token)


def _next_token(whole: Mapping[str, Any]) -> str | None:
    token = text(whole.get("next_page_token"), "next_page_token", 2_000)
    address = text(whole.get("next_page_url"), "next_page_url", 8_000)
    if token or not address:
        return token
    # the address itself is not followed: it could lead anywhere
    found = parse_qs(urlsplit(address).query).get("next_page_token")
    if not found:
        raise MalformedError("next_page_url names no page")
    return found[0]


DAILY: Endpoint[Observation | NextPage] = Endpoint(
    PROVIDER,
    _HOST,
    "/v4/timeseries/asset-metrics",
    _metrics,
    {
        "frequency": "1d",
        "page_size": "10000",
        "paging_from": "start",
        "ignore_unsupported_errors": "true",
        "ignore_forbidden_errors": "true",
    },
    largest=16 * 1024 * 1024,
)


def _catalog(body: Any, asked: Asked) -> Iterator[Listed | LeftOut]:
    """Every asset with the daily metrics that are free, by our names where we have one."""
    ours = {theirs: name for name, (theirs, _) in METRICS.items()}
    for raw in items(fields(body, "the catalog").get("data"), "data"):
        row = fields(raw, "an asset")
        free = [
            identifier(metric.get("metric"), "metric")
            for one in items(row.get("metrics"), "metrics")
            for metric in [fields(one, "a metric")]
            if any(_is_free(frequency) for frequency in items(metric.get("frequencies"), "frequencies"))
        ]
        name, now = identifier(row.get("asset"), "asset"), asked.fetched_at
        yield Listed(
            name, now, now, asked.source, lists={"metrics": tuple(ours.get(one, one) for one in free)}
        )


def _is_free(raw: Any) -> bool:
    frequency = fields(raw, "a frequency")
    return frequency.get("frequency") == "1d" and frequency.get("community") is True


CATALOG = Endpoint(
    PROVIDER,
    _HOST,
    "/v4/catalog-v2/asset-metrics",
    _catalog,
    keeps_ms=DAY,
    largest=32 * 1024 * 1024,
)


class CoinMetrics:
    """Asks Coin Metrics' community endpoint."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def daily(
        self,
        assets: Mapping[str, str],
        metrics: tuple[str, ...],
        start: Instant | None = None,
        end: Instant | None = None,
    ) -> Outcome[Answer[Observation]]:
        """*metrics* (of `METRICS`) by day, oldest first, known once the day's set was complete.

        Args:
            assets: Our assets by its ids (the lower-case ticker, for majors).
            metrics: Our names.
            start: The first day.
            end: The last one.
        """
        given: dict[str, str | None] = {
            "assets": ",".join(sorted(assets)),
            "metrics": ",".join([*(chosen(METRICS, metric)[0] for metric in metrics), _COMPLETED]),
            "start_time": iso(start)[:10] if start is not None else None,
            "end_time": iso(end)[:10] if end is not None else None,
        }
        found: list[Answer[Observation]] = []
        for _ in range(_MOST_PAGES):
            outcome = await self._fetcher.ask(DAILY, given, assets)
            if not isinstance(outcome, Ok):
                return outcome
            answer = outcome.value
            rows = tuple(row for row in answer.rows if isinstance(row, Observation))
            found.append(_of_observations(answer, rows))
            token = next((row.token for row in answer.rows if isinstance(row, NextPage)), None)
            if token is None or token == given.get("next_page_token"):
                break
            given["next_page_token"] = token
        else:
            return Unreachable(f"{PROVIDER.name}: more than {_MOST_PAGES} pages")
        whole = joined(found, lambda row: (row.asset, row.metric, row.as_of))
        if not whole.rows:
            return NoData(f"{PROVIDER.name}: {whole.left_out[0] if whole.left_out else 'nothing'}")
        return Ok(whole)

    async def catalog(self) -> Outcome[Answer[Listed]]:
        """Every asset that it knows, with its free daily ``metrics``."""
        return await self._fetcher.ask(CATALOG)


def _of_observations(
    answer: Answer[Observation | NextPage], rows: tuple[Observation, ...]
) -> Answer[Observation]:
    return Answer(
        rows,
        answer.source,
        answer.fetched_at,
        answer.attribution,
        answer.licence,
        answer.left_out,
        answer.received,
    )


SOURCE = Source(
    PROVIDER,
    "Coin Metrics (community)",
    {"onchain": tuple(METRICS), "listing": ("catalog",)},
    CoinMetrics,
    {"daily": DAILY, "catalog": CATALOG},
)
