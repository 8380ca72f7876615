"""The shape of an answer, and what of the prompt it may name.

A model gives a wish per asset of the menu. Any number that could be spent is missing on purpose: sizes
and prices are the risk engine's.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.models.strict_json import Unacceptable, fault
from core.decision import Proposal
from core.grades import Horizon

_STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)
_Text = Annotated[str, Field(max_length=500)]


class Wish(BaseModel):
    """One asset's proposal as it stands on the wire. *asset* is its index in the menu."""

    model_config = _STRICT

    asset: int
    stance: Annotated[float, Field(ge=-1, le=1)]
    confidence: Annotated[float, Field(ge=0, le=1)]
    horizon: Literal["days", "weeks", "months"]
    evidence: list[str]
    invalidation: _Text
    thesis: _Text


class Answer(BaseModel):
    """The whole answer; without proposals it says that there is no view."""

    model_config = _STRICT

    proposals: list[Wish]


def proposals_in(answer: Any, menu_size: int, evidence_ids: Collection[str]) -> tuple[Proposal, ...]:
    """The proposals of the JSON value *answer*, in its order.

    Raises:
        Unacceptable: ``schema`` (another shape, two proposals for one asset), ``unknown_asset`` (no index
            of the menu), ``unknown_evidence`` (an id that was not printed, or none for a stance).
    """
    try:
        wishes = Answer.model_validate(answer).proposals
    except ValidationError as error:
        raise Unacceptable("schema", fault(error)) from None
    seen: set[int] = set()
    for wish in wishes:
        if not 0 <= wish.asset < menu_size:
            raise Unacceptable("unknown_asset", f"an asset outside the menu of {menu_size}")
        if wish.asset in seen:
            raise Unacceptable("schema", f"two proposals for asset {wish.asset}")
        seen.add(wish.asset)
        if not all(evidence in evidence_ids for evidence in wish.evidence):
            raise Unacceptable("unknown_evidence", f"asset {wish.asset}: an evidence id that was not printed")
        if wish.stance != 0 and not wish.evidence:
            raise Unacceptable("unknown_evidence", f"asset {wish.asset}: a stance without evidence")
    return tuple(
        Proposal(
            asset=wish.asset,
            stance=wish.stance,
            confidence=wish.confidence,
            horizon=Horizon(wish.horizon),
            evidence=tuple(wish.evidence),
            invalidation=_visible(wish.invalidation),
            thesis=_visible(wish.thesis),
        )
        for wish in wishes
    )


def _visible(text: str) -> str:
    """*text* with a mark for every character that a terminal would obey instead of showing."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
