"""The assets that come with the program: their shape, who is named, and that the package carries the file."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest

from core.assets import NARRATIVES, SOURCES, AssetKind
from core.errors import UsageError
from core.instant import Instant, instant
from tools.identity import Registry, asset_of, built_in, conflicts, row_of
from tools.identity.spelling import folded, looks
from tools.simulation.roster import SECTORS

FILE = Path(__file__).parents[3] / "tools/identity/assets.json"
ASSETS = built_in().assets
NOW = instant("2026-01-01")

# every token that the sources of the product name
NAMED = {
    "BTC": "bitcoin",
    "ETH": "ethereum",
    "SOL": "solana",
    "SUI": "sui",
    "AVAX": "avalanche-2",
    "Grass": "grass",
    "Peaq": "peaq-2",
    "Parcl": "parcl",
    "Bittensor": "bittensor",
    "Uniswap": "uniswap",
    "Aave": "aave",
    "Compound": "compound-governance-token",
    "Chainlink": "chainlink",
    "Hyperliquid": "hyperliquid",
    "Aerodrome": "aerodrome-finance",
    "Curve": "curve-dao-token",
    "Virtuals": "virtual-protocol",
    "Vader AI": "vaderai-by-virtuals",
}
CANONICAL = "AAVE AVAX BNB BTC DOGE ETH FTT LINK LUNA SOL SUI UNI XRP".split()
# of the panel's pairs with the most volume: currencies, and tokens that no row claims to know by id
KNOWINGLY_UNMAPPED = set("EUR AUD GBP NPXS NFP ACE EPS BZRX UNFI BAKE VANRY".split())


def test_there_are_at_least_two_hundred_each_in_one_row() -> None:
    rows = json.loads(FILE.read_text("utf-8"))["assets"]
    assert len(rows) == len(ASSETS) >= 200
    assert len(FILE.read_text("utf-8").splitlines()) == len(rows) + 2


@pytest.mark.parametrize("name", NAMED)
def test_every_token_that_the_product_names_is_known(name: str) -> None:
    found = built_in().resolve(name, NOW)
    assert getattr(found, "id", found) == NAMED[name]


@pytest.mark.parametrize("asset", ASSETS.values(), ids=lambda one: one.id)
def test_a_row_has_the_shape_of_an_asset(asset) -> None:  # type: ignore[no-untyped-def]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", asset.id)
    assert re.fullmatch(r"[A-Z0-9][A-Z0-9.-]*", asset.ticker)
    assert set(asset.narratives) <= set(NARRATIVES)
    assert set(asset.ids) <= set(SOURCES)
    assert asset_of(row_of(asset)) == asset
    assert asset.kind.derived == (asset.underlying is not None)
    assert asset.underlying is None or asset.underlying in ASSETS
    assert ("stablecoin" in asset.narratives) >= (asset.kind is AssetKind.STABLE)
    for chain, where in asset.contracts.items():
        form = r"[1-9A-HJ-NP-Za-km-z]{32,44}" if chain == "solana" else r"0x[0-9a-f]{40}"
        assert re.fullmatch(form, where)
    if "coinmetrics" in asset.ids:
        assert asset.ids["coinmetrics"] == asset.ticker.lower()


def test_no_row_contradicts_another() -> None:
    assert conflicts(Registry({}), ASSETS.values()) == ()


@pytest.mark.parametrize("source", SOURCES)
def test_a_sources_name_is_one_assets(source: str) -> None:
    names = Counter(one.ids[source] for one in ASSETS.values() if source in one.ids)
    assert [name for name, count in names.items() if count > 1] == []


def test_token_metrics_numbers_are_the_verified_ones() -> None:
    numbers = {one.id: one.ids["tokenmetrics"] for one in ASSETS.values() if "tokenmetrics" in one.ids}
    assert numbers == {"bitcoin": "3375", "ethereum": "3306", "litecoin": "3377"}


def test_coingecko_knows_an_asset_by_its_id() -> None:
    assert ASSETS["sui"].id_at("coingecko") == "sui"
    assert ASSETS["bitcoin"].id_at("kraken") == "BTC"
    assert ASSETS["vaderai-by-virtuals"].id_at("kraken") is None


def test_windows_of_one_label_never_overlap() -> None:
    held: dict[str, list[tuple[float, float, str]]] = {}
    for one in ASSETS.values():
        for window in one.windows:
            since = float("-inf") if window.since is None else window.since
            until = float("inf") if window.until is None else window.until
            assert since < until
            held.setdefault(folded(window.label), []).append((since, until, one.id))
    assert {"luna", "lunc", "polygon", "btt", "quick", "dydx", "vidt"} <= held.keys()
    for spans in held.values():
        ordered = sorted(spans)
        assert all(left[1] <= right[0] for left, right in pairwise(ordered))


def test_what_is_ambiguous_by_name_is_so_on_purpose() -> None:
    meant = built_in().meanings(NOW)
    assert {label for label, ids in meant.items() if len(ids) > 1} == {
        "velo",
        "honey",
        "beam",
        "act",
        "sonic",
        "usdc.e",
    }


def test_an_id_that_is_another_assets_ticker_is_so_on_purpose() -> None:
    told = {(folded(window.label), one.id) for one in ASSETS.values() for window in one.windows}
    told |= {(folded(one.ticker), one.id) for one in ASSETS.values() if not one.kind.derived}
    clashes = {number for label, number in told for other in ASSETS if label == other != number}
    beside = {"beam-2", "velodrome-finance", "dydx-chain", "quick", "quickswap", "bittorrent-old"}
    assert clashes == beside


def test_no_two_labels_only_look_alike() -> None:
    seen: dict[str, str] = {}
    for label in built_in().meanings():
        assert seen.setdefault(looks(label), label) == label


def test_the_simulated_sectors_are_narratives_and_no_simulated_token_is_in_the_registry() -> None:
    assert set(SECTORS) <= set(NARRATIVES)
    assert not any(":" in number for number in ASSETS)


def test_every_base_of_the_canonical_series_is_known(shared_data: Path) -> None:
    bases = {path.name.split("USDT_")[0] for path in (shared_data / "canonical").glob("*.parquet")}
    assert bases == set(CANONICAL)
    at = instant("2022-01-01")
    found = {base: built_in().traded_as("binance", base, at) for base in bases}
    assert None not in found.values()
    assert found["LUNA"] == ASSETS["terra-luna"]


def test_the_majors_of_the_panel_are_known_or_knowingly_are_not(shared_data: Path) -> None:
    import polars as pl

    panel = pl.read_parquet(shared_data / "panel/binance_spot_2021_2023_daily_all.parquet")
    traded = panel.filter(~pl.col("leveraged")).group_by("symbol")
    worth = traded.agg((pl.col("close") * pl.col("volume")).median().alias("worth"), pl.col("ts").max())
    majors = worth.sort("worth", descending=True).head(150)
    unknown = set()
    for symbol, last in majors.select("symbol", "ts").iter_rows():
        base = symbol.removesuffix("USDT")
        if built_in().traded_as("binance", base, Instant(int(last.timestamp() * 1000))) is None:
            unknown.add(base)
    assert unknown == KNOWINGLY_UNMAPPED & unknown, sorted(unknown - KNOWINGLY_UNMAPPED)
    assert len(unknown) < 15


def test_the_registry_is_read_when_it_is_asked_for_and_quickly() -> None:
    times = []
    for _ in range(5):
        built_in.cache_clear()
        began = process_time()
        built_in()
        times.append(process_time() - began)
    assert min(times) < 0.02


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"kind": "magic"}, "unknown kind 'magic'"),
        ({"narratives": ["Moon"]}, "unknown narrative 'Moon'"),
        ({"ids": {"nasdaq": "X"}}, "unknown source 'nasdaq'"),
        ({"ids": {"kraken": ""}}, "padded"),
        ({"name": " X"}, "padded"),
        ({"kind": "wrapped"}, "names no underlying"),
        ({"underlying": "bitcoin"}, "yet a claim on bitcoin"),
        ({"windows": [{"since": "2022-01-01"}]}, "form"),
        ({"contracts": {"base": 7}}, "form"),
    ],
)
def test_a_row_of_another_form_is_refused_in_words(change: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        asset_of({"id": "x", "ticker": "X", "name": "X", **change})
    assert said in refused.value.message
    assert "'x'" in refused.value.message


def test_a_row_without_an_id_is_refused() -> None:
    with pytest.raises(UsageError):
        asset_of({"ticker": "X", "name": "X"})
