"""What is particular to each source: paging, look-alikes, ranks, versions, what is left out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import UsageError
from core.instant import Instant, iso
from core.observation import NoData, NotEntitled, Observation, Ok, Unreachable
from tests.tools.sources.asking import asked, at, js, seconds
from tests.tools.sources.contract import speaks_coingecko, speaks_defillama, speaks_small
from tests.tools.sources.contract.speaks_tokenmetrics import BTC, DAY, envelope, newer
from tests.tools.sources.provider_server import ProviderServer, Request
from tests.wire.replies import Reply
from tools.sources.http.fetcher import Fetcher
from tools.sources.peak import below_peak, peak
from tools.sources.providers.blockchain import Blockchain
from tools.sources.providers.coingecko import CoinGecko
from tools.sources.providers.coinmetrics import CoinMetrics
from tools.sources.providers.defillama import DefiLlama
from tools.sources.providers.news import News
from tools.sources.providers.tokenmetrics import TokenMetrics

pytestmark = pytest.mark.parts


def test_protocols_and_chains_have_ranks_and_an_exchange_is_no_protocol() -> None:
    protocols = asked(lambda _: js(speaks_defillama.PROTOCOLS), lambda f, _: DefiLlama(f).protocols())
    assert isinstance(protocols, Ok)
    ranks = {row.id: row.numbers.get("tvl_rank") for row in protocols.value.rows}
    assert ranks == {"aave-v3": 1, "cetus": 2, "cex": None}
    assert protocols.value.rows[1].texts["coingecko"] == "cetus-protocol"
    chains = asked(lambda _: js(speaks_defillama.CHAINS), lambda f, _: DefiLlama(f).chains())
    assert isinstance(chains, Ok)
    sui = chains.value.rows[1]
    assert [(o.metric, o.unit) for o in sui.observations("sui")] == [("tvl", "USD"), ("tvl_rank", "rank")]
    assert sui.numbers["tvl_rank"] == 2


def test_nobody_has_a_rank_while_somebody_cannot_be_read() -> None:
    chains = [*speaks_defillama.CHAINS, {"name": "Solana", "tvl": "lots"}]
    outcome = asked(lambda _: js(chains), lambda f, _: DefiLlama(f).chains())
    assert isinstance(outcome, Ok)
    assert all("tvl_rank" not in row.numbers for row in outcome.value.rows)
    assert outcome.value.left_out[-1] == "tvl_rank: it cannot be counted while a row cannot be read"


def test_two_rows_that_differ_for_one_thing_are_told() -> None:
    sui = speaks_defillama.CHAINS[1]
    outcome = asked(lambda _: js([sui, sui, {**sui, "tvl": 1}]), lambda f, _: DefiLlama(f).chains())
    assert isinstance(outcome, Ok)
    assert [row.numbers["tvl"] for row in outcome.value.rows] == [Decimal("2110000000.0")]
    assert outcome.value.left_out[0] == "two rows that differ for Sui"


def test_the_all_time_high_of_a_series() -> None:
    def of(day: str, value: int) -> Observation:
        return Observation("sui", "tvl", Decimal(value), "USD", at(day), at(day), "defillama")

    series = [of("2026-03-01", 5), of("2026-03-02", 8), of("2026-03-03", 8), of("2026-03-04", 6)]
    assert peak(series) == series[1]
    assert below_peak(series) == Decimal("0.25")
    assert peak([]) is below_peak([]) is below_peak([of("2026-03-01", 0)]) is None


def test_two_values_for_one_day_are_no_series_and_the_same_twice_is_one() -> None:
    day = {"date": seconds("2026-03-08"), "tvl": 2}
    once = asked(lambda _: js([day, day]), lambda f, _: DefiLlama(f).chain_tvl("Sui", "sui"))
    assert isinstance(once, Ok)
    assert len(once.value.rows) == 1
    twice = asked(lambda _: js([day, {**day, "tvl": 3}]), lambda f, _: DefiLlama(f).chain_tvl("Sui", "sui"))
    assert isinstance(twice, Unreachable)


@pytest.mark.parametrize("stamp", [0, -1, 4_102_444_800, 10**15, 1.5e9, "yesterday", None])
def test_a_point_at_no_plausible_time_spoils_the_series(stamp: object) -> None:
    rows = [{"date": seconds("2026-03-08"), "tvl": 2}, {"date": stamp, "tvl": 3}]
    outcome = asked(lambda _: js(rows), lambda f, _: DefiLlama(f).chain_tvl("Sui", "sui"))
    if stamp == 1.5e9:  # a time, but no midnight
        assert isinstance(outcome, Ok)
        assert outcome.value.left_out == ("a running figure, not a whole period's",)
    else:
        assert isinstance(outcome, Unreachable)


def test_one_ticker_is_many_coins_and_each_keeps_its_contracts() -> None:
    outcome = asked(lambda _: js(speaks_coingecko.LIST), lambda f, _: CoinGecko(f).coins())
    assert isinstance(outcome, Ok)
    assert [row.id for row in outcome.value.rows if row.texts["symbol"] == "btc"] == ["batcat", "bitcoin"]
    assert outcome.value.rows[1].lists["contracts"] == ("solana:EtBc6g",)


def test_markets_are_read_page_by_page_until_one_is_not_full() -> None:
    def script(request: Request) -> Reply:
        page = int(request.query["page"])
        first = 250 * (page - 1) - (page > 1)  # the border row moves down while we read
        names = [f"coin-{n}" for n in range(first, first + (250 if page < 3 else 7))]
        return js([{**speaks_coingecko.MARKETS[0], "id": name} for name in names])

    async def ask(fetcher: Fetcher, server: ProviderServer) -> object:
        return await CoinGecko(fetcher).markets(most=9), len(server.requests)

    outcome, count = asked(script, ask)
    assert isinstance(outcome, Ok)
    assert count == 3
    assert len({row.id for row in outcome.value.rows}) == len(outcome.value.rows) == 506


def test_a_page_that_fails_fails_the_whole() -> None:
    full = [{**speaks_coingecko.MARKETS[0], "id": f"coin-{n}"} for n in range(250)]
    outcome = asked(
        lambda r: js(full) if r.query["page"] == "1" else js({}, 401),
        lambda f, _: CoinGecko(f).markets(most=2),
    )
    assert isinstance(outcome, NotEntitled)


def test_coin_metrics_pages_follow_the_token_and_never_the_address() -> None:
    def script(request: Request) -> Reply:
        if "next_page_token" in request.query:
            assert request.query["next_page_token"] == "0.abc=="
            assert request.query["assets"] == "btc"
            return js({"data": speaks_small.DAILY["data"][1:]})
        url = "https://elsewhere.example.com/v4/steal?next_page_token=0.abc%3D%3D"
        return js({"data": speaks_small.DAILY["data"][:1], "next_page_url": url})

    async def ask(fetcher: Fetcher, server: ProviderServer) -> object:
        return await CoinMetrics(fetcher).daily({"btc": "bitcoin"}, ("active_addresses",)), len(
            server.requests
        )

    outcome, count = asked(script, ask)
    assert isinstance(outcome, Ok)
    assert count == 2
    assert [row.value for row in outcome.value.rows] == [595_445, 601_002]


@pytest.mark.parametrize("time", ["2026-03-10T00:00:00.000000000Z", "2026-03-08T12:00:00.000000000Z"])
def test_coin_metrics_running_day_is_no_day(time: str) -> None:
    rows = [{"asset": "btc", "time": time, "TxCnt": "5"}]
    outcome = asked(
        lambda _: js({"data": rows}), lambda f, _: CoinMetrics(f).daily({"btc": "bitcoin"}, ("tx_count",))
    )
    assert outcome == NoData("coinmetrics /v4/timeseries/asset-metrics: a day that is not over")


def test_the_catalog_names_what_is_free() -> None:
    outcome = asked(lambda _: js(speaks_small.CATALOG), lambda f, _: CoinMetrics(f).catalog())
    assert isinstance(outcome, Ok)
    assert [(row.id, row.lists["metrics"]) for row in outcome.value.rows] == [("btc", ("active_addresses",))]


def test_coin_metrics_without_the_metric_is_no_data() -> None:
    rows = [{"asset": "sui", "time": "2026-03-07T00:00:00.000000000Z"}]
    outcome = asked(
        lambda _: js({"data": rows}), lambda f, _: CoinMetrics(f).daily({"sui": "sui"}, ("tx_count",))
    )
    assert outcome == NoData(
        "coinmetrics /v4/timeseries/asset-metrics: none of the metrics is served for these assets"
    )


def test_a_look_alike_of_the_same_ticker_is_left_out() -> None:
    other = {**DAY, "TOKEN_ID": 17_528, "TOKEN_NAME": "BTC", "TM_TRADER_GRADE": 18.41}
    right = {**DAY, "TM_TRADER_GRADE": 26.48}
    outcome = asked(
        lambda _: js(envelope(other, right)), lambda f, _: TokenMetrics(f).ask("trader-grades", ["3375"])
    )
    assert isinstance(outcome, Ok)
    assert [row.numbers["tm_trader_grade"] for row in outcome.value.rows] == [Decimal("26.48")]
    assert outcome.value.left_out == ("1 rows of tokens that were not asked for",)
    alone = asked(lambda _: js(envelope(other)), lambda f, _: TokenMetrics(f).ask("trader-grades", ["3375"]))
    assert isinstance(alone, NoData)


def test_both_versions_say_the_same_in_their_own_spelling() -> None:
    row = {**BTC, "TM_GRADE": "71.25", "TM_GRADE_24h_PCT_CHANGE": "-3.5", "TM_TRADER_GRADE_24H_CHANGE": 2}
    spelled = {
        "v2": row,
        "v3": newer(row),
        "history guide": {**newer(row), "tm_grade_24h_pct_change": "-3.5"},
    }
    seen = []
    for version, body in spelled.items():
        client = "v2" if version == "v2" else "v3"
        outcome = asked(
            lambda _, body=body: js(envelope(body)),
            lambda f, _, c=client: TokenMetrics(f, c).ask("tm-grade", ["3375"]),
        )
        assert isinstance(outcome, Ok)
        seen.append(outcome.value.rows[0].numbers)
    assert seen[0] == seen[1] == seen[2]
    assert seen[0]["tm_grade_24h_pct_change"] == Decimal("-3.5")


def test_what_only_the_older_version_has_is_asked_there() -> None:
    async def ask(fetcher: Fetcher, server: ProviderServer) -> list[str]:
        await TokenMetrics(fetcher).ask("trader-grades", ["3375"])
        await TokenMetrics(fetcher).ask("tm-grade", ["3375"])
        return [request.path for request in server.requests]

    assert asked(lambda _: js(envelope()), ask) == ["/v2/trader-grades", "/v3/tm-grade"]


def test_a_long_history_is_asked_in_windows_of_thirty_days_without_a_row_twice() -> None:
    def script(request: Request) -> Reply:
        first, last = at(request.query["startDate"]), at(request.query["endDate"])
        assert (last - first) // 86_400_000 <= 29
        days = [first, last]  # a window's border days, the newest first as they send them
        return js(
            envelope(
                *({**DAY, "DATE": f"{_day(d)}T00:00:00.000Z", "TM_TRADER_GRADE": 50} for d in reversed(days))
            )
        )

    async def ask(fetcher: Fetcher, server: ProviderServer) -> object:
        outcome = await TokenMetrics(fetcher).history(
            "trader-grades", ["3375"], at("2025-12-01"), at("2026-02-15")
        )
        return outcome, [(r.query["startDate"], r.query["endDate"]) for r in server.requests]

    outcome, windows = asked(script, ask)
    assert windows == [
        ("2025-12-01", "2025-12-30"),
        ("2025-12-31", "2026-01-29"),
        ("2026-01-30", "2026-02-15"),
    ]
    assert isinstance(outcome, Ok)
    stamps = [row.as_of for row in outcome.value.rows]
    assert stamps == sorted(set(stamps))
    assert len(stamps) == 6


def test_a_window_that_fails_is_not_taken_for_silence() -> None:
    row = {**DAY, "DATE": "2025-12-01", "TM_TRADER_GRADE": 50}
    outcome = asked(
        lambda r: js(envelope(row)) if r.query["startDate"] == "2025-12-01" else js({}, 403),
        lambda f, _: TokenMetrics(f).history("trader-grades", ["3375"], at("2025-12-01"), at("2026-02-15")),
    )
    assert isinstance(outcome, NotEntitled)


def test_a_server_that_sends_every_page_again_is_read_once() -> None:
    rows = [{**BTC, "TOKEN_ID": n, "TOKEN_NAME": f"T{n}"} for n in range(100)]

    async def ask(fetcher: Fetcher, server: ProviderServer) -> object:
        return await TokenMetrics(fetcher).ask("tokens"), len(server.requests)

    outcome, count = asked(lambda _: js(envelope(*rows)), ask)
    assert isinstance(outcome, Ok)
    assert (len(outcome.value.rows), count) == (100, 2)


@pytest.mark.parametrize(
    "question",
    [
        lambda f: TokenMetrics(f).ask("stop-losses"),
        lambda f: TokenMetrics(f).history("tokens", [], at("2026-01-01"), at("2026-02-01")),
        lambda f: DefiLlama(f).flow("users", "aave", "aave"),
        lambda f: CoinGecko(f).chart("mood", "sui"),
        lambda f: CoinMetrics(f).daily({"btc": "bitcoin"}, ("mood",)),
        lambda f: Blockchain(f).chart("mood"),
        lambda f: News(f).items("nobody"),
    ],
)
def test_what_no_endpoint_serves_is_refused_with_what_there_is(question: object) -> None:
    with pytest.raises(UsageError, match=r"no '|no history") as refused:
        asked(lambda _: js({}), lambda f, _: question(f))  # type: ignore[operator]
    assert refused.value.mend


def _day(moment: int) -> str:
    return iso(Instant(moment))[:10]
