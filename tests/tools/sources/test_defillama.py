"""DefiLlama: history at each midnight, today's running figures kept out of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.observation import NoData, Observation, Ok
from tests.tools.sources.asking import asked, at, js
from tests.tools.sources.contract.speaks_defillama import AAVE
from tools.sources.providers.defillama import DefiLlama

pytestmark = pytest.mark.parts


def test_tvl_is_a_value_a_midnight_known_two_days_later_and_old_ones_are_restated() -> None:
    answer = asked(lambda _: js(AAVE), lambda fetcher, _: DefiLlama(fetcher).protocol_tvl("aave", "aave"))
    assert isinstance(answer, Ok)
    old, first, second = answer.value.rows
    assert (old.known_at, old.flags) == (at("2026-03-08"), ("restated",))
    value = Decimal("21000000000.5")
    assert first == Observation("aave", "tvl", value, "USD", at("2026-03-08"), at("2026-03-10"), "defillama")
    assert (second.as_of, second.known_at) == (at("2026-03-09"), at("2026-03-11"))
    assert answer.value.attribution
    assert answer.value.left_out == ("a running figure, not a whole period's",)


def test_one_chain_of_a_protocol_is_asked_for_by_name() -> None:
    def on(chain: str) -> object:
        return asked(lambda _: js(AAVE), lambda f, _: DefiLlama(f).protocol_tvl("aave", "aave", chain))

    answer = on("Base")
    assert isinstance(answer, Ok)
    assert [row.value for row in answer.value.rows] == [Decimal(7)]
    assert isinstance(on("Nowhere"), NoData)
