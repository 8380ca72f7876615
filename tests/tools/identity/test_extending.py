"""A registry grows by what a source says, and takes nothing that contradicts what it knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.assets import AssetKind, AssetRef
from core.errors import UsageError
from core.instant import instant
from tools.identity import Ambiguous, Registry, asset_of, built_in, conflicts, extend, row_of

BASE = built_in()
SUI = BASE.assets["sui"]
NEW = AssetRef("new-coin", "NEWC", "New Coin", narratives=("AI",), ids={"kraken": "NEWC"})


def test_a_new_asset_is_added_and_the_base_is_left_as_it_was() -> None:
    more = extend(BASE, [NEW])
    assert more.resolve("newc") == NEW
    assert len(more.assets) == len(BASE.assets) + 1
    assert "new-coin" not in BASE.assets


def test_a_known_asset_keeps_what_is_known_and_gains_the_rest() -> None:
    said = replace(
        SUI,
        name="Sui Network",
        narratives=("DeFi",),
        ids={"defillama": "sui"},
        contracts={"sui": "0x2::sui::SUI"},
    )
    found = extend(BASE, [said]).assets["sui"]
    assert (found.id, found.ticker, found.name, found.kind) == ("sui", "SUI", "Sui", SUI.kind)
    assert found.narratives == ("L1", "DeFi")
    assert found.ids == {**SUI.ids, "defillama": "sui"}
    assert found.contracts == {"sui": "0x2::sui::SUI"}
    assert found.aliases == ("Sui Network",)


def test_a_shared_ticker_becomes_ambiguous() -> None:
    batcat = AssetRef("batcat", "BTC", "batcat")
    more = extend(BASE, [batcat])
    assert more.resolve("BTC", instant("2026-01-01")) == Ambiguous("BTC", ("bitcoin", "batcat"))
    claim = AssetRef("some-bridged-btc", "BTC", "Some Bridged BTC", AssetKind.BRIDGED, "bitcoin")
    assert extend(BASE, [claim]).resolve("BTC", instant("2026-01-01")) == BASE.assets["bitcoin"]


CONTRADICTIONS: list[tuple[AssetRef, str]] = [
    (replace(SUI, ticker="IUS"), "the ticker of sui is SUI, and not IUS"),
    (
        replace(SUI, kind=AssetKind.WRAPPED, underlying="bitcoin"),
        "the kind of sui is native, and not wrapped",
    ),
    (
        replace(BASE.assets["weth"], underlying="bitcoin"),
        "the underlying of weth is ethereum, and not bitcoin",
    ),
    (replace(SUI, ids={"binance": "SUI2"}), "sui is SUI at binance, and not SUI2"),
    (replace(BASE.assets["chainlink"], contracts={"ethereum": "0x1"}), "and not 0x1"),
    (replace(NEW, ids={"kraken": "SUI"}), "SUI at kraken is sui, and not new-coin"),
    (
        replace(NEW, contracts={"ethereum": "0x514910771af9ca656af840dff83e8264ecf986ca"}),
        "on ethereum is chainlink, and not new-coin",
    ),
    (replace(NEW, kind=AssetKind.STAKED, underlying="nobody"), "a claim on nobody, which nobody knows"),
    (replace(NEW, kind=AssetKind.STAKED, underlying="new-coin"), "new-coin is a claim on itself"),
    (replace(NEW, ticker="ВТС"), "'ВТС' of new-coin only looks like 'btc' of bitcoin"),
    (replace(NEW, name="Sólana"), "'Sólana' of new-coin only looks like 'solana' of solana"),
]


@pytest.mark.parametrize(("said", "why"), CONTRADICTIONS, ids=lambda one: one if isinstance(one, str) else "")
def test_what_contradicts_is_refused_in_words_and_by_its_id(said: AssetRef, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        extend(BASE, [said])
    assert why in refused.value.message
    assert refused.value.code == "asset_conflict"
    assert refused.value.candidates == (said.id,)


def test_two_new_assets_contradict_each_other_as_well() -> None:
    other = AssetRef("other-coin", "OTHR", "Other Coin", ids={"kraken": "NEWC"})
    (found,) = conflicts(BASE, [NEW, other])
    assert (found.id, found.why) == ("other-coin", "NEWC at kraken is new-coin, and not other-coin")


def test_without_its_conflicts_the_rest_is_taken() -> None:
    said = [NEW, *(one for one, _ in CONTRADICTIONS)]
    refused = conflicts(BASE, said)
    assert len(refused) == len(CONTRADICTIONS)
    with pytest.raises(UsageError, match="and 8 more"):
        extend(BASE, said)
    assert "new-coin" in extend(BASE, [NEW]).assets


def test_many_conflicts_are_found_at_once() -> None:
    found = conflicts(BASE, [replace(SUI, ticker="A"), replace(BASE.assets["solana"], ticker="B")])
    assert [one.id for one in found] == ["sui", "solana"]


@given(st.lists(st.sampled_from(sorted(BASE.assets)), max_size=20))
def test_to_say_the_same_again_changes_nothing(again: list[str]) -> None:
    rows = [row_of(BASE.assets[number]) for number in again]
    assert extend(BASE, [asset_of(row) for row in rows]).assets == BASE.assets


@given(st.permutations(sorted(BASE.assets)[:40]))
def test_the_order_in_which_assets_are_said_makes_no_difference(order: list[str]) -> None:
    closed = [number for number in order if not BASE.assets[number].kind.derived]
    more: Any = extend(Registry({}), [BASE.assets[number] for number in closed])
    assert more.assets == {number: BASE.assets[number] for number in closed}
