"""Keys: what they may do, what happens when they are refused, and that they appear nowhere."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import KeyRefusedError, TokenwiseError
from tests.tools.exchange.live.rig import Rig, Rigs, an_order
from tools.exchange.live.dialect import Permissions
from tools.exchange.live.redaction import Keys, Redactor, quieten
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import ApiKey, Endpoint, Fault, faults_of, stand_in

pytestmark = pytest.mark.parts

CANARY = ApiKey(
    key="canaryKEY0canaryKEY0canaryKEY0canaryKEY0", secret="Y2FuYXJ5U0VDUkVUY2FuYXJ5U0VDUkVUY2FuYXJ5U0VDUkVU"
)


@pytest.fixture(params=["binance", "kraken"])
def watched(
    request: pytest.FixtureRequest,
    rigs: Rigs,
    tmp_path: Path,
    closed_at_the_end: Callable[[object, str], None],
) -> Iterator[Rig]:
    closed_at_the_end(ReportLog, "open")
    with stand_in(request.param, key=CANARY) as at:
        yield rigs.rig(at, path=tmp_path / "live.db")


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """The root logger at DEBUG, and every known logger of the libraries set to it as well."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    root = logging.getLogger()
    names = ["ccxt", "ccxt.base.exchange", "aiohttp", "aiohttp.client", "urllib3", "urllib3.connectionpool"]
    before = {name: logging.getLogger(name).level for name in ["", *names]}
    quieten()
    for name in ["", *names]:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield told
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def whole(error: BaseException) -> str:
    """Everything that a crash dump could say of *error*: its text, its causes, whatever they hold."""
    told = ["".join(traceback.format_exception(error))]
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        told += [repr(one), str(one), repr(one.args), repr(getattr(one, "__dict__", {}))]
        todo += [one.__cause__, one.__context__]
    return "\n".join(told)


def assert_clean(text: str, where: str) -> None:
    for secret in (CANARY.key, CANARY.secret):
        assert secret not in text, where
    for word in ("signature=", "API-Sign", "X-MBX-APIKEY"):
        assert f"{word}" not in text or f"{word}***" in text, (where, text)


def test_a_canary_key_is_in_no_log_exception_file_or_repr(
    watched: Rig, everything_logged: io.StringIO
) -> None:
    exchange, at = watched.exchange, watched.at
    faults = [
        fault for fault in faults_of(at.name) if "SILENT" not in fault.name and "TRICKLE" not in fault.name
    ]
    for fault in faults:
        if fault is Fault.MATCHED_TOO_LATE:
            continue
        for endpoint, ask in (
            (
                Endpoint.CREATE_ORDER,
                lambda name=fault.name: exchange.submit(an_order(name, symbol=watched.symbol)),
            ),
            (Endpoint.BALANCE, exchange.balances),
            (Endpoint.OPEN_ORDERS, exchange.open_orders),
        ):
            at.faults.plan(fault, endpoint)
            try:
                watched.do(ask())
            except TokenwiseError as error:
                assert_clean(whole(error) + error.message + error.mend, f"{fault.name} at {endpoint}")
            at.faults.clear()
            exchange._gate.cool_until = None
            exchange._gate._strikes = 0
    at.key.revoked = True
    with pytest.raises(KeyRefusedError) as refused:
        watched.do(exchange.balances())
    assert_clean(whole(refused.value), "a revoked key")

    order = an_order("wire", symbol=watched.symbol)
    assert_clean(
        repr(exchange) + repr(exchange.wire(order)) + repr(vars(exchange)), "what the exchange holds"
    )
    assert_clean(everything_logged.getvalue(), "the logs at DEBUG")
    database = Path(watched.log._connection.execute("PRAGMA database_list").fetchone()[2])
    for file in database.parent.iterdir():
        assert_clean(file.read_bytes().decode(errors="replace"), file.name)


def test_a_canary_test_sees_what_leaks_without_the_filter(rigs: Rigs) -> None:
    """The canary is alive: the same words, unredacted, do name the key."""
    said = f"binance GET https://api/x?timestamp=1&signature=abc {CANARY.key}"

    with pytest.raises(AssertionError):
        assert_clean(said, "")
    assert_clean(Redactor(Keys(CANARY.key, CANARY.secret))(said), "")


@pytest.mark.parametrize(
    "text",
    [
        "GET https://api.binance.com/api/v3/order?symbol=BTCUSDT&timestamp=1&signature=0a1b2c",
        "{'X-MBX-APIKEY': 'abcdef', 'API-Sign': 'Zm9v'}",
        'body "nonce=17&signature=0a1b2c&x=1"',
        "API-Key: abcdef",
    ],
)
def test_signed_addresses_and_headers_are_blacked_out_even_of_other_keys(text: str) -> None:
    shown = Redactor(None)(text)

    for secret in ("0a1b2c", "abcdef", "Zm9v"):
        assert secret not in shown


def test_keys_do_not_show_themselves() -> None:
    keys = Keys("the-key", "the-secret")

    assert "the-" not in f"{keys!r} {keys} {Redactor(keys)!r}"


@pytest.mark.parametrize(("trade", "withdraw"), [(True, False), (True, True), (False, False)])
def test_the_venue_is_asked_what_a_key_may_do(live: Rig, trade: bool, withdraw: bool) -> None:
    live.at.key.trade, live.at.key.withdraw = trade, withdraw
    found = live.do(live.exchange.permissions())

    assert (found.trade, found.withdraw) == (trade, withdraw)
    assert isinstance(found, Permissions)


def test_an_order_with_a_revoked_key_halts_at_the_first_call_although_ccxt_takes_it_for_a_flood(
    live: Rig,
) -> None:
    live.do(live.exchange.balances())
    live.at.key.revoked = True

    with pytest.raises(KeyRefusedError):
        live.do(live.exchange.submit(an_order("one", symbol=live.symbol)))
    assert len(live.at.requests(Endpoint.CREATE_ORDER)) == 1
    assert live.at.orders() == ()


def test_the_sandbox_is_asked_what_its_account_may_do_because_it_knows_nothing_of_keys(
    on_binance: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_binance.client, "isSandboxModeEnabled", True)
    assert on_binance.do(on_binance.exchange.permissions()) == Permissions(True, False, False)
    assert on_binance.at.requests(Endpoint.PERMISSIONS) == ()

    on_binance.at.key.trade = False
    assert not on_binance.do(on_binance.exchange.permissions()).trade
