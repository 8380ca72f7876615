"""Specs: ``name[:arg][?key=value&…]``, the one way to name a market, a decider or costs on a command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Spec:
    """A parsed spec. ``str(spec)`` is its canonical form: keys sorted."""

    name: str
    arg: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        head = self.name if self.arg is None else f"{self.name}:{quote(self.arg, safe='/.:-_@')}"
        return f"{head}?{pairs(self.params)}" if self.params else head

    def with_defaults(self, defaults: Mapping[str, str]) -> Spec:
        """The same spec with every key of *defaults* filled in.

        Raises:
            UsageError: a key that *defaults* does not know.
        """
        check_keys(self.params, defaults, str(self.name if self.arg is None else f"{self.name}:{self.arg}"))
        return Spec(self.name, self.arg, {**defaults, **self.params})


def pairs(params: Mapping[str, str]) -> str:
    """``a=1&b=2`` with sorted keys."""
    return "&".join(f"{quote_plus(k)}={quote(v, safe='/.:-_@')}" for k, v in sorted(params.items()))


def parse_pairs(text: str) -> dict[str, str]:
    """Reads ``a=1&b=2``.

    Raises:
        UsageError: malformed, or a key twice.
    """
    if not text:
        return {}
    try:
        found = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        raise UsageError(f"{text!r} is not a list of key=value", "Write it as a=1&b=2.") from None
    params = dict(found)
    if len(params) != len(found):
        raise UsageError(f"{text!r} names a key twice", "Give each key once.")
    return params


def parse_spec(text: str) -> Spec:
    """Reads a spec.

    Raises:
        UsageError: empty or malformed.
    """
    head, _, query = text.strip().partition("?")
    name, colon, arg = head.partition(":")
    if not name or (colon and not arg):
        raise UsageError(f"{text!r} is not a spec", "Write it as name, name:arg or name:arg?key=value.")
    return Spec(name, unquote(arg) if colon else None, parse_pairs(query))


def check_keys(params: Mapping[str, str], known: Mapping[str, object], what: str) -> None:
    """Refuses keys that *known* does not hold.

    Raises:
        UsageError: an unknown key, with the known ones as candidates.
    """
    strange = sorted(set(params) - set(known))
    if strange:
        names = ", ".join(sorted(known)) or "none"
        raise UsageError(
            f"{what} knows no key {strange[0]!r}", f"Its keys are: {names}.", candidates=sorted(known)
        )
