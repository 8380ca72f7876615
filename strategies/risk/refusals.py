"""Which findings refused a wish, and which would only have shrunk it."""

from __future__ import annotations

from collections.abc import Sequence

from core.orders import Finding, Purpose
from strategies.risk.registry import registered

# What refuses where caps left too little: behind it stand the caps.
_LEAST = frozenset({"quantity.min", "notional.min"})


def is_dust(findings: Sequence[Finding]) -> bool:
    """Whether the venue's least alone stands against a sale: what is left is too little to be sold."""
    return all(finding.code in _LEAST for finding in findings)


def refusing(codes: Sequence[str], purpose: Purpose) -> tuple[str, ...]:
    """Of the findings' *codes* of a refused wish, in order, those that refused it.

    A cap refuses only together with the venue's least: where anything else refused, a part would have
    gone through as far as the cap is concerned. On a protective exit bad data is a flag and refuses nothing.
    """
    spared = {rule.code for rule in registered() if purpose is Purpose.EXIT and rule.flags_exit}
    caps = {rule.code for rule in registered() if rule.shrinks}
    refused = tuple(code for code in codes if code not in spared | caps)
    if _LEAST.issuperset(refused):
        refused = tuple(code for code in codes if code not in spared)
    return refused or tuple(codes)
