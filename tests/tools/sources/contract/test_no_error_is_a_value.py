"""Whatever a server sends in place of an answer, no source makes a value of it, and none raises."""

from __future__ import annotations

import copy
import json
import socket
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.observation import Ok, Unreachable
from tests.tools.sources.asking import NOW, asked
from tests.tools.sources.contract.case import Case, numbers_in, reply_of, times_in
from tests.tools.sources.contract.every_case import CASES, OF_EACH_CLIENT
from tests.tools.sources.contract.faults import ANY, FAULTS
from tests.tools.sources.provider_server import ProviderServer
from tests.wire.replies import Reply
from tools.sources.http.fetcher import Fetcher
from tools.sources.http.network import Timeouts

pytestmark = pytest.mark.parts

JUNK = [
    None,
    "",
    "NaN",
    "nan",
    "-inf",
    "Infinity",
    "abc",
    "1e999",
    "0x10",
    "1_000",
    "١٢",
    True,
    False,
    {},
    [],
    [1],
    {"a": 1},
]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(JUNK[:11])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "tvl",
                    "coins",
                    "date",
                    "error",
                    "status",
                    "values",
                    "x",
                    "y",
                    "id",
                    "prices",
                    "item",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
JSON_CASES = [case for case in CASES if not isinstance(case.body, bytes)]


@pytest.mark.parametrize("case", OF_EACH_CLIENT, ids=str)
def test_each_client_meets_every_fault(case: Case) -> None:
    async def ask(fetcher: Fetcher, server: ProviderServer) -> None:
        for name, (fault, told_as) in FAULTS.items():
            server.script = lambda _, fault=fault: fault(case.good)  # type: ignore[misc]
            outcome = await case.ask(fetcher)
            expected = ANY if case.source == "news" and name not in WIRE else told_as
            assert isinstance(outcome, expected), (name, outcome)
            assert len(outcome.detail) < 600
            fetcher._limits._gates.clear()  # what one fault asked for, the next does not wait for

    asked(lambda _: Reply(), ask, budgets=dict.fromkeys(("coingecko", "tokenmetrics"), 10**9))


# what fails before anybody looks whether the body is JSON or a feed
WIRE = {name for name in FAULTS if name[:3].isdigit()} | {
    *("page with 200", "cut on the wire", "no head", "shorter than it said", "no HTTP"),
    *("packed wrongly", "packed and cut", "a bomb"),
}


@settings(max_examples=150)
@given(st.sampled_from(CASES), st.sampled_from(sorted(FAULTS)))
def test_no_fault_looks_like_a_value_anywhere(case: Case, name: str) -> None:
    fault, _ = FAULTS[name]
    outcome = asked(lambda _: fault(case.good), lambda fetcher, _: case.ask(fetcher))
    assert isinstance(outcome, ANY), (name, outcome)


@settings(max_examples=250)
@given(st.sampled_from(JSON_CASES), st.data())
def test_a_spoilt_field_never_becomes_another_number(case: Case, data: st.DataObject) -> None:
    """Every number in an answer was in the sound one; what is spoilt is missing, or there is no answer."""
    body = copy.deepcopy(case.body)
    spots = list(_spots(body))
    if not spots:
        return
    for place, key in data.draw(st.lists(st.sampled_from(spots), min_size=1, max_size=3)):
        if data.draw(st.booleans()) and isinstance(place, dict):
            place.pop(key, None)
        else:
            place[key] = data.draw(st.sampled_from(JUNK))
    outcome = asked(lambda _: reply_of(body), lambda fetcher, _: case.ask(fetcher))
    sound = asked(lambda _: case.good, lambda fetcher, _: case.ask(fetcher))
    assert numbers_in(outcome) <= numbers_in(sound)
    _holds(outcome)


@settings(max_examples=250)
@given(st.sampled_from(JSON_CASES), ANYTHING)
def test_anything_at_all_is_read_without_a_fault(case: Case, body: Any) -> None:
    sent = json.dumps(body).encode()
    _holds(
        asked(
            lambda _: Reply(sent, headers={"content-type": "application/json"}),
            lambda fetcher, _: case.ask(fetcher),
        )
    )


@settings(max_examples=60)
@given(st.sampled_from(CASES), st.binary(max_size=200))
def test_any_bytes_are_read_without_a_fault(case: Case, body: bytes) -> None:
    _holds(asked(lambda _: Reply(body), lambda fetcher, _: case.ask(fetcher)))


