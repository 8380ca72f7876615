"""Identity is derived: the same everywhere, different for anything different."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from core.ids import DecisionId, decision_id, exit_id, order_id, run_id
from core.instant import Instant

moments = st.integers(0, 2**41).map(Instant)


@given(st.text(max_size=20), st.text(max_size=20), moments)
def test_ids_fit_every_venue_and_are_the_same_every_time(account: str, decider: str, at: Instant) -> None:
    for made in (decision_id(account, decider, at), exit_id(account, decider, "stop", at)):
        assert re.fullmatch(r"[a-z0-9]{22}", made)
    assert decision_id(account, decider, at) == decision_id(account, decider, at)


def test_ids_are_the_same_on_every_machine() -> None:
    decision = decision_id("paper", "rule:hold", Instant(1_704_067_200_000))
    assert decision == "113719fd6c670e5c3015af"
    assert order_id(decision, "BTC/USDT", 1) == "2e807f45a5549bfa5ef28e"


def test_anything_different_has_another_id() -> None:
    at = Instant(1_704_067_200_000)
    made = [
        decision_id("paper", "rule:hold", at),
        decision_id("live", "rule:hold", at),
        decision_id("paper", "rule:cash", at),
        decision_id("paper", "rule:hold", Instant(at + 1)),
        order_id(DecisionId("d"), "BTC/USDT", 1),
        order_id(DecisionId("d"), "BTC/USDT", 2),
        order_id(DecisionId("d"), "ETH/USDT", 1),
        exit_id("paper", "BTC/USDT", "stop", at),
        exit_id("paper", "BTC/USDT", "target", at),
        exit_id("d", "BTC/USDT", "1", at),
    ]
    assert len(set(made)) == len(made)


def test_parts_cannot_run_into_each_other() -> None:
    at = Instant(0)
    assert decision_id("ab", "c", at) != decision_id("a", "bc", at)


def test_a_run_has_a_short_id_of_its_number() -> None:
    assert re.fullmatch(r"[a-z0-9]{12}", run_id("paper", "hash", 1))
    assert run_id("paper", "hash", 1) != run_id("paper", "hash", 2)
