"""An answer whose text is wrong, inside a sound envelope."""

from __future__ import annotations

from collections.abc import Callable

from tests.wire.kind import STYLES, Asked, Kind
from tests.wire.replies import (
    Reply,
    a_proposal,
    an_answer,
    answering,
    sent,
)


def text_kinds() -> list[Kind]:
    """The answer's text is wrong, inside a sound envelope."""

    def kind(name: str, reason: str, edit: Callable[[str], str], *styles: str) -> Kind:
        def make(asked: Asked) -> Reply:
            text = an_answer([a_proposal(asked)])
            assert edit(text) != text, f"{name} changes nothing"
            return sent(answering(asked, edit(text)))

        return Kind(name, make, (reason,), styles or STYLES)

    def swap(old: str, new: str) -> Callable[[str], str]:
        return lambda text: text.replace(old, new, 1)

    fenced = "```json\n{}\n```".format
    return [
        kind("stance is NaN", "not_json", swap("0.4", "NaN")),
        kind("confidence is Infinity", "not_json", swap("0.6", "Infinity")),
        kind("stance is -Infinity", "not_json", swap("0.4", "-Infinity")),
        kind("stance overflows to infinity", "schema", swap("0.4", "1e999")),
        kind("stance is written +0.4", "not_json", swap("0.4", "+0.4")),
        kind("asset is written 00", "not_json", swap('"asset": 0', '"asset": 00')),
        kind("proposals twice, first empty", "duplicate_keys", swap("{", '{"proposals": [], ')),
        kind("stance twice, hold then buy", "duplicate_keys", swap('"stance"', '"stance": 0, "stance"')),
        kind("stance twice, equal", "duplicate_keys", swap('"stance"', '"stance": 0.4, "stance"')),
        kind(
            "stance twice, once escaped", "duplicate_keys", swap('"stance"', '"st\\u0061nce": -1, "stance"')
        ),
        kind("cut in the middle", "truncated", lambda text: text[: len(text) // 2]),
        kind("cut before its last bracket", "truncated", lambda text: text[:-1]),
        kind("cut after a colon", "truncated", lambda text: text[: text.index("stance") + 8]),
        kind("prose after it", "not_json", lambda text: text + "\nI hope this helps!"),
        kind("prose before it", "not_json", lambda text: "Here is my decision:\n" + text),
        kind("prose only", "not_json", lambda _: "I would buy some BTC here, but not too much."),
        kind("think tags before it", "not_json", lambda text: f"<think>The trend is up.</think>\n{text}"),
        kind("think tags in a field's place", "not_json", swap("0.4", "<think>0.4</think>")),
        kind("two documents", "not_json", lambda text: f"{text}\n{text}"),
        kind("two documents that disagree", "not_json", lambda text: f'{{"proposals": []}}{text}'),
        kind("single quotes", "not_json", lambda text: text.replace('"', "'")),
        kind("trailing comma", "not_json", swap("}]}", "},]}")),
        kind("a comment", "not_json", swap("{", "{ // decision\n")),
        kind("empty", "empty", lambda _: ""),
        kind("white space only", "empty", lambda _: " \n\t "),
        kind("nested 2,000 deep", "schema", lambda _: "[" * 2_000 + "]" * 2_000),
        kind("nested 7,000 deep, never closed", "schema", lambda _: '{"a":' * 1_400),
        kind("nested deep in the evidence", "schema", swap('"evidence": [', '"evidence": [' + "[" * 20)),
        kind("lone surrogate in the thesis", "not_json", swap("The trend is up", "Up \\ud800")),
        kind("lone surrogate as evidence", "not_json", swap('"evidence": [', '"evidence": ["\\udfff", ')),
        kind("lone surrogate as a key", "not_json", swap('"proposals"', '"\\uDABC": 1, "proposals"')),
        kind("raw line break in a text", "not_json", swap("The trend is up", "The trend\nis up")),
        kind("raw NUL", "not_json", swap("The trend is up", "The trend\x00is up")),
        kind("over 8 KB, padded", "schema", lambda text: text + " " * 8_192),
        kind("over 8 KB, in bytes only", "schema", swap("The trend is up", "€" * 2_731)),
        kind("a number of 5,000 digits", "not_json", swap('"asset": 0', '"asset": ' + "9" * 5_000)),
        kind("byte order mark", "not_json", lambda text: "\ufeff" + text),
        kind("YAML", "not_json", lambda _: "proposals:\n  - asset: 0\n    stance: 0.4"),
        kind("a tool call in tags", "not_json", lambda text: f"<tool_call>{text}</tool_call>"),
        kind("Python literals", "not_json", swap('"thesis": "The trend is up."', '"thesis": None')),
        kind("fenced, where no fence is taken", "not_json", fenced, "tools", "schema"),
        kind("two fences", "not_json", lambda text: f"{fenced(text)}\n{fenced(text)}", "text"),
        kind("a fence with prose around it", "not_json", lambda text: f"Sure!\n{fenced(text)}", "text"),
        kind("a fence in a fence", "not_json", lambda text: fenced(fenced(text)), "text"),
        kind("a fence that does not end", "not_json", lambda text: f"```json\n{text}", "text"),
        kind("an empty fence", "empty", lambda _: "```json\n\n```", "text"),
    ]
