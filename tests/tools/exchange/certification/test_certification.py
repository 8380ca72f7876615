"""A venue that does everything right is certified; each single wrong behaviour fails the check that is about it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import StoppedError, UsageError
from tools.clocks import SystemClock
from tools.exchange.certification.certificate import Certificate, certify, require, save
from tools.exchange.certification.check import all_checks
from tools.exchange.stand_in import Wrong

pytestmark = pytest.mark.parts

VENUES = ("binance", "kraken")
CAUGHT_BY = {
    Wrong.DROPS_CLIENT_ID: "id.echoed",
    Wrong.ECHOES_ANOTHER_ID: "id.echoed",
    Wrong.IGNORES_RECV_WINDOW: "refusal.expired",
    Wrong.LOOKUP_FINDS_NOTHING: "id.found",
    Wrong.LOOKUP_FINDS_ANOTHER: "id.found",
    Wrong.FILLS_ABOVE_LIMIT: "execution.limit",
    Wrong.IOC_RESTS: "execution.ioc",
    Wrong.ROUNDS_PRICE: "refusal.tick",
    Wrong.ROUNDS_QUANTITY: "refusal.lot",
    Wrong.NO_MIN_NOTIONAL: "refusal.notional",
    Wrong.CANCEL_DOES_NOTHING: "execution.cancel",
    Wrong.TRADES_WITHOUT_FEES: "books.fills",
    Wrong.TRADES_WITHOUT_ID: "execution.limit",
    Wrong.TRADES_LEFT_OUT: "books.fills",
    Wrong.BALANCES_STAND_STILL: "books.balances",
    Wrong.OPEN_ORDERS_CUT: "id.all_open",
    Wrong.FORGETS_CLOSED: "id.remembered",
    Wrong.WITHDRAW_HIDDEN: "refusal.rights",
    Wrong.TIME_JUMPS: "unknown.time",
    Wrong.POST_ONLY_TAKES: "execution.post_only",
    Wrong.ANY_SIGNATURE: "refusal.signature",
    Wrong.FILLED_TOO_MUCH: "books.fills",
}


def found(venue: str, *wrong: Wrong, only: str | None = None) -> Certificate:
    checks = [check for check in all_checks() if only in (None, check.name)]
    return asyncio.run(certify(venue, SystemClock(), wrong=wrong, checks=checks))


@pytest.fixture(scope="module", params=VENUES)
def passing(request: pytest.FixtureRequest) -> Certificate:
    return found(request.param)


def test_a_venue_that_does_everything_right_passes(passing: Certificate) -> None:
    assert [(result.name, result.why) for result in passing.results if result.why] == []
    assert passing.passed


def test_every_wrong_behaviour_is_on_the_list() -> None:
    assert set(CAUGHT_BY) == set(Wrong)


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("wrong", CAUGHT_BY, ids=lambda wrong: wrong.name)
def test_one_wrong_behaviour_fails_the_check_that_is_about_it(venue: str, wrong: Wrong) -> None:
    certificate = found(venue, wrong, only=CAUGHT_BY[wrong])
    assert [result.name for result in certificate.results if result.why] == [CAUGHT_BY[wrong]]
    assert not certificate.passed


def test_a_venue_without_a_dialect_cannot_be_certified() -> None:
    with pytest.raises(UsageError, match="no venue"):
        found("nowhere")


def test_a_certificate_counts_for_the_ccxt_that_it_was_made_with(
    passing: Certificate, tmp_path: Path
) -> None:
    save(tmp_path, passing)
    assert require(tmp_path, passing.venue) == passing

    save(tmp_path, replace(passing, ccxt="4.0.0"))
    with pytest.raises(StoppedError, match="certified with ccxt 4"):
        require(tmp_path, passing.venue)


def test_a_failed_an_empty_and_a_missing_certificate_count_for_nothing(
    passing: Certificate, tmp_path: Path
) -> None:
    with pytest.raises(StoppedError, match="never certified"):
        require(tmp_path, passing.venue)
    first = replace(passing.results[0], why="it did otherwise")
    save(tmp_path, replace(passing, results=(first, *passing.results[1:])))
    with pytest.raises(StoppedError, match="did not pass: books"):
        require(tmp_path, passing.venue)
    save(tmp_path, replace(passing, results=()))
    with pytest.raises(StoppedError, match="did not pass"):
        require(tmp_path, passing.venue)


def test_a_certificate_of_another_venue_or_of_nothing_is_refused(
    passing: Certificate, tmp_path: Path
) -> None:
    path = save(tmp_path, passing)
    path.write_text(json.dumps({"venue": passing.venue}), encoding="utf-8")
    with pytest.raises(StoppedError, match="cannot be read"):
        require(tmp_path, passing.venue)
    save(tmp_path, replace(passing, venue="binance" if passing.venue == "kraken" else "kraken")).replace(path)
    with pytest.raises(StoppedError):
        require(tmp_path, passing.venue)
