"""Specs: one way to name a thing on a command line, and one canonical text of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.spec import Spec, parse_spec

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
names = st.from_regex(r"[a-z]{1,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("sim", "sim"),
        ("rule:sma_cross?slow=50&fast=20", "rule:sma_cross?fast=20&slow=50"),
        (" sim?start=2024-01-01&seed=7 ", "sim?seed=7&start=2024-01-01"),
        ("py:my%20file.py", "py:my%20file.py"),
        ("py:my file.py", "py:my%20file.py"),
        ("llm:openai/gpt:free", "llm:openai/gpt:free"),
        ("a?x=1%2B1&y=a%26b", "a?x=1%2B1&y=a%26b"),
    ],
)
def test_the_canonical_form_sorts_keys(text: str, canonical: str) -> None:
    assert str(parse_spec(text)) == canonical


@given(names, st.none() | texts, st.dictionaries(names, texts, max_size=4))
def test_every_spec_survives_its_canonical_text(name: str, arg: str | None, params: dict[str, str]) -> None:
    spec = Spec(name, arg, params)
    assert parse_spec(str(spec)) == spec


@pytest.mark.parametrize("text", ["", "?a=1", "rule:", ":x", "sim?seed", "sim?seed=1&seed=2", "sim?a=1&&b=2"])
def test_what_is_no_spec_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        parse_spec(text)


def test_defaults_are_filled_in_and_given_values_stay() -> None:
    assert (
        str(parse_spec("sim?seed=9").with_defaults({"seed": "7", "assets": "12"})) == "sim?assets=12&seed=9"
    )


def test_an_unknown_key_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(UsageError, match="rule:sma knows no key 'windw'") as refusal:
        parse_spec("rule:sma?windw=15").with_defaults({"window": "15"})
    assert refusal.value.candidates == ("window",)
