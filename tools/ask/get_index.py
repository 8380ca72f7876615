"""A rule-based basket: who is in it now, with what weight, and why."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from core.errors import UsageError
from core.instant import duration_text, iso
from core.observation import Missing
from tools.ask._arguments import Strict
from tools.ask._text import Stamp, ratio
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool
from tools.desk.indices.spec import canonical_index

SOURCE = "tokenwise"
_MOST_TOLD = 12


class Args(Strict):
    """Which basket."""

    index: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            description="A name (leaders, trader, momentum, calm, defi, ai, l1, l2, meme) or a spec such as "
            "top?by=return_30&count=10&weight=equal or narrative:AI?weight=capped&cap=0.25.",
        ),
    ] = "leaders"

    @field_validator("index")
    @classmethod
    def _known(cls, text: str) -> str:
        """Refuses what is no index, in one sentence."""
        try:
            canonical_index(text)
        except UsageError as error:
            raise ValueError(f"{error.message}. {error.mend}") from None
        return text


class Constituent(BaseModel):
    """One member; *weight* is a fraction; *rank*: its place by *value* among *of*, which it was chosen by (a text where it is money)."""

    asset: str
    symbol: str
    weight: float
    rank: int
    of: int
    value: float | str
    why: str


class LeftOut(BaseModel):
    """An asset that could not be looked at, and why."""

    asset: str
    symbol: str
    why: str


class Result(Strict):
    """*index*: the canonical spec. *cash*: what no member may take. *left_out*: at most 12; *left_out_count*: all."""

    index: str
    universe: str
    weights: str
    rebalance: str
    as_of: str | None = None
    constituents: list[Constituent] = Field(default_factory=list)
    cash: float = 1.0
    left_out: list[LeftOut] = Field(default_factory=list)
    left_out_count: int = 0


def answer(args: Args, context: AskContext) -> Reply:
    """Weights as they would be set now; nothing is back-computed."""
    from tools.desk.indices.index import index_of, told

    name, basket = canonical_index(args.index)
    made = index_of(basket, context)
    data = told(made, basket.by)
    result = Result(
        index=name,
        universe="all assets" if basket.narrative is None else basket.narrative,
        weights=basket.weight.value,
        rebalance=duration_text(basket.rebalance_ms),
        as_of=iso(context.now),
        constituents=data["constituents"],
        cash=data["cash"],
        left_out=data["left_out"][:_MOST_TOLD],
        left_out_count=len(data["left_out"]),
    )
    missing = made.missing if made.members else (Missing("constituents", "no_data"),)
    return Reply(result.model_dump(), _evidence(result, context), missing)


def _evidence(result: Result, context: AskContext) -> tuple[Evidence, ...]:
    found = []
    for one in result.constituents[:_MOST_TOLD]:
        stamp = Stamp(TOOL.name, one.asset, context.now, SOURCE)
        found.append(stamp("index_weight", ratio(one.weight, 4), "fraction"))
        found.append(stamp("index_rank", str(one.rank), "rank"))
    return tuple(found)


TOOL = Tool(
    "get_index",
    "A rule-based basket of assets, by name or spec: its constituents now, their weights and why.",
    Args,
    Result,
    answer,
)
