"""A scalar is a value, nothing, or not in the form that was expected; never a guess."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.tools.sources.asking import at
from tools.sources.reading import MalformedError, from_iso, from_seconds, number, text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (-3, "-3"),
        (Decimal("1.50"), "1.5"),
        ("595445", "595445"),
        (" 7.25 ", "7.25"),
        ("1.5e3", "1500"),
        (".5", "0.5"),
        ("-0", "0"),
    ],
)
def test_numbers_and_texts_of_numbers(value: object, expected: str) -> None:
    assert number(value, "x") == Decimal(expected)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_nothing_is_nothing_and_not_zero(value: object) -> None:
    assert number(value, "x") is None


@pytest.mark.parametrize(
    "value",
    [
        *(
            "NaN",
            "nan",
            "inf",
            "-Infinity",
            "sNaN",
            "0x10",
            "1_000",
            "1,000",
            "$5",
            "5%",
            "1e999",
            "٣",
            "１２",
            "--1",
            "1.2.3",
        ),
        *(True, False, [], {}, [1], Decimal("NaN"), Decimal("Infinity"), Decimal("1e41"), 10**41, "1" * 101),
    ],
)
def test_anything_else_is_malformed_and_not_quoted(value: object) -> None:
    with pytest.raises(MalformedError) as refused:
        number(value, "the field")
    assert "the field" in str(refused.value)
    assert str(value) not in str(refused.value).replace("the field", "")


def test_times() -> None:
    assert from_iso("2026-02-17T00:00:00.000000000Z", "t") == at("2026-02-17")
    assert from_iso("2026-02-17", "t") == at("2026-02-17")
    assert from_seconds("1551157200", "t") == at("2019-02-26T05:00")
    for bad in ("soon", "", None, 5, "2008-12-31", "2100-01-01", "9999999-01-01"):
        with pytest.raises(MalformedError):
            from_iso(bad, "t")


def test_texts_are_one_bounded_line() -> None:
    assert text("a\n\tb\x1b[31m\u202ec", "t") == "a b [31m c"
    assert text("x" * 500, "t", 10) == "xxxxxxxxx…"
    assert text(" ", "t") is None
    with pytest.raises(MalformedError):
        text(5, "t")
