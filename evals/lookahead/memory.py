"""An account's journal whose later records are garbage: what nobody can remember yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from core.instant import Instant
from core.ports import JournalReader, Record


class SpoiledMemory:
    """Implements `core.ports.JournalReader` over *beneath*: records of after *after* say anything but the truth."""

    def __init__(self, beneath: JournalReader, after: Instant) -> None:
        self._beneath = beneath
        self._after = after

    def records(self, stream: str, after: int = 0, kinds: Iterable[str] = ()) -> Iterator[Record]:
        """The stream in order; every value in a later record's body is another one."""
        for one in self._beneath.records(stream, after, kinds):
            yield one if one.at <= self._after else replace(one, body=_garbled(one.body), hash=one.hash[::-1])

    def blob(self, digest: str) -> bytes:
        """See `core.ports.JournalReader.blob`."""
        return self._beneath.blob(digest)

    def checkpoint(self, stream: str) -> Mapping[str, Any] | None:
        """None: the newest one is of the end."""
        del stream
        return None


def _garbled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _garbled(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_garbled(one) for one in value]
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return -3 * value - 1
    return f"~{str(value)[::-1]}"
