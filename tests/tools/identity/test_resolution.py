"""A text means one asset at its time, or the person is asked: never a silent pick."""

from __future__ import annotations

from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.assets import AssetKind, AssetRef, Window
from core.errors import NoAnswerError
from core.instant import DAY, Instant, instant
from core.observation import Missing
from tools.identity import Ambiguous, Registry, built_in
from tools.identity.spelling import folded, looks

KNOWN = built_in()
NOW = instant("2026-01-01")
TURN = instant("2022-05-13T01:00:00Z")
assets = st.sampled_from(sorted(KNOWN.assets))
times = st.integers(instant("2015-01-01"), instant("2030-01-01")).map(Instant)
# letters of other scripts that look like a Latin one
LOOKALIKES = {
    "a": "а",
    "c": "с",
    "e": "е",
    "o": "о",
    "p": "р",
    "x": "х",
    "y": "у",
    "i": "і",
    "t": "т",
    "b": "в",
}


def meant(text: str, at: Instant = NOW) -> str | tuple[str, ...] | None:
    found = KNOWN.resolve(text, at)
    if isinstance(found, AssetRef):
        return found.id
    return found.candidates if isinstance(found, Ambiguous) else None


@pytest.mark.parametrize(
    ("text", "asset"),
    [
        ("bitcoin", "bitcoin"),
        ("BTC", "bitcoin"),
        ("xbt", "bitcoin"),
        ("  $sui ", "sui"),
        ("Ｓｕｉ", "sui"),
        ("terra\u00a0 luna  CLASSIC", "terra-luna"),
        ("B\u200bTC", "bitcoin"),
        ("DOT/USDT", "polkadot"),
        ("ETH", "ethereum"),
        ("WETH", "weth"),
        ("wbtc", "wrapped-bitcoin"),
        ("stETH", "staked-ether"),
        ("USDC.e", ("bridged-usdc-polygon-pos-bridge", "usd-coin-ethereum-bridged")),
        ("Sonic", ("sonic-3", "sonic-svm")),
        ("USDC", "usd-coin"),
        ("RNDR", "render-token"),
        ("ethereum:0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", "usd-coin"),
        ("eth:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", "usd-coin"),
        ("0x514910771af9ca656af840dff83e8264ecf986ca", "chainlink"),
        ("arbitrum-one:0x912CE59144191C1204E64559FE8253a0e49E6548", "arbitrum"),
        ("solana:So11111111111111111111111111111111111111112", "wrapped-solana"),
        ("solana:so11111111111111111111111111111111111111112", None),
        ("base:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", None),
        ("0x0000000000000000000000000000000000000001", None),
        ("HONEY", ("hivemapper", "honey-3")),
        ("BEAM", ("beam-2", "beam")),
        ("beam", "beam"),
        ("ACT", ("act-i-the-ai-prophecy", "acet-token")),
        ("batcat", None),
        ("", None),
        ("  ", None),
        ("/", None),
        (":", None),
        ("BTC/", None),
        ("\x00", None),
        ("💎", None),
    ],
)
def test_a_text_means_one_asset_or_several_or_none(text: str, asset: str | tuple[str, ...] | None) -> None:
    assert meant(text) == asset


@pytest.mark.parametrize(
    ("text", "at", "asset"),
    [
        ("LUNA", "2022-05-13T00:59:59.999Z", "terra-luna"),
        ("LUNA", "2022-05-13T01:00:00Z", "terra-luna-2"),
        ("luna", "2019-01-01", "terra-luna"),
        ("Terra", "2021-01-01", "terra-luna"),
        ("Terra", "2026-01-01", "terra-luna-2"),
        ("LUNC", "2023-01-01", "terra-luna"),
        ("LUNC", "2021-01-01", "terra-luna"),  # nobody else went by it, so it can only be meant so
        ("FTT", "2021-01-01", "ftx-token"),
        ("FTT", "2023-02-01", "ftx-token"),
        ("MATIC", "2023-01-01", "matic-network"),
        ("MATIC", "2026-01-01", "matic-network"),
        ("POL", "2026-01-01", "polygon-ecosystem-token"),
        ("Polygon", "2023-01-01", "matic-network"),
        ("Polygon", "2026-01-01", "polygon-ecosystem-token"),
        ("UST", "2022-04-01", "terrausd"),
        ("BTT", "2021-06-01", "bittorrent-old"),
        ("BTT", "2023-06-01", "bittorrent"),
        ("VIDT", "2022-11-08", "v-id-blockchain"),
        ("VIDT", "2022-11-09", "vidt-dao"),
        ("QUICK", "2023-07-20", "quick"),
        ("QUICK", "2023-07-21", "quickswap"),
        ("DYDX", "2022-01-01", "dydx"),
        ("DYDX", "2026-01-01", "dydx-chain"),
    ],
)
def test_a_ticker_means_what_it_meant_at_its_time(text: str, at: str, asset: str) -> None:
    assert meant(text, instant(at)) == asset


