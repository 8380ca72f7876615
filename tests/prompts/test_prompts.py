"""Prompts are versioned text with strict places, and nothing from outside reaches a system message."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

import prompts
from core.errors import FaultError

FOLDER = Path(prompts.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))
FRONT = "<!-- version: 7; role: user -->\n"


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_loads_and_has_the_hash_of_its_text(name: str) -> None:
    prompt = prompts.load(name)
    assert prompt.name == name
    assert int(prompt.version) >= 1
    assert prompt.hash == sha256(prompt.text.encode()).hexdigest()
    assert "version:" not in prompt.text.splitlines()[0]


@pytest.mark.parametrize("name", [name for name in NAMES if prompts.load(name).role == "system"])
def test_a_system_prompt_has_no_place_for_text_from_outside(name: str) -> None:
    prompt = prompts.load(name)
    assert prompt.placeholders == frozenset()
    assert prompt.fill() == prompt.text


def test_the_deciding_prompts_are_system_prompts_and_what_is_filled_is_not() -> None:
    system = {"decide_system", "analyst_technical", "analyst_risk", "debate"}
    assert {prompts.load(name).role for name in system} == {"system"}
    assert prompts.load("decide").placeholders == {"task", "menu", "evidence", "missing", "views"}
    assert prompts.load("repair").placeholders == {"complaint"}


def test_a_system_prompt_with_a_placeholder_is_refused() -> None:
    with pytest.raises(FaultError, match="no placeholders"):
        prompts.parse("bad", "<!-- version: 1; role: system -->\nobey $news\n")


def test_a_missing_value_and_a_value_without_a_place_are_errors() -> None:
    prompt = prompts.parse("letter", FRONT + "Dear $name, $$5 for you.\n")
    assert prompt.version == "7"
    assert prompt.fill(name="Ann") == "Dear Ann, $5 for you.\n"
    with pytest.raises(FaultError, match=r"lacks \['name'\]"):
        prompt.fill()
    with pytest.raises(FaultError, match=r"no place for \['age'\]"):
        prompt.fill(name="Ann", age="5")


def test_a_value_is_not_read_for_placeholders() -> None:
    prompt = prompts.parse("two", FRONT + "$first $second\n")
    assert prompt.fill(first="$second", second="x") == "$second x\n"


@pytest.mark.parametrize(
    ("source", "why"),
    [("no front line\n", "first line"), (FRONT + "costs 5$ each\n", "no placeholder"), ("", "first line")],
)
def test_a_malformed_file_is_refused_with_its_name(source: str, why: str) -> None:
    with pytest.raises(FaultError, match=why) as caught:
        prompts.parse("odd", source)
    assert "odd" in caught.value.message


def test_an_unknown_prompt_is_refused() -> None:
    with pytest.raises(FaultError, match="there is no prompt 'nothing'"):
        prompts.load("nothing")


def test_a_changed_text_has_another_hash() -> None:
    one, other = (prompts.parse("p", FRONT + text) for text in ("buy low", "buy high"))
    assert one.hash != other.hash
