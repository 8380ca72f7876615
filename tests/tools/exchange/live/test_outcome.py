"""What each piece of evidence proves, without a wire."""

from __future__ import annotations

import asyncio
from typing import Any

import ccxt
import pytest
from ccxt.base.errors import error_hierarchy
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.exchange.live.outcome import BY_CLASS, STRIKES, Outcome, of_failure, of_reply

OURS = "48f63418b7fc4746d2ba73"
GOOD: dict[str, Any] = {"id": "7", "clientOrderId": OURS, "status": "open"}


def classes(tree: dict[str, Any]) -> set[type[BaseException]]:
    found: set[type[BaseException]] = set()
    for name, below in tree.items():
        found |= {getattr(ccxt, name)} | classes(below)
    return found


def test_every_exception_of_the_installed_ccxt_is_ruled_on_purpose() -> None:
    assert set(BY_CLASS) == classes(error_hierarchy)


@pytest.mark.parametrize(
    "kind", sorted(BY_CLASS, key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__
)
def test_only_what_is_definite_rejects(kind: type[Exception]) -> None:
    bare = of_failure(kind('binance {"code":-9999,"msg":"no"}')).outcome
    assert bare is BY_CLASS[kind]
    if bare is Outcome.REJECTED:
        definite = (
            "ArgumentsRequired BadRequest BadSymbol OperationRejected MarketClosed ManualInteractionNeeded "
        )
        definite += (
            "RestrictedLocation InsufficientFunds InvalidOrder OrderImmediatelyFillable OrderNotFillable "
        )
        definite += "ContractUnavailable NotSupported"
        assert kind.__name__ in definite.split()


def test_a_class_of_a_later_ccxt_rejects_nothing() -> None:
    class MisspeltOrder(ccxt.InvalidOrder):  # type: ignore[misc]
        pass

    class KeyAsleep(ccxt.PermissionDenied):  # type: ignore[misc]
        pass

    assert of_failure(MisspeltOrder("no")).outcome is Outcome.UNKNOWN
    assert of_failure(KeyAsleep("no")).outcome is Outcome.KEY_REFUSED


def test_a_bad_request_rejects_only_with_a_code_of_the_venue() -> None:
    assert (
        of_failure(ccxt.BadRequest('binance {"code":-1013,"msg":"Filter failure"}')).outcome
        is Outcome.REJECTED
    )
    assert of_failure(ccxt.BadRequest("binance 400 Bad Request")).outcome is Outcome.UNKNOWN
    assert of_failure(ccxt.BadRequest('kraken {"error":["EGeneral:Invalid arguments"]}')).code == (
        "EGeneral:Invalid arguments"
    )


@pytest.mark.parametrize("kind", [ccxt.InvalidOrder, ccxt.BadRequest, ccxt.OperationRejected])
def test_a_duplicate_is_no_rejection_because_one_of_that_id_exists(kind: type[Exception]) -> None:
    assert of_failure(kind('binance {"code":-2010,"msg":"Duplicate order sent."}')).outcome is Outcome.UNKNOWN


def test_a_revoked_key_is_seen_behind_what_ccxt_takes_for_a_flood() -> None:
    hidden = ccxt.DDoSProtection(
        'binance {"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}'
    )
    assert of_failure(hidden).outcome is Outcome.KEY_REFUSED


def test_floods_in_a_row_are_a_refused_key() -> None:
    flood = ccxt.DDoSProtection("binance 429 Too Many Requests")
    outcomes = [of_failure(flood, strikes).outcome for strikes in range(STRIKES)]
    assert outcomes == [Outcome.THROTTLED, Outcome.THROTTLED, Outcome.KEY_REFUSED]


def test_a_complaint_of_our_clock_is_of_unknown_fate_and_asks_for_a_resync() -> None:
    ruling = of_failure(ccxt.InvalidNonce('binance {"code":-1021,"msg":"Timestamp"}'))
    assert (ruling.outcome, ruling.resync, ruling.code) == (Outcome.UNKNOWN, True, "-1021")


@pytest.mark.parametrize(
    "error",
    [
        asyncio.CancelledError(),
        TimeoutError(),
        ValueError("x"),
        KeyError("y"),
        KeyboardInterrupt(),
        OSError(),
    ],
)
def test_whatever_is_not_ccxts_proves_nothing(error: BaseException) -> None:
    assert of_failure(error).outcome is Outcome.UNKNOWN


def test_an_answer_with_our_id_its_own_id_and_a_known_status_is_acceptance() -> None:
    assert of_reply(GOOD, OURS).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "spoilt",
    [
        {"clientOrderId": None},
        {"clientOrderId": "another0id0than0yours0"},
        {"clientOrderId": OURS.upper()},
        {"id": None},
        {"id": ""},
        {"status": None},
        {"status": "ok"},
    ],
)
def test_only_an_echoed_id_counts(spoilt: dict[str, Any]) -> None:
    assert of_reply(GOOD | spoilt, OURS).outcome is Outcome.UNKNOWN


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
FIELDS = st.sampled_from(["id", "clientOrderId", "status", "info"])


@given(JSON | st.lists(JSON, max_size=3) | st.dictionaries(FIELDS, JSON, max_size=4))
@settings(max_examples=60)
def test_no_other_answer_is_acceptance(answer: object) -> None:
    assert of_reply(answer, OURS).outcome is Outcome.UNKNOWN
