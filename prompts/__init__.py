"""Versioned prompts: markdown files with strict ``$placeholders``.

The first line of a file says ``<!-- version: 1; role: system -->``; the rest is the text. A prompt of
role ``system`` has no placeholder, so nothing from outside can ever reach a system message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from string import Template

from core.errors import FaultError

_FRONT = re.compile(r"<!-- version: (\d+); role: (system|user) -->\n")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One version of one prompt. *hash* is the SHA-256 (hex) of *text*."""

    name: str
    version: str
    role: str
    text: str
    hash: str
    placeholders: frozenset[str]

    def fill(self, **values: str) -> str:
        """The text with every placeholder replaced once; what stands in *values* is never read again.

        Raises:
            FaultError: a placeholder without a value, or a value without a placeholder.
        """
        if values.keys() != self.placeholders:
            missing = sorted(self.placeholders - values.keys())
            unused = sorted(values.keys() - self.placeholders)
            raise FaultError(
                f"the prompt {self.name!r} lacks {missing} and has no place for {unused}",
                "Fill exactly the placeholders that the file has.",
                code="prompt",
            )
        return Template(self.text).substitute(values)

    def describe(self) -> dict[str, str]:
        """What a decision's record says of it."""
        return {"name": self.name, "version": self.version, "hash": self.hash}


@cache
def load(name: str) -> Prompt:
    """The prompt ``prompts/NAME.md``.

    Raises:
        FaultError: no such file, or one that `parse` refuses.
    """
    file = files(__name__).joinpath(f"{name}.md")
    if not file.is_file():
        raise FaultError(f"there is no prompt {name!r}", "Name a file of prompts/.", code="prompt")
    return parse(name, file.read_text(encoding="utf-8"))


def parse(name: str, source: str) -> Prompt:
    """Reads the *source* of the prompt *name*.

    Raises:
        FaultError: no front line, a stray ``$``, or a placeholder in a system prompt.
    """
    front = _FRONT.match(source)
    if front is None:
        raise _unfit(name, "its first line is not <!-- version: N; role: system|user -->")
    text = source[front.end() :].strip() + "\n"
    template = Template(text)
    if not template.is_valid():
        raise _unfit(name, "it has a '$' that is no placeholder; write '$$'")
    placeholders = frozenset(template.get_identifiers())
    if front[2] == "system" and placeholders:
        raise _unfit(name, f"a system prompt has no placeholders, and it has {sorted(placeholders)}")
    digest = sha256(text.encode()).hexdigest()
    return Prompt(name, front[1], front[2], text, digest, placeholders)


def _unfit(name: str, why: str) -> FaultError:
    return FaultError(f"the prompt {name!r} cannot be used: {why}", f"Mend prompts/{name}.md.", code="prompt")
