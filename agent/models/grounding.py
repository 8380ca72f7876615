"""The ground-check: every number of a thesis must stand in a line of evidence that it cites.

A claim matches a value that rounds to it: 4.06 matches 4.0632, 21.5 % matches a fraction of 0.215, 42,100
matches 42123.7. Rounding may hide a tenth of the value at most, so that 0 does not stand for 0.4, and far less
of a large one. A fall may be told without its sign where words say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Protocol

from agent.models.claims import Claim, claims
from core.decision import Proposal

_NAMED = 5
_ALMOST_NOTHING = 0.1
_UNSIGNED = ("drawdown", "volatility", "weight", "width", "strength", "share", "breadth", "atr", "cash")
_PERCENT = {"percent", "pct", "%"}


class Fact(Protocol):
    """What a claim is held against: one line of evidence."""

    @property
    def metric(self) -> str:
        """Its name."""
        ...

    @property
    def value(self) -> str:
        """A plain number, or a word."""
        ...

    @property
    def unit(self) -> str:
        """``fraction``, ``percent``, ``index``, or a currency."""
        ...


class Own(Protocol):
    """A fact that says what it is about: an asset's number in the menu, ``market`` or ``account``."""

    @property
    def scope(self) -> str:
        """Whom it is about."""
        ...

    @property
    def metric(self) -> str:
        """Its name."""
        ...

    @property
    def value(self) -> str:
        """A plain number, or a word."""
        ...

    @property
    def unit(self) -> str:
        """``fraction``, ``percent``, ``index``, or a currency."""
        ...


def unsupported(text: str, facts: Iterable[Fact], metrics: Iterable[str] = ()) -> tuple[str, ...]:
    """The numbers and dates of *text* that no value of *facts* bears out, as they stand there.

    *metrics*: further names whose parameters (the 14 of ``rsi_14``) are no claims.
    """
    held = tuple(facts)
    names = {fact.metric for fact in held}.union(metrics)
    return tuple(
        claim.text for claim in claims(text, names) if not any(_bears_out(fact, claim) for fact in held)
    )


def ungrounded(proposals: Iterable[Proposal], evidence: Mapping[str, Own]) -> str | None:
    """The complaint about the first proposal whose thesis or invalidation claims what it does not cite.

    Only cited lines about the asset itself, the market or the account count: another asset's RSI is no
    ground. Its own stance and confidence may be repeated.
    """
    metrics = {line.metric for line in evidence.values()}
    for proposal in proposals:
        scopes = {str(proposal.asset), "market", "account"}
        cited = [evidence[one] for one in proposal.evidence if one in evidence]
        facts = [line for line in cited if line.scope in scopes]
        strange = [
            claim.text
            for text in (proposal.thesis, proposal.invalidation)
            for claim in claims(text, metrics)
            if not (_restates(claim, proposal) or any(_bears_out(fact, claim) for fact in facts))
        ]
        if strange:
            told = ", ".join(repr(number) for number in strange[:_NAMED])
            lines = ", ".join(proposal.evidence) or "nothing"
            return f"asset {proposal.asset} claims {told}, which no line that it cites ({lines}) bears out"
    return None


def _restates(claim: Claim, proposal: Proposal) -> bool:
    own = {"stance": proposal.stance, "confidence": proposal.confidence}
    return claim.kind == "plain" and claim.said in own and _rounds_to(own[claim.said], claim)


def _bears_out(fact: Fact, claim: Claim) -> bool:
    if claim.kind == "date":
        return False
    value = _in_unit_of(claim, fact)
    if value is None:
        return False
    if claim.fell and not claim.signed and value > 0 and _is_change(fact):
        return False
    if value < 0 and claim.value > 0 and not claim.signed and claim.below:
        value = -value
    return _rounds_to(value, claim)


def _in_unit_of(claim: Claim, fact: Fact) -> float | None:
    """The fact's number on the claim's scale, or `None` where they cannot be compared."""
    try:
        value = float(fact.value)
    except ValueError:
        return None
    if not isfinite(value):
        return None
    if claim.kind == "plain":
        return value
    share = fact.unit.startswith("fraction")
    if not share and fact.unit not in _PERCENT and not (claim.kind == "bps" and fact.unit == "bps"):
        return None
    if claim.kind == "percent":
        return value * 100 if share else value
    return value if fact.unit == "bps" else value * (10_000 if share else 100)


def _is_change(fact: Fact) -> bool:
    return (fact.unit.startswith("fraction") or fact.unit in _PERCENT) and not any(
        word in fact.metric for word in _UNSIGNED
    )


def _rounds_to(value: float, claim: Claim) -> bool:
    gap = abs(claim.value - value)
    if claim.value == 0:
        return value == 0 or (claim.kind == "percent" and gap <= claim.half * _ALMOST_NOTHING)
    return gap <= claim.half * (1 + 1e-9) + 1e-9 * abs(value) and gap <= claim.most * abs(value)