@pytest.mark.parametrize(
    ("venue", "base", "at", "asset"),
    [
        ("binance", "LUNA", "2021-06-01", "terra-luna"),
        ("binance", "LUNA", "2023-06-01", "terra-luna-2"),
        ("kraken", "LUNC", "2023-06-01", "terra-luna"),
        ("binance", "UST", "2022-05-01", "terrausd"),
        ("binance", "RNDR", "2023-06-01", "render-token"),
        ("binance", "BEAMX", "2023-12-01", "beam-2"),
        ("binance", "BEAM", "2022-12-01", "beam"),
        ("binance", "BTTC", "2023-12-01", "bittorrent"),
        ("binance", "BTT", "2021-12-01", "bittorrent-old"),
        ("binance", "1000SATS", "2023-12-31", "sats-ordinals"),
        ("binance", "EUR", "2023-01-01", None),
        ("nowhere", "BTC", "2023-01-01", None),
    ],
)
def test_a_venues_symbol_is_what_the_venue_meant(venue: str, base: str, at: str, asset: str | None) -> None:
    found = KNOWN.traded_as(venue, base, instant(at))
    assert (None if found is None else found.id) == asset


def test_without_a_time_a_reused_ticker_is_ambiguous() -> None:
    assert KNOWN.resolve("LUNA") == Ambiguous("LUNA", ("terra-luna", "terra-luna-2"))


@given(assets, times)
def test_an_id_is_always_its_asset(asset: str, at: Instant) -> None:
    assert meant(asset, at) == asset


@given(assets, times, st.data())
def test_a_ticker_or_name_leads_to_who_goes_by_it_then_and_to_nobody_else(
    asset: str, at: Instant, data: st.DataObject
) -> None:
    one = KNOWN.assets[asset]
    label = data.draw(st.sampled_from(one.labels))
    found = KNOWN.resolve(label, at)
    assert not isinstance(found, Missing)
    ids = {found.id} if isinstance(found, AssetRef) else set(found.candidates)
    for number in ids:
        other = KNOWN.assets[number]
        assert folded(label) in {folded(text) for text in (number, *other.labels)}


@given(assets, times)
def test_a_claim_on_an_asset_is_never_answered_for_it(asset: str, at: Instant) -> None:
    """What a native or stable asset's ticker and name lead to is no wrapped, bridged or staked token."""
    one = KNOWN.assets[asset]
    for label in (one.ticker, one.name):
        found = KNOWN.resolve(label, at)
        if isinstance(found, AssetRef) and not one.kind.derived:
            assert not found.kind.derived
        if isinstance(found, AssetRef) and found.kind.derived:
            assert folded(label) in {folded(text) for text in (found.id, *found.labels)}


@given(assets, times, st.sampled_from([str.upper, str.lower, str.title, lambda text: f" ${text}\t"]))
def test_case_and_space_make_no_difference_to_a_ticker(asset: str, at: Instant, spelt: object) -> None:
    ticker = KNOWN.assets[asset].ticker
    assert callable(spelt)
    text = spelt(ticker)
    if text not in KNOWN.assets and ticker not in KNOWN.assets:
        assert meant(text, at) == meant(ticker, at)


