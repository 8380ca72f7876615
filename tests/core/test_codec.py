"""Whatever is journalled reads back as it was, in every event there is."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.canonical import canonical
from core.codec import decode, encode
from core.events import EVENTS, Ended, Exit, Filled, body, event
from core.ids import OrderId
from core.instant import Instant, Interval, interval
from core.market import Candle, Instrument
from core.orders import ApprovedOrder, ExecutionReport, OrderState
from core.portfolio import Portfolio
from tests.builders import NOON, a_candle, an_instrument

json_values = st.dictionaries(
    st.text("abc", max_size=3), st.integers() | st.text("xyz", max_size=3) | st.none(), max_size=2
)
st.register_type_strategy(
    Decimal,
    st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e30"), max_value=Decimal("1e30")),
)
st.register_type_strategy(Interval, st.sampled_from(["1m", "1h", "1d"]).map(interval))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


def made(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Every field by its declared type; instants within years that have a text."""
    hints = typing.get_type_hints(kind)
    return st.builds(
        kind,
        **{
            name: _field(hint)
            for name, hint in hints.items()
            if typing.get_origin(hint) is not typing.ClassVar
        },
    )


def _field(hint: Any) -> st.SearchStrategy[Any]:
    if hint is Instant:
        return st.integers(0, 4_000_000_000_000)
    if isinstance(hint, typing.NewType):
        return _field(hint.__supertype__)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return st.lists(_field(args[0]), max_size=2).map(tuple)
    if origin is Mapping:
        return (
            json_values
            if args[1] is Any
            else st.dictionaries(st.text("AB", min_size=1), _field(args[1]), max_size=2)
        )
    if type(None) in args:
        return st.none() | _field(next(arg for arg in args if arg is not type(None)))
    if hasattr(hint, "__dataclass_fields__") and hint is not Interval:
        return made(hint)
    return st.from_type(hint)


KINDS = [*EVENTS.values(), ApprovedOrder, OrderState, ExecutionReport, Instrument, Candle, Portfolio]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=40)
@given(data=st.data())
def test_it_reads_back_as_it_was_through_canonical_json(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(made(kind))
    raw = json.loads(canonical(encode(value)))
    assert decode(kind, raw) == value
    assert canonical(encode(decode(kind, raw))) == canonical(encode(value))


@settings(max_examples=10)
@given(data=st.data())
def test_an_event_reads_back_by_its_kind(data: st.DataObject) -> None:
    for kind, cls in EVENTS.items():
        value = data.draw(made(cls))
        assert value.kind == kind
        assert event(kind, json.loads(canonical(body(value)))) == value


def test_the_kinds_are_those_of_the_contract() -> None:
    assert set(EVENTS) == set(
        "started decided span refused approved submitted acknowledged filled cancelled unknown resolved "
        "exit halted resumed delisted alert ended".split()
    )


def test_money_is_text_and_time_is_rfc_3339() -> None:
    fired = Exit("BTC/USDT", "stop", Decimal("1E-18"), OrderId("o"))
    assert encode(fired)["level"] == "0.000000000000000001"
    assert encode(a_candle())["opened_at"] == "2024-01-01T12:00:00Z"
    assert encode(a_candle())["interval"] == "1h"
    assert decode(Candle, encode(a_candle())).opened_at == NOON


def test_a_float_where_money_belongs_is_refused_on_reading() -> None:
    raw = encode(an_instrument()) | {"tick_size": 0.01}
    with pytest.raises(TypeError, match="money is never a float"):
        decode(Instrument, raw)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e", ""])
def test_what_is_no_amount_is_refused_on_reading(text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        decode(Instrument, encode(an_instrument()) | {"tick_size": text})


def test_a_field_that_is_missing_is_an_error_unless_it_has_a_default() -> None:
    with pytest.raises(TypeError, match="fill"):
        decode(Filled, {"venue_seq": 1, "done": True})
    assert decode(Ended, {"reason": "until"}) == Ended("until")


def test_a_key_from_a_later_version_is_passed_over() -> None:
    assert decode(Ended, {"reason": "until", "mood": "good"}) == Ended("until")
