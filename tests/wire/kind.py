"""One way in which a reply goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from agent.models.reply import Style
from tests.wire.replies import Reply

Asked = dict[str, Any]
"""A request's JSON."""

STYLES: tuple[Style, ...] = get_args(Style)


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of going wrong. *reasons*: what the abstention may be called, the parser's word first."""

    name: str
    make: Callable[[Asked], Reply]
    reasons: tuple[str, ...]
    styles: tuple[str, ...] = STYLES
    wire: bool = False

    def __str__(self) -> str:
        return self.name