@given(assets, st.data())
def test_a_homoglyph_is_nobody_and_whom_it_imitates_is_the_first_candidate(
    asset: str, data: st.DataObject
) -> None:
    ticker = KNOWN.assets[asset].ticker.lower()
    places = [place for place, letter in enumerate(ticker) if letter in LOOKALIKES]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    text = f"{ticker[:place]}{LOOKALIKES[ticker[place]]}{ticker[place + 1 :]}".upper()
    assert looks(text) == ticker
    assert KNOWN.resolve(text, NOW) == Missing(text, "unknown_asset")
    named = {number for number, one in KNOWN.assets.items() if ticker in map(folded, (number, *one.labels))}
    assert set(KNOWN.near(text)) <= named
    assert KNOWN.near(text)


@given(st.text(max_size=40))
def test_no_text_breaks_it_and_what_is_answered_goes_by_that_text(text: str) -> None:
    found = KNOWN.resolve(text, NOW)
    if isinstance(found, AssetRef) and ":" not in text and not text.strip().lower().startswith("0x"):
        called = {folded(label) for label in (found.id, *found.labels)}
        assert folded(text) in called or folded(text.strip().partition("/")[0]) in called
    assert len(KNOWN.near(text)) <= 8
    assert set(KNOWN.near(text)) <= KNOWN.assets.keys()


@given(st.text(alphabet=ascii_letters + digits, min_size=1, max_size=12))
def test_near_misses_are_no_answer(text: str) -> None:
    found = KNOWN.resolve(text, NOW)
    assert isinstance(found, Missing) == (
        not KNOWN.meanings(NOW).get(folded(text)) and text not in KNOWN.assets
    )


def test_the_border_that_can_only_go_on_with_one_says_the_candidates() -> None:
    assert KNOWN.the_one("BTC", NOW).id == "bitcoin"
    for text, code, first in (
        ("HONEY", "ambiguous_asset", "hivemapper"),
        ("bitcon", "unknown_asset", "bitcoin"),
        ("ВТС", "unknown_asset", "bitcoin"),
    ):
        with pytest.raises(NoAnswerError) as refused:
            KNOWN.the_one(text, NOW)
        assert (refused.value.code, refused.value.candidates[0]) == (code, first)
        assert refused.value.exit_status == 3


def test_two_natives_of_one_ticker_are_ambiguous_and_a_claim_on_one_of_them_adds_nothing() -> None:
    few = Registry(
        {
            one.id: one
            for one in (
                AssetRef("good", "GOOD", "Good"),
                AssetRef("other-good", "GOOD", "Other Good"),
                AssetRef("bridged-good", "GOOD", "Bridged Good", AssetKind.BRIDGED, "good"),
                AssetRef("lonely", "GONE", "Lonely", AssetKind.WRAPPED, "nobody"),
                AssetRef("circle", "LOOP", "Loop", AssetKind.WRAPPED, "circle"),
            )
        }
    )
    assert few.resolve("good") == few.assets["good"]  # its id
    assert few.resolve("GOOD") == Ambiguous("GOOD", ("good", "other-good"))
    assert few.resolve("gone") == few.assets["lonely"]
    assert few.resolve("loop") == few.assets["circle"]


def test_a_claim_counts_in_the_narratives_of_what_it_is_a_claim_on() -> None:
    assert set(KNOWN.narratives("wrapped-bitcoin")) == {"DeFi", "L1", "payments"}
    assert set(KNOWN.narratives("wrapped-steth")) == {"LST", "L1"}
    assert KNOWN.narratives("unmapped:binance:X/USDT") == ()


@given(times, times, times)
def test_a_window_covers_its_beginning_and_not_its_end(since: Instant, until: Instant, at: Instant) -> None:
    window = Window("X", since, until)
    assert window.covers(at) == (since <= at < until)
    assert Window("X").covers(at)
    assert Window("X", since).covers(Instant(since + DAY))
    assert not Window("X", None, until).covers(until)


def test_turning_points_are_those_of_the_stored_series() -> None:
    windows = {one.label: one for one in KNOWN.assets["terra-luna"].windows}
    assert windows["LUNA"].until == TURN
    assert windows["LUNC"].since == TURN
