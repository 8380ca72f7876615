"""Random bad replies, seeded: named kinds, sound answers with wild values, and mutated bytes.

A fifth and more are JSON that parses and is wrong: bytes mutated blindly are nearly all mere syntax errors.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from core.decision import Proposal
from tests.wire.asking import EVIDENCE, MENU, asked
from tests.wire.malformed import KINDS, Kind
from tests.wire.replies import Reply, a_proposal, an_answer, answering, sent

REASONS = frozenset(
    "http timeout empty truncated refusal not_json schema duplicate_keys many_calls unknown_asset unknown_evidence".split()
)
_WILD = """0 1 -1 0.5 -0.0 1.0001 -1.0001 1e-320 1e999 NaN Infinity 99999999999999999999 true false null "" "0" "e1"
"e9" "buy" "days" "\\ud800" [] {} [0] ["e1"] ["e1","e9"] {"lc":1} [[[[]]]] "days" 2 1e0 0e0""".split()
_NEAR = {
    "asset": "0 1 1 2 -1 1.0".split(),
    "stance": "0 1 -1 0.5 -0.0 1e-320 1.0001 -1.0000001 1e0".split(),
    "confidence": "0 1 0.5 1.0001 -1e-9 60".split(),
    "horizon": '"days" "weeks" "months" "years"'.split(),
    "evidence": '["e1"] ["e3"] ["e2","e1"] ["e1","e1"] [] ["e4"] ["E1"]'.split(),
    "invalidation": [json.dumps("x" * length) for length in (0, 1, 499, 500, 501)],
    "thesis": [json.dumps("\u00e9" * length) for length in (0, 1, 500, 501)],
}
_BYTES = (b"", b'"', b"0", b"}", b"{", b",", b"\\", b"\xff", b"null", b"NaN", b"  ", b'"stance":1,')
_WIRE_SHARE, _SLOW = 0.2, frozenset({"never answers", "a slow trickle", "content-length too long"})


@dataclass(frozen=True, slots=True)
class Case:
    """One reply. *reasons*: what it must be abstained with; empty: that, or proposals inside the bounds."""

    name: str
    reply: Reply
    reasons: tuple[str, ...] = ()

    @property
    def slow(self) -> bool:
        """Whether only a deadline ends it."""
        return self.name in _SLOW


def a_case(draw: np.random.Generator, style: str, *, wire: bool = False) -> Case:
    """The next case. With *wire* also what only a server can do; the slow ones among them are rare."""
    among = draw.random()
    if among < 0.5:
        return _named(draw, style, wire=wire)
    return _wild(draw, style) if among < 0.75 else _mutated(draw, style)


def bounds_broken(proposals: tuple[Proposal, ...]) -> str | None:
    """What is wrong with accepted *proposals*."""
    if len({proposal.asset for proposal in proposals}) != len(proposals):
        return "an asset twice"
    for proposal in proposals:
        checks = {
            "asset": type(proposal.asset) is int and 0 <= proposal.asset < len(MENU),
            "stance": type(proposal.stance) is float and -1 <= proposal.stance <= 1,
            "confidence": type(proposal.confidence) is float and 0 <= proposal.confidence <= 1,
            "evidence": set(proposal.evidence) <= set(EVIDENCE)
            and (proposal.evidence or proposal.stance == 0),
            "texts": max(len(proposal.thesis), len(proposal.invalidation)) <= 500,
        }
        if broken := [name for name, holds in checks.items() if not holds]:
            return f"{broken[0]} of {proposal}"
    return None


@cache
def _kinds(style: str, *, wire: bool, slow: bool) -> tuple[tuple[Kind, Reply], ...]:
    chosen = [k for k in KINDS if style in k.styles and k.wire == wire and (k.name in _SLOW) == slow]
    return tuple((kind, kind.make(asked(style))) for kind in chosen)


@cache
def _sound(style: str) -> bytes:
    wishes = [a_proposal(asked(style)), a_proposal(asked(style), 1, -0.5)]
    return sent(answering(asked(style), an_answer(wishes))).body


def _named(draw: np.random.Generator, style: str, *, wire: bool) -> Case:
    wired = wire and draw.random() < _WIRE_SHARE
    kinds = _kinds(style, wire=wired, slow=wired and draw.random() < 0.02)
    kind, reply = kinds[int(draw.integers(len(kinds)))]
    return Case(kind.name, reply, kind.reasons)


def _wild(draw: np.random.Generator, style: str) -> Case:
    """One or two values of a sound answer are swapped, mostly for such as lie near their bounds."""
    wish = {key: json.dumps(value) for key, value in a_proposal(asked(style)).items()}
    keys = [*wish, "size"]
    for _ in range(int(draw.integers(1, 3))):
        key = keys[int(draw.integers(len(keys)))]
        values = _NEAR.get(key, _WILD) if draw.random() < 0.7 else _WILD
        wish[key] = values[int(draw.integers(len(values)))]
    text = ", ".join(f'"{key}": {value}' for key, value in wish.items())
    return Case("wild values", sent(answering(asked(style), f'{{"proposals": [{{{text}}}]}}')))


def _mutated(draw: np.random.Generator, style: str) -> Case:
    body = bytearray(_sound(style))
    for _ in range(int(draw.integers(1, 4))):
        at = int(draw.integers(len(body)))
        length = int(draw.integers(0, 8))
        body[at : at + length] = _BYTES[int(draw.integers(len(_BYTES)))]
    return Case("mutated bytes", replace(sent(None), body=bytes(body)))