@pytest.mark.parametrize("case", [case for case in JSON_CASES if isinstance(case.body, dict | list)], ids=str)
def test_keys_that_are_new_change_nothing_and_keys_that_went_are_no_zero(case: Case) -> None:
    sound = asked(lambda _: case.good, lambda fetcher, _: case.ask(fetcher))
    grown = asked(lambda _: reply_of(_with_more(case.body)), lambda fetcher, _: case.ask(fetcher))
    renamed = asked(lambda _: reply_of(_renamed(case.body)), lambda fetcher, _: case.ask(fetcher))
    assert isinstance(sound, Ok)
    assert (
        isinstance(grown, Ok) or case.endpoint == "coins"
    )  # there a new key is a platform, whose address is a text
    assert case.endpoint == "coins" or numbers_in(grown) == numbers_in(sound)
    assert not isinstance(renamed, Ok) or not _is_of_objects(case.body)


@pytest.mark.parametrize("case", OF_EACH_CLIENT, ids=str)
def test_a_server_that_hangs_or_is_not_there_is_unreachable(case: Case) -> None:
    async def ask(fetcher: Fetcher, server: ProviderServer) -> None:
        hanging = await case.ask(fetcher)
        assert isinstance(hanging, Unreachable)
        assert "no answer in time" in hanging.detail
        server.script = lambda _: Reply(case.good.body, 200, case.good.headers, claimed_length=10**6)
        assert isinstance(await case.ask(fetcher), Unreachable)

    hang = Reply(delay=float("inf"))
    asked(lambda _: hang, ask, timeouts=Timeouts(0.05, 0.05))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))

        async def refused(fetcher: Fetcher, _: ProviderServer) -> None:
            fetcher._addresses._stand_ins[case.source] = f"http://127.0.0.1:{nobody.getsockname()[1]}"
            outcome = await case.ask(fetcher)
            assert isinstance(outcome, Unreachable)
            assert "ConnectError" in outcome.detail

        asked(lambda _: hang, refused)


def _holds(outcome: Any) -> None:
    assert isinstance(outcome, (Ok, *ANY)), outcome
    assert all(number.is_finite() for number in numbers_in(outcome))
    assert all(known_at >= as_of <= NOW for as_of, known_at in times_in(outcome))


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a body that can hold something else."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _spots(value[key])


def _with_more(value: Any) -> Any:
    if isinstance(value, dict):
        return {**{key: _with_more(inner) for key, inner in value.items()}, "brand_new": {"a": [1, None]}}
    return [_with_more(inner) for inner in value] if isinstance(value, list) else value


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"{key}_v9": _renamed(inner) for key, inner in value.items()}
    return [_renamed(inner) for inner in value] if isinstance(value, list) else value


def _is_of_objects(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(_is_of_objects(inner) for inner in value)
    )


def test_a_decimal_is_the_one_that_was_written() -> None:
    body = b'[{"date": 1772928000, "tvl": 23000000000.123456789012345678901}]'
    case = next(case for case in CASES if case.endpoint == "chain_tvl")
    outcome = asked(lambda _: Reply(body), lambda fetcher, _: case.ask(fetcher))
    assert numbers_in(outcome) == {Decimal("23000000000.123456789012345678901")}


@pytest.mark.parametrize("constant", [b"NaN", b"Infinity", b"-Infinity", b"1e41", b"1e-41"])
def test_what_is_no_finite_number_spoils_the_series(constant: bytes) -> None:
    case = next(case for case in CASES if case.endpoint == "chain_tvl")
    body = b'[{"date": 1772841600, "tvl": 5}, {"date": 1772928000, "tvl": %s}]' % constant
    outcome = asked(lambda _: Reply(body), lambda fetcher, _: case.ask(fetcher))
    assert isinstance(outcome, Unreachable), outcome


def test_a_page_is_told_as_one_and_data_with_a_pages_label_is_read() -> None:
    case = next(case for case in CASES if case.endpoint == "chain_tvl")
    fault, _ = FAULTS["page with 200"]
    page = asked(lambda _: fault(case.good), lambda fetcher, _: case.ask(fetcher))
    assert isinstance(page, Unreachable)
    assert "a web page in place of data" in page.detail
    label = {"content-type": "text/html"}
    assert isinstance(asked(lambda _: Reply(case.good.body, 200, label), lambda f, _: case.ask(f)), Ok)
