"""What a decider answered, held to its contract before anything is journalled or acted on."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

from core.decision import Decision
from core.errors import UsageError
from core.instant import Instant, iso


def sound(decision: Decision, decider: str, menu: tuple[str, ...], now: Instant) -> Decision:
    """*decision*, or an abstention where a stance or confidence is no finite number.

    Raises:
        UsageError: it names something that is not on the menu.
    """
    for proposal in decision.proposals:
        if not isinstance(proposal.asset, int) or not 0 <= proposal.asset < len(menu):
            raise UsageError(
                f"{decider} named asset {proposal.asset!r} at {iso(now)}, but its menu has 0 to {len(menu) - 1}",
                "Mend the decider: an asset is its index in the menu. Nothing was traded on this answer.",
                code="off_menu",
            )
    if all(isfinite(one.stance) and isfinite(one.confidence) for one in decision.proposals):
        return decision
    return replace(decision, proposals=(), abstained="schema")
