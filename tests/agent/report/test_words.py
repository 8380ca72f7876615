"""Figures as people read them."""

from __future__ import annotations

import pytest

from agent.report import words
from core.instant import DAY, HOUR, instant

THIN = "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0413, "4.13"), (-0.49, "−49.00"), (2.495, "249.5"), (12.3456, "1,235"), (-0.000001, "0.00")],
)
def test_fractions_are_told_in_percent(value: float, text: str) -> None:
    assert words.percent(value) == f"{text}{THIN}%"


def test_a_gain_bears_its_sign_where_it_matters_and_nothing_bears_none() -> None:
    assert words.percent(0.05, signed=True) == f"+5.00{THIN}%"
    assert words.percent(0.0, signed=True) == f"0.00{THIN}%"
    assert words.amount("-0.001", signed=True) == "0.00"
    assert words.amount("-12345.678") == "−12,345.68"


def test_what_is_not_there_is_a_dash_and_never_a_zero() -> None:
    assert {words.percent(None), words.ratio(None), words.amount(None), words.price(None)} == {words.NONE}


@pytest.mark.parametrize(
    ("value", "text"),
    [(64123.456, "64,123.46"), (1.5, "1.50"), (0.000012345678, "0.0000123457"), (0, "0"), ("100", "100.00")],
)
def test_prices_keep_the_digits_that_matter(value: float | str, text: str) -> None:
    assert words.price(value) == text


def test_times_and_spans_read_naturally() -> None:
    assert words.clock(instant("2022-05-05T04:00:00Z")) == "5 May 2022, 04:00"
    assert [words.span(n) for n in (67 * DAY, DAY, 5 * HOUR, 1000)] == [
        "67 days",
        "1 day",
        "5 hours",
        "1 second",
    ]
